"""Gathers all that is told of the names of a Doc, so that what one sentence proves holds for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from spacy.tokens import Doc

from kg.components.features import LEAST_LEAD, Span, SpanFeatures
from kg.components.naming import key
from kg.components.phrases import Phrases
from kg.components.proposals import Proposal
from kg.components.tokens import token_table
from kg.components.weighing import NO_FEATURE, Numbers, Sums, Weights

_MOST_PLACES: Final = 4


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
    """The names of Docs that may be mentions: for each Doc by key.

    ``features`` and the ``sums`` of their weights have a row for each place.
    """

    names: list[dict[str, NameEvidence]]
    features: Numbers
    sums: Sums

    def probabilities(self, weights: Weights) -> list[Sums]:
        """The probability of each class for the names of each Doc, of shape (names, classes).

        It follows from the mean of what the places of a name tell, and from what they tell altogether.
        """
        told = [one for names in self.names for one in names.values()]
        if not told:
            return [np.zeros((0, 0)) for _ in self.names]
        rows = [row for one in told for row in one.places]
        counts = np.array([len(one.places) for one in told])
        starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
        most = max(len(one.altogether) for one in told)
        altogether = np.array([one.altogether + [NO_FEATURE] * (most - len(one.altogether)) for one in told])
        total = np.add.reduceat(self.sums[rows], starts, axis=0) / counts[:, None] + weights.sums(altogether)
        shares = weights.probabilities(total, [one.rules for one in told])
        return np.split(shares, np.cumsum([len(names) for names in self.names])[:-1])


class Gatherer:
    """Gathers what is told of the names of Docs."""

    def __init__(self, features: SpanFeatures, weights: Weights) -> None:
        self._features = features
        self._weights = weights
        number = weights.number
        self._abbreviated = number("abbreviation", "has-one")
        self._wholly = [number("wholly", how) for how in ("never", "sometimes", "always")]
        self._places = [number("places", str(count)) for count in range(_MOST_PLACES + 1)]

    def gather(
        self, docs: Sequence[Doc], proposals: Sequence[Mapping[Span, list[Proposal]]], phrases: Sequence[Phrases]
    ) -> Evidence:
        """The names that may be mentions, an abbreviation under the key of its long form.

        These are what rules propose, and where there are weights the parts of phrases and of runs of names.
        """
        layout = self._features.lay_out(docs, phrases, proposals)
        spans = [
            (start + offset, end + offset)
            for offset, own in zip(layout.offsets, proposals, strict=True)
            for start, end in own
        ]
        proposed = len(spans)
        if self._weights:
            start, end = self._features.spans(layout)
            spans = list(dict.fromkeys((*spans, *zip(start.tolist(), end.tolist(), strict=True))))
        if not spans:
            return Evidence([{} for _ in docs], np.zeros((0, 0), dtype=np.intp), np.zeros((0, 0)))
        bounds = np.array(spans, dtype=np.int64)
        features = self._features.of(layout, (bounds[:, 0], bounds[:, 1]))
        sums = self._weights.sums(features)
        kept = self._weights.leads(sums, bias=True) >= LEAST_LEAD
        kept[:proposed] = True
        rows: list[list[int]] = [[] for _ in docs]
        numbers = np.flatnonzero(kept)
        owners = np.searchsorted(layout.offsets, bounds[numbers, 0], side="right") - 1
        for row, owner in zip(numbers.tolist(), owners.tolist(), strict=True):
            rows[owner].append(row)
        words = layout.words.tolist()
        names = []
        for doc, offset, own, mine, found in zip(docs, layout.offsets, proposals, rows, phrases, strict=True):
            aliases = aliases_of(doc)
            names.append(self._names(doc, offset, own, {row: spans[row] for row in mine}, words, aliases=aliases))
            self._tell(names[-1], found, frozenset(aliases.values()))
        return Evidence(names, features, sums)

    def _names(
        self,
        doc: Doc,
        offset: int,
        proposals: Mapping[Span, list[Proposal]],
        spans: Mapping[int, Span],
        words: list[int],
        *,
        aliases: Mapping[str, str],
    ) -> dict[str, NameEvidence]:
        """The names at spans of a layout, by key, given the rows of their features."""
        text_of, key_of = token_table(doc).text_of, self._features.words.key
        names: dict[str, NameEvidence] = {}
        for row, (start, end) in spans.items():
            span = (start - offset, end - offset)
            own = key_of(text_of(*span), words[start:end])
            known = aliases.get(own, own)
            evidence = names.get(known)
            if evidence is None:
                evidence = names[known] = NameEvidence()
            evidence.add(span, row, proposals.get(span, []))
        return names

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
                self._abbreviated if name in long_forms else NO_FEATURE,
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
