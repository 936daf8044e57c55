"""Acronyms and what they stand for: whether one abbreviates the other, and whether two full forms are alike."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

_DIGITS: Final = re.compile(r"\d+")
_REPEATED: Final = re.compile(r"([^\W\d_])([2-9])")
_LONGEST_ACRONYM: Final = 12
_LIKE: Final = 0.85


@lru_cache(maxsize=1 << 16)
def abbreviates(short: str, long: str) -> bool:
    """Whether ``short`` is an acronym of ``long``.

    One word whose letters and digits stand in this order in ``long``, the first one at its beginning, as
    Schwartz and Hearst have it; a digit may also count the letter before it ("S4": structured state space
    sequence). ``long`` has several words, and ``short`` is none of them.
    """
    acronym, full = short.strip().casefold(), re.sub(r"[-_/]+", " ", long.casefold()).split()
    if not 1 < len(acronym) <= _LONGEST_ACRONYM or " " in acronym or len(full) < 2 or acronym in full:  # noqa: PLR2004
        return False
    if short.islower() and not _DIGITS.search(short):
        return False
    counted = _REPEATED.sub(lambda found: found[1] * int(found[2]), acronym)
    return any(_in_order(form, full) for form in dict.fromkeys((acronym, acronym.removesuffix("s"), counted)))


def _in_order(acronym: str, full: list[str]) -> bool:
    letters = [character for character in acronym if character.isalnum()]
    text = " ".join(full)
    at = 0
    for index, letter in enumerate(letters):
        found = text.find(letter, at)
        if found < 0 or (index == 0 and found > 0):
            return False
        at = found + 1
    # every word but the small ones gives a letter, or "RAM" would stand for any text that begins with r
    return bool(letters) and len(letters) <= len(text.replace(" ", "")) // 2 and len(full) <= 2 * len(letters)


@lru_cache(maxsize=1 << 17)
def full_form(names: tuple[str, ...]) -> str | None:
    """The first of the names of one thing that another of them abbreviates."""
    if len(names) == 1:
        return None
    return next((name for name in names if any(abbreviates(other, name) for other in names)), None)


def is_spelled_by(key: str, words: Sequence[str], fillers: Collection[str]) -> bool:
    """Whether an acronym's key is made of beginnings of all the words, in order; fillers need give none.

    "ResNet" is made of "residual network", "PPO" is not made of "policy optimization".
    """
    if not words:
        return not key
    first, rest = words[0], words[1:]
    if first in fillers and is_spelled_by(key, rest, fillers):
        return True
    longest = next((length for length, (a, b) in enumerate(zip(key, first, strict=False)) if a != b), None)
    reach = min(len(key), len(first)) if longest is None else longest
    return any(is_spelled_by(key[length:], rest, fillers) for length in range(1, reach + 1))


def are_alike(one: str, other: str, likeness: float) -> bool:
    """Whether two words are forms of one, or one with a slip: "square" and "squared", "descent" and "decent"."""
    if one == other or not (one.isalpha() and other.isalpha()):
        return one == other
    same = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if (min(len(one), len(other)) if same is None else same) >= likeness * max(len(one), len(other)):
        return True
    return one[0] == other[0] and difflib.SequenceMatcher(None, one, other).ratio() >= _LIKE


def same_form(one: Sequence[str], other: Sequence[str], likeness: float) -> bool:
    """Whether the words of two full forms are alike, one by one."""
    return len(one) == len(other) and all(are_alike(a, b, likeness) for a, b in zip(one, other, strict=True))


def is_within(short: Sequence[str], long: Sequence[str], likeness: float) -> bool:
    """Whether the words of one full form stand in the other's, in order: "convolutional (neural) network"."""
    at = iter(long)
    return bool(short) and all(any(are_alike(word, other, likeness) for other in at) for word in short)
