"""What the paper does with each thing: introduces, uses, compares or only mentions it, by the ``[[role]]`` rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.contexts import Context, TokenRules
from kg.components.document import Candidate, DocumentEntity, end_of_title, fields_of, register_extensions
from kg.components.naming import key
from kg.components.tokens import sentence_starts, token_table
from kg.matching import bits
from kg.rulebook import RoleRule, Rulebook, TokenRule


@dataclass(slots=True)
class _Compiled:
    rule: RoleRule
    before: Context
    after: Context


@dataclass(slots=True)
class _Places:
    """Where in a Doc the mention of a rule may begin and end, as bits."""

    rule: RoleRule
    begins: int
    stops: int

    def hold(self, starts: int, ends: int) -> bool:
        """Whether a mention may begin at one of some boundaries and end at one of others."""
        return bool(self.begins & starts and self.stops & ends)


class Roles:
    """Sets the role of every entity of a Doc: that of the weightiest rule that speaks of one of its mentions."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._descriptions = rulebook.descriptions
        self._known_names = frozenset(name for name, kind in rulebook.kinds.items() if kind.types)
        self._own = TokenRules(rulebook, rulebook.rules(TokenRule, "own_work"))
        self._rules = [
            _Compiled(rule, Context(rulebook, rule.before, rule.id), Context(rulebook, rule.after, rule.id))
            for rule in sorted(rulebook.rules(RoleRule, "role"), key=lambda rule: (-rule.weight, rule.id))
        ]

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        for entity, rules in self.match(doc):
            found = next(rules, None)
            if found is not None:
                entity.role, entity.role_rule = found.role, found.id
        return doc

    def match(self, doc: Doc) -> Iterator[tuple[DocumentEntity, Iterator[RoleRule]]]:
        """Every entity of a Doc with the rules that hold for it, the weightiest first."""
        entities: list[DocumentEntity] = doc._.kg_entities or []
        if not entities:
            return
        masks, length = self._descriptions.masks(doc), len(doc)
        fields = fields_of(doc)
        title_end = end_of_title(fields)
        openings = {field.start for field in fields}
        own_work = self._own_work(doc, masks, title_end)
        everywhere = (2 << length) - 1
        places = [
            _Places(compiled.rule, begins, stops)
            for compiled in self._rules
            if (begins := compiled.before.ends(masks, length) if compiled.before else everywhere)
            and (stops := compiled.after.starts(masks, length) if compiled.after else everywhere)
        ]
        for entity in entities:
            yield entity, self._holding(entity, places, title_end, openings, own_work)

    def _own_work(self, doc: Doc, masks: list[int], title_end: int) -> int:
        """The character at which the first sentence starts in which the paper speaks of itself."""
        starts = token_table(doc).starts
        for position in bits(self._own.positions(masks, len(doc))):
            if position < len(doc) and starts[position] >= title_end:
                sentences = sentence_starts(doc)
                return starts[sentences[bisect_right(sentences, position) - 1]]
        return 0

    def _holding(
        self, entity: DocumentEntity, places: list[_Places], title_end: int, openings: set[int], own_work: int
    ) -> Iterator[RoleRule]:
        starts = ends = 0
        for mention in entity.mentions:
            starts |= 1 << mention.start
            ends |= 1 << mention.end
        background = all(title_end <= mention.start_char < own_work for mention in entity.mentions)
        for place in places:
            rule = place.rule
            if not place.hold(starts, ends):
                continue
            if not _speaks_of(rule, entity, self._known_names) or (rule.background and not background):
                continue
            if any(_holds(rule, place, mention, title_end, openings) for mention in entity.mentions):
                yield rule


def _speaks_of(rule: RoleRule, entity: DocumentEntity, known: Container[str]) -> bool:
    return (
        entity.type in rule.types
        and len(entity.mentions) >= rule.least_mentions
        and not (rule.unknown and any(key(name) in known for name in entity.names))
    )


def _holds(rule: RoleRule, place: _Places, mention: Candidate, title_end: int, openings: set[int]) -> bool:
    return bool(
        place.begins >> mention.start & 1
        and place.stops >> mention.end & 1
        and (not rule.opens or mention.start_char in openings)
        and (rule.place == "any" or (mention.start_char < title_end) == (rule.place == "title"))
    )


@Language.factory("kg_roles", default_config={"rules": None}, requires=["doc._.kg_entities"])
def create_roles(nlp: Language, name: str, rules: str | None) -> Roles:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Roles(Rulebook.load(Path(rules) if rules else None))
