"""Where token rules hold: patterns with something before and after them, over the bit masks of a Doc."""

from __future__ import annotations

from collections.abc import Sequence

from kg.matching import Steps, ends, starts
from kg.rulebook import Pattern, Rulebook, TokenRule


class Context:
    """Alternatives, one of which must match right before (or right after) a boundary; none given matches everywhere."""

    def __init__(self, rulebook: Rulebook, patterns: Sequence[Pattern], rule: str) -> None:
        self.alternatives: tuple[Steps, ...] = rulebook.compile(patterns, rule)

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    def needed(self) -> list[tuple[int, ...]]:
        """What must hold for any alternative to match: of each tuple one description at least, somewhere.

        Nothing is needed where there is no alternative, or one that may match without any token.
        """
        certain = [[step.description for step in steps if step.operator in ("1", "+")] for steps in self.alternatives]
        if len(certain) == 1:
            return [(description,) for description in certain[0]]
        return [tuple(sorted({first for first, *_ in certain}))] if certain and all(certain) else []

    def ends(self, masks: Sequence[int], length: int) -> int:
        """The boundaries right before which an alternative matches."""
        everywhere = (2 << length) - 1
        found = 0
        for steps in self.alternatives:
            found |= ends(steps, masks, everywhere)
        return found

    def starts(self, masks: Sequence[int], length: int) -> int:
        """The boundaries right after which an alternative matches."""
        everywhere = (2 << length) - 1
        found = 0
        for steps in self.alternatives:
            found |= starts(steps, masks, everywhere)
        return found


class TokenRules:
    """The first tokens of everything that a set of token rules matches."""

    def __init__(self, rulebook: Rulebook, rules: Sequence[TokenRule]) -> None:
        self._rules = [
            (
                Context(rulebook, rule.before, rule.id),
                Context(rulebook, rule.tokens, rule.id),
                Context(rulebook, rule.after, rule.id),
            )
            for rule in rules
        ]

    def positions(self, masks: Sequence[int], length: int) -> int:
        """The positions, as bits, where a match of some rule begins."""
        everywhere = (2 << length) - 1
        found = 0
        for before, tokens, after in self._rules:
            stops = after.starts(masks, length) if after else everywhere
            begins = 0
            for steps in tokens.alternatives:
                begins |= starts(steps, masks, stops)
            found |= begins & before.ends(masks, length) if before else begins
        return found
