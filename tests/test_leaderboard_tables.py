"""Leaderboards for people: what the tables show, and how a text survives in them."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kg.conflicts import score_conflicts
from kg.leaderboard import Leaderboard, leaderboards
from kg.leaderboard_tables import board_tables, conflict_tables, overview
from kg.tables import Table, aligned, markdown
from tests.boards import Report, graph_of

SCORE = Report("91.2", "%", task="tree counting")
TEXTS = st.text(alphabet="ab |*<[]`\\$&é", max_size=60)


def boards(*reports: Report) -> tuple[Leaderboard, ...]:
    """The boards of some reports."""
    return leaderboards(graph_of(*reports))


def lines(tables: list[Table], *notes: str) -> list[str]:
    """The lines for a terminal."""
    return list(aligned(tables, notes))


def test_overview() -> None:
    """A line for each board, of as many columns as the header, with what is best where that is known."""
    found = boards(SCORE, replace(SCORE, value="95", method=None), Report("3", metric="bark", dataset="Brook"))
    header, first, second = lines(overview(found, None))
    assert header.split() == ["scores", "changes", "papers", "dataset", "metric", "best", "unit", "method"]
    assert first.split() == ["2", "0", "2", "Meadow", "accuracy", "95", "%", "(paper)"]
    assert second.split() == ["1", "0", "1", "Brook", "bark", "-", "-", "-"]
    assert lines(overview((), None)) == []


def test_board() -> None:
    """A board has a heading, its unit and direction, ranks, and below each score where it stands in its sentence."""
    found = boards(SCORE, replace(SCORE, value="95"), Report("2", "x", kind="ratio", baseline="BarNet"))
    shown = lines(board_tables(found, None))
    assert shown[:2] == ["Meadow, accuracy", "2 scores, 1 ratio in 3 papers; in %, higher is better"]
    assert shown[2].split() == ["rank", "value", "method", "date", "paper"]
    assert shown[3].split() == ["1", "95", "FooNet", "-", "On", "b"]
    assert shown[4] == "        Here FooNet beats all by 0 or 95 % accuracy on Meadow for tree counting."
    assert shown[7:9] == ["", "Meadow, accuracy: ratios"]
    assert shown[10].split() == ["2", "x", "BarNet", "FooNet", "-", "On", "c"]


def test_marks_are_explained() -> None:
    """What marks mean stands at the end, where there are any, and further notes after it."""
    shown = lines(board_tables(boards(SCORE, replace(SCORE, value="0.95", unit=None, method=None)), None), "a note")
    assert "95*  (paper)" in shown[3]
    assert shown[-4:] == [
        "",
        "* a fraction in the paper, shown in per cent",
        "(paper): the number is given without a method, and stands for its paper",
        "a note",
    ]
    assert lines(board_tables(boards(SCORE), None))[-1].strip().startswith("Here FooNet")


def test_limit() -> None:
    """No more rows than asked for, and what is left out is counted."""
    found = boards(*(replace(SCORE, value=str(value)) for value in range(5)))
    assert "… 3 more (--top 0 shows all)" in lines(board_tables(found, 2))
    assert "… 3 more \\(--top 0 shows all\\)" not in list(markdown(board_tables(found, None)))
    assert len([line for line in lines(board_tables(found, 2)) if "Here" in line]) == 2


def test_qualifiers_and_ranges() -> None:
    """How exactly a number is meant stands before it; a range is shown as it is written, without a rank."""
    found = boards(replace(SCORE, qualifier="up to"), replace(SCORE, value="80-90"))
    shown = lines(board_tables(found, None))
    assert shown[3].split()[:4] == ["1", "up", "to", "91.2"]
    assert shown[5].split()[:2] == ["-", "80-90"]


def test_conflicts() -> None:
    """A contradiction has its method, dataset and metric, and a row for each score."""
    shown = lines(conflict_tables(score_conflicts(boards(SCORE, replace(SCORE, value="80"))), None))
    assert shown[0] == "FooNet on Meadow: accuracy, in %"
    assert shown[1].split() == ["value", "task", "date", "paper"]
    assert [shown[2].split()[0], shown[4].split()[0]] == ["91.2", "80"]


def test_long_sentences_are_cut() -> None:
    """Of a long sentence the words around the number are shown in a table, and all of it in Markdown."""
    tables = board_tables(boards(replace(SCORE, baseline="tree " * 60 + "x", task="leaf " * 60 + "y")), None)
    (line,) = (line for line in lines(tables) if "91.2 %" in line)
    assert re.fullmatch(r" +…tree .* by 0 or 91\.2 % accuracy .*leaf…", line)
    assert len(line) < 200
    assert any("tree " * 60 in line and "leaf " * 60 in line for line in markdown(tables))


def test_markdown() -> None:
    """In Markdown a board is a heading and a table, with links to the papers."""
    shown = list(markdown(board_tables(boards(SCORE), None), ["a note"]))
    assert shown[:6] == [
        "## Meadow, accuracy",
        "",
        "1 score in 1 paper; in %, higher is better",
        "",
        "| rank | value | method | date | paper | sentence |",
        "| ---: | ---: | --- | --- | --- | --- |",
    ]
    assert shown[6].startswith("| 1 | 91.2 | FooNet | - | [On a](<https://x.org/a>) | Here FooNet beats all")
    assert shown[-2:] == ["a note", ""]


@given(title=TEXTS, sentence=TEXTS, url=TEXTS)
def test_any_text_fits_into_a_cell(title: str, sentence: str, url: str) -> None:
    """Whatever a paper holds, a row stays a row of as many cells, and the tables keep their columns."""
    (board,) = boards(SCORE)
    entry = replace(board.scores[0], title=title, sentence=sentence, url=url, start=0, end=len(sentence))
    tables = board_tables([replace(board, scores=(entry,))], None)
    row = list(markdown(tables))[6]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 7
    assert len(lines(tables)) == 5
