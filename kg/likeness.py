"""When an extraction and an annotation say the same: names, numbers, units, and what a result is about.

This is the measure of :mod:`kg.evaluation`. It is kept apart from :mod:`kg.names`, which extraction itself uses, so
that a change to how kg reads never changes by what it is measured. The words it folds away and the units it takes for
one stand in ``rules/evaluation.toml`` and are never those of a user's folder.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from kg.model import ENTITY_TYPES, TYPE_OF_SLOT
from kg.rulebook import Rulebook

FILE: Final = "evaluation.toml"

_LATEX: Final = re.compile(r"\\[a-z]+|[${}^_\\]")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_NOT_IN_WORDS: Final = re.compile(r"[^\w\s+#.%@*]")
_SHORTEST_PLURAL: Final = 4
_RANGE: Final = re.compile(r"\s*-\s*")
_DASHES: Final = str.maketrans({"\u2013": "-", "\u2212": "-", ",": None})


@functools.cache
def _listed(name: str) -> frozenset[str]:
    return Rulebook.load().words(name)


@functools.cache
def _heads(kind: str | None) -> frozenset[str]:
    return _listed(f"scoring_heads_of_{kind.lower()}s") if kind in ENTITY_TYPES else frozenset()


@functools.cache
def _units() -> Mapping[str, str]:
    table = Rulebook.load().table(FILE, "same_units")
    return {written: unit for unit, others in table.items() for written in others}


def _singular(word: str) -> str:
    if len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@functools.lru_cache(maxsize=100_000)
def words(name: str, kind: str | None = None) -> tuple[str, ...]:
    """The words of a name that count, in order: without case, marks, determiners, plurals, and heads of its type."""
    folded = _POSSESSIVE.sub("", _LATEX.sub(" ", unicodedata.normalize("NFKC", name).casefold()))
    found = [word for word in (part.strip(".") for part in _NOT_IN_WORDS.sub(" ", folded).split()) if word]
    first, last = 0, len(found)
    while last - first > 1 and found[first] in _listed("scoring_determiners"):
        first += 1
    while last - first > 1 and found[last - 1] in _heads(kind):
        last -= 1
    return tuple(_singular(word) for word in found[first:last])


def key(name: str, kind: str | None = None) -> str:
    """The words of a name written together; empty where no sign of it counts."""
    return "".join(words(name, kind))


def keys(names: Iterable[str], kind: str | None = None) -> frozenset[str]:
    """The keys of several names of one thing, without the empty one."""
    return frozenset(filter(None, (key(name, kind) for name in names)))


def contains(name: str, other: str, kind: str) -> bool:
    """Whether the words of one name stand, one after another, within the other's."""
    short, long = sorted((words(name, kind), words(other, kind)), key=len)
    return bool(short) and any(long[start : start + len(short)] == short for start in range(len(long) - len(short) + 1))


def number(value: str | None) -> str:
    """A number in one way of writing; ranges and words stay texts."""
    text = (value or "").translate(_DASHES).strip().lstrip("+~≈<>")
    text = _RANGE.sub("-", text).rstrip("%x\u00d7+ ")
    try:
        return repr(float(text))
    except ValueError:
        return text.casefold()


def unit(written: str | None) -> str:
    """A unit in one way of writing; empty for none."""
    folded = (written or "").casefold().strip().rstrip(".")
    folded = _units().get(folded, folded)
    return folded[:-1] if len(folded) >= _SHORTEST_PLURAL and folded.endswith("s") else folded


def same_quantity(annotated: tuple[str, str | None], found: tuple[str, str | None]) -> bool:
    """Whether (value, unit) are the same.

    An annotation without a unit may be met by any unit that says no more than the metric does, so not by "%" or "x".
    """
    if number(annotated[0]) != number(found[0]):
        return False
    wanted, given = unit(annotated[1]), unit(found[1])
    return wanted == given or (not wanted and given not in ("x", "%"))


def same_slot(slot: str, annotated: str | None, found: str | None, aliases: Mapping[str, frozenset[str]]) -> bool:
    """Whether a result's metric, dataset, task, method or baseline is the one annotated, or none where none is.

    ``aliases`` has, by key of a name, the keys of all names of that thing. A name that adds words before the other's
    is the same too ("accuracy", "top-1 accuracy").
    """
    if not annotated or not found:
        return not annotated and not found
    kind = TYPE_OF_SLOT[slot]
    wanted, given = key(annotated, kind), key(found, kind)
    if wanted == given or given in aliases.get(wanted, ()):
        return True
    ours, theirs = words(annotated, kind), words(found, kind)
    if not ours or not theirs or ours[-1] != theirs[-1]:
        return False
    return set(ours) <= set(theirs) or set(theirs) <= set(ours)
