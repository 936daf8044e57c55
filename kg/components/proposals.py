"""What the ``[[mention]]`` rules propose, before anybody decides between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kg.components.contexts import Context
from kg.components.phrases import Phrases
from kg.masks import bits
from kg.matching import ends, starts
from kg.rulebook import MentionRule, Rulebook

NOTHING: Final = "Nothing"


class Proposal(NamedTuple):
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
        needed = dict.fromkeys(needed for context in contexts for needed in context.needed())
        self._needed_one = tuple(one for one, *others in needed if not others)
        self._needed_any = tuple(several for several in needed if len(several) > 1)
        self._joins = rulebook.descriptions.number({"LOWER": {"IN": sorted(rulebook.words("enumeration_joins"))}})

    def propose(self, masks: Sequence[int], length: int, phrases: Phrases) -> Sequence[Proposal]:
        """The proposals of this rule for a Doc of ``length`` tokens, given its masks and phrases."""
        for description in self._needed_one:
            if not masks[description]:
                return ()
        for needed in self._needed_any:
            for description in needed:
                if masks[description]:
                    break
            else:
                return ()
        begins = self._begins(masks, length, phrases)
        stops = self._stops(masks, length) if begins else 0
        return list(self._proposals(masks, begins, stops, phrases)) if stops else ()

    def _proposals(self, masks: Sequence[int], begins: int, stops: int, phrases: Phrases) -> Iterator[Proposal]:
        rule = self.rule
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
        yield from phrases.spans_of[self.rule.span].between(begins, stops)

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
        ending = phrases.spans_of["name"].start_of
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
