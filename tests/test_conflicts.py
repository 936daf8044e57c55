"""Where papers contradict, and where they only seem to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.conflicts import ScoreConflict, score_conflicts
from kg.graph import build_graph
from kg.leaderboard import leaderboards
from tests.boards import Report, graph_of, reporting

SCORE = Report("91.2", "%")


def conflicts(*reports: Report) -> tuple[ScoreConflict, ...]:
    """The contradictions between papers that report one number each."""
    return score_conflicts(leaderboards(graph_of(*reports)))


def test_conflict() -> None:
    """Papers that give different scores for one method, dataset and metric contradict."""
    (conflict,) = conflicts(SCORE, replace(SCORE, value="88"), replace(SCORE, value="70", method="BarNet"))
    assert (conflict.dataset, conflict.metric, conflict.unit, conflict.method) == ("Meadow", "accuracy", "%", "FooNet")
    assert [(entry.value, entry.paper) for entry in conflict.entries] == [("91.2", "paper/a"), ("88", "paper/b")]


@pytest.mark.parametrize(
    "other",
    [
        SCORE,
        replace(SCORE, value="91"),
        replace(SCORE, value="91.23"),
        replace(SCORE, value="91.28"),
        replace(SCORE, value="0.912", unit=None),
        replace(SCORE, value="88", method="BarNet"),
        replace(SCORE, value="88", method=None),
        replace(SCORE, value="88", dataset="Brook"),
        replace(SCORE, value="88", metric="F1"),
        replace(SCORE, value="88", metric=None),
        replace(SCORE, value="88", qualifier="over"),
        replace(SCORE, value="88-90"),
        replace(SCORE, value="88", kind="gain"),
        replace(SCORE, value="88", unit="mm"),
        replace(SCORE, value="88", named=False),
    ],
)
def test_no_conflict(other: Report) -> None:
    """The same with other digits or as a fraction, other things, and what is not exact contradict nobody."""
    assert conflicts(SCORE, other) == ()


def test_tasks() -> None:
    """Scores of different tasks do not contradict; where one names none, they do."""
    counting, planting = (replace(SCORE, task=task) for task in ("counting", "planting"))
    assert conflicts(counting, replace(planting, value="88")) == ()
    assert len(conflicts(counting, replace(SCORE, value="88"))) == 1


def test_several_scores_of_a_paper() -> None:
    """A paper does not contradict itself, nor one with which it shares a score."""
    two = reporting("a", SCORE, replace(SCORE, value="88"))
    assert score_conflicts(leaderboards(build_graph([two]))) == ()
    assert score_conflicts(leaderboards(build_graph([two, reporting("b", replace(SCORE, value="88"))]))) == ()
    (conflict,) = score_conflicts(leaderboards(build_graph([two, reporting("b", replace(SCORE, value="80"))])))
    assert len(conflict.entries) == 3


def test_most_papers_first() -> None:
    """What most papers disagree about comes first."""
    found = conflicts(
        *(replace(SCORE, value=value, method="BarNet") for value in ("1", "2")),
        *(replace(SCORE, value=value) for value in ("1", "2", "3")),
    )
    assert [conflict.method for conflict in found] == ["FooNet", "BarNet"]


@given(one=st.decimals(-999, 999, places=4), places=st.integers(0, 3), other=st.decimals(-999, 999, places=2))
def test_rounding_is_no_conflict(one: object, places: int, other: object) -> None:
    """A number and the same one rounded agree, and whether two agree does not depend on their order."""
    fine, rough = (Report(f"{abs(value):.{digits}f}", "%") for value, digits in ((one, 4), (one, places)))  # type: ignore[arg-type, call-overload]
    assert conflicts(fine, rough) == ()
    third = Report(f"{other:f}".lstrip("-"), "%")
    assert len(conflicts(fine, third)) == len(conflicts(third, fine))
