"""``kg leaderboard``: its views and formats, and how it fails."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from tests.boards import Report, reporting

SCORE = Report("91.2", "%", task="tree counting")
PAPERS = (
    reporting(
        "a", SCORE, Report("2", "points", kind="gain", baseline="BarNet"), published="2024-10-09", role="introduced"
    ),
    reporting("b", replace(SCORE, value="0.885", unit=None), published="2023"),
    reporting("c", replace(SCORE, value="70", method=None)),
    reporting("d", replace(SCORE, value="5", unit="ms", metric="latency", dataset="Brook")),
    reporting("e", replace(SCORE, dataset=None)),
)


@pytest.fixture(name="graph", scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of extractions with a few results."""
    file = tmp_path_factory.mktemp("boards") / "e.jsonl"
    kg.write_extractions(PAPERS, file)
    return file


def invoke(graph: Path, *arguments: str) -> Result:
    """Run the command; nothing may come out of it but text and a code."""
    result = CliRunner().invoke(main, ["leaderboard", str(graph), *arguments], prog_name="kg")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(result: Result) -> list[dict[str, str]]:
    """The rows of CSV."""
    assert (result.exit_code, result.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_overview(graph: Path) -> None:
    """Without a question it lists the boards, the largest first, and says how much stands on none."""
    result = invoke(graph)
    assert (result.exit_code, result.stderr) == (0, "")
    header, first, second, note = result.stdout.splitlines()
    assert header.split()[:5] == ["scores", "changes", "papers", "dataset", "metric"]
    assert first.split() == ["3", "1", "3", "Meadow", "accuracy", "91.2", "%", "FooNet"]
    assert second.split() == ["1", "0", "1", "Brook", "latency", "5", "ms", "FooNet"]
    assert note == "1 result without a dataset; --task NAME shows those on a task"
    found = rows(invoke(graph, "--format", "csv"))
    assert [(row["dataset"], row["direction"], row["best"]) for row in found] == [
        ("Meadow", "higher", "91.2"),
        ("Brook", "lower", "5"),
    ]
    assert [row["scores"] for row in json.loads(invoke(graph, "--format", "json").stdout)] == [3, 1]
    assert invoke(graph, "--format", "md").stdout.startswith("| scores | changes |")


def test_boards(graph: Path) -> None:
    """A question is answered with boards: ranks, converted fractions, and scores that stand for their paper."""
    result = invoke(graph, "--dataset", "meadow")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1   91.2  FooNet   2024-10-09  On a" in result.stdout
    assert "2  88.5*  FooNet   2023        On b" in result.stdout
    assert "3     70  (paper)  -           On c" in result.stdout
    assert "Meadow, accuracy: gains" in result.stdout
    assert "* a fraction in the paper, shown in per cent\n(paper): the number is given" in result.stdout
    assert "Brook" not in result.stdout


def test_boards_for_machines(graph: Path) -> None:
    """CSV and JSON have all there is: numbers as decimals, the value and the unit as written, and the evidence."""
    found = rows(invoke(graph, "--metric", "accuracy", "--format", "csv"))
    assert [(row["rank"], row["number"], row["value"], row["unit"], row["value_unit"]) for row in found] == [
        ("1", "91.2", "91.2", "%", "%"),
        ("2", "88.5", "0.885", "%", ""),
        ("3", "70", "70", "%", "%"),
        ("", "2", "2", "%", "points"),
    ]
    assert [row["introduces"] for row in found] == ["true", "false", "false", "true"]
    assert found[3]["kind"] == "gain"
    boards: list[dict[str, Any]] = json.loads(invoke(graph, "--metric", "accuracy", "--format", "json").stdout)
    assert [len(board["scores"]) + len(board["changes"]) for board in boards] == [4]
    entry = boards[0]["scores"][1]
    assert (entry["number"], entry["converted"]) == ("88.5", True)
    assert entry["sentence"][entry["start"] : entry["end"]] == "0 or 0.885"


def test_task(graph: Path) -> None:
    """With a task, results without a dataset stand on boards of the task."""
    found = rows(invoke(graph, "--task", "tree counting", "--format", "csv"))
    assert [(row["dataset"], row["task"]) for row in found].count(("", "tree counting")) == 1


def test_conflicts(graph: Path) -> None:
    """Contradictions are shown in every format, and where there are none, this is said."""
    assert invoke(graph, "--conflicts").stdout.startswith("FooNet on Meadow: accuracy, in %\n")
    found = rows(invoke(graph, "--conflicts", "--format", "csv"))
    assert [(row["method"], row["dataset"], row["number"]) for row in found] == [
        ("FooNet", "Meadow", "91.2"),
        ("FooNet", "Meadow", "88.5"),
    ]
    assert len(json.loads(invoke(graph, "--conflicts", "--format", "json").stdout)[0]["entries"]) == 2
    assert "## FooNet on Meadow: accuracy, in %" in invoke(graph, "--conflicts", "--format", "md").stdout
    assert invoke(graph, "--conflicts", "--dataset", "Brook").stdout == "no papers contradict each other\n"


@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_top(graph: Path, form: str) -> None:
    """No more is printed than asked for, and 0 asks for all."""
    one = invoke(graph, "--dataset", "Meadow", "--format", form, "--top", "1").stdout
    everything = invoke(graph, "--dataset", "Meadow", "--format", form, "--top", "0").stdout
    assert "0.885" not in one
    assert "0.885" in everything


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--dataset", "Medow"), 1, "kg: no result of the graph is about the dataset 'Medow'; did you mean 'Meadow'?"),
        (("--metric", "acuracy"), 1, "did you mean 'accuracy'?"),
        (("--rules", "gone"), 1, "kg: gone: no such folder of rules"),
        (("--format", "html"), 2, "'html' is not one of 'table', 'csv', 'md', 'json'"),
        (("--top", "-1"), 2, "--top"),
    ],
)
def test_mistakes(graph: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    """What there is nothing of is one line that names the nearest; wrong usage says what is right."""
    result = invoke(graph, *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def test_no_graph(tmp_path: Path) -> None:
    """Where there is no graph, or nothing in it, this is said."""
    assert "is not there; make it with kg build or kg extract" in invoke(tmp_path / "gone").stderr
    kg.write_extractions([], tmp_path / "e.jsonl")
    assert invoke(tmp_path / "e.jsonl").stdout == "the graph holds no leaderboard\n"
    assert rows(invoke(tmp_path / "e.jsonl", "--format", "csv")) == []
    assert json.loads(invoke(tmp_path / "e.jsonl", "--format", "json").stdout) == []


def test_unsure_results_are_left_out(graph: Path) -> None:
    """--min-confidence leaves out what is less sure, here everything."""
    assert json.loads(invoke(graph, "--format", "json").stdout)
    done = invoke(graph, "--format", "json", "--min-confidence", "1")
    assert json.loads(done.stdout) == []
    assert "less sure than 1; --min-confidence 0 shows all" in done.stderr


def test_what_is_hidden_is_told(tmp_path: Path) -> None:
    """Results that are unlikely to be right as a whole are not shown unless asked for, and the output says so."""
    papers = [reporting("sure", Report("91")), reporting("unsure", Report("97"))]
    unsure = replace(papers[1].results[0], joint_confidence=0.1)
    file = tmp_path / "e.jsonl"
    kg.write_extractions([papers[0], replace(papers[1], results=(unsure,))], file)
    shown = invoke(file, "--dataset", "Meadow").stdout
    assert "91" in shown
    assert "97" not in shown
    assert "1 result less sure than 0.4; --min-confidence 0 shows all" in shown
    assert "1 result less sure than 0.4" in invoke(file).stdout
    everything = invoke(file, "--dataset", "Meadow", "--min-confidence", "0").stdout
    assert "97" in everything
    assert "less sure" not in everything
    nothing = invoke(file, "--dataset", "Meadow", "--min-confidence", "0.9").stdout
    assert "the graph holds no leaderboard" in nothing
    assert "2 results less sure than 0.9" in nothing
