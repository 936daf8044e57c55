"""Gathers all that is told of the names of one Doc, so that what one sentence proves holds for the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from spacy.tokens import Doc

from kg.components.features import LEAST_LEAD, SpanFeatures
from kg.components.naming import key
from kg.components.phrases import Phrases
from kg.components.proposals import Proposal
from kg.components.tokens import token_table
from kg.components.weighing import Numbers, Sums, Weights

Span = tuple[int, int]
_MOST_PLACES = 4


@dataclass(slots=True)
class NameEvidence:
    """All that was found of one name in a Doc.

    ``places`` are rows of the features of its spans; ``altogether`` are further features, of all places together.
    """

    proposals: dict[Span, list[Proposal]] = field(default_factory=dict)
    rules: dict[str, dict[str, float]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    altogether: list[int] = field(default_factory=list)

    def add(self, span: Span, row: int, proposals: list[Proposal]) -> None:
        """Take in a place with what rules propose there."""
        self.places.append(row)
        self.proposals[span] = proposals
        for proposal in proposals:
            known = self.rules.setdefault(proposal.type, {})
            known[proposal.rule] = max(known.get(proposal.rule, 0.0), proposal.confidence)


@dataclass(slots=True)
class Evidence:
    """The names of a Doc that may be mentions, by key; the features of their places, and the sums of their weights."""

    names: dict[str, NameEvidence]
    features: Numbers
    sums: Sums

    def total(self, weights: Weights) -> Sums:
        """The sums by name: the mean over its places, and what is told altogether; of shape (names, classes)."""
        told = list(self.names.values())
        rows = np.array([row for one in told for row in one.places], dtype=np.intp)
        counts = np.array([len(one.places) for one in told])
        starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
        most = max(len(one.altogether) for one in told)
        altogether = np.array([one.altogether + [0] * (most - len(one.altogether)) for one in told], dtype=np.intp)
        total: Sums = np.add.reduceat(self.sums[rows], starts, axis=0) / counts[:, None] + weights.sums(altogether)
        return total


class Gatherer:
    """Gathers what is told of the names of a Doc."""

    def __init__(self, features: SpanFeatures, weights: Weights) -> None:
        self._features = features
        self._weights = weights
        number = weights.number
        self._abbreviated = number("abbreviation", "has-one")
        self._wholly = [number("wholly", how) for how in ("never", "sometimes", "always")]
        self._places = [number("places", str(count)) for count in range(_MOST_PLACES + 1)]

    def gather(self, doc: Doc, proposals: Mapping[Span, list[Proposal]], phrases: Phrases) -> Evidence:
        """The names that may be mentions, an abbreviation under the key of its long form.

        These are what rules propose, and where there are weights the parts of phrases and of runs of names.
        """
        words = self._features.words.of(doc)
        spans = list(proposals)
        reach = self._features.reach(words, phrases, spans)
        if self._weights:
            start, end = self._features.spans(words, reach)
            spans = list(dict.fromkeys((*spans, *zip(start.tolist(), end.tolist(), strict=True))))
        if not spans:
            return Evidence({}, np.zeros((0, 0), dtype=np.intp), np.zeros((0, 0)))
        bounds = np.array(spans, dtype=np.int64)
        features = self._features.of(doc, words, phrases, reach, (bounds[:, 0], bounds[:, 1]))
        sums = self._weights.sums(features)
        kept = self._weights.leads(sums, bias=True) >= LEAST_LEAD
        kept[: len(proposals)] = True
        aliases = aliases_of(doc)
        table = token_table(doc)
        numbers = words.tolist()
        names: dict[str, NameEvidence] = {}
        for row in np.flatnonzero(kept).tolist():
            span = spans[row]
            own = self._features.words.key(table.text_of(*span), numbers[span[0] : span[1]])
            known = aliases.get(own, own)
            evidence = names.get(known)
            if evidence is None:
                evidence = names[known] = NameEvidence()
            evidence.add(span, row, proposals.get(span, []))
        self._tell(names, phrases, frozenset(aliases.values()))
        return Evidence(names, features, sums)

    def _tell(self, names: Mapping[str, NameEvidence], phrases: Phrases, long_forms: frozenset[str]) -> None:
        for name, evidence in names.items():
            whole = sum(
                phrases.phrases.get(start) == end or phrases.names.get(start) == end
                for start, end in evidence.proposals
            )
            places = len(evidence.places)
            evidence.altogether = [
                self._wholly[2 if whole == places else int(whole > 0)],
                self._places[min(places, _MOST_PLACES)],
                self._abbreviated if name in long_forms else 0,
                *[self._weights.rule(rule) for rules in evidence.rules.values() for rule in rules],
            ]


def aliases_of(doc: Doc) -> dict[str, str]:
    """The key of the long form of each abbreviation that a Doc defines, by the key of the short form."""
    tokens = token_table(doc)
    return {
        key(tokens.text_of(abbreviation.short.start, abbreviation.short.end)): key(
            tokens.text_of(abbreviation.long.start, abbreviation.long.end)
        )
        for abbreviation in doc._.kg_abbreviations or ()
    }
