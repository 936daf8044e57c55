"""Mentions of methods, datasets, metrics and tasks: what rules propose and what noun phrases hold, weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.arbiter import candidates_of, verdicts_of
from kg.components.batched import BatchedComponent
from kg.components.document import register_extensions
from kg.components.evidence import Evidence, Gatherer
from kg.components.features import SpanFeatures
from kg.components.layout import Span
from kg.components.phrases import PhraseFinder, Phrases
from kg.components.proposals import CompiledRule, Proposal
from kg.components.tokens import token_table
from kg.components.weighing import Weights
from kg.matching import ROOM, Row
from kg.rulebook import MentionRule, Rulebook


class Mentions(BatchedComponent):
    """Leaves the mentions of a Doc, winners and losers, as ``doc._.kg_candidates``.

    ``weights`` are those of the rulebook unless others are given, to learn new ones.
    """

    def __init__(self, rulebook: Rulebook, weights: Weights | None = None) -> None:
        self._descriptions = rulebook.descriptions
        self._phrases = PhraseFinder(rulebook)
        self._rules = [CompiledRule(rulebook, rule) for rule in rulebook.rules(MentionRule, "mention")]
        self._generic = rulebook.words("generic_heads") | rulebook.words("openers")
        self._weights = weights or Weights(rulebook)
        self._gatherer = Gatherer(SpanFeatures(rulebook, self._weights), self._weights)

    def gather(self, docs: Sequence[Doc]) -> Evidence | None:
        """All names that may be mentions, with what is told of them; None where there are none."""
        row = self._descriptions.row(docs)
        phrases = self._phrases.find(docs)
        return self._gatherer.gather(row, self._proposals(row, phrases), phrases)

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate some Docs."""
        evidence = self.gather(docs)
        verdicts = verdicts_of(evidence, self._weights, docs) if evidence else [[] for _ in docs]
        for doc, own in zip(docs, verdicts, strict=True):
            doc._.kg_candidates = candidates_of(doc, own)

    def _proposals(self, row: Row, phrases: Phrases) -> dict[Span, list[Proposal]]:
        """What rules propose, by the tokens that it takes; phrases of words that name nothing are left out."""
        lower: list[str] = []
        for doc in row.docs:
            lower += (*token_table(doc).lower, *[""] * ROOM)
        found: dict[Span, list[Proposal]] = {}
        for rule in self._rules:
            for proposal in rule.propose(row.masks, row.length, phrases):
                span = (proposal.start, proposal.end)
                if span in found or not self._generic.issuperset(lower[span[0] : span[1]]):
                    found.setdefault(span, []).append(proposal)
        return found


@Language.factory("kg_mentions", default_config={"rules": None}, assigns=["doc._.kg_candidates"])
def create_mentions(nlp: Language, name: str, rules: str | None) -> Mentions:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Mentions(Rulebook.load(Path(rules) if rules else None))
