"""Noun phrases and names, without a tagger: runs of words that nothing breaks.

The idea that a phrase is what stands between function words is from S. Rose et al., "Automatic keyword extraction
from individual documents", in Text Mining: Applications and Theory, 2010; what breaks a run is said in the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc

from kg.components.contexts import TokenRules
from kg.components.tokens import title_tokens
from kg.matching import bits, runs
from kg.rulebook import Rulebook, TokenRule

MOST_TOKENS = 9


class Spans:
    """Spans that do not overlap, in reading order: the masks of their bounds, and each bound by the other."""

    __slots__ = ("end_of", "ends", "start_of", "starts")

    def __init__(self, spans: dict[int, int]) -> None:
        self.end_of = spans
        self.start_of = {end: start for start, end in spans.items()}
        self.starts = self.ends = 0
        for start, end in spans.items():
            self.starts |= 1 << start
            self.ends |= 1 << end

    def between(self, begins: int, stops: int) -> Iterator[tuple[int, int]]:
        """The spans that begin at one of some boundaries and end at one of others."""
        begins &= self.starts
        stops &= self.ends
        if begins.bit_count() < stops.bit_count():
            for start in bits(begins):
                end = self.end_of[start]
                if stops >> end & 1:
                    yield start, end
        elif begins:
            for end in bits(stops):
                start = self.start_of[end]
                if begins >> start & 1:
                    yield start, end


@dataclass(slots=True)
class Phrases:
    """The phrases and names of a Doc.

    ``phrases`` and ``names`` map the first token of a span to its end;
    ``title`` is the mask of the title's tokens, ``openings`` that of the first tokens of all fields.
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

    def find(self, doc: Doc) -> Phrases:
        """The phrases and names of a Doc whose sentences are marked."""
        length = len(doc)
        masks = self._descriptions.masks(doc)
        everything = (1 << length) - 1
        breaks = self._breaks.positions(masks, length) & everything
        numerals = self._numerals.positions(masks, length)
        openers = masks[self._openers] | numerals
        closers = masks[self._closers]
        strong = self._strong.positions(masks, length) & ~breaks
        weak = self._weak.positions(masks, length) & ~breaks
        phrases: dict[int, int] = {}
        for first, stop in runs(everything & ~breaks):
            start, end = first, stop
            while start < end and openers >> start & 1 and not strong >> start & 1:
                start += 1
            while end > start and (closers >> (end - 1) & 1 or _is_stray_number(numerals, weak | strong, start, end)):
                end -= 1
            if start < end and end - start <= MOST_TOKENS:
                phrases[start] = end
        title = (1 << title_tokens(doc)) - 1
        openings = 1 | ((title + 1) << 1 if title else 0)  # the line break stands between title and abstract
        return Phrases(phrases, self._names(doc, strong, weak & ~title, numerals), title, openings)

    @staticmethod
    def _names(doc: Doc, strong: int, weak: int, numerals: int) -> dict[int, int]:
        """Runs of name-shaped tokens; a weak one that opens a sentence is capitalised for that reason alone."""
        opening = 1
        for position in bits(weak & ~strong):
            if doc[position].is_sent_start:
                opening |= 1 << position
        found: dict[int, int] = {}
        for start, end in runs(strong | weak & ~opening):
            first = start
            while first < end and numerals >> first & 1:
                first += 1
            if first < end:
                found[first] = end
        return found


def _is_stray_number(numerals: int, named: int, start: int, end: int) -> bool:
    """Whether the phrase ends in a number that no name carries ("SQuAD 2.0" does, "accuracy 92.3" does not)."""
    last = end - 1
    return bool(numerals >> last & 1) and (last == start or not named >> (last - 1) & 1)
