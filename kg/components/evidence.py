"""Gathers all that is told of the names of Docs, so that what one sentence proves holds for the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kg.components.features import LEAST_LEAD, SpanFeatures
from kg.components.grouping import Names, group
from kg.components.layout import Layout, Span, Spans, bounds_of, lay_out
from kg.components.phrases import Phrases
from kg.components.proposals import Proposal
from kg.components.weighing import NO_FEATURE, RULE, Numbers, RulesByType, Sums, Weights
from kg.matching import Row

_MOST_PLACES: Final = 4
_WHOLLY: Final = ("never", "sometimes", "always")
_SOMETIMES, _ALWAYS = 1, 2


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What was found of one name in a Doc.

    ``proposals`` are those of the rules at each of its spans, and ``defined`` the short and the long form where the Doc
    abbreviates it. ``rules`` are all that propose it somewhere, by type, with their confidence.
    """

    proposals: dict[Span, Sequence[Proposal]]
    defined: Sequence[Span]
    rules: RulesByType


@dataclass(frozen=True, slots=True)
class Evidence:
    """The names of Docs that may be mentions, and what is told of them.

    ``sums`` are the weights of what is told of each span, ``altogether`` are further features of each name;
    ``proposals`` are by span, ``rules`` by name.
    """

    teller: SpanFeatures
    layout: Layout
    spans: Spans
    proposals: Mapping[int, list[Proposal]]
    sums: Sums
    names: Names
    rules: Mapping[int, RulesByType]
    altogether: Numbers

    def of(self, names: Iterable[int]) -> list[NameEvidence]:
        """What was found of names, by their numbers, in tokens of their Docs."""
        places, starts = self.names.places.tolist(), self.names.starts.tolist()
        wanted = [(name, places[starts[name] : starts[name + 1]]) for name in names]
        taken = np.array([place for _, own in wanted for place in own], dtype=np.int64)
        start, end = (bounds[taken] for bounds in self.spans)
        offsets = np.array(self.layout.offsets)[self.layout.owners(start)]
        spans = dict(
            zip(taken.tolist(), zip((start - offsets).tolist(), (end - offsets).tolist(), strict=True), strict=True)
        )
        return [
            NameEvidence(
                {spans[place]: self.proposals.get(place, ()) for place in own},
                self.names.defined.get(name, ()),
                self.rules.get(name, {}),
            )
            for name, own in wanted
        ]

    def features(self) -> Numbers:
        """The numbers of what is told of each span, of shape (spans, features)."""
        return self.teller.numbers(self.layout, self.spans)

    def probabilities(self, weights: Weights) -> Sums:
        """The probability of each class for each name, of shape (names, classes).

        It follows from the mean of what the places of a name tell, and from what they tell altogether.
        """
        sums = np.add.reduceat(self.sums[self.names.places], self.names.starts[:-1])
        return weights.probabilities(sums / self.names.counts[:, None] + weights.sums(self.altogether), self.rules)


class Gatherer:
    """Gathers what is told of the names of Docs."""

    def __init__(self, features: SpanFeatures, weights: Weights) -> None:
        self._features = features
        self._weights = weights
        number = weights.number
        self._rule = weights.numbers(RULE)
        self._abbreviated = number("abbreviation", "has-one")
        self._wholly = np.array([number("wholly", how) for how in _WHOLLY])
        self._places = np.array([number("places", str(count)) for count in range(_MOST_PLACES + 1)])

    def gather(self, row: Row, proposals: Mapping[Span, list[Proposal]], phrases: Phrases) -> Evidence | None:
        """The names that may be mentions, an abbreviation and its long form being one; None where there are none.

        These are what rules propose, and where there are weights the parts of phrases and of runs of names.
        """
        layout = lay_out(self._features.words, row, phrases, proposals)
        spans = bounds_of(proposals)
        rules_at = dict(enumerate(proposals.values()))
        if self._weights:
            spans = self._features.with_parts(spans, layout)
        sums = self._features.sums(layout, spans)
        kept = self._weights.leads(sums, bias=True) >= LEAST_LEAD
        kept[: len(rules_at)] = True
        if not kept.any():
            return None
        names = group(row.docs, layout, spans, np.flatnonzero(kept))
        rules = _by_name(names, rules_at)
        altogether = self._altogether(names, layout.is_whole(spans), rules)
        return Evidence(self._features, layout, spans, rules_at, sums, names, rules, altogether)

    def _altogether(self, names: Names, whole: npt.NDArray[np.bool_], rules: Mapping[int, RulesByType]) -> Numbers:
        """The features of names of all their places together, given which spans are whole phrases."""
        counts = names.counts
        wholly = np.add.reduceat(whole[names.places], names.starts[:-1], dtype=np.int64)
        found = np.full((len(names), 3), NO_FEATURE)
        found[:, 0] = self._wholly[np.where(wholly == counts, _ALWAYS, np.minimum(wholly, _SOMETIMES))]
        found[:, 1] = self._places[np.minimum(counts, _MOST_PLACES)]
        found[list(names.defined), 2] = self._abbreviated
        numbers = [[self._rule(rule) for own in kinds.values() for rule in own] for kinds in rules.values()]
        more = np.full((len(names), max(map(len, numbers), default=0)), NO_FEATURE)
        for name, own in zip(rules, numbers, strict=True):
            more[name, : len(own)] = own
        return np.concatenate((found, more), axis=1)


def _by_name(names: Names, proposals: Mapping[int, list[Proposal]]) -> dict[int, RulesByType]:
    """The rules that propose each name, by type, with the confidence that each has everywhere."""
    name_at = names.at(list(proposals))
    found: dict[int, RulesByType] = {}
    for name, own in zip(name_at, proposals.values(), strict=True):
        kinds = found.setdefault(name, {})
        for proposal in own:
            kinds.setdefault(proposal.type, {})[proposal.rule] = proposal.confidence
    return found
