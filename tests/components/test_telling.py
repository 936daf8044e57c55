"""What is told of numbers and of what they may belong to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.components.options import Slot
from kg.components.results import Question
from kg.components.telling import step
from tests.components.test_results import RESULTS, read


def questions(text: str, title: str = "") -> list[Question]:
    """The numbers of a text that may be results."""
    return list(RESULTS.questions(read(text, title)))


def told_of(question: Question, slot: Slot, kind: str = "score") -> dict[str | None, set[str]]:
    """What is told of what may fill a slot, by name."""
    by_rules = RESULTS.linked_by_rules(question, kind)[slot]
    options, told = RESULTS.told_of_slot(question, kind, slot, by_rules)
    return {option.name: own for option, own in zip(options, told, strict=True)}


@given(st.integers(0, 10**6))
def test_steps_round_down(count: int) -> None:
    """A count is never rounded up, and greater counts never to smaller steps."""
    assert int(step(count)) <= count
    assert int(step(count)) <= int(step(count + 1))


def test_of_numbers() -> None:
    """Its unit and rule, the words beside it with 0 for numbers, where a value goes, and what the number before is."""
    first, second = questions("In 3 runs FooNet improves accuracy by 2% on QuxBank and 5% on Zap.", "Trees")[-2:]
    told = RESULTS.told_of_number(first)
    assert {"unit %", "dimension share", "makes gain", "before-1 by", "after-1 on", "title False"} <= told
    assert {"turn-before up", "turn-before improves", "sentence 0"} <= told
    told = RESULTS.told_of_number(second)
    assert {"previous gain alike True", "before-1 and", "around and on"} <= told


def test_of_things() -> None:
    """Role, order, side and distance, the words around; what the rules choose is told too."""
    (question,) = questions("FooNet beats BarNet, and reaches an accuracy of 91% on QuxBank.")
    told = told_of(question, "method")
    assert {"role introduced", "side before thing", "order 0", "by-rules True", "opens-sentence True"} <= told["FooNet"]
    assert {"role compared", "after-word beats", "compared True thing", "by-rules False"} <= told["BarNet"]
    told = told_of(question, "dataset")
    assert {"side after thing", "distance after 1", "between after on", "only True"} <= told["QuxBank"]


@pytest.mark.parametrize("words", ["the previous best of", "compared to", "rising from", "against"])
def test_of_numbers_of_others(words: str) -> None:
    """What stands before a number may say that others reached it."""
    first, second = questions(f"FooNet reaches an accuracy of 91%, {words} 90%.")
    assert "of-others False introduced score" in told_of(first, "method")["FooNet"]
    assert "FooNet" not in told_of(second, "method")
    assert "of-others True introduced gain" in told_of(second, "method", "gain")["FooNet"]
    assert "none of-others True score" in told_of(second, "method")[None]


@pytest.mark.parametrize("slot", ["metric", "dataset", "method", "baseline"])
def test_of_phrases_and_of_nothing(slot: Slot) -> None:
    """That the text does not say is an option of every slot."""
    (question,) = questions("It is 30% better than the old solvers.")
    assert {"none", "none score", "none unit %"} <= told_of(question, slot)[None]


def test_of_phrases() -> None:
    """Phrases that name no thing are told by their words."""
    (question,) = questions("It is 30% better than the old solvers.")
    told = told_of(question, "baseline", "gain")["old solvers"]
    assert {"phrase", "phrase head solvers gain", "phrase first old", "compared True phrase"} <= told
