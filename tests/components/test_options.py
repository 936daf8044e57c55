"""What a number may belong to."""

from __future__ import annotations

import re

import pytest
from spacy.language import Language

from kg.components.document import Candidate, DocumentEntity
from kg.components.options import Options, Slot
from kg.components.scenes import Scene, topic_of
from kg.components.tokens import token_table
from kg.model import EntityType, Role
from kg.rulebook import Rulebook

OPTIONS = Options(Rulebook.load())
TEXT = "Our parser is faster: with far less memory and 91% training accuracy, FooNet beats the best old methods."


def thing(name: str, kind: EntityType, role: Role = "used") -> DocumentEntity:
    """A thing at each of its places in TEXT."""
    mentions = [Candidate(0, 1, kind, "test", 1.0, "", *match.span()) for match in re.finditer(re.escape(name), TEXT)]
    return DocumentEntity(kind, (name,), mentions, role)


def options(nlp: Language, slot: Slot, things: list[DocumentEntity], by_rules: str | None = None) -> list[str | None]:
    """The names of what may fill a slot of the only sentence."""
    scene = Scene(TEXT, 0, len(TEXT), {}, [], token_table(nlp.make_doc(TEXT)))
    topic = topic_of(things, TEXT, 0, [0])
    return [option.name for option in OPTIONS.of(slot, scene, things, topic, by_rules)]


def test_things_phrases_and_nothing(nlp: Language) -> None:
    """Things of the slot's type come first, then phrases of the sentence, and nothing at the end."""
    found = options(nlp, "metric", [thing("accuracy", "Metric"), thing("FooNet", "Method")])
    assert found == ["accuracy", "faster", "memory", "training", None]
    assert "old methods" in options(nlp, "baseline", [thing("FooNet", "Method")])


@pytest.mark.parametrize(("role", "there"), [("introduced", True), ("used", False)])
def test_methods_of_other_sentences(nlp: Language, role: Role, there: bool) -> None:  # noqa: FBT001
    """Only the paper's own are options where the sentence does not name them."""
    assert ("BarNet" in options(nlp, "method", [thing("BarNet", "Method", role)])) is there


def test_methods_of_the_title(nlp: Language) -> None:
    """What the title names may be the paper's own, whatever its role."""
    text = "BarNet\nIt is 30% better than FooNet."
    spot = Candidate(0, 1, "Method", "test", 1.0, "", 0, 6)
    named = DocumentEntity("Method", ("BarNet",), [spot], "used")
    scene = Scene(text, 7, len(text), {}, [], token_table(nlp.make_doc(text)))
    found = OPTIONS.of("method", scene, [named], topic_of([named], text, 6, [0, 7]), None)
    assert "BarNet" in [option.name for option in found]


def test_what_the_rules_say_is_an_option(nlp: Language) -> None:
    """Whether or not anything else yields it, once."""
    assert options(nlp, "dataset", [], "the old set") == ["the old set", None]
    assert options(nlp, "dataset", [thing("FooNet", "Dataset")], "FooNet") == ["FooNet", None]
