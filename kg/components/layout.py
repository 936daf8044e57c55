"""What is known of every token of a row of Docs, so that all of them are looked up at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from kg.components.hashing import RowHashes
from kg.components.phrases import Phrases
from kg.components.vocabulary import Vocabulary, Words
from kg.masks import flags
from kg.matching import ROOM, Row

MOST_TOKENS: Final = 7
_ROOM_AFTER: Final = ROOM // 2

Span = tuple[int, int]
Spans = tuple[Words, Words]


@dataclass(frozen=True, slots=True)
class Layout:
    """The tokens of a row of Docs, and what is known of every token.

    ``offsets`` are the places of the first tokens of the Docs. ``words`` are numbers of the vocabulary, and ``hashes``
    those of their keys. ``phrase_start`` and ``phrase_end`` bound the noun phrase around a token, ``run_end`` is where
    the run of names ends that begins there; -1 where there is none. ``parts`` are the first and last tokens of all runs
    of tokens, up to the greatest length, within a phrase, a run of names or a base.
    """

    offsets: list[int]
    words: Words
    hashes: RowHashes
    in_title: npt.NDArray[np.bool_]
    opening: npt.NDArray[np.bool_]
    phrase_start: Words
    phrase_end: Words
    run_end: Words
    parts: Spans

    def owners(self, places: Words) -> Words:
        """The numbers of the Docs to which tokens belong."""
        return np.searchsorted(self.offsets, places, side="right") - 1

    def in_row(self, spans: Sequence[Iterable[Span]]) -> Spans:
        """The starts and the ends of spans in tokens of each Doc."""
        return bounds_of(
            (start + offset, end + offset)
            for own, offset in zip(spans, self.offsets, strict=True)
            for start, end in own
        )

    def is_whole(self, spans: Spans) -> npt.NDArray[np.bool_]:
        """Which spans are a whole noun phrase or a whole run of names."""
        start, end = spans
        phrase = (self.phrase_start[start] == start) & (self.phrase_end[start] == end)
        whole: npt.NDArray[np.bool_] = phrase | (self.run_end[start] == end)
        return whole


def lay_out(vocabulary: Vocabulary, row: Row, phrases: Phrases, bases: Iterable[Span]) -> Layout:
    """The tokens of a row, and where in it phrases and names stand.

    ``bases`` are further spans whose parts may be mentions.
    """
    room = [vocabulary.end] * _ROOM_AFTER + [vocabulary.start] * (ROOM - _ROOM_AFTER)
    numbers: list[int] = []
    for own in vocabulary.of(row.docs):
        numbers += (*own, *room)
    words = np.array(numbers, dtype=np.int64)
    found, runs = bounds_of(phrases.phrases.items()), bounds_of(phrases.names.items())
    start, end = _around(found, len(words))
    run_end = np.full(len(words), -1)
    run_end[runs[0]] = runs[1]
    opening = np.zeros(len(words), dtype=np.bool_)
    opening[row.offsets] = True
    hashes, lengths = vocabulary.hashes
    return Layout(
        offsets=row.offsets,
        words=words,
        hashes=RowHashes(hashes[words], lengths[words]),
        in_title=flags(phrases.title, len(words)),
        opening=opening,
        phrase_start=start,
        phrase_end=end,
        run_end=run_end,
        parts=_windows([found, runs, bounds_of(bases)], len(words)),
    )


def bounds_of(spans: Iterable[Span]) -> Spans:
    """The starts and the ends of spans."""
    start, end = np.fromiter(chain.from_iterable(spans), dtype=np.int64).reshape(-1, 2).T
    return start, end


def _around(spans: Spans, size: int) -> Spans:
    """For each token the bounds of the span around it, given spans that do not overlap; -1 where there is none."""
    start, end = np.full(size, -1), np.full(size, -1)
    start[spans[0]], end[spans[0]] = spans
    start, end = np.maximum.accumulate(start), np.maximum.accumulate(end)
    outside = end <= np.arange(size)
    start[outside] = end[outside] = -1
    return start, end


def _windows(spans: Sequence[Spans], size: int) -> Spans:
    """The first and last tokens of all runs of tokens within one of the spans, up to the greatest length."""
    reach = np.zeros(size, dtype=np.int64)
    for start, end in spans:
        np.maximum.at(reach, start, end)
    reach = np.maximum.accumulate(reach)
    inside = np.flatnonzero(reach > np.arange(size))
    first = np.repeat(inside, MOST_TOKENS)
    last = first + np.tile(np.arange(MOST_TOKENS), len(inside))
    kept = last < reach[first]
    return first[kept], last[kept]
