"""Decides which candidates of one Doc are mentions, and of what type.

Of candidates that overlap the surer and longer one stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from spacy.tokens import Doc

from kg.components.document import Candidate
from kg.components.evidence import Evidence, NameEvidence
from kg.components.layout import Span
from kg.components.proposals import NOTHING, Proposal
from kg.components.tokens import TokenTable, token_table
from kg.components.weighing import WEIGHTS_RULE, Weights
from kg.model import EntityType
from kg.ruletables import WEIGHT_CLASSES

SAME_NAME_RULE: Final = "same-name"
LEAST_SCORE: Final = 0.34
LENGTH_EXPONENT: Final = 0.4
"""How much more a longer candidate counts than a shorter one inside it: by its tokens to this power."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The most probable type of a name, with its probability; Nothing where that is too small."""

    told: NameEvidence
    type: str
    score: float

    @property
    def accepted(self) -> bool:
        """Whether the name is a mention."""
        return self.type != NOTHING

    @property
    def reason(self) -> str:
        """What is given as the rule of a mention where no rule proposes it."""
        return SAME_NAME_RULE if self.type in self.told.rules else WEIGHTS_RULE


def verdicts_of(evidence: Evidence, weights: Weights, docs: Sequence[Doc]) -> list[list[Verdict]]:
    """The verdicts on the names of each Doc that are mentions.

    Where not only winners are asked for, those on all names that rules propose are among them.
    """
    shares = evidence.probabilities(weights)
    best = shares[:, 1:].argmax(axis=1) + 1
    scores = shares[np.arange(len(best)), best]
    best[scores < LEAST_SCORE] = WEIGHT_CLASSES.index(NOTHING)
    accepted = set(np.flatnonzero(best).tolist())
    names = []
    for doc, own in zip(docs, evidence.names.of_docs, strict=True):
        wanted = accepted if doc._.kg_winners_only else accepted.union(evidence.rules)
        names.append([name for name in own if name in wanted])
    told = iter(evidence.of(name for own in names for name in own))
    return [[Verdict(next(told), WEIGHT_CLASSES[best[name]], float(scores[name])) for name in own] for own in names]


def candidates_of(doc: Doc, verdicts: Sequence[Verdict]) -> list[Candidate]:
    """All candidates in reading order, the standing one of a span before those that lost to it."""
    tokens, winners_only = token_table(doc), bool(doc._.kg_winners_only)
    found: list[Candidate] = []
    for verdict in verdicts:
        for span, proposals in verdict.told.proposals.items():
            ranked = sorted(proposals, key=lambda p: (-p.confidence, p.rule, p.type))
            best = next((proposal for proposal in ranked if proposal.type == verdict.type), None)
            if verdict.accepted:
                found.append(_winner(tokens, span, verdict, best))
            if not winners_only:
                losers = (proposal for proposal in ranked if proposal is not best and proposal.type != NOTHING)
                found += [_loser(tokens, span, proposal, verdict, best) for proposal in losers]
    found += [_winner(tokens, span, verdict) for span, verdict in _other_places(tokens, verdicts)]
    settle_overlaps([candidate for candidate in found if not candidate.lost_to])
    found.sort(key=lambda c: (c.start, -c.end, bool(c.lost_to), c.type, c.rule))
    return found


def _winner(tokens: TokenTable, span: Span, verdict: Verdict, best: Proposal | None = None) -> Candidate:
    """The mention at a span, by the rule that says so there if there is one."""
    start, end = span
    rule = verdict.reason if best is None else best.rule
    first, last = tokens.starts[start], tokens.ends[end - 1]
    return Candidate(start, end, cast("EntityType", verdict.type), rule, round(verdict.score, 4), "", first, last)


def _loser(tokens: TokenTable, span: Span, proposal: Proposal, verdict: Verdict, best: Proposal | None) -> Candidate:
    """What a rule proposed in vain, and why."""
    (start, end), (_, _, kind, rule, confidence) = span, proposal
    if not verdict.accepted:
        lost = f"too little confidence ({verdict.score:.2f})"
    elif kind != verdict.type:
        lost = f"{verdict.type}, by what else is said of this name"
    else:
        lost = f"{verdict.reason if best is None else best.rule}, which says the same"
    first, last = tokens.starts[start], tokens.ends[end - 1]
    return Candidate(start, end, cast("EntityType", kind), rule, confidence, lost, first, last)


def _other_places(tokens: TokenTable, verdicts: Iterable[Verdict]) -> Iterator[tuple[Span, Verdict]]:
    """The other places of every name that was accepted somewhere."""
    lower = tokens.lower
    accepted = [verdict for verdict in verdicts if verdict.accepted]
    taken = {span for verdict in accepted for span in verdict.told.proposals}
    wanted: dict[str, dict[tuple[str, ...], Verdict]] = defaultdict(dict)
    for verdict in accepted:
        for start, end in (*verdict.told.proposals, *verdict.told.defined):
            wanted[lower[start]][tuple(lower[start:end])] = verdict
    for start in [place for place, word in enumerate(lower) if word in wanted]:
        for words, verdict in wanted[lower[start]].items():
            span = (start, start + len(words))
            if span not in taken and tuple(lower[start : span[1]]) == words:
                yield span, verdict


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
