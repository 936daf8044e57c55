"""Token patterns in spaCy's own terms, matched over a whole Doc at once.

A pattern is a list of token descriptions as spaCy's ``Matcher`` takes them (``LOWER``, ``ORTH``, ``SHAPE``,
``LENGTH``, ``IS_*``, ``LIKE_*`` with a value or ``IN``, ``NOT_IN``, ``REGEX``, comparisons, and ``OP``). Every
description speaks of a token's lexeme alone, so it is decided once for each word of the vocabulary. For a Doc,
the positions where a description holds are the bits of one integer, and a pattern of n tokens is n shifts and
ands, whatever the length of the text: the bit-parallel method of R. Baeza-Yates and G. H. Gonnet, "A new
approach to text searching", Communications of the ACM 35(10), 1992, with the repetitions of G. Navarro and
M. Raffinot, "Fast and flexible string matching by combining bit-parallelism and suffix automata", ACM Journal of
Experimental Algorithmics 5, 2000. Bit i of a mask is the boundary before token i.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ORTH
from spacy.lexeme import Lexeme
from spacy.tokens import Doc

Description = Mapping[str, Any]


class Word:
    """A word of the vocabulary, whose text is asked for so often that it is looked up once."""

    __slots__ = ("lexeme", "lower_", "text")

    def __init__(self, lexeme: Lexeme) -> None:
        self.lexeme = lexeme
        self.text: str = lexeme.text
        self.lower_: str = lexeme.lower_

    def __getattr__(self, name: str) -> Any:
        """The other attributes are the lexeme's."""
        return getattr(self.lexeme, name)


Test = Callable[[Word], bool]

MOST_RECENT: Final = 128
_TEXT_ATTRIBUTES: Final[dict[str, str]] = {
    "ORTH": "text",
    "TEXT": "text",
    "LOWER": "lower_",
    "SHAPE": "shape_",
    "PREFIX": "prefix_",
    "SUFFIX": "suffix_",
    "NORM": "norm_",
}
_FLAGS: Final[dict[str, str]] = {
    "IS_ALPHA": "is_alpha",
    "IS_ASCII": "is_ascii",
    "IS_DIGIT": "is_digit",
    "IS_LOWER": "is_lower",
    "IS_UPPER": "is_upper",
    "IS_TITLE": "is_title",
    "IS_PUNCT": "is_punct",
    "IS_SPACE": "is_space",
    "IS_BRACKET": "is_bracket",
    "IS_QUOTE": "is_quote",
    "IS_CURRENCY": "is_currency",
    "IS_STOP": "is_stop",
    "LIKE_NUM": "like_num",
    "LIKE_URL": "like_url",
    "LIKE_EMAIL": "like_email",
}
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_OPERATORS: Final = ("1", "?", "+", "*")
_BYTE: Final = 8
_number: Final[Callable[[bytes], int]] = partial(int.from_bytes, byteorder="little")
ATTRIBUTES: Final[tuple[str, ...]] = (*_TEXT_ATTRIBUTES, "LENGTH", *_FLAGS)


class PatternError(ValueError):
    """A token description that cannot be understood; the message says why."""


class Step(NamedTuple):
    """One token of a compiled pattern: which description must hold, and how often (``1``, ``?``, ``+``, ``*``)."""

    description: int
    operator: str


Steps = tuple[Step, ...]


