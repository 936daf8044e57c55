"""Looks up the features of words that stand together, for many places at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from kg.components.hashing import HashTable
from kg.components.vocabulary import Vocabulary, Words
from kg.components.weighing import Numbers, Weights

FAMILIES: Final = (
    "last-two",
    "first-two",
    "last-classes",
    "last-three",
    "lexicon-start-head",
    "before-two",
    "after-two",
    "around",
    "before-head",
    "before-writing",
    "after-writing",
)
_FACTORS: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_FAMILY_FACTOR: Final = 0xD6E8FEB86659FD93
_MODULUS: Final = 1 << 64


class Combinations:
    """The numbers of the features of two or three words.

    Their words are numbers of a vocabulary. A family and its words make one number, by multiplication with odd
    constants modulo 2^64.
    """

    def __init__(self, weights: Weights, vocabulary: Vocabulary) -> None:
        self._weights = weights
        self._vocabulary = vocabulary
        self._salts = {
            family: np.uint64(number * _FAMILY_FACTOR % _MODULUS) for number, family in enumerate(FAMILIES, start=1)
        }
        keys, numbers = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
        for family in FAMILIES:
            values = weights.values(family)
            words = np.array([[vocabulary.number(word) for word in value.split(" ")] for value in values])
            if values:
                keys.append(self._keys(family, list(words.T)))
                numbers.append(np.array(list(values.values())))
        self._known = HashTable(np.concatenate(keys), np.concatenate(numbers))
        self._learned: dict[tuple[str, tuple[int, ...]], int] = {}

    def features(self, wanted: Mapping[str, Sequence[Words]]) -> Numbers:
        """The numbers of features, of shape (families, places), given the columns of words of each family."""
        if self._weights.learning:
            return self._learn(wanted)
        return self._known.get(np.stack([self._keys(family, columns) for family, columns in wanted.items()]))

    def _keys(self, family: str, columns: Sequence[Words]) -> npt.NDArray[np.uint64]:
        keys = np.full(len(columns[0]), self._salts[family])
        for factor, column in zip(_FACTORS, columns, strict=False):
            keys = (keys ^ (column.astype(np.uint64) + np.uint64(1))) * factor
        return keys

    def _learn(self, wanted: Mapping[str, Sequence[Words]]) -> Numbers:
        found = []
        for family, columns in wanted.items():
            rows = []
            for words in zip(*(column.tolist() for column in columns), strict=True):
                number = self._learned.get((family, words))
                if number is None:
                    if min(words) < 0:
                        number = 0
                    else:
                        number = self._weights.number(family, " ".join(self._vocabulary.word(word) for word in words))
                    self._learned[family, words] = number
                rows.append(number)
            found.append(rows)
        return np.array(found, dtype=np.intp)
