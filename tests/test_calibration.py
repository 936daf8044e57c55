"""Confidence and what becomes of it: bins, means, shares and the expected calibration error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotations import EntityRecord, Record, ResultRecord
from kg.calibration import BINS, calibrate, calibration_to_json
from kg.evaluation import ALL

CONFIDENCES = st.floats(0, 1)
JUDGED = st.lists(st.tuples(CONFIDENCES, st.booleans()), min_size=1, max_size=30)


def entity(name: str, confidence: float | None = None, *, optional: bool = False) -> EntityRecord:
    """A task by its name."""
    return EntityRecord(type="Task", names=(name,), confidence=confidence, optional=optional)


def sides(judged: list[tuple[float, bool]]) -> tuple[dict[str, Record], dict[str, Record]]:
    """Annotations and extractions of one paper in which entities of these confidences are right or not."""
    found = tuple(entity(f"task{number}x", confidence) for number, (confidence, _) in enumerate(judged))
    gold = tuple(entity(f"task{number}x") for number, (_, right) in enumerate(judged) if right)
    return {"p": Record(id="p", entities=gold)}, {"p": Record(id="p", entities=found)}


def test_bins() -> None:
    """A bin has its lower bound and not its upper one, but the last has 1; its mean and share are of its things."""
    task, everything = calibrate(*sides([(0.0, False), (0.1, True), (0.14, False), (0.3, True), (1.0, True)]))
    assert (task.kind, everything.kind) == ("Task", ALL)
    assert [one.count for one in task.bins] == [1, 2, 0, 1, 0, 0, 0, 0, 0, 1]
    assert task.bins[1].confidence == pytest.approx(0.12)
    assert task.bins[1].precision == 0.5
    assert (task.whole.count, task.whole.precision) == (5, 0.6)
    assert task.error == pytest.approx((0 + 2 * 0.38 + 0.7 + 0) / 5)


def test_what_is_judged() -> None:
    """What an optional annotation asks for, and what has no confidence, is left out; results are judged with kind."""
    gold = Record(
        id="p",
        entities=(entity("a"), entity("b", optional=True)),
        results=(
            ResultRecord(value="1", kind="score", slots={}),
            ResultRecord(value="2", kind="gain", slots={}),
            ResultRecord(value="3", kind="gain", slots={}, optional=True),
        ),
    )
    found = Record(
        id="p",
        entities=(entity("a", 0.9), entity("b", 0.9), entity("c", 0.7), entity("d")),
        results=tuple(
            ResultRecord(value=value, kind="score", slots={}, confidence=0.8, joint_confidence=0.5) for value in "1234"
        ),
    )
    task, everything, result, whole = calibrate({"p": gold}, {"p": found})
    assert (task.whole.count, task.whole.precision) == (2, 0.5)
    assert (everything.bins, everything.error) == (task.bins, task.error)
    assert (result.kind, result.whole.count) == ("Result", 3)
    assert result.whole.precision == pytest.approx(1 / 3)
    assert (whole.kind, whole.whole.confidence, whole.whole.count) == ("whole Result", 0.5, 3)
    assert whole.whole.precision == pytest.approx(1 / 3)
    assert calibrate({"p": gold}, {}) == ()


@given(judged=JUDGED)
def test_bins_hold_everything(judged: list[tuple[float, bool]]) -> None:
    """Every thing is in the one bin of its confidence, and the error is that of the definition, between 0 and 1."""
    _, table = calibrate(*sides(judged))
    assert len(table.bins) == BINS
    assert sum(one.count for one in table.bins) == table.whole.count == len(judged)
    assert all(one.low - 1e-9 <= one.confidence <= one.high + 1e-9 for one in table.bins if one.count)
    right = sum(one.precision * one.count for one in table.bins)
    assert right == pytest.approx(sum(right for _, right in judged))
    assert abs(table.whole.precision - table.whole.confidence) - 1e-9 <= table.error <= 1 + 1e-9


@given(count=st.integers(1, 20), rest=st.integers(0, 20))
def test_honest_confidence_has_no_error(count: int, rest: int) -> None:
    """Where the share that is right is the confidence, there is no error; where all is wrong, the error is it."""
    confidence = count / (count + rest)
    honest = [(confidence, True)] * count + [(confidence, False)] * rest
    assert calibrate(*sides(honest))[-1].error == pytest.approx(0)
    assert calibrate(*sides([(confidence, False)] * count))[-1].error == pytest.approx(confidence)


def test_as_json() -> None:
    """The JSON has every bin, empty ones too."""
    (task, _) = calibration_to_json(calibrate(*sides([(0.5, True)])))
    assert task["kind"] == "Task"
    assert task["expected_calibration_error"] == 0.5
    assert [one["count"] for one in task["bins"]] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert json.loads(json.dumps(task)) == task
