"""Which short forms a text defines, and by what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from kg.components.abbreviations import find_long_form, is_short_form

WORDS = st.text(alphabet="abAB1- (", max_size=20)


def definitions(nlp: Language, text: str) -> list[tuple[str, str]]:
    """The short and long forms of a text."""
    doc = nlp(text)
    return [
        (doc[found.short.start : found.short.end].text, doc[found.long.start : found.long.end].text)
        for found in doc._.kg_abbreviations
    ]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("It plants big random trees (BRTs) here.", "BRTs", "big random trees"),
        ("With a leaf growing network (LGN), it grows.", "LGN", "leaf growing network"),
        ("With the LGN (leaf growing network) it grows.", "LGN", "leaf growing network"),
        ("It uses Leaf-of-Tree (LoT) here.", "LoT", "Leaf-of-Tree"),
        ("By 3D Leaf Splitting (3DLS) it grows.", "3DLS", "3D Leaf Splitting"),
        ("With Tree-Leaf Models [TLMs] it grows.", "TLMs", "Tree-Leaf Models"),
        ("Big Net (BN): it grows", "BN", "Big Net"),
        ("A big leaf growing network (LGN, for short) grows.", "LGN", "leaf growing network"),
        ("By Low-Leaf Adoption (LoLA) it grows.", "LoLA", "Low-Leaf Adoption"),
    ],
)
def test_finds_the_definition(nlp: Language, text: str, short: str, long: str) -> None:
    """A short form in parentheses is defined by the words before it that have its letters, or the other way round."""
    assert definitions(nlp, text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "It grows (see Fig. 2) and falls (in May).",
        "Trees grow (XYZ) here.",
        "(ABC) at the start",
        "It is FooNet (FooNet) again.",
        "It grows. (TREE)",
        "It grew by a third (33%).",
        "An empty pair () and an open one (",
        "",
    ],
)
def test_finds_no_definition(nlp: Language, text: str) -> None:
    """Parentheses that hold no short form of what stands before them define nothing."""
    assert definitions(nlp, text) == []


def test_first_definition_counts(nlp: Language) -> None:
    """A short form that is defined twice keeps its first definition."""
    text = "With big tree planting (BTP) and bold tree pruning (BTP) it grows."
    assert definitions(nlp, text) == [("BTP", "big tree planting")]


def test_title_and_abstract_do_not_run_together(nlp: Language) -> None:
    """A long form does not reach over the line break between title and abstract."""
    assert definitions(nlp, "Tree Leaf\nGrowing (TLG) is it.") == []


@pytest.mark.parametrize("text", ["BERT", "mAP", "3DGS", "F1", "GPT-4", "T5"])
def test_short_forms(text: str) -> None:
    """A short form has 2 to 12 characters, starts with a letter or digit and has a capital."""
    assert is_short_form(text)


@pytest.mark.parametrize("text", ["A", "trees", "2020", "-AB", "ABCDEFGHIJKLM", "A B C", "33%", ""])
def test_no_short_forms(text: str) -> None:
    """Too short, too long, without a capital, or of three words."""
    assert not is_short_form(text)


@given(short=WORDS, text=WORDS)
def test_long_form_has_the_letters_in_order(short: str, text: str) -> None:
    """A long form begins a word with the first letter of the short form and has all its letters in order."""
    place = find_long_form(short, text)
    if place is None or not short or not short[0].isalnum():
        return
    assert text[place].lower() == short[0].lower()
    assert place == 0 or not text[place - 1].isalnum()
    rest = iter(text[place:].lower())
    assert all(character in rest for character in short.lower() if character.isalnum())


@given(words=st.lists(st.text(alphabet="abcxyz", min_size=1, max_size=6), min_size=2, max_size=6))
def test_initials_are_always_found(words: list[str]) -> None:
    """The initials of a phrase are a short form of it, or of an end of it."""
    assert find_long_form("".join(word[0] for word in words).upper(), " ".join(words)) is not None
