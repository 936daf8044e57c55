"""Decides which candidates of one Doc are mentions, and of what type.

Of candidates that overlap the surer and longer one stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

import numpy as np
from spacy.tokens import Doc

from kg.components.document import Candidate
from kg.components.evidence import NameEvidence, aliases_of
from kg.components.features import Span
from kg.components.naming import key
from kg.components.proposals import NOTHING, Proposal
from kg.components.tokens import token_table
from kg.components.weighing import Sums
from kg.model import EntityType
from kg.ruletables import WEIGHT_CLASSES

SAME_NAME_RULE: Final = "same-name"
WEIGHTS_RULE: Final = "weights"
LEAST_SCORE: Final = 0.34
LENGTH_EXPONENT: Final = 0.4
"""How much more a longer candidate counts than a shorter one inside it: by its tokens to this power."""


class Arbiter:
    """Decides between the candidates of one Doc."""

    def __init__(self, doc: Doc) -> None:
        self._tokens = token_table(doc)
        self._winners_only = bool(doc._.kg_winners_only)
        self._aliases = aliases_of(doc)
        self._alias_spans = [
            (form.start, form.end)
            for abbreviation in doc._.kg_abbreviations or ()
            for form in (abbreviation.short, abbreviation.long)
        ]

    def decide(self, names: Mapping[str, NameEvidence], shares: Sums) -> list[Candidate]:
        """All candidates in reading order, the standing one of a span before those that lost to it.

        ``shares`` are the probabilities of each class for each name.
        """
        if not names:
            return []
        verdicts = _verdicts(names, shares)
        found: list[Candidate] = []
        for name, told in names.items():
            winner, score = verdicts[name]
            if winner == NOTHING and (self._winners_only or not told.rules):
                continue
            reason = SAME_NAME_RULE if winner in told.rules else WEIGHTS_RULE
            for span, proposals in told.proposals.items():
                if winner != NOTHING or proposals:
                    found += self._candidates(span, proposals, winner, score, reason)
        for span, name in self._other_places(names, verdicts):
            found += self._candidates(span, [], *verdicts[name], SAME_NAME_RULE)
        settle_overlaps([candidate for candidate in found if not candidate.lost_to])
        found.sort(key=lambda c: (c.start, -c.end, bool(c.lost_to), c.type, c.rule))
        return found

    def _other_places(
        self, names: Mapping[str, NameEvidence], verdicts: Mapping[str, tuple[str, float]]
    ) -> Iterator[tuple[Span, str]]:
        """The other places of every name that was accepted somewhere, with the name's key."""
        lower = self._tokens.lower
        spans = {span: name for name, told in names.items() for span in told.proposals}
        wanted: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        own = [(span, key(self._tokens.text_of(*span))) for span in self._alias_spans]
        for (start, end), name in [*spans.items(), *((span, self._aliases.get(known, known)) for span, known in own)]:
            if verdicts.get(name, (NOTHING, 0.0))[0] != NOTHING:
                wanted[lower[start]][tuple(lower[start:end])] = name
        for start, word in enumerate(lower):
            if word in wanted:
                for words, name in wanted[word].items():
                    span = (start, start + len(words))
                    if span not in spans and tuple(lower[start : span[1]]) == words:
                        yield span, name

    def _candidates(
        self, span: Span, proposals: list[Proposal], winner: str, score: float, reason: str
    ) -> Iterator[Candidate]:
        start, end = span
        first, last = self._tokens.starts[start], self._tokens.ends[end - 1]
        ranked = sorted(proposals, key=lambda p: (-p.confidence, p.rule, p.type))
        accepted = winner != NOTHING
        best = next((proposal for proposal in ranked if accepted and proposal.type == winner), None)
        for proposal in () if self._winners_only else ranked:
            if proposal.type == NOTHING or proposal is best:
                continue
            if not accepted:
                lost = f"too little confidence ({score:.2f})"
            elif proposal.type != winner:
                lost = f"{winner}, by what else is said of this name"
            else:
                lost = f"{best.rule if best else reason}, which says the same"
            yield Candidate(
                start, end, cast("EntityType", proposal.type), proposal.rule, proposal.confidence, lost, first, last
            )
        if accepted:
            rule = best.rule if best is not None else reason
            yield Candidate(start, end, cast("EntityType", winner), rule, round(score, 4), "", first, last)


def _verdicts(names: Iterable[str], shares: Sums) -> dict[str, tuple[str, float]]:
    """The most probable type of each name with its probability; Nothing where that is too small."""
    best = shares[:, 1:].argmax(axis=1) + 1
    scores = shares[np.arange(len(best)), best].tolist()
    return {
        name: (WEIGHT_CLASSES[kind] if score >= LEAST_SCORE else NOTHING, score)
        for name, kind, score in zip(names, best.tolist(), scores, strict=True)
    }


def settle_overlaps(standing: list[Candidate]) -> None:
    """Let each candidate that overlaps a surer and longer one lose to it."""
    taken: list[Candidate] = []
    for candidate in sorted(
        standing, key=lambda c: (-c.confidence * (c.end - c.start) ** LENGTH_EXPONENT, c.start, c.end)
    ):
        rival = next((t for t in taken if t.start < candidate.end and candidate.start < t.end), None)
        if rival is None:
            taken.append(candidate)
        else:
            candidate.lost_to = f"{rival.rule} at {rival.start_char}-{rival.end_char}"
