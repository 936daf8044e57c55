"""Token patterns in spaCy's own terms, matched over a whole Doc at once.

A pattern is a list of token descriptions as spaCy's ``Matcher`` takes them (``LOWER``, ``ORTH``, ``SHAPE``,
``LENGTH``, ``IS_*``, ``LIKE_*`` with a value or ``IN``, ``NOT_IN``, ``REGEX``, comparisons, and ``OP``). Every
description speaks of a token's lexeme alone, so it is decided once for each word of the vocabulary. For a row of
Docs, the positions where a description holds are the bits of one integer, and a pattern of n tokens is n shifts and
ands, whatever the length of the texts: the bit-parallel method of R. Baeza-Yates and G. H. Gonnet, "A new
approach to text searching", Communications of the ACM 35(10), 1992, with the repetitions of G. Navarro and
M. Raffinot, "Fast and flexible string matching by combining bit-parallelism and suffix automata", ACM Journal of
Experimental Algorithmics 5, 2000. Bit i of a mask is the boundary before token i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ORTH
from spacy.tokens import Doc

from kg.descriptions import (
    FLAGS,
    TEXT_ATTRIBUTES,
    Description,
    PatternError,
    Test,
    Word,
    are_words,
    expression_of,
    frozen,
    parts_of,
    test_of,
)
from kg.masks import BYTE, mask_of, number_of, packed, positions, transposed

ROOM: Final = 6
"""How many places, in which no description holds, stand after each Doc of a row."""
MOST_RECENT: Final = 2
_OPERATORS: Final = ("1", "?", "+", "*")


class Step(NamedTuple):
    """One token of a compiled pattern: which description must hold, and how often (``1``, ``?``, ``+``, ``*``)."""

    description: int
    operator: str


Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Docs one after the other, with room after each, and for each description the positions where it holds.

    ``offsets`` are the places of the first tokens of the Docs, ``length`` is the row's, ``tokens`` the mask of all
    tokens.
    The room after the last Doc stands before the first one, too, where places below 0 are counted from the end.
    """

    docs: Sequence[Doc]
    offsets: list[int]
    length: int
    tokens: int
    masks: list[int]

    def split(self, mask: int) -> list[list[int]]:
        """The positions of the bits that are set, in tokens of each Doc."""
        found = positions(mask & self.tokens)
        bounds = np.searchsorted(found, [*self.offsets, self.length]).tolist()
        return [
            (found[first:last] - offset).tolist()
            for offset, (first, last) in zip(self.offsets, pairwise(bounds), strict=True)
        ]

    def mask_of(self, places: Iterable[Iterable[int]]) -> int:
        """The mask of places in tokens of each Doc."""
        return mask_of([place + offset for offset, own in zip(self.offsets, places, strict=True) for place in own])


