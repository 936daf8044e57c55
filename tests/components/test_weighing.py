"""How sure a name is of a type."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.components.weighing import Weights
from kg.errors import RuleError
from kg.rulebook import Rulebook

HEADER = "feature\tNothing\tMethod\tDataset\tMetric\tTask\n"


def weights(folder: Path, *lines: str) -> Weights:
    """Weights of these lines, and no others."""
    (folder / "weights.tsv").write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return Weights(Rulebook(folder))


def test_weights_make_probabilities(tmp_path: Path) -> None:
    """The probability is that of the softmax over Nothing and the types proposed; what is unknown weighs nothing."""
    known = weights(tmp_path, "bias\t0\t0\t0\t0\t0", "a\t0\t1.0986123\t0\t0\t9")
    assert known.verdict(["a", "unheard of"], {"Method": {"a": 0.5}}) == ("Method", pytest.approx(0.75))


def test_types_that_nobody_proposed_do_not_count(tmp_path: Path) -> None:
    """Without a type proposed there is none, however much weighs for it."""
    known = weights(tmp_path, "bias\t0\t5\t0\t0\t0", "no\t0\t0\t0\t0\t0")
    assert known.verdict(["no"], {"Nothing": {"no": 0.9}}) == ("Nothing", 0.0)


@given(confidence=st.floats(0.05, 0.95), bias=st.floats(-3, 3))
def test_a_rule_without_weights_counts_by_its_confidence(
    tmp_path_factory: pytest.TempPathFactory, confidence: float, bias: float
) -> None:
    """Alone, it makes its type as probable as it is sure, whatever the bias."""
    known = weights(tmp_path_factory.mktemp("rules"), f"bias\t{bias}\t1\t0\t0\t0")
    found = known.verdict(["mine"], {"Method": {"mine": confidence}})
    assert found == ("Method", pytest.approx(confidence))


def test_doubts_of_rules_without_weights_are_multiplied(tmp_path: Path) -> None:
    """Two that are sure by half leave a quarter of doubt."""
    known = weights(tmp_path, "bias\t0\t0\t0\t0\t0")
    assert known.verdict([], {"Task": {"mine": 0.5, "yours": 0.5}}) == ("Task", pytest.approx(0.75))


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
