"""Mentions of methods, datasets, metrics and tasks: what rules propose and what noun phrases hold, weighed together."""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.arbiter import Arbiter
from kg.components.document import Candidate, register_extensions
from kg.components.evidence import Evidence, Gatherer, Span
from kg.components.features import SpanFeatures
from kg.components.phrases import PhraseFinder, Phrases
from kg.components.proposals import CompiledRule, Proposal
from kg.components.tokens import token_table
from kg.components.weighing import Weights
from kg.rulebook import MentionRule, Rulebook


class Mentions:
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

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        doc._.kg_candidates = self.match(doc)
        return doc

    def match(self, doc: Doc) -> list[Candidate]:
        """All candidates in reading order; those that lost say what they lost to."""
        return Arbiter(doc, self._weights).decide(self.gather(doc)) if len(doc) else []

    def gather(self, doc: Doc) -> Evidence:
        """All names that may be mentions, with what is told of them."""
        phrases = self._phrases.find(doc)
        return self._gatherer.gather(doc, self._by_span(doc, self.proposals(doc, phrases)), phrases)

    def proposals(self, doc: Doc, phrases: Phrases | None = None) -> list[Proposal]:
        """All that the rules propose."""
        if not len(doc):
            return []
        phrases = phrases or self._phrases.find(doc)
        masks = self._descriptions.masks(doc)
        return [proposal for rule in self._rules for proposal in rule.propose(masks, len(doc), phrases)]

    def _by_span(self, doc: Doc, proposals: list[Proposal]) -> dict[Span, list[Proposal]]:
        """Proposals by the tokens that they take; phrases of words that name nothing are left out."""
        lower = token_table(doc).lower
        found: dict[Span, list[Proposal]] = {}
        for proposal in proposals:
            span = (proposal.start, proposal.end)
            if span in found or not all(word in self._generic for word in lower[span[0] : span[1]]):
                found.setdefault(span, []).append(proposal)
        return found


@Language.factory("kg_mentions", default_config={"rules": None}, assigns=["doc._.kg_candidates"])
def create_mentions(nlp: Language, name: str, rules: str | None) -> Mentions:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Mentions(Rulebook.load(Path(rules) if rules else None))
