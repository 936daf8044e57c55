"""The scorer of pairs of names, and the tables of pairs that it reads."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from kg.folder import write_extractions
from tests.material import ROOT
from tests.samples import named

COLUMNS = ("verdict", "type_a", "name_a", "type_b", "name_b", "note")
TABLES = ("pairs-dev.tsv", "pairs-test.tsv")
PAPERS = [
    named("1", ("Method", ("kelp sampling",)), ("Dataset", ("Gulf",)), ("Task", ("crab finding", "CF"))),
    named("2", ("Method", ("Kelp Sampling",)), ("Dataset", ("Lagoon",)), ("Task", ("cold forecasting", "CF"))),
    named("3", ("Method", ("kelp-sampling",)), ("Dataset", ("Atoll",)), ("Task", ("crab finding", "CF"))),
]
RIGHTLY_JOINED = [
    ("same", "Method", "kelp sampling", "Method", "kelp-sampling", "hyphen"),
    ("same", "Task", "CF", "Task", "crab finding", "two papers of three"),
]
WRONGLY_JOINED = [("different", "Method", "kelp sampling", "Method", "Kelp Sampling", "case")]
WRONGLY_APART = [
    ("same", "Dataset", "Gulf", "Dataset", "Atoll", "two seas"),
    ("same", "Dataset", "Gulf", "Dataset", "Lagoon", "two waters"),
]
RIGHTLY_APART = [("different", "Task", "CF", "Task", "cold forecasting", "one paper of three")]
NOT_SCORED = [("same", "Method", "Gulf", "Dataset", "Gulf", "no method")]


def write_table(path: Path, *rows: tuple[str, ...]) -> Path:
    """Write a table of pairs."""
    path.write_text("".join("\t".join(row) + "\n" for row in (COLUMNS, *rows)), "utf-8")
    return path


def scored(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the scorer on extractions from our papers."""
    extractions = folder / "extractions.jsonl"
    write_extractions(PAPERS, extractions)
    command = [sys.executable, ROOT / "benchmarks" / "resolution.py", "--extractions", extractions, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_precision_recall_and_errors(tmp_path: Path) -> None:
    """Precision is of the pairs joined, recall of those that are one thing; what cannot be scored is in neither."""
    mixed = write_table(
        tmp_path / "mixed.tsv", *RIGHTLY_JOINED, *WRONGLY_JOINED, *WRONGLY_APART, *RIGHTLY_APART, *NOT_SCORED
    )
    nothing = write_table(tmp_path / "nothing.tsv", *RIGHTLY_APART)
    done = scored(tmp_path, "--errors", mixed, nothing)
    assert done.returncode == 0, done.stderr
    header, first, second, *errors = done.stdout.splitlines()
    assert header.split() == ["pairs", "joined", "rightly", "precision", "recall", "not", "scored"]
    assert first.split() == ["mixed.tsv", "3", "2", "66.7%", "50.0%", "1"]
    assert second.split() == ["nothing.tsv", "0", "0", "-", "-", "0"]
    assert errors == [
        "",
        "mixed.tsv: two things, taken for one",
        "  Method 'kelp sampling', Method 'Kelp Sampling': case",
        "",
        "mixed.tsv: one thing, taken for two",
        "  Dataset 'Gulf', Dataset 'Atoll': two seas",
        "  Dataset 'Gulf', Dataset 'Lagoon': two waters",
        "",
        "mixed.tsv: not scored, as no entity has one of the names",
        "  Method 'Gulf', Dataset 'Gulf': no method",
    ]


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        (("alike", "Task", "CF", "Task", "crab finding", ""), "the verdict must be same or different, not 'alike'"),
        (("same", "Tusk", "CF", "Task", "crab finding", ""), "no type of entities is called 'Tusk'"),
        (("same", "Task", "CF"), "3 columns instead of 6"),
    ],
)
def test_mistakes_in_a_table(tmp_path: Path, row: tuple[str, ...], mistake: str) -> None:
    """A line that is not a pair is told by file and line, in one line."""
    table = write_table(tmp_path / "pairs.tsv", *RIGHTLY_APART, row)
    done = scored(tmp_path, table)
    assert (done.returncode, done.stderr) == (1, f"{table}:3: {mistake}\n")


def test_the_tables() -> None:
    """Both tables hold 50 pairs of each verdict, none of a name with itself, and no name is in both."""
    names = {}
    for table in TABLES:
        with (ROOT / "benchmarks" / table).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert tuple(header) == COLUMNS
        assert Counter(row[0] for row in rows) == {"same": 50, "different": 50}
        assert not [row for row in rows if row[1:3] == row[3:5]]
        assert len({frozenset((tuple(row[1:3]), tuple(row[3:5]))) for row in rows}) == 100
        names[table] = {name for row in rows for name in (row[2], row[4])}
    assert names[TABLES[0]].isdisjoint(names[TABLES[1]])
