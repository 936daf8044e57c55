"""What the documents say is so: their examples run, the files they name exist, and they leave nothing out."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import click
import pytest

import kg
from kg.cli import main
from kg.components.textrules import NameRule, NumberRule, PairRule, ResultRule
from kg.components.written import WrittenRule
from kg.descriptions import ATTRIBUTES
from kg.graph import KINDS, ROLE_RELATIONS
from kg.rule_examples import Examples
from kg.rulebook import MentionRule, RoleRule, Rulebook, TokenRule
from tests.forked import typed
from tests.material import EXAMPLES, ROOT

DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("examples/*.md")))
RULES = (ROOT / "docs" / "rules.md").read_text("utf-8")
DATA_MODEL = (ROOT / "docs" / "data-model.md").read_text("utf-8")
PATH = re.compile(r"(?<![\w./-])(?:kg|rules|exports|tests|docs|examples|benchmarks|requirements|\.ci)/[\w./-]*\w")
ROOT_FILE = re.compile(r"\b[A-Z]{4,}\.md\b|\bpyproject\.toml\b|\bMakefile\b")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
SERVERS = ("serve",)
"""Commands that run until they are ended."""
HELP_EXAMPLE = re.compile(r"^ +(kg .*)$", re.MULTILINE)


def _commands() -> Iterator[tuple[str, str]]:
    for name, command in sorted({"kg": main, **main.commands}.items()):
        for example in HELP_EXAMPLE.findall((command.help or "").replace("\b", "")):
            yield name, example


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples in it, and a graph built of them."""
    place = tmp_path_factory.mktemp("docs")
    shutil.copytree(EXAMPLES, place / "examples")
    shutil.copytree(EXAMPLES, place, dirs_exist_ok=True)
    kg.build_folder([EXAMPLES / "abstracts.jsonl"], place / "my-graph", exports=["graphml"])
    return place


@pytest.mark.parametrize(("command", "example"), list(_commands()))
def test_example_of_help_runs(command: str, example: str, folder: Path) -> None:
    """What the --help of a command shows can be typed as it stands; what serves does so until it is ended."""
    if command in SERVERS:
        arguments = ["bash", "-c", f"{example} --port 0"]  # any port, for another test may have the usual one
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": path}
        with subprocess.Popen(arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            process.terminate()
        assert "http://127.0.0.1:" in said
        return
    (done,) = typed(example, cwd=folder, bash=())  # as it is typed: a pipe may close
    assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
    assert b"skipped" not in done.stderr


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_has_an_example(command: str) -> None:
    """Every command shows how it is called, and has a line on each of its options."""
    found = main.commands[command]
    assert any(name == command for name, _ in _commands())
    assert all(option.help for option in found.params if isinstance(option, click.Option))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    """A file that a document links to, or names by its path in this repository, is there."""
    text = document.read_text("utf-8")
    for link in LINK.findall(text):
        assert (document.parent / link).exists(), link
    named = {*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^ {4}.*$", text, re.MULTILINE)}
    for words in named:
        for path in (*PATH.findall(words), *ROOT_FILE.findall(words)):
            assert path.endswith("my_format.py") or (ROOT / path).exists() or _is_room(path), path


def _is_room(path: str) -> bool:
    return (ROOT / f"{path}.py").exists()


def test_changelog_mentions_the_version() -> None:
    """The newest entry of the changelog is this version's."""
    versions = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] in {kg.__version__, "Unreleased"}
    assert kg.__version__ in versions


@pytest.mark.parametrize(
    "kind", [TokenRule, MentionRule, RoleRule, NumberRule, WrittenRule, NameRule, PairRule, ResultRule]
)
def test_keys_of_rules_are_described(kind: type[object]) -> None:
    """Every key that a rule may have stands in docs/rules.md."""
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        assert f"`{field.name}`" in RULES, field.name


def test_token_attributes_are_described() -> None:
    """Every attribute of a token that a pattern may ask for stands in docs/rules.md."""
    for attribute in ATTRIBUTES:
        assert attribute in RULES, attribute


def test_tables_of_rule_files_are_described() -> None:
    """Every table that a rule file has stands in docs/rules.md."""
    for source in Rulebook.load().files.values():
        for table, content in source.table.items():
            written = f"`[[{table}]]`" if isinstance(content, list) else f"`[{table}]`"
            assert written in RULES, written


def test_dimensions_of_units_are_described() -> None:
    """Every dimension that units.tsv gives stands in docs/rules.md."""
    rows = (line.split("\t") for line in Rulebook.load().texts["units.tsv"].splitlines() if not line.startswith("#"))
    for dimension in {row[2] for row in rows} - {"dimension"}:
        assert f"`{dimension}`" in RULES, dimension


@pytest.mark.parametrize("block", re.findall(r"^```toml\n(.*?)^```$", RULES, re.MULTILINE | re.DOTALL))
def test_rules_of_docs_do_what_their_examples_say(block: str, tmp_path: Path) -> None:
    """A rule that docs/rules.md shows is taken by kg, and its examples hold."""
    if "[[result]]" in block:
        ours = resources.files("kg.rules").joinpath("results.toml").read_text("utf-8")
        (tmp_path / "results.toml").write_text(ours + block, "utf-8")
    else:
        (tmp_path / "mine.toml").write_text(block, "utf-8")
    kg.pipeline(tmp_path)
    examples = Examples(Rulebook.load(tmp_path))
    shown = [rule for rule in examples.rules() if f'id = "{rule.id}"' in block]
    assert [str(failure) for rule in shown for failure in examples.failures(rule)] == []


def test_json_of_extractions_is_described() -> None:
    """Every key that kg extract writes for the examples stands in docs/data-model.md."""
    for extraction in kg.extract(kg.read(EXAMPLES / "abstracts.jsonl")):
        record = kg.extraction_to_json(extraction)
        parts = [record, *record["entities"], *record["results"], *record["mentions"]]
        parts += [result["evidence"] for result in record["results"]]
        for key in {key for part in parts for key in part}:
            assert f"`{key}`" in DATA_MODEL, key


def test_graph_is_described() -> None:
    """Every kind, attribute and relation of the graph of the examples stands in docs/data-model.md."""
    graph = kg.build(EXAMPLES / "abstracts.jsonl")
    described: Callable[[str], bool] = lambda word: f"`{word}`" in DATA_MODEL  # noqa: E731
    assert all(kind in DATA_MODEL for kind in KINDS)
    assert all(map(described, ROLE_RELATIONS.values()))
    assert all(map(described, graph.graph))
    for _, node in graph.nodes(data=True):
        assert all(map(described, node)), node.keys()
    for _, _, relation, edge in graph.edges(keys=True, data=True):
        assert described(relation), relation
        assert all(map(described, edge)), edge.keys()
        assert all(described(key) for item in edge["evidence"] for key in item)


def test_exporter_of_contributing_works(tmp_path: Path) -> None:
    """The exporter that CONTRIBUTING.md shows writes a file."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 - our own document
    exporter = names["exporter"]
    graph = kg.build(kg.Paper(id="one", title="FooNet: Trees", abstract="We propose FooNet."))
    exporter(graph, tmp_path / "labels.txt", kind="Paper")  # type: ignore[operator]
    assert (tmp_path / "labels.txt").read_text("utf-8") == "FooNet: Trees\n"
