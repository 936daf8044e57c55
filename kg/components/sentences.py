"""Sentence boundaries that hold on abstracts: abbreviations, decimals and glued sentences do not fool them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.batched import BatchedComponent
from kg.components.contexts import TokenRules
from kg.components.document import register_extensions
from kg.components.tokens import remember_sentence_starts
from kg.rulebook import Rulebook, TokenRule

_NO_START: Final = np.uint64(2**64 - 1)  # how spaCy's arrays give -1


class Sentences(BatchedComponent):
    """Marks the first token of each sentence by the ``[[sentence]]`` rules, less the ``[[no_sentence]]`` ones."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._descriptions = rulebook.descriptions
        self._starts = TokenRules(rulebook, rulebook.rules(TokenRule, "sentence"))
        self._exceptions = TokenRules(rulebook, rulebook.rules(TokenRule, "no_sentence"))

    def match(self, docs: Sequence[Doc]) -> list[list[int]]:
        """The tokens at which sentences of each Doc start, its first token left out."""
        row = self._descriptions.row(docs)
        found = self._starts.positions(row.masks, row.length) & ~self._exceptions.positions(row.masks, row.length)
        return [[position for position in own if position] for own in row.split(found)]

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate some Docs."""
        for doc, found in zip(docs, self.match(docs), strict=True):
            marks: Any = doc.to_array(SENT_START)
            marks[1:2] = _NO_START  # spaCy takes a Doc without any annotation for one that nobody looked at
            marks[found] = 1
            remember_sentence_starts(doc, marks)
            doc.from_array(SENT_START, marks)


@Language.factory("kg_sentences", default_config={"rules": None}, assigns=["token.is_sent_start"])
def create_sentences(nlp: Language, name: str, rules: str | None) -> Sentences:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Sentences(Rulebook.load(Path(rules) if rules else None))
