"""What every word tells wherever it stands, in tables by its number, so that whole papers are looked up at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt
from spacy.attrs import ORTH
from spacy.tokens import Doc

from kg import names
from kg.components.weighing import Weights

Words = npt.NDArray[np.int64]
START: Final = "<start>"
END: Final = "<end>"
HEAD_TOKENS: Final = 3
MOST_WORDS: Final = 300_000
HASH_BASE: Final = 1_000_003
HASH_BITS: Final = 64
FIRST_CAPITAL: Final = 4
_ROOM: Final = 1 << 14
_PLAIN: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_AT_END: Final = 5
_CELLS: Final = {
    **{f"at_end_{tokens}": _AT_END for tokens in range(1, HEAD_TOKENS + 1)},
    "at_start": 2,
    "inside": 1,
    "before": 2,
    "after": 2,
    "second_before": 1,
    "second_after": 1,
    "cut_before": 1,
    "cut_after": 1,
    "lower": 1,
    "head": 1,
    "word_class": 1,
    "hyphen": 1,
    "capitals": 1,
    "strong": 1,
}
_FIRST: Final = dict(zip(_CELLS, accumulate(_CELLS.values(), initial=0), strict=False))
_PLACES: Final = {name: (_FIRST[name], cells) for name, cells in _CELLS.items()}
_COLUMNS: Final = sum(_CELLS.values())
_INSIDE: Final = _FIRST["inside"]
_SHORTEST_PLURAL: Final = 5
_ENDING_LETTERS: Final = 4
_TAIL_LETTERS: Final = 3
_SEVERAL: Final = 2


class Vocabulary:
    """Numbers words, and tells the features of each.

    ``classes`` maps words to the class of words that they belong to. ``strong`` finds the words that are written like a
    name. The tables have a row for each word; words that differ in case are different words.
    """

    def __init__(self, weights: Weights, classes: Mapping[str, str], strong: re.Pattern[str]) -> None:
        self._weights = weights
        self._classes = classes
        self._strong = strong
        self._words: list[str] = []
        self._keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self._by_orth: dict[int, int] = {}
        self._new: dict[int, list[int]] = {}
        self._table = np.zeros((_ROOM, _COLUMNS), dtype=np.int64)
        self._hashes = np.zeros((_ROOM, 2), dtype=np.uint64)
        self._leads = np.zeros((_ROOM, 4))
        self.start, self.end = self.number(START), self.number(END)

    def number(self, word: str) -> int:
        """The number of a word, told as it is."""
        known = self._numbers.get(word)
        return self._add(word) if known is None else known

    def word(self, number: int) -> str:
        """The word with this number."""
        return self._words[number]

    def key(self, text: str, words: list[int]) -> str:
        """The key of a name (:func:`kg.names.key`) that is written like ``text`` and consists of these words."""
        keys = [self._keys[word] for word in words]
        return "".join(keys) if all(keys) else names.key(text)

    def of(self, docs: Sequence[Doc]) -> list[list[int]]:
        """The numbers of the tokens of Docs."""
        rows = [doc.to_array(ORTH).tolist() for doc in docs]
        known = self._by_orth
        if len(self._words) > MOST_WORDS:
            self._forget()
        for doc, orths in zip(docs, rows, strict=True):
            strings = doc.vocab.strings
            for orth in orths:
                if orth not in known:
                    known[orth] = self.number(strings[orth])
        self._enter()
        return [[known[orth] for orth in orths] for orths in rows]

    def keep(self) -> None:
        """Keep for good the words that are known now."""
        self._enter()
        self._kept = len(self._words)

    def column(self, name: str) -> Words:
        """A column of the table; those of several cells are of shape (words, cells)."""
        first, cells = _PLACES[name]
        return self._table[:, first] if cells == 1 else self._table[:, first : first + cells]

    @property
    def hashes(self) -> npt.NDArray[np.uint64]:
        """For each word the hash of its key, and by what that of what stands before it is multiplied."""
        return self._hashes

    @property
    def leads(self) -> npt.NDArray[np.float64]:
        """How far a word speaks for a name that it ends, begins, stands before and stands after."""
        return self._leads

    def _forget(self) -> None:
        for word in self._words[self._kept :]:
            del self._numbers[word]
        del self._words[self._kept :]
        del self._keys[self._kept :]
        self._by_orth.clear()

    def _add(self, word: str) -> int:
        number = self._numbers[word] = len(self._words)
        self._words.append(word)
        lower = word.lower()
        if lower == word:
            row = self._tell(word, number)
        else:
            same = self.number(lower)
            row = list(self._new[same] if same in self._new else self._table[same].tolist())
        row[-2:] = [
            min(sum(map(str.isupper, word)), _SEVERAL) + FIRST_CAPITAL * word[:1].isupper(),
            int(self._strong.search(word) is not None),
        ]
        self._new[number] = row
        return number

    def _tell(self, word: str, number: int) -> list[int]:
        feature = self._weights.number
        singular = word[:-1] if len(word) >= _SHORTEST_PLURAL and word.endswith("s") else word
        word_class = self._class_of(word)
        tail = word[-_TAIL_LETTERS:]
        last = [feature("head", singular), feature("ending", word[-_ENDING_LETTERS:]), feature("tail", tail)]
        at_end: list[int] = []
        for tokens in map(str, range(1, HEAD_TOKENS + 1)):
            at_end += [
                *last,
                feature("head-tokens", f"{singular} {tokens}"),
                feature("class-tokens", f"{word_class} {tokens}"),
            ]
        return [
            *at_end,
            feature("first", word),
            feature("first-tail", tail),
            feature("word", word),
            feature("before", word),
            feature("class-before", word_class),
            feature("after", word),
            feature("class-after", word_class),
            feature("second-before", word),
            feature("second-after", word),
            feature("cut-before", word),
            feature("cut-after", word),
            number,
            number if singular == word else self.number(singular),
            self.number(word_class) if word_class else number,
            int("-" in word),
            0,
            0,
        ]

    def _enter(self) -> None:
        """Put new words into the tables."""
        new, self._new = self._new, {}
        if not new:
            return
        while len(self._words) > len(self._table):
            self._table = np.concatenate((self._table, np.zeros_like(self._table)))
            self._hashes = np.concatenate((self._hashes, np.zeros_like(self._hashes)))
            self._leads = np.concatenate((self._leads, np.zeros_like(self._leads)))
        numbers = list(new)
        rows = np.array(list(new.values()), dtype=np.int64)
        self._table[numbers] = rows
        keys = [names.key(self._words[number]) for number in numbers]
        self._keys += [""] * (len(self._words) - len(self._keys))
        for number, key in zip(numbers, keys, strict=True):
            self._keys[number] = key if _PLAIN.fullmatch(self._words[number]) else ""
        self._hashes[numbers] = np.array(
            [(hash_of(key), pow(HASH_BASE, len(key), 1 << HASH_BITS)) for key in keys], dtype=np.uint64
        )
        weights = self._weights
        ends = [
            rows[:, [*range(first, first + _AT_END), _INSIDE]] for first in range(0, HEAD_TOKENS * _AT_END, _AT_END)
        ]
        self._leads[numbers] = np.stack(
            (
                np.max([weights.leads(weights.sums(end)) for end in ends], axis=0),
                *(
                    weights.leads(weights.sums(rows[:, first : first + cells]))
                    for first, cells in (_PLACES["at_start"], _PLACES["before"], _PLACES["after"])
                ),
            ),
            axis=1,
        )

    def _class_of(self, word: str) -> str:
        """The class of words that a word belongs to, by its last part if it is hyphenated; empty if unknown."""
        found = self._classes.get("0" if word.isdigit() else word)
        return found if found is not None else self._classes.get(word.rpartition("-")[2], "")


def hash_of(key: str) -> int:
    """A number for a key such that that of two keys in a row follows from theirs: a polynomial in its characters.

    R. M. Karp and M. O. Rabin, "Efficient randomized pattern-matching algorithms", IBM Journal of Research and
    Development 31(2), 1987; modulo 2^64.
    """
    found = 0
    for character in key:
        found = (found * HASH_BASE + ord(character)) & ((1 << HASH_BITS) - 1)
    return found
