"""Noun phrases and names, without a tagger: runs of words that nothing breaks.

The idea that a phrase is what stands between function words is from S. Rose et al., "Automatic keyword extraction
from individual documents", in Text Mining: Applications and Theory, 2010; what breaks a run is said in the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from kg.components.contexts import TokenRules
from kg.components.tokens import sentence_starts, title_tokens
from kg.masks import BYTE, flags, mask_of, positions
from kg.rulebook import Rulebook, TokenRule

MOST_TOKENS: Final = 9
Flags: TypeAlias = npt.NDArray[np.bool_]
Bounds: TypeAlias = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


class Spans:
    """Spans that do not overlap, in reading order: the masks of their bounds, and each bound by the other."""

    __slots__ = ("end_of", "ends", "start_of", "starts")

    def __init__(self, spans: dict[int, int]) -> None:
        self.end_of = spans
        self.start_of = {end: start for start, end in spans.items()}
        self.starts, self.ends = mask_of(spans), mask_of(spans.values())

    def between(self, begins: int, stops: int) -> Iterator[tuple[int, int]]:
        """The spans that begin at one of some boundaries and end at one of others."""
        begins &= self.starts
        stops &= self.ends
        if begins and stops:
            size = self.ends.bit_length() // BYTE + 1
            if begins.bit_count() <= stops.bit_count():  # mostly one side is a few, and the other is thousands
                yield from _held(begins, self.end_of, stops.to_bytes(size, "little"))
            else:
                for end, start in _held(stops, self.start_of, begins.to_bytes(size, "little")):
                    yield start, end


def _held(bounds: int, other_of: dict[int, int], others: bytes) -> Iterator[tuple[int, int]]:
    """Those of the boundaries, each with the other one of its span, for which that one's bit is set."""
    for bound in positions(bounds).tolist():
        other = other_of[bound]
        if others[other // BYTE] >> other % BYTE & 1:
            yield bound, other


@dataclass(slots=True)
class Phrases:
    """The phrases and names of a row of Docs.

    ``phrases`` and ``names`` map the first token of a span to its end;
    ``title`` is the mask of the titles' tokens, ``openings`` that of the first tokens of all fields.
    """

    phrases: dict[int, int]
    names: dict[int, int]
    title: int
    openings: int
    spans_of: dict[str, Spans] = field(init=False)

    def __post_init__(self) -> None:
        self.spans_of = {"phrase": Spans(self.phrases), "name": Spans(self.names)}


class PhraseFinder:
    """Finds phrases and names by the ``[[break]]``, ``[[strong_name]]`` and ``[[weak_name]]`` rules."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._descriptions = rulebook.descriptions
        self._breaks = TokenRules(rulebook, rulebook.rules(TokenRule, "break"))
        self._strong = TokenRules(rulebook, rulebook.rules(TokenRule, "strong_name"))
        self._weak = TokenRules(rulebook, rulebook.rules(TokenRule, "weak_name"))
        describe = rulebook.descriptions.number
        self._openers = describe({"LOWER": {"IN": sorted(rulebook.words("openers"))}})
        self._closers = describe({"LOWER": {"IN": sorted(rulebook.words("closers"))}})
        self._numerals = TokenRules(rulebook, rulebook.rules(TokenRule, "numeral"))

    def find(self, docs: Sequence[Doc]) -> Phrases:
        """The phrases and names of Docs whose sentences are marked."""
        row = self._descriptions.row(docs)
        masks, length = row.masks, row.length
        broken = self._breaks.positions(masks, length) | ~row.tokens
        numerals = self._numerals.positions(masks, length)
        strong = self._strong.positions(masks, length) & ~broken
        weak = self._weak.positions(masks, length) & ~broken
        titles = [title_tokens(doc) for doc in docs]
        title = row.mask_of(map(range, titles))
        # the line break stands between title and abstract
        openings = row.mask_of((0, tokens + 1) if tokens else (0,) for tokens in titles)
        sentences = row.mask_of(sentence_starts(doc) for doc in docs)
        # a weak one that opens a sentence is capitalised for that reason alone
        named = strong | weak & ~title & ~sentences
        phrases = _runs(row.tokens & ~broken, leave_out=flags((masks[self._openers] | numerals) & ~strong, length))
        _leave_out_ends(
            phrases,
            closers=flags(masks[self._closers], length),
            numerals=flags(numerals, length),
            named=flags(weak | strong, length),
        )
        names = _runs(named, leave_out=flags(numerals, length))
        return Phrases(_by_start(phrases, MOST_TOKENS), _by_start(names, length), title, openings)


def _runs(mask: int, *, leave_out: Flags) -> Bounds:
    """The first tokens and the ends of all runs, less the tokens to leave out at their beginning."""
    held = flags(mask << 1, len(leave_out) + 2)
    edges = np.flatnonzero(held[1:] != held[:-1])
    kept = np.flatnonzero(~leave_out)
    start, end = edges[::2], edges[1::2]
    return kept[np.searchsorted(kept, start)], end


def _leave_out_ends(spans: Bounds, *, closers: Flags, numerals: Flags, named: Flags) -> None:
    """Move the ends of spans before words that close no phrase, and before numbers that no name carries.

    "SQuAD 2.0" carries its number, "accuracy 92.3" does not.
    """
    start, end = spans
    while True:
        last = end - 1
        stray = numerals[last] & ((last == start) | ~named[last - 1])
        out = (last >= start) & (closers[last] | stray)
        if not out.any():
            return
        end -= out


def _by_start(spans: Bounds, most_tokens: int) -> dict[int, int]:
    """The ends of spans by their first tokens, less those that are empty or have too many tokens."""
    start, end = spans
    kept = (start < end) & (end - start <= most_tokens)
    return dict(zip(start[kept].tolist(), end[kept].tolist(), strict=True))
