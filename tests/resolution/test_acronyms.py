"""Acronyms and what they stand for."""

from __future__ import annotations

import pytest

from kg.resolution.acronyms import abbreviates, are_alike, full_form, is_spelled_by, is_within


@pytest.mark.parametrize(
    ("short", "long"),
    [("DETR", "detection transformer"), ("S4", "structured state space sequence"), ("LLMs", "large language model")],
)
def test_acronyms(short: str, long: str) -> None:
    """An acronym's letters stand in order in its full form; a digit may count a letter."""
    assert abbreviates(short, long)


@pytest.mark.parametrize(
    ("short", "long"),
    [("DETR", "DETR model"), ("kelp", "kernel learning process"), ("CF", "Finding crabs"), ("", "a b"), ("C", "a c")],
)
def test_no_acronyms(short: str, long: str) -> None:
    """A word of the long name, a word in small letters, and letters out of order are no acronyms."""
    assert not abbreviates(short, long)


def test_full_form() -> None:
    """The full form is the first name that another one abbreviates."""
    assert full_form(("CF", "crab finding", "crab forest")) == "crab finding"
    assert full_form(("crab finding",)) is full_form(("crab", "finding")) is None


@pytest.mark.parametrize(
    ("key", "words", "expected"),
    [
        ("resnet", ["residual", "network"], True),
        ("cf", ["crab", "of", "forest"], True),
        ("cof", ["crab", "of", "forest"], True),
        ("ppo", ["policy", "optimization"], False),
        ("cf", ["crab", "deep", "forest"], False),
        ("c", ["crab", "forest"], False),
    ],
)
def test_spelled_by_beginnings(key: str, words: list[str], expected: bool) -> None:  # noqa: FBT001
    """Strictly, every word that is no filler gives one or more of its first letters, in order."""
    assert is_spelled_by(key, words, {"of"}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("square", "squared", True),
        ("descent", "decent", True),
        ("recurrent", "recursive", False),
        ("semi", "self", False),
        ("50", "500", False),
    ],
)
def test_words_that_are_alike(one: str, other: str, expected: bool) -> None:  # noqa: FBT001
    """Forms of one word and slips are alike; words that only begin alike, and numbers, are not."""
    assert are_alike(one, other, 0.6) == expected


def test_within() -> None:
    """A full form can leave out words of another, in order."""
    assert is_within(["crab", "net"], ["crab", "shell", "net"], 0.6)
    assert not is_within(["net", "crab"], ["crab", "shell", "net"], 0.6)
