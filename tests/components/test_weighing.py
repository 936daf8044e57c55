"""How sure a name is of a type."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.components.weighing import RULE, Weights
from kg.errors import RuleError
from kg.rulebook import Rulebook
from kg.ruletables import WEIGHT_CLASSES

HEADER = "feature\tNothing\tMethod\tDataset\tMetric\tTask\n"


def weights(folder: Path, *lines: str) -> Weights:
    """Weights of these lines, and no others."""
    (folder / "weights.tsv").write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return Weights(Rulebook(folder))


def verdict(known: Weights, features: list[int], proposed: dict[str, dict[str, float]]) -> dict[str, float]:
    """The probability of each class for one name."""
    (shares,) = known.probabilities(known.sums(np.array([features], dtype=np.intp)), {0: proposed}).tolist()
    return dict(zip(WEIGHT_CLASSES, shares, strict=True))


def test_weights_make_probabilities(tmp_path: Path) -> None:
    """The probability is that of the softmax over all classes; what is unknown has number 0 and weighs nothing."""
    known = weights(tmp_path, "bias\t0\t0\t0\t0\t0", "head net\t0\t1.0986123\t0\t0\t0")
    assert known.number("head", "unheard-of") == 0
    shares = verdict(known, [known.number("head", "net"), 0], {})
    assert shares == pytest.approx({"Method": 3 / 7} | dict.fromkeys(("Nothing", "Dataset", "Metric", "Task"), 1 / 7))


def test_leads_compare_the_best_type_with_nothing(tmp_path: Path) -> None:
    """The lead is the weight of the best type less that of Nothing, the bias counted on demand."""
    known = weights(tmp_path, "bias\t2\t0\t0\t0\t0", "a b\t1\t0\t4\t0\t3")
    sums = known.sums(np.array([[known.number("a", "b")]], dtype=np.intp))
    assert known.leads(sums).tolist() == [3.0]
    assert known.leads(sums, bias=True).tolist() == [1.0]


def test_without_weights_only_types_that_rules_propose_are_probable(tmp_path: Path) -> None:
    """Rules alone decide: a type that nobody proposes has no probability."""
    (tmp_path / "weights.tsv").write_text("", "utf-8")
    known = Weights(Rulebook(tmp_path))
    assert not known
    shares = verdict(known, [0], {"Method": {"mine": 0.7}})
    assert shares == pytest.approx({"Nothing": 0.3, "Method": 0.7, "Dataset": 0, "Metric": 0, "Task": 0})


@given(confidence=st.floats(0.05, 0.95))
def test_a_rule_without_weights_counts_by_its_confidence(confidence: float) -> None:
    """Where there are no weights, it makes its type as probable as it is sure; doubts of several are multiplied."""
    known = Weights(Rulebook.load(), learning=True)
    known.learning = False
    known.names[1:] = []
    assert verdict(known, [0], {"Task": {"mine": confidence}})["Task"] == pytest.approx(confidence)
    both = verdict(known, [0], {"Task": {"mine": 0.5, "yours": 0.5}})["Task"]
    assert both == pytest.approx(0.75)


def test_a_rule_with_weights_counts_by_them(tmp_path: Path) -> None:
    """What a rule says beside its weights does not matter."""
    known = weights(tmp_path, "bias\t0\t0\t0\t0\t0", "rule mine\t0\t0\t0\t0\t0")
    assert known.number(RULE, "mine") == 1
    assert verdict(known, [0], {"Task": {"mine": 0.9}})["Task"] == pytest.approx(0.2)


def test_learning_numbers_whatever_is_asked_for() -> None:
    """Each feature gets one number, in the order in which they come, and everything leads."""
    learning = Weights(Rulebook.load(), learning=True)
    assert [learning.number("head", word) for word in ("net", "tree", "net")] == [1, 2, 1]
    assert learning.names == ["", "head net", "head tree"]
    assert learning.leads(learning.sums(np.array([[1]], dtype=np.intp))).tolist() == [math.inf]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("feature\tMethod\n", r"weights\.tsv:1: the columns must be feature, Nothing"),
        (HEADER + "a\t1\t2\n", r"weights\.tsv:2: a line must give 5 weights, not 2"),
        (HEADER + "a\t1\t2\t3\t4\tmuch\n", r"weights\.tsv:2: a line must give a feature and numbers"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    """A wrong line is refused with file and line."""
    (tmp_path / "weights.tsv").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=message):
        Rulebook(tmp_path)
