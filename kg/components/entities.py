"""Groups the mentions of a Doc to things: one entity for a name in all its forms and its abbreviation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import Candidate, DocumentEntity, register_extensions
from kg.components.naming import key
from kg.components.tokens import token_table
from kg.model import ENTITY_TYPES, EntityType
from kg.rulebook import Rulebook

SHORTEST_TELLING: Final = 3


class Entities:
    """Leaves ``doc._.kg_entities``: the standing candidates, grouped, in the order of first mention."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._heads = {kind: rulebook.words(f"empty_heads_of_{kind.lower()}s") for kind in ENTITY_TYPES}

    def match(self, doc: Doc) -> list[DocumentEntity]:
        """The things that a Doc names."""
        tokens = token_table(doc)
        aliases = {
            key(tokens.text_of(a.short.start, a.short.end)): tokens.text_of(a.long.start, a.long.end)
            for a in doc._.kg_abbreviations or ()
        }
        groups: dict[tuple[EntityType, str], list[Candidate]] = {}
        text = tokens.text
        for candidate in doc._.kg_candidates or ():
            if not candidate.lost_to:
                name = text[candidate.start_char : candidate.end_char]
                name = aliases.get(key(name), name)
                groups.setdefault((candidate.type, key(name, self._heads[candidate.type])), []).append(candidate)
        return [DocumentEntity(kind, _names(text, mentions), mentions) for (kind, _), mentions in groups.items()]

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        doc._.kg_entities = self.match(doc)
        return doc


def _names(text: str, mentions: list[Candidate]) -> tuple[str, ...]:
    """The names as written, the most frequent first; of equally frequent ones the earlier.

    Two or three letters say little outside their paper, so a full form goes before them.
    """
    written = [text[mention.start_char : mention.end_char] for mention in mentions]
    if written.count(written[0]) == len(written):
        return (written[0],)
    counted = Counter(written)
    ranked = sorted(counted.items(), key=lambda item: (_says_little(item[0]), -item[1]))
    return tuple(name for name, _ in ranked)


def _says_little(name: str) -> bool:
    letters = name.removesuffix("s")
    return len(letters) <= SHORTEST_TELLING and letters.isupper()


@Language.factory("kg_entities", default_config={"rules": None}, assigns=["doc._.kg_entities"])
def create_entities(nlp: Language, name: str, rules: str | None) -> Entities:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Entities(Rulebook.load(Path(rules) if rules else None))
