"""``kg diff``: its table, its formats, and its exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from tests.fields import naming


@pytest.fixture(name="files", scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two files of extractions: in the second a paper is new, and one does something else with a method."""
    folder = tmp_path_factory.mktemp("diff")
    one, other = folder / "a.jsonl", folder / "b.jsonl"
    kg.write_extractions([naming("a", "m:FooNet"), naming("b", "m:BarNet", title="Before")], one)
    kg.write_extractions(
        [
            naming("a", "m:FooNet", role="introduced"),
            naming("b", "m:BarNet", title="After"),
            naming("c", "m:FooNet", "d:Meadow"),
        ],
        other,
    )
    return one, other


def diff(*words: str | Path) -> Result:
    """Run the command; it must succeed."""
    result = CliRunner().invoke(main, ["diff", *map(str, words)], prog_name="kg")
    assert (result.exit_code, result.stderr) == (0, "")
    return result


def test_table(files: tuple[Path, Path]) -> None:
    """Counts of all kinds, then what is new, gone or changed of nodes, with what it was and is."""
    shown = diff(*files).stdout
    counts = {line.split()[0]: line.split()[1:] for line in shown.split("\n\n")[0].splitlines()}
    assert counts["kind"] == ["before", "after", "new", "gone", "changed"]
    assert counts["Paper"] == ["2", "3", "1", "0", "1"]
    assert counts["introduces"] == ["0", "1", "1", "0", "0"]
    assert "Paper: new\nname\nAbout c\n" in shown
    assert "title: Before" in shown
    assert "→" not in shown


def test_no_difference(files: tuple[Path, Path]) -> None:
    """That graphs do not differ is said, and the exit code is 0 as well."""
    assert diff(files[0], files[0]).stdout.endswith("the graphs do not differ\n")


def test_filters(files: tuple[Path, Path]) -> None:
    """One kind, or one sort of change, may be asked for; edges are listed on demand."""
    shown = diff(*files, "--kind", "dataset").stdout
    assert "Dataset: new" in shown
    assert "Paper: new" not in shown
    assert "Paper: changed" not in diff(*files, "--change", "new").stdout
    assert "introduces: new\nname\nAbout a → FooNet\n" in diff(*files, "--kind", "edge").stdout


def test_for_machines(files: tuple[Path, Path]) -> None:
    """JSON has counts and changes, CSV the changes, with what has changed as JSON; both are cut where asked."""
    found = json.loads(diff(*files, "--format", "json").stdout)
    assert {row["kind"]: row["new"] for row in found["summary"]}["Paper"] == 1
    (paper,) = (row for row in found["changes"] if row["change"] == "changed" and row["kind"] == "Paper")
    assert (paper["before"]["title"], paper["after"]["title"]) == ("Before", "After")
    rows = list(csv.DictReader(io.StringIO(diff(*files, "--format", "csv").stdout)))
    assert len(rows) == len(found["changes"])
    (same,) = (row for row in rows if row["change"] == "changed" and row["kind"] == "Paper")
    assert json.loads(same["after"]) == paper["after"]
    assert len(json.loads(diff(*files, "--format", "json", "--top", "1").stdout)["changes"]) == 1


def test_missing_graph(tmp_path: Path) -> None:
    """A graph that is not there is an error."""
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "a"), str(tmp_path / "b")], prog_name="kg")
    assert result.exit_code == 1
    assert "is not there" in result.stderr
