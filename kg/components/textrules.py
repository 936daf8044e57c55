"""Rules that speak of the characters of a text: regular expressions composed from named shapes and word lists.

Token patterns cannot see inside "35.6%to46.7%" or "18times"; these rules can. They are read from TOML like all
others: the keys that a table may have are the fields of the dataclass that it becomes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from kg.errors import RuleError
from kg.rulebook import Rulebook

_PLACEHOLDER: Final = re.compile(r"\{(@?[a-z_]+)\}")
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRule:
    """A shape of a number; the groups of ``pattern`` name its parts (value, number, factor, exponent, scale)."""

    id: str
    reason: str
    pattern: str
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRule:
    """What only looks like a number: all of ``before``, ``whole`` and ``after`` that are given must match.

    ``with_unit`` extends the rule to numbers that a unit follows.
    """

    id: str
    reason: str
    before: str = ""
    whole: str = ""
    after: str = ""
    with_unit: bool = False
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """Two neighbouring numbers that are one range, or the two ends of a change."""

    id: str
    reason: str
    makes: Literal["range", "change"]
    between: str
    before: str = ""
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRule:
    """What a number is: a ``score``, ``gain``, ``reduction`` or ``ratio``, or a ``setting`` that is no result.

    ``before`` must match right before the number (spaces aside), ``after`` right after it and its unit, ``sentence``
    anywhere in its sentence; those that are given must all match. ``dimensions`` and ``change`` restrict the rule to
    such quantities, ``measured`` to those (not) bound to a metric, ``background`` to sentences before the paper
    speaks of itself. What a ``certain`` rule says stands, whatever the weights say.
    """

    id: str
    reason: str
    makes: Literal["score", "gain", "reduction", "ratio", "setting"]
    dimensions: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    sentence: str = ""
    change: str = ""
    measured: bool | None = None
    background: bool | None = None
    signed: bool | None = None
    certain: bool = False
    confidence: float = 0.8
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


_Letters: TypeAlias = dict[str, "_Letters"]
"""Words letter by letter: what follows each letter."""
_END_OF_WORD: Final = ""


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; a space stands for any white space.

    Words that begin alike share their beginning, for Python's ``re`` tries one alternative after the other.
    """
    first: _Letters = {}
    for word in words:
        letters = first
        for letter in word:
            letters = letters.setdefault(letter, {})
        letters[_END_OF_WORD] = {}
    return f"(?:{_continued(first)})"


def _continued(letters: _Letters) -> str:
    """A pattern for what may follow."""
    branches = [spaced(letter) + _continued(then) for letter, then in sorted(letters.items()) if letter]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if _END_OF_WORD in letters else ''}"


def spaced(words: str) -> str:
    """A pattern for words with any white space between them."""
    return r"\s+".join(re.escape(word) for word in words.split(" "))


class Shapes:
    """Named pieces of regular expressions: ``{name}`` stands for a piece, ``{@name}`` for any word of a list."""

    def __init__(self, rulebook: Rulebook, file: str) -> None:
        self._rulebook = rulebook
        self._file = file
        self._pieces: Mapping[str, Any] = rulebook.table(file, "shapes")

    def pattern(self, text: str) -> str:
        """The pattern with all pieces put in. Raises RuleError for an unknown piece, or one that holds itself."""
        for _ in range(_DEEPEST):
            if not _PLACEHOLDER.search(text):
                return text
            text = _PLACEHOLDER.sub(self._piece, text)
        raise RuleError(f"{self._file}:1: the shapes in {text[:60]!r} hold each other")

    def compile(self, text: str, *, flags: int = 0) -> re.Pattern[str] | None:
        """The compiled pattern, None for an empty one. Raises RuleError where it is no regular expression."""
        if not text:
            return None
        try:
            return re.compile(f"(?:{self.pattern(text)})", flags)
        except re.error as error:
            source = self._rulebook.files[self._file]
            raise source.error(text[:30], f"no regular expression: {error}: {text}") from error

    def require(self, text: str, *, flags: int = 0) -> re.Pattern[str]:
        """The compiled pattern, which may match nothing. Raises RuleError where it is no regular expression."""
        return self.compile(text, flags=flags) or re.compile("")

    def _piece(self, match: re.Match[str]) -> str:
        name = match.group(1)
        if name.startswith("@"):
            return any_of(self._rulebook.words(name[1:]))
        if name not in self._pieces:
            near = difflib.get_close_matches(name, self._pieces, n=1)
            raise RuleError(f"{self._file}:1: no shape {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return f"(?:{self._pieces[name]})"
