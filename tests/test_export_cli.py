"""``kg export``: parts of graphs, folders, standard output, and the list of exporters."""

from __future__ import annotations

import io
import re
import shlex
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from kg.exporting import exporter_options
from tests.boards import Report, reporting
from tests.material import EXAMPLES, ROOT

PAPERS = (
    reporting("a", Report("91.2", "%"), published="2020"),
    reporting("b", Report("70", "%", dataset="Brook"), published="2024"),
)
DOCUMENT = (ROOT / "docs" / "exports.md").read_text("utf-8")
TABLES = {"papers.csv", "entities.csv", "results.csv", "relationships.csv", "import.sh"}


@pytest.fixture(name="graph", scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of two extractions."""
    file = tmp_path_factory.mktemp("papers") / "e.jsonl"
    kg.write_extractions(PAPERS, file)
    return file


def invoke(*arguments: str | Path) -> Result:
    """Run the command; nothing may come out of it but bytes and a code."""
    result = CliRunner().invoke(main, ["export", *map(str, arguments)], prog_name="kg")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_list() -> None:
    """Each line has name, suffix, options with their defaults and description, in columns that begin alike."""
    lines = invoke("--list").output.splitlines()
    columns = [re.split(r" {2,}", line) for line in lines]
    assert [(name, suffix, description) for name, suffix, _, description in columns] == [
        (name, one.suffix, one.description) for name, one in kg.exporters().items()
    ]
    options = {name: given for name, _, given, _ in columns}
    assert options["gexf"] == "time=true"
    assert options["graphml"] == "-"
    assert options["turtle"].split(",")[1] == "evidence=full"
    assert len({line.index(description) for line, (*_, description) in zip(lines, columns, strict=True)}) == 1


@pytest.mark.parametrize("name", sorted(kg.exporters()))
def test_standard_output(name: str, graph: Path, tmp_path: Path) -> None:
    """What is printed is what is written, for texts and for archives."""
    assert invoke(graph, "--to", name, "-o", tmp_path / "x").output.startswith("written   ")
    printed = invoke(graph, "--to", name, "-o", "-")
    assert printed.stdout_bytes == (tmp_path / "x").read_bytes() != b""
    assert printed.stderr == ""


def test_a_part(graph: Path) -> None:
    """The options of the selection reach it."""
    assert invoke(graph, "--to", "bibtex", "-o", "-", "--about", "brook").output.count("@") == 1
    assert invoke(graph, "--to", "bibtex", "-o", "-", "--about", "brook", "--about", "Meadow").output.count("@") == 2
    assert "2024" not in invoke(graph, "--to", "bibtex", "-o", "-", "--until", "2020").output
    assert "2020" not in invoke(graph, "--to", "bibtex", "-o", "-", "--since", "2021").output
    packed = invoke(graph, "--to", "csv", "-o", "-", "--type", "method", "--min-confidence", "0.5").stdout_bytes
    things = zipfile.ZipFile(io.BytesIO(packed)).read("entities.csv").decode().splitlines()
    assert [line.split(",")[1] for line in things[1:]] == ["Method"]


def test_a_name_that_is_not_there(graph: Path, tmp_path: Path) -> None:
    """It is one line with the nearest ones, and nothing is written."""
    result = invoke(graph, "--to", "csv", "--about", "Brok", "-o", tmp_path / "x.zip")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "kg: nothing in the graph is called 'Brok'; did you mean 'Brook'?\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", re.findall(r"^kg (export .*)$", DOCUMENT, re.MULTILINE))
def test_commands_of_the_document(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/exports.md shows can be typed as it stands."""
    monkeypatch.chdir(tmp_path)
    kg.write_extractions(kg.extract(kg.read(EXAMPLES / "abstracts.jsonl")), tmp_path / "my-graph")
    result = invoke(*shlex.split(command, comments=True)[1:])
    assert (result.exit_code, result.stderr) == (0, "")


def test_options_of_the_document() -> None:
    """Every exporter of tables, pictures and papers, and every option, has its place in docs/exports.md."""
    for name in ("bibtex", "csv", "gexf", "graphml", "parquet"):
        assert re.search(rf"^## .*`{name}`$", DOCUMENT, re.MULTILINE)
        assert all(f"--option {option}=" in DOCUMENT for option in exporter_options(kg.exporter(name)))


def test_a_folder(graph: Path, tmp_path: Path) -> None:
    """An archive is unpacked into a folder, beside what is there."""
    target = tmp_path / "new" / "tables"
    assert invoke(graph, "--to", "csv", "-o", f"{target}/").output == f"written   {target}\n"
    assert {path.name for path in target.iterdir()} == TABLES
    (target / "notes.txt").write_text("mine")
    (target / "papers.csv").write_text("old")
    assert invoke(graph, "--to", "csv", "-o", target).exit_code == 0
    assert {path.name for path in target.iterdir()} == {*TABLES, "notes.txt"}
    assert (target / "papers.csv").read_text().startswith("key:ID,")
    assert invoke(graph, "--to", "bibtex", "-o", target).stderr == f"kg: cannot write {target}: Is a directory\n"