class Descriptions:
    """The distinct token descriptions of a set of patterns, each decided once for every word.

    Descriptions are numbered in the order in which they first appear. Words for which the same ones hold are of one
    kind; ``_rows`` gives a row for each kind, in bytes, with a bit for each description. Row 0 is empty.
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
        self._wholes: dict[int, tuple[int, ...]] = {}
        self._recent: dict[tuple[int, ...], Row] = {}

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
        name = repr(sorted((key, frozen(value)) for key, value in description.items()))
        known = self._numbers.get(name)
        if known is not None:
            return known
        parts = parts_of(description)
        if len(parts) > 1:
            whole = tuple(map(self.number, parts))
            number = len(self._numbers)
            self._wholes[number] = whole
        else:
            opposite = self._opposite(description)
            number = len(self._numbers)
            if opposite is not None:
                self._opposites[number] = opposite
            elif not (self._add_words(number, description) or self._add_search(number, description)):
                self._tests.append((number, test_of(*next(iter(description.items())))))
        self._numbers[name] = number
        self._known.clear()
        self._kinds.clear()
        self._recent.clear()
        return number

    def _opposite(self, description: Description) -> int | None:
        """The number of the description of few words that holds where this one, of nearly all words, does not."""
        if not description:
            return self.number({"ORTH": {"IN": ()}})
        ((attribute, value),) = description.items()
        if attribute in FLAGS and value is False:
            return self.number({attribute: True})
        if not isinstance(value, Mapping) or set(value) != {"NOT_IN"} or not are_words(value["NOT_IN"]):
            return None
        return self.number({attribute: {"IN": value["NOT_IN"]}})

    def _add_words(self, number: int, description: Description) -> bool:
        """File a description that only lists words under these words, to be found without being tried."""
        ((attribute, value),) = description.items()
        if attribute not in ("LOWER", "ORTH", "TEXT"):
            return False
        if isinstance(value, str):
            words = [value]
        elif isinstance(value, Mapping) and set(value) == {"IN"} and are_words(value["IN"]):
            words = list(value["IN"])
        else:
            return False
        for word in words:
            self._by_word.setdefault((TEXT_ATTRIBUTES[attribute], word), set()).add(number)
        return True

    def _add_search(self, number: int, description: Description) -> bool:
        """File a description that only gives a regular expression, as most do, apart, for it is quicker to try."""
        ((attribute, value),) = description.items()
        searches = self._searches.get(TEXT_ATTRIBUTES.get(attribute, ""))
        if searches is None or not isinstance(value, Mapping) or set(value) != {"REGEX"}:
            return False
        searches.append((number, expression_of(value["REGEX"]).search))
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
            held = np.zeros(len(self._numbers), dtype=np.bool_)
            held[list(holding)] = True
            for number, opposite in self._opposites.items():
                held[number] = opposite not in found
            for number, parts in self._wholes.items():
                held[number] = held[list(parts)].all()
            row = np.packbits(held, bitorder="little")
            if kind == 1:
                self._rows = np.zeros((2, len(row)), dtype=np.uint8)
            elif kind == len(self._rows):
                self._rows = np.concatenate((self._rows, np.zeros_like(self._rows)))
            self._rows[kind] = row
        self._known[orth] = kind

    def masks(self, doc: Doc) -> list[int]:
        """For each description the positions in a Doc where it holds, as the bits of an integer."""
        return self.row([doc]).masks

    def row(self, docs: Sequence[Doc]) -> Row:
        """The row of Docs.

        The latest rows are kept, because the components of a pipeline ask for them one after the other.
        """
        key = tuple(map(id, docs))
        recent = self._recent.get(key)
        if recent is not None:  # it holds the Docs, so that no others can have their ids
            return recent
        known = self._known
        kinds: list[int] = []
        offsets: list[int] = []
        for doc in docs:
            offsets.append(len(kinds))
            words = doc.to_array(ORTH).tolist() if len(doc) else []
            for word in dict.fromkeys([word for word in words if word not in known]):
                self._learn(doc, word)
            kinds += map(known.__getitem__, words)
            kinds += (0,) * ROOM
        row_kinds = np.fromiter(kinds, dtype=np.intp, count=len(kinds))  # numpy would turn the list anew for each use
        row = Row(docs, offsets, len(kinds), packed(row_kinds != 0), self._masks(row_kinds))
        if len(self._recent) >= MOST_RECENT:
            del self._recent[next(iter(self._recent))]
        self._recent[key] = row
        return row

    def _masks(self, kinds: NDArray[np.intp]) -> list[int]:
        """The masks of words of these kinds, one after the other."""
        if not len(self._rows):
            return [0] * len(self._numbers)
        padded = np.concatenate((kinds, np.zeros(-len(kinds) % BYTE, dtype=np.intp)))
        held = transposed(self._rows.take(padded, axis=0))
        by_description = np.frombuffer(held.tobytes(), dtype=f"S{len(padded) // BYTE}")
        return [number_of(places) if places else 0 for places in by_description[: len(self._numbers)].tolist()]


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
