"""What the ``[[mention]]`` rules propose, before anybody decides between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.components.contexts import Context
from kg.components.phrases import Phrases
from kg.matching import bits, ends, starts
from kg.rulebook import MentionRule, Rulebook

NOTHING: Final = "Nothing"


@dataclass(slots=True, frozen=True)
class Proposal:
    """Tokens ``start`` to ``end`` as a mention of a type (or of Nothing), with the rule that says so."""

    start: int
    end: int
    type: str
    rule: str
    confidence: float


class CompiledRule:
    """A ``[[mention]]`` rule, ready to propose."""

    def __init__(self, rulebook: Rulebook, rule: MentionRule) -> None:
        self.rule = rule
        self._before = Context(rulebook, rule.before, rule.id)
        self._after = Context(rulebook, rule.after, rule.id)
        self._first = Context(rulebook, rule.first, rule.id)
        self._last = Context(rulebook, rule.last, rule.id)
        self._not_before = Context(rulebook, rule.not_before, rule.id)
        self._not_after = Context(rulebook, rule.not_after, rule.id)
        self._tokens = Context(rulebook, rule.tokens, rule.id)
        contexts = (self._before, self._after, self._first, self._last, self._tokens)
        self._needed = tuple(tuple(needed) for context in contexts if (needed := context.needed()) is not None)
        self._joins = rulebook.descriptions.number({"LOWER": {"IN": sorted(rulebook.words("enumeration_joins"))}})

    def propose(self, masks: Sequence[int], length: int, phrases: Phrases) -> Iterator[Proposal]:
        """The proposals of this rule for a Doc of ``length`` tokens, given its masks and phrases."""
        for needed in self._needed:
            for description in needed:
                if masks[description]:
                    break
            else:
                return
        rule = self.rule
        begins = self._begins(masks, length, phrases)
        stops = self._stops(masks, length) if begins else 0
        if not stops:
            return
        for start, end in self._spans(masks, begins, stops, phrases):
            first, last = self._trim(masks, start, end)
            if rule.min_tokens <= last - first <= rule.max_tokens:
                yield Proposal(first, last, rule.makes, rule.id, rule.confidence)
                if rule.shared:
                    for sibling in self._siblings(masks, start, phrases):
                        yield Proposal(*sibling, rule.makes, rule.id, rule.confidence)

    def _begins(self, masks: Sequence[int], length: int, phrases: Phrases) -> int:
        """The boundaries at which a mention may begin."""
        begins = self._before.ends(masks, length) if self._before else (2 << length) - 1
        if not begins:
            return 0
        if self._first:
            begins &= self._first.starts(masks, length)
        if self._not_before:
            begins &= ~self._not_before.ends(masks, length)
        if self.rule.place == "title":
            begins &= phrases.title
        elif self.rule.place == "abstract":
            begins &= ~phrases.title
        return begins & phrases.openings if self.rule.opens else begins

    def _stops(self, masks: Sequence[int], length: int) -> int:
        """The boundaries at which a mention may end."""
        stops = self._after.starts(masks, length) if self._after else (2 << length) - 1
        if self._last:
            stops &= self._last.ends(masks, length)
        if self._not_after:
            stops &= ~self._not_after.starts(masks, length)
        return stops

    def _spans(self, masks: Sequence[int], begins: int, stops: int, phrases: Phrases) -> Iterator[tuple[int, int]]:
        if self.rule.span == "tokens":
            for steps in self._tokens.alternatives:
                for end in bits(stops & ends(steps, masks, begins)):
                    first = starts(steps, masks, 1 << end) & begins
                    if first:
                        yield (first & -first).bit_length() - 1, end
            return
        spans = phrases.phrases if self.rule.span == "phrase" else phrases.names
        for start, end in spans.items():
            if begins >> start & 1 and stops >> end & 1:
                yield start, end

    def _trim(self, masks: Sequence[int], start: int, end: int) -> tuple[int, int]:
        """Leave out what ``first`` or ``last`` matched, where the rule says so."""
        if self.rule.drop_last:
            kept = 0
            for steps in self._last.alternatives:
                kept |= starts(steps, masks, 1 << end)
            kept &= -1 << start
            end = (kept & -kept).bit_length() - 1 if kept else end
        if self.rule.drop_first:
            reached = 0
            for steps in self._first.alternatives:
                reached |= ends(steps, masks, 1 << start)
            start = min(end, reached.bit_length() - 1) if reached else start
        return start, end

    def _siblings(self, masks: Sequence[int], start: int, phrases: Phrases) -> Iterator[tuple[int, int]]:
        """The earlier members of the enumeration whose last member begins at ``start``, nearest first."""
        ending = {end: first for first, end in phrases.names.items()}
        joins = masks[self._joins]
        place = start
        while True:
            before = place
            while before > 0 and joins >> (before - 1) & 1:
                before -= 1
            if before == place or before not in ending:
                return
            place = ending[before]
            yield place, before
