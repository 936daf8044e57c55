"""``kg rules stats``: the table and its orders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.stats_cli import stats
from tests.few_rules import IDS, few_rules


@pytest.fixture(name="material", scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of a few rules, and an annotated paper."""
    return few_rules(tmp_path_factory.mktemp("few"))


def invoke(material: tuple[Path, Path], *arguments: str) -> Result:
    """Measure the few rules."""
    rules, gold = material
    return CliRunner().invoke(stats, [str(gold), "--rules", str(rules), *arguments], prog_name="kg rules stats")


def test_table(material: tuple[Path, Path]) -> None:
    """A line for each rule, of as many columns as the header, the ones that cost most first, all of one width."""
    result = invoke(material)
    assert (result.exit_code, result.stderr) == (0, "")
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["rule", "kind", "makes", "hits", "also", "right", "entities", "roles", "results"]
    assert all(len(line.split()) == 9 for line in lines)
    assert {len(line) for line in (header, *lines)} == {len(header)}
    assert {line.split()[0] for line in lines} > set(IDS)
    by_id = {line.split()[0]: line.split() for line in lines}
    assert by_id["introduced.foonet"] == [
        "introduced.foonet",
        "role",
        "introduced",
        "1",
        "-",
        "100.0",
        "0.00",
        "-100.00",
        "0.00",
    ]
    assert by_id["nothing.quays"][3:] == ["-", "-", "-", "0.00", "0.00", "0.00"]
    rules = [line.split()[0] for line in lines if line.split()[1] != "other"]
    assert set(rules[:2]) == {"introduced.foonet", "score.share-of-all"}
    assert rules[-1] == "task.harbours"


def test_order_and_limit(material: tuple[Path, Path]) -> None:
    """What is asked for first comes first, and no more than asked for."""
    lines = invoke(material, "--sort", "file", "--limit", "3").stdout.splitlines()[1:]
    assert [line.split()[0] for line in lines] == list(IDS[:3])
    assert "task.harbours" in invoke(material, "--sort", "precision", "--limit", "1").stdout
    found = json.loads(invoke(material, "--sort", "hits", "--json").stdout)
    hits = [one["hits"] or 0 for one in found]
    assert hits == sorted(hits, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--sort", "age"), "loss"), (("--limit", "0"), "--limit"), (("--workers", "0"), "--workers")],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str, material: tuple[Path, Path]) -> None:
    """Wrong usage is exit code 2 and a message that says what is right."""
    result = invoke(material, *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_spans_are_refused(tmp_path: Path) -> None:
    """Labelled spans say nothing of entities and roles."""
    (tmp_path / "spans.jsonl").write_text('{"id": "t", "text": "x", "spans": []}\n')
    result = CliRunner().invoke(stats, [str(tmp_path / "spans.jsonl")])
    assert result.exit_code == 2
    assert "rules are measured on papers with entities" in result.output


def test_help() -> None:
    """The help shows an example and says what the columns are."""
    output = CliRunner().invoke(stats, ["--help"]).output
    assert "\n  Example:\n    kg rules stats " in output
    for column in ("HITS", "ALSO", "RIGHT"):
        assert column in output
