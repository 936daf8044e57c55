"""Choices by weights."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.components.choosing import Chooser
from kg.errors import RuleError
from kg.rulebook import Rulebook

HEADER = "choice\tfeature\tweight\n"


def chooser(weights: dict[str, dict[str, float]]) -> Chooser:
    """A chooser with these weights."""
    book = copy.copy(Rulebook.load())
    book.choices = weights
    return Chooser(book)


def test_the_greatest_sum_is_likeliest() -> None:
    """Probabilities add up to one and go by the sums; unknown features, and all of an unknown choice, weigh nothing."""
    known = chooser({"metric": {"near": 1.0, "far": -1.0}})
    far, near, again = known.probabilities("metric", [["far"], ["near", "unheard-of"], ["near"]])
    assert near == again == pytest.approx(far * math.exp(2))
    assert far + near + again == pytest.approx(1)
    assert known.probabilities("dataset", [["far"], ["near"]]) == [0.5, 0.5]
    assert known
    assert not chooser({})


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=5))
def test_shares_are_those_of_a_softmax(sums: list[float]) -> None:
    """They are in proportion to the exponentials of the sums, and add up to one."""
    weights = {str(number): {"it": value} for number, value in enumerate(sums)}
    found = chooser(weights).shares(list(weights), ["it"])
    assert math.fsum(found) == pytest.approx(1)
    expected = [math.exp(value) / math.fsum(map(math.exp, sums)) for value in sums]
    assert found == pytest.approx(expected, rel=1e-4)  # weights count to six decimals


@given(st.permutations(["a", "b", "c", "d"]))
def test_sums_do_not_depend_on_the_order(features: list[str]) -> None:
    """However the features come, the sum is the same to the last bit."""
    known = chooser({"task": {"a": 0.1, "b": 0.2, "c": 0.3, "d": 1e16}})
    assert known.score("task", features) == known.score("task", ["a", "b", "c", "d"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("choice\tfeature\n", r"result-weights\.tsv:1: the columns must be choice, feature, weight"),
        (HEADER + "metric\tnear\n", r"result-weights\.tsv:2: a line must give choice, feature, weight"),
        (HEADER + "metric\tnear\t1\nmetric\tfar\tmuch\n", r"result-weights\.tsv:3: a line must give choice"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    """A wrong line is refused with file and line."""
    (tmp_path / "result-weights.tsv").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=message):
        _ = Rulebook(tmp_path).choices