class Descriptions:
    """The distinct token descriptions of a set of patterns, each decided once for every word.

    Descriptions are numbered in the order in which they first appear. Words for which the same ones hold are of one
    kind; ``_rows`` gives a row for each kind, a column for each description, 1 where it holds. Row 0 is empty.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._tests: list[tuple[int, Test]] = []
        self._by_word: dict[tuple[str, str], set[int]] = {}
        self._searches: dict[str, list[tuple[int, Callable[[str], object]]]] = {"text": [], "lower_": []}
        self._known: dict[int, int] = {}
        self._kinds: dict[tuple[int, ...], int] = {}
        self._rows: NDArray[np.uint8] = np.zeros((0, 0), dtype=np.uint8)
        self._opposites: dict[int, int] = {}
        self._recent: dict[int, tuple[Doc, list[int]]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def compile(self, pattern: Sequence[Description]) -> Steps:
        """Compile a pattern; raises PatternError where a description cannot be understood."""
        steps = []
        for token in pattern:
            description = dict(token)
            times = description.pop("OP", "1")
            if times not in _OPERATORS:
                raise PatternError(f"OP is {times!r}; it may be one of {', '.join(_OPERATORS)}")
            steps.append(Step(self.number(description), times))
        return tuple(steps)

    def number(self, description: Description) -> int:
        """The number of a description, new or known."""
        name = repr(sorted((key, _frozen(value)) for key, value in description.items()))
        known = self._numbers.get(name)
        if known is not None:
            return known
        opposite = self._opposite(description)
        number = len(self._numbers)
        if opposite is not None:
            self._opposites[number] = opposite
        elif not (self._add_words(number, description) or self._add_search(number, description)):
            self._tests.append((number, _all([_test(attribute, value) for attribute, value in description.items()])))
        self._numbers[name] = number
        self._known.clear()
        self._kinds.clear()
        self._recent.clear()
        return number

    def _opposite(self, description: Description) -> int | None:
        """The number of the description of few words that holds where this one, of nearly all words, does not."""
        if not description:
            return self.number({"ORTH": {"IN": ()}})
        if len(description) != 1:
            return None
        ((attribute, value),) = description.items()
        if attribute in _FLAGS and value is False:
            return self.number({attribute: True})
        if not isinstance(value, Mapping) or set(value) != {"NOT_IN"} or not _are_words(value["NOT_IN"]):
            return None
        return self.number({attribute: {"IN": value["NOT_IN"]}})

    def _add_words(self, number: int, description: Description) -> bool:
        """File a description that only lists words under these words, to be found without being tried."""
        if len(description) != 1:
            return False
        ((attribute, value),) = description.items()
        if attribute not in ("LOWER", "ORTH", "TEXT"):
            return False
        if isinstance(value, str):
            words = [value]
        elif isinstance(value, Mapping) and set(value) == {"IN"} and _are_words(value["IN"]):
            words = list(value["IN"])
        else:
            return False
        for word in words:
            self._by_word.setdefault((_TEXT_ATTRIBUTES[attribute], word), set()).add(number)
        return True

    def _add_search(self, number: int, description: Description) -> bool:
        """File a description that only gives a regular expression, as most do, apart, for it is quicker to try."""
        if len(description) != 1:
            return False
        ((attribute, value),) = description.items()
        searches = self._searches.get(_TEXT_ATTRIBUTES.get(attribute, ""))
        if searches is None or not isinstance(value, Mapping) or set(value) != {"REGEX"}:
            return False
        searches.append((number, _expression(value["REGEX"]).search))
        return True

    def _learn(self, doc: Doc, orth: int) -> None:
        """Find out the kind of a word, given by the hash of its text."""
        word = Word(doc.vocab[orth])
        found = {number for number, test in self._tests if test(word)}
        for attribute, text in (("text", word.text), ("lower_", word.lower_)):
            found.update(self._by_word.get((attribute, text), ()))
            found.update([number for number, search in self._searches[attribute] if search(text)])
        holding = tuple(sorted(found))
        kind = self._kinds.get(holding)
        if kind is None:
            kind = self._kinds[holding] = len(self._kinds) + 1
            if kind == 1:
                self._rows = np.zeros((2, len(self._numbers)), dtype=np.uint8)
            elif kind == len(self._rows):
                self._rows = np.concatenate((self._rows, np.zeros_like(self._rows)))
            self._rows[kind, holding] = 1
            for number, opposite in self._opposites.items():
                self._rows[kind, number] = opposite not in found
        self._known[orth] = kind

    def masks(self, doc: Doc) -> list[int]:
        """For each description the positions in the Doc where it holds, as the bits of an integer.

        The masks of the latest Docs are kept, because the components of a pipeline ask for them one after the other.
        """
        recent = self._recent.get(id(doc))
        if recent is not None and recent[0] is doc:
            return recent[1]
        words = doc.to_array(ORTH).tolist()
        for word in dict.fromkeys([word for word in words if word not in self._known]):
            self._learn(doc, word)
        masks = self._masks(list(map(self._known.__getitem__, words))) if words else [0] * len(self._numbers)
        if len(self._recent) >= MOST_RECENT:
            del self._recent[next(iter(self._recent))]
        self._recent[id(doc)] = doc, masks
        return masks

    def _masks(self, kinds: list[int]) -> list[int]:
        """The masks of words of these kinds, one after the other."""
        padded = kinds + [0] * (-len(kinds) % _BYTE)
        places = np.packbits(self._rows.take(padded, axis=0).T.reshape(-1), bitorder="little")
        by_description = np.frombuffer(places.tobytes(), dtype=f"S{len(padded) // _BYTE}")
        return list(map(_number, by_description.tolist()))


def ends(steps: Steps, masks: Sequence[int], starts: int) -> int:
    """The boundaries at which a match ends that began at one of the boundaries ``starts``."""
    reached = starts
    for description, times in steps:
        holds = masks[description]
        if times == "1":
            reached = (reached & holds) << 1
            if not reached:
                return 0
        elif times == "?":
            reached |= (reached & holds) << 1
        else:
            repeated = _repeat(reached, holds)
            reached = repeated if times == "+" else reached | repeated
    return reached


def starts(steps: Steps, masks: Sequence[int], stops: int) -> int:
    """The boundaries at which a match begins that ends at one of the boundaries ``stops``."""
    reached = stops
    for description, times in reversed(steps):
        holds = masks[description]
        if times == "1":
            reached = (reached >> 1) & holds
            if not reached:
                return 0
        elif times == "?":
            reached |= (reached >> 1) & holds
        else:
            repeated = _repeat_backwards(reached, holds)
            reached = repeated if times == "+" else reached | repeated
    return reached


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """The maximal runs of set bits as (first, end), ascending."""
    while mask:
        first = (mask & -mask).bit_length() - 1
        rest = mask >> first
        length = (~rest & (rest + 1)).bit_length() - 1
        yield first, first + length
        mask = (rest >> length) << (first + length)


def _repeat(reached: int, holds: int) -> int:
    total = 0
    reached = (reached & holds) << 1
    while reached:
        total |= reached
        reached = ((reached & holds) << 1) & ~total
    return total


def _repeat_backwards(reached: int, holds: int) -> int:
    total = 0
    reached = (reached >> 1) & holds
    while reached:
        total |= reached
        reached = ((reached >> 1) & holds) & ~total
    return total


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_words(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(word, str) for word in value)


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return sorted((key, _frozen(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(map(str, value))
    return value


def _test(attribute: str, value: object) -> Test:
    if attribute in _FLAGS:
        flag, wanted = _FLAGS[attribute], value
        if not isinstance(wanted, bool):
            raise PatternError(f"{attribute} takes true or false, not {wanted!r}")
        return lambda word: bool(getattr(word.lexeme, flag)) is wanted
    if attribute == "LENGTH":
        return _length_test(value)
    name = _TEXT_ATTRIBUTES.get(attribute)
    if name is None:
        raise PatternError(f"unknown token attribute {attribute!r}; known are {', '.join(ATTRIBUTES)}")
    text_of = operator.attrgetter(name)
    if isinstance(value, str):
        return lambda word: bool(text_of(word) == value)
    if not isinstance(value, Mapping) or not value:
        raise PatternError(f"{attribute} takes a string or a table with IN, NOT_IN or REGEX, not {value!r}")
    return _all([_text_test(text_of, key, wanted) for key, wanted in value.items()])


def _all(tests: Sequence[Test]) -> Test:
    """One test of several that must all hold."""
    first, *others = tests
    if not others:
        return first
    rest = _all(others)
    return lambda word: first(word) and rest(word)


def _text_test(text_of: Callable[[Word], str], key: str, wanted: Any) -> Test:
    if key in ("IN", "NOT_IN") and not _are_words(wanted):
        raise PatternError(f"{key} takes a list of words, not {wanted!r}")
    if key == "IN":
        inside = frozenset(wanted)
        return lambda word: text_of(word) in inside
    if key == "NOT_IN":
        outside = frozenset(wanted)
        return lambda word: text_of(word) not in outside
    if key == "REGEX":
        search = _expression(wanted).search
        return lambda word: search(text_of(word)) is not None
    raise PatternError(f"unknown key {key!r}; known are IN, NOT_IN, REGEX")


def _expression(value: object) -> re.Pattern[str]:
    if not isinstance(value, str):
        raise PatternError(f"REGEX takes a regular expression, not {value!r}")
    try:
        return re.compile(value)
    except re.error as error:
        raise PatternError(f"REGEX {value!r} is no regular expression: {error}") from error


def _length_test(value: object) -> Test:
    if _is_number(value):
        return lambda word: len(word.text) == value
    if (
        not isinstance(value, Mapping)
        or not value
        or not all(key in _COMPARISONS and _is_number(limit) for key, limit in value.items())
    ):
        raise PatternError(f"LENGTH takes a number or a table of {', '.join(_COMPARISONS)}, not {value!r}")
    tests = [(_COMPARISONS[key], limit) for key, limit in value.items()]
    return lambda word: all(compare(len(word.text), limit) for compare, limit in tests)
