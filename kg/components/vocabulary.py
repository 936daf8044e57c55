"""What every word tells wherever it stands, in tables by its number, so that whole papers are looked up at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
from spacy.attrs import ORTH
from spacy.tokens import Doc

from kg import names
from kg.components.hashing import Hashes, Integers, hashes_of
from kg.components.weighing import Numbers, Sums, Weights
from kg.ruletables import WEIGHT_CLASSES

Words = npt.NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.generic)
START: Final = "<start>"
END: Final = "<end>"
HEAD_TOKENS: Final = 3
MOST_WORDS: Final = 300_000
FIRST_CAPITAL: Final = 4
HEAD_COUNTS: Final = range(1, HEAD_TOKENS + 1)
_FAMILIES_OF_WORDS: Final = (
    "first",
    "word",
    "before",
    "after",
    "second-before",
    "second-after",
    "cut-before",
    "cut-after",
)
_ROOM: Final = 1 << 14
_CELLS: Final = {
    **{f"at_end_{tokens}": 5 for tokens in HEAD_COUNTS},
    "at_start": 2,
    "inside": 1,
    "before": 2,
    "after": 2,
    "second_before": 1,
    "second_after": 1,
    "cut_before": 1,
    "cut_after": 1,
}
"""How many features a word has at each place in a span or beside it."""
_PROPERTIES: Final = ("lower", "head", "word_class", "hyphen", "capitals", "strong")
_COLUMNS: Final = dict(
    zip((*_CELLS, *_PROPERTIES), accumulate((*_CELLS.values(), *(1 for _ in _PROPERTIES)), initial=0), strict=False)
)
_PLACES: Final = {place: number for number, place in enumerate(_CELLS)}
NO_WORD: Final = 0
_SHORTEST_PLURAL: Final = 5
_ENDING_LETTERS: Final = 4
_TAIL_LETTERS: Final = 3
_SEVERAL: Final = 2


class Vocabulary:
    """Numbers words, and tells the features of each.

    ``classes`` maps words to the class of words that they belong to. ``strong`` finds the words that are written like a
    name. The tables have a row for each word, and row 0, of no word, tells nothing. Words that differ in case are
    different words.
    """

    def __init__(self, weights: Weights, classes: Mapping[str, str], strong: re.Pattern[str]) -> None:
        self._weights = weights
        endings = [f" {tokens}" for tokens in HEAD_COUNTS]
        self._of_head = weights.rows(("head", ""), *(("head-tokens", ending) for ending in endings))
        self._of_class = weights.rows(
            *(("class-tokens", ending) for ending in endings), ("class-before", ""), ("class-after", "")
        )
        self._of_tail = weights.rows(("tail", ""), ("first-tail", ""))
        self._of_ending = weights.numbers("ending")
        self._of_word = weights.rows(*((family, "") for family in _FAMILIES_OF_WORDS))
        self._classes = classes
        self._strong = strong
        self._words: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._by_orth: dict[int, int] = {}
        self._new: dict[int, list[int]] = {}
        self._table = np.zeros((_ROOM, len(_PROPERTIES) + sum(_CELLS.values())), dtype=np.int64)
        self._sums = np.zeros((_ROOM, len(_CELLS), len(WEIGHT_CLASSES)), dtype=np.float32)
        self._hashes = np.zeros(_ROOM, dtype=np.uint64)
        self._lengths = np.zeros(_ROOM, dtype=np.int64)
        self._leads = np.zeros((_ROOM, 4))
        self._kept = 0
        self.start, self.end = self.number(START), self.number(END)

    def number(self, word: str) -> int:
        """The number of a word, told as it is."""
        known = self._numbers.get(word)
        return self._add(word) if known is None else known

    def word(self, number: int) -> str:
        """The word with this number."""
        return self._words[number]

    def of(self, docs: Sequence[Doc]) -> list[list[int]]:
        """The numbers of the tokens of Docs."""
        if len(self._words) > MOST_WORDS:
            self._forget()
        known = self._by_orth
        rows = []
        for doc in docs:
            orths = doc.to_array(ORTH).tolist()
            for orth in [orth for orth in orths if orth not in known]:
                known[orth] = self.number(doc.vocab.strings[orth])
            rows.append(list(map(known.__getitem__, orths)))
        self._enter()
        return rows

    def keep(self) -> None:
        """Keep for good the words that are known now."""
        self._enter()
        self._kept = len(self._words)

    def column(self, name: str) -> Words:
        """A property of every word."""
        return self._table[:, _COLUMNS[name]]

    def features(self, place: str) -> Numbers:
        """The features of every word at a place, of shape (words, features)."""
        first = _COLUMNS[place]
        return self._table[:, first : first + _CELLS[place]]

    def sums(self, place: str) -> Sums:
        """The sums of the weights of these features, of shape (words, classes)."""
        return self._sums[:, _PLACES[place]]

    @property
    def hashes(self) -> tuple[Hashes, Integers]:
        """For each word the hash of its key, and how long that is."""
        return self._hashes, self._lengths

    @property
    def leads(self) -> npt.NDArray[np.float64]:
        """How far a word speaks for a name that it ends, begins, stands before and stands after."""
        return self._leads

    def _forget(self) -> None:
        for word in self._words[self._kept :]:
            del self._numbers[word]
        del self._words[self._kept :]
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
        singular = word[:-1] if len(word) >= _SHORTEST_PLURAL and word.endswith("s") else word
        word_class = self._class_of(word)
        head, *head_tokens = self._of_head(singular)
        *class_tokens, class_before, class_after = self._of_class(word_class)
        tail, first_tail = self._of_tail(word[-_TAIL_LETTERS:])
        ending = self._of_ending(word[-_ENDING_LETTERS:])
        first, inside, before, after, *others = self._of_word(word)
        at_end: list[int] = []
        for with_head, with_class in zip(head_tokens, class_tokens, strict=True):
            at_end += (head, ending, tail, with_head, with_class)
        return [
            *at_end,
            first,
            first_tail,
            inside,
            before,
            class_before,
            after,
            class_after,
            *others,
            number,
            number if singular == word else self._inner(singular),
            self._inner(word_class) if word_class else number,
            int("-" in word),
            0,
            0,
        ]

    def _inner(self, word: str) -> int:
        """The number of a word that a combination may have; words that none has need no row of their own."""
        if self._weights.learning or not self._kept:
            return self.number(word)
        return self._numbers.get(word, NO_WORD)

    def _enter(self) -> None:
        """Put new words into the tables."""
        new, self._new = self._new, {}
        if not new:
            return
        while len(self._words) > len(self._table):
            self._table = _doubled(self._table)
            self._sums = _doubled(self._sums)
            self._hashes = _doubled(self._hashes)
            self._lengths = _doubled(self._lengths)
            self._leads = _doubled(self._leads)
        numbers = list(new)
        rows = np.array(list(new.values()), dtype=np.int64)
        self._table[numbers] = rows
        keys = ["".join(names.words(self._words[number])) for number in numbers]
        self._hashes[numbers] = hashes_of(keys)
        self._lengths[numbers] = list(map(len, keys))
        sums = np.stack([self._weights.sums(self.features(place)[numbers]) for place in _CELLS], axis=1)
        self._sums[numbers] = sums
        ends = sums[:, [_PLACES[f"at_end_{tokens}"] for tokens in HEAD_COUNTS]] + sums[:, [_PLACES["inside"]]]
        self._leads[numbers, 0] = self._weights.leads(ends).max(axis=1)
        beside = sums[:, [_PLACES[place] for place in ("at_start", "before", "after")]]
        self._leads[numbers, 1:] = self._weights.leads(beside)

    def _class_of(self, word: str) -> str:
        """The class of words that a word belongs to, by its last part if it is hyphenated; empty if unknown."""
        found = self._classes.get("0" if word.isdigit() else word)
        return found if found is not None else self._classes.get(word.rpartition("-")[2], "")


def _doubled(rows: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Rows with as many empty ones after them."""
    return np.concatenate((rows, np.zeros_like(rows)))
