"""``kg trends``, ``together``, ``central``, ``communities``, ``similar``, ``gaps``: what they print, draw, refuse."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from tests.built import contents, run
from tests.fields import naming
from tests.material import ROOT

METHODS = ("m:OakNet", "m:ElmNet", "m:AshNet")
PAPERS = (
    *(naming(f"t{m}{n}", m, "t:tree counting", published=str(2018 + n)) for m in METHODS for n in range(3)),
    *(naming(f"d{m}{n}", m, "d:Meadow", published="2022") for m in METHODS[:2] for n in range(2)),
    *(naming(f"s{n}", "m:Hull|Net", "t:ship finding", "d:Harbor", published="2016") for n in range(3)),
)
COMMANDS = {
    "trends": ("trends", "GRAPH"),
    "together": ("together", "GRAPH", "OakNet"),
    "pairs": ("together", "GRAPH"),
    "central": ("central", "GRAPH"),
    "communities": ("communities", "GRAPH"),
    "members": ("communities", "GRAPH", "--show", "1"),
    "similar": ("similar", "GRAPH", "dm:OakNet0"),
    "gaps": ("gaps", "GRAPH", "--min-papers", "3"),
}
PLOTTED = sorted(set(COMMANDS) - {"similar"})


@pytest.fixture(name="graph", scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of extractions."""
    file = tmp_path_factory.mktemp("analytics") / "e.jsonl"
    kg.write_extractions(PAPERS, file)
    return file


def invoke(graph: Path, command: str, *more: str) -> Result:
    """Run one of the commands; nothing may come out of it but text and a code."""
    words = [str(graph) if word == "GRAPH" else word for word in COMMANDS[command]]
    result = CliRunner().invoke(main, [*words, *more], prog_name="kg")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(result: Result) -> list[dict[str, str]]:
    """The rows of CSV."""
    assert (result.exit_code, result.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize("command", COMMANDS)
def test_formats_agree(graph: Path, command: str) -> None:
    """The table, CSV, JSON and Markdown have the same rows, those for machines all columns."""
    table = invoke(graph, command)
    assert (table.exit_code, table.stderr) == (0, "")
    lines = table.stdout.splitlines()
    records = json.loads(invoke(graph, command, "--format", "json").stdout)
    assert len(lines) == 1 + len(records) > 1
    assert len(rows(invoke(graph, command, "--format", "csv"))) == len(records)
    markdown = invoke(graph, command, "--format", "md").stdout
    assert markdown.count("\n|") == len(records) + 1
    assert "\\|" in markdown or "Hull|Net" not in table.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_top(graph: Path, command: str) -> None:
    """No more rows than asked for, and the rest is counted."""
    records = json.loads(invoke(graph, command, "--format", "json").stdout)
    assert len(json.loads(invoke(graph, command, "--format", "json", "--top", "1").stdout)) == 1
    shown = invoke(graph, command, "--top", "1").stdout.splitlines()
    assert len(shown) == (2 if len(records) == 1 else 3)
    assert (f"… {len(records) - 1:,} more" in shown[-1]) is (len(records) > 1)


@pytest.mark.parametrize("command", PLOTTED)
def test_plots(graph: Path, command: str, tmp_path: Path) -> None:
    """A plot is written beside what is printed."""
    printed = invoke(graph, command, "--plot", str(tmp_path / "a.svg")).stdout
    assert printed == invoke(graph, command).stdout
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<?xml")


def test_trends(graph: Path) -> None:
    """The table has names, counts and shares; years stand there without a comma; a type may be asked for."""
    header, first, *_ = invoke(graph, "trends", "--type", "dataset").stdout.splitlines()
    assert header.split()[:8] == ["type", "name", "papers", "recent", "share", "before", "times", "rising"]
    assert first.split()[:6] == ["Dataset", "Meadow", "4", "4", "57.1", "0"]
    assert " 2022 " in first
    assert {row["type"] for row in rows(invoke(graph, "trends", "--type", "TASK", "--format", "csv"))} == {"Task"}
    assert [row["label"] for row in rows(invoke(graph, "trends", "--order", "new", "--format", "csv"))] == ["Meadow"]


def test_what_is_missing(graph: Path) -> None:
    """A missing value is a dash for people, null in JSON, and empty in CSV."""
    assert invoke(graph, "trends", "--type", "dataset").stdout.splitlines()[1].split()[6] == "-"
    assert json.loads(invoke(graph, "trends", "--type", "dataset", "--format", "json").stdout)[0]["times"] is None
    assert rows(invoke(graph, "trends", "--type", "dataset", "--format", "csv"))[0]["times"] == ""


def test_nothing_found(graph: Path) -> None:
    """That there is nothing is said to people, and an empty list to machines."""
    assert invoke(graph, "gaps", "--method", "OakNet").stdout == "nothing found\n"
    assert json.loads(invoke(graph, "gaps", "--method", "OakNet", "--format", "json").stdout) == []
    assert rows(invoke(graph, "gaps", "--method", "OakNet", "--format", "csv")) == []


def test_lists_in_csv(graph: Path) -> None:
    """A list is one cell, with semicolons between."""
    (gap,) = rows(invoke(graph, "gaps", "--format", "csv"))
    assert sorted(gap["tried_by"].split("; ")) == ["ElmNet", "OakNet"]


def test_failures(graph: Path, tmp_path: Path) -> None:
    """What is not there, and a plot that is none, are refused in one line that says what to do."""
    assert (
        run("together", graph, "OakNett").stderr.decode().startswith("kg: the graph holds no thing 'OakNett'; did you")
    )
    assert run("similar", graph, "nothing like it").returncode == 1
    plot = run("trends", graph, "--plot", tmp_path / "a.pdf")
    assert (plot.returncode, b"does not end in .svg or .png" in plot.stderr) == (2, True)
    none = run("trends", graph, "--plot", tmp_path / "none" / "a.svg")
    assert (none.returncode, none.stderr.count(b"\n")) == (1, 1)
    assert run("communities", tmp_path / "none.jsonl").returncode == 1


def test_same_bytes(graph: Path, tmp_path: Path) -> None:
    """Neither text nor plot depends on the order of sets."""
    commands = ("trends", "communities", "gaps")
    calls = [
        [*(str(graph) if word == "GRAPH" else word for word in COMMANDS[command]), "--format", "json", "--plot"]
        for command in commands
    ]
    code = (
        "import json, sys; from kg.cli import main\n"
        "for number, words in enumerate(json.loads(sys.argv[1])):\n"
        "    main([*words, f'{number}.svg'], prog_name='kg', standalone_mode=False)\n"
    )
    found = []
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        done = subprocess.run(
            [sys.executable, "-c", code, json.dumps(calls)],
            cwd=tmp_path / seed,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stdout.count(b"\n") > len(commands)
        found.append((done.stdout, contents(tmp_path / seed)))
    assert found[0] == found[1]
    assert len(found[0][1]) == len(commands)
