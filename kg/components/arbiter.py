"""Decides between the proposals of one Doc.

All that was said of one name in the paper is put together and weighed, so that what one sentence proves holds for the
others. Of overlapping candidates the surer and longer one stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final, cast

from spacy.tokens import Doc

from kg.components.document import Candidate, end_of_title, fields_of
from kg.components.features import Features, NameEvidence
from kg.components.naming import key
from kg.components.proposals import NOTHING, Proposal
from kg.components.tokens import token_table
from kg.components.weighing import Weights
from kg.model import EntityType

SAME_NAME_RULE: Final = "same-name"
LEAST_SCORE: Final = 0.3
LENGTH_EXPONENT: Final = 0.8
"""How much more a longer candidate counts than a shorter one inside it: by its tokens to this power."""


class Arbiter:
    """Puts the proposals of one Doc together and decides between them."""

    def __init__(self, doc: Doc, generic: frozenset[str], features: Features, weights: Weights) -> None:
        self._tokens = token_table(doc)
        self._generic = generic
        self._features = features
        self._weights = weights
        self._title_end = end_of_title(fields_of(doc))
        self._alias: dict[str, str] = {}
        self._alias_spans: list[tuple[int, int]] = []
        for abbreviation in doc._.kg_abbreviations or ():
            short, long = (
                self._tokens.text_of(abbreviation.short.start, abbreviation.short.end),
                self._tokens.text_of(abbreviation.long.start, abbreviation.long.end),
            )
            self._alias[key(short)] = key(long)
            self._alias_spans += [
                (abbreviation.short.start, abbreviation.short.end),
                (abbreviation.long.start, abbreviation.long.end),
            ]
        self._long_forms = frozenset(self._alias.values())

    def decide(self, proposals: list[Proposal]) -> list[Candidate]:
        """All candidates in reading order, the standing one of a span before those that lost to it."""
        evidence = self.gather(proposals)
        verdicts = {
            name: self._weights.verdict(self.features(name, told), told.rules) for name, told in evidence.items()
        }
        keys = {span: name for name, told in evidence.items() for span in told.spans}
        by_span = {span: group for told in evidence.values() for span, group in told.spans.items()}
        self._add_other_places(by_span, keys, verdicts)
        candidates: list[Candidate] = []
        for span, group in by_span.items():
            candidates += self._candidates(span, group, *verdicts[keys[span]])
        self._settle_overlaps([candidate for candidate in candidates if not candidate.lost_to])
        candidates.sort(key=lambda c: (c.start, -c.end, bool(c.lost_to), c.type, c.rule))
        return candidates

    def gather(self, proposals: list[Proposal]) -> dict[str, NameEvidence]:
        """What is proposed, by the key of the name; phrases of words that name nothing are left out."""
        evidence: dict[str, NameEvidence] = defaultdict(NameEvidence)
        for proposal in proposals:
            if not self._is_generic(proposal.start, proposal.end):
                evidence[self._key(proposal.start, proposal.end)].add(proposal)
        return evidence

    def features(self, name: str, told: NameEvidence) -> Collection[str]:
        """The features of the name with this key."""
        abbreviated = name in self._alias or name in self._long_forms
        return self._features.of(told, self._tokens, self._title_end, abbreviated=abbreviated)

    def _key(self, start: int, end: int) -> str:
        own = key(self._tokens.text_of(start, end))
        return self._alias.get(own, own)

    def _is_generic(self, start: int, end: int) -> bool:
        return all(word in self._generic for word in self._tokens.lower[start:end])

    def _add_other_places(
        self,
        by_span: dict[tuple[int, int], list[Proposal]],
        keys: dict[tuple[int, int], str],
        verdicts: dict[str, tuple[str, float]],
    ) -> None:
        """Find the other places of every name that was accepted somewhere."""
        wanted: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        for span in [*by_span, *self._alias_spans]:
            name = keys.get(span) or self._key(*span)
            winner, score = verdicts.get(name, (NOTHING, 0.0))
            if winner != NOTHING and score >= LEAST_SCORE:
                words = tuple(self._tokens.lower[span[0] : span[1]])
                wanted[words[0]][words] = name
        for start, word in enumerate(self._tokens.lower):
            for words, name in wanted.get(word, {}).items():
                end = start + len(words)
                if (start, end) not in by_span and tuple(self._tokens.lower[start:end]) == words:
                    by_span[start, end] = []
                    keys[start, end] = name

    def _candidates(
        self, span: tuple[int, int], group: list[Proposal], winner: str, score: float
    ) -> Iterator[Candidate]:
        start, end = span
        first, last = self._tokens.starts[start], self._tokens.ends[end - 1]
        supporting = [p for p in sorted(group, key=lambda p: (-p.confidence, p.rule)) if p.type == winner]
        accepted = winner != NOTHING and score >= LEAST_SCORE
        for proposal in sorted(group, key=lambda p: (-p.confidence, p.rule, p.type)):
            if proposal.type == NOTHING or (accepted and proposal in supporting[:1]):
                continue
            if proposal.type != winner:
                lost = f"{winner}, by what else is said of this name"
            elif not accepted:
                lost = f"too little confidence ({score:.2f})"
            else:
                lost = f"{supporting[0].rule}, which says the same"
            yield Candidate(
                start, end, _entity_type(proposal.type), proposal.rule, proposal.confidence, lost, first, last
            )
        if accepted:
            rule = supporting[0].rule if supporting else SAME_NAME_RULE
            yield Candidate(start, end, _entity_type(winner), rule, round(score, 4), "", first, last)

    @staticmethod
    def _settle_overlaps(standing: list[Candidate]) -> None:
        taken: list[Candidate] = []
        for candidate in sorted(
            standing, key=lambda c: (-c.confidence * (c.end - c.start) ** LENGTH_EXPONENT, c.start, c.end)
        ):
            rival = next((t for t in taken if t.start < candidate.end and candidate.start < t.end), None)
            if rival is None:
                taken.append(candidate)
            else:
                candidate.lost_to = f"{rival.rule} at {rival.start_char}-{rival.end_char}"


def _entity_type(name: str) -> EntityType:
    return cast("EntityType", name)
