"""Mentions of methods, datasets, metrics and tasks, by the ``[[mention]]`` rules and the gazetteer."""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.arbiter import Arbiter
from kg.components.document import Candidate, register_extensions
from kg.components.features import Features
from kg.components.phrases import PhraseFinder
from kg.components.proposals import CompiledRule, Gazetteer, Proposal
from kg.components.weighing import Weights
from kg.rulebook import MentionRule, Rulebook


class Mentions:
    """Leaves the mentions of a Doc, winners and losers, as ``doc._.kg_candidates``."""

    def __init__(self, rulebook: Rulebook, nlp: Language) -> None:
        self._descriptions = rulebook.descriptions
        self._phrases = PhraseFinder(rulebook)
        self._rules = [CompiledRule(rulebook, rule) for rule in rulebook.rules(MentionRule, "mention")]
        self._generic = rulebook.words("generic_heads") | rulebook.words("openers")
        self._features = Features(rulebook)
        self._weights = Weights(rulebook)
        self._gazetteer = Gazetteer(nlp, rulebook.gazetteer)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        doc._.kg_candidates = self.match(doc)
        return doc

    def match(self, doc: Doc) -> list[Candidate]:
        """All candidates in reading order; those that lost say what they lost to."""
        return self.arbiter(doc).decide(self.proposals(doc))

    def arbiter(self, doc: Doc) -> Arbiter:
        """Who decides between the proposals for a Doc."""
        return Arbiter(doc, self._generic, self._features, self._weights)

    def proposals(self, doc: Doc) -> list[Proposal]:
        """All that the rules and the gazetteer propose."""
        if not len(doc):
            return []
        phrases = self._phrases.find(doc)
        masks = self._descriptions.masks(doc)
        found = list(self._gazetteer.propose(doc))
        for rule in self._rules:
            found += rule.propose(masks, len(doc), phrases)
        return found


@Language.factory("kg_mentions", default_config={"rules": None}, assigns=["doc._.kg_candidates"])
def create_mentions(nlp: Language, name: str, rules: str | None) -> Mentions:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Mentions(Rulebook.load(Path(rules) if rules else None), nlp)
