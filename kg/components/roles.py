"""What the paper does with each thing: introduces, uses, compares or only mentions it.

The ``[[role]]`` rules and plain facts are weighed together by a log-linear model, as what is told of names is; its
weights stand in ``role-weights.tsv`` of the rules. Without any the weightiest rule decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.batched import BatchedComponent
from kg.components.contexts import Context, TokenRules
from kg.components.document import DocumentEntity, fields_of, register_extensions
from kg.components.hashing import Integers
from kg.components.naming import key
from kg.components.role_features import PaperEntities, RoleFeatures
from kg.components.tokens import sentence_starts, title_tokens, token_table
from kg.components.weighing import RULE, WEIGHTS_RULE, FeatureWeights, Sums, softmax
from kg.masks import flags, mask_of
from kg.matching import Row
from kg.model import ENTITY_TYPES, ROLES, EntityType, Role
from kg.rulebook import RoleRule, Rulebook, TokenRule


class _Compiled:
    """A rule with its contexts, and the kinds of things of which it speaks as bits."""

    def __init__(self, rulebook: Rulebook, rule: RoleRule) -> None:
        self.rule = rule
        self.kinds = sum(
            1 << _kind(type_, known=known)
            for type_ in rule.types
            for known in ((False,) if rule.unknown else (False, True))
        )
        self._before = Context(rulebook, rule.before, rule.id)
        self._after = Context(rulebook, rule.after, rule.id)
        self._needed = (*self._before.needed(), *self._after.needed())

    def places(self, masks: Sequence[int], length: int, starts: int, ends: int) -> tuple[int, int]:
        """At which of these boundaries its mention may begin, and where it may end; nowhere if at none of ``ends``."""
        for alternatives in self._needed:
            for description in alternatives:
                if masks[description]:
                    break
            else:
                return 0, 0
        begins = self._before.ends(masks, length) & starts if self._before else starts
        if not begins:
            return 0, 0
        stops = self._after.starts(masks, length) & ends if self._after else ends
        return (begins, stops) if stops else (0, 0)


@dataclass(frozen=True, slots=True)
class _Papers:
    """What the rules ask of a row of Docs.

    ``own_work`` is for each Doc the first token of the sentence in which the paper first speaks of itself, None where
    it never does; the others are boundaries as bits: those in titles, where fields open, and those after the title and
    before ``own_work``.
    """

    row: Row
    own_work: Sequence[int | None]
    title: int
    openings: int
    background: int


@dataclass(frozen=True, slots=True)
class _Mentions:
    """The mentions of all entities of a row: where each begins and ends, and the number of its entity."""

    start: Integers
    end: Integers
    entity: Integers

    def within(self, begins: int, stops: int) -> npt.NDArray[np.bool_]:
        """Which of them begin at some boundaries and end at others, given as bits."""
        found: npt.NDArray[np.bool_] = self.held(begins, self.start) & self.held(stops, self.end)
        return found

    @staticmethod
    def held(mask: int, places: Integers) -> npt.NDArray[np.bool_]:
        """At which of the places a bit is set."""
        return flags(mask, int(places.max(initial=0)) + 1)[places]


class RoleWeights(FeatureWeights):
    """The weights of what is told of a thing, for each role, in the order of ``ROLES``."""

    def __init__(self, rulebook: Rulebook, *, learning: bool = False) -> None:
        super().__init__(rulebook.role_weights, len(ROLES), learning=learning)

    def probabilities(self, sums: Sums, unweighed: Sequence[Sequence[RoleRule]]) -> Sums:
        """The probability of each role for each row of sums, by multinomial logistic regression.

        ``unweighed`` are the rules without weights that hold for each row, the weightiest first. Each is right with a
        probability that is its own weight; where it is not, what follows it decides, and in the end the sums.
        """
        shares = softmax(sums + self._bias)
        for row, rules in enumerate(unweighed):
            for rule in reversed(rules):
                sure = min(max(rule.weight, 0.0), 1.0)
                shares[row] *= 1.0 - sure
                shares[row, ROLES.index(rule.role)] += sure
        return shares


class Roles(BatchedComponent):
    """Sets the role of every entity of a Doc.

    With weights it is the most probable role, by the weightiest rule that says so, or by ``weights`` where no rule
    does. Without any it is that of the weightiest rule that speaks of one of the mentions.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self._descriptions = rulebook.descriptions
        self._kinds = rulebook.kinds
        self._own = TokenRules(rulebook, rulebook.rules(TokenRule, "own_work"))
        self._rules = [
            _Compiled(rulebook, rule)
            for rule in sorted(rulebook.rules(RoleRule, "role"), key=lambda rule: (-rule.weight, rule.id))
        ]
        self._weights = RoleWeights(rulebook)
        self._features = RoleFeatures(rulebook, self._weights) if self._weights else None

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate some Docs."""
        if self._features is not None:
            self._weigh(self._features, [paper for paper in self.gather(docs) if paper.entities])
            return
        for entity, rules in self.match(docs):
            if rules:
                entity.role, entity.role_rule = rules[0].role, rules[0].id

    def _weigh(self, features: RoleFeatures, papers: Sequence[PaperEntities]) -> None:
        if not papers:
            return
        weighed = self._weights.values(RULE)
        entities = [entity for paper in papers for entity in paper.entities]
        rules = [own for paper in papers for own in paper.rules]
        unweighed = [[rule for rule in own if rule.id not in weighed] for own in rules]
        shares = self._weights.probabilities(features.of(papers).sums(self._weights), unweighed)
        for entity, own, best in zip(entities, rules, shares.argmax(axis=1).tolist(), strict=True):
            entity.role = ROLES[best]
            entity.role_rule = _reason(entity.role, own)

    def gather(self, docs: Sequence[Doc]) -> list[PaperEntities]:
        """The entities of each Doc that have mentions, with all that features are told of."""
        papers = self._look_at(docs)
        entities = [[entity for entity in doc._.kg_entities or () if entity.mentions] for doc in docs]
        rules = iter(self._match(papers, entities))
        return [
            PaperEntities(doc, own, [next(rules) for _ in own], own_work, title_tokens(doc))
            for doc, own, own_work in zip(docs, entities, papers.own_work, strict=True)
        ]

    def match(self, docs: Sequence[Doc]) -> list[tuple[DocumentEntity, Sequence[RoleRule]]]:
        """Every entity of Docs that has mentions, with the rules that hold for it, the weightiest first."""
        return [pair for paper in self.gather(docs) for pair in zip(paper.entities, paper.rules, strict=True)]

    def _look_at(self, docs: Sequence[Doc]) -> _Papers:
        row = self._descriptions.row(docs)
        titles = [title_tokens(doc) for doc in docs]
        own_work = [
            _sentence_of(doc, next((place for place in own if place >= title), None))
            for doc, own, title in zip(docs, row.split(self._own.positions(row.masks, row.length)), titles, strict=True)
        ]
        return _Papers(
            row,
            own_work,
            title=row.mask_of(map(range, titles)),
            openings=row.mask_of(map(_openings, docs)),
            background=row.mask_of(range(title, own or 0) for title, own in zip(titles, own_work, strict=True)),
        )

    def _match(self, papers: _Papers, entities: Sequence[Sequence[DocumentEntity]]) -> list[list[RoleRule]]:
        """The rules that hold for each entity of each Doc, the weightiest first."""
        row = papers.row
        entities_of_row = [entity for own in entities for entity in own]
        found: list[list[RoleRule]] = [[] for _ in entities_of_row]
        if not found:
            return found
        kinds = np.array([_kind(entity.type, known=self._is_known(entity)) for entity in entities_of_row])
        counts = np.array([len(entity.mentions) for entity in entities_of_row])
        bounds = [
            (mention.start + offset, mention.end + offset)
            for offset, own in zip(row.offsets, entities, strict=True)
            for entity in own
            for mention in entity.mentions
        ]
        start, end = np.array(bounds).T
        mentions = _Mentions(start, end, np.repeat(np.arange(len(counts)), counts))
        outside = ~mentions.held(papers.background, mentions.start)
        only_background = np.bincount(mentions.entity, outside, len(counts)) == 0
        starts = {
            kind: mask_of(mentions.start[kinds[mentions.entity] == kind].tolist()) for kind in set(kinds.tolist())
        }
        for compiled, begins, stops in self._places(papers, starts, mask_of(mentions.end.tolist())):
            rule = compiled.rule
            fits = (compiled.kinds >> kinds & 1 > 0) & (counts >= rule.least_mentions)
            if rule.background:
                fits &= only_background
            held = mentions.entity[mentions.within(begins, stops)]
            for entity in np.unique(held[fits[held]]).tolist():
                found[entity].append(rule)
        return found

    def _places(self, papers: _Papers, starts: Mapping[int, int], ends: int) -> Iterator[tuple[_Compiled, int, int]]:
        """The rules that may hold for some entity, and where its mention may begin and end, as bits.

        ``starts`` tells where entities of each kind begin, ``ends`` where any ends.
        """
        allowed = {"any": -1, "title": papers.title, "abstract": ~papers.title}
        of_kinds: dict[int, int] = {}
        for compiled in self._rules:
            rule, kinds = compiled.rule, compiled.kinds
            begins = of_kinds.get(kinds, -1)
            if begins < 0:
                begins = 0
                for kind, own in starts.items():
                    if kinds >> kind & 1:
                        begins |= own
                of_kinds[kinds] = begins
            begins &= allowed[rule.place]
            if rule.opens:
                begins &= papers.openings
            if rule.background:
                begins &= papers.background
            if begins:
                begins, stops = compiled.places(papers.row.masks, papers.row.length, begins, ends)
                if begins:
                    yield compiled, begins, stops

    def _is_known(self, entity: DocumentEntity) -> bool:
        """Whether the lexicon has an entry with a type for a name."""
        return any(kind.types for name in entity.names if (kind := self._kinds.get(key(name))))


def _kind(type_: EntityType, *, known: bool) -> int:
    """A number for things of a type of which the lexicon knows a name, or none."""
    return 2 * ENTITY_TYPES.index(type_) + known


def _openings(doc: Doc) -> Iterator[int]:
    """The first tokens of the fields of a Doc."""
    starts = token_table(doc).starts
    for field in fields_of(doc):
        opening = bisect_left(starts, field.start)
        if opening < len(starts) and starts[opening] == field.start:
            yield opening


def _sentence_of(doc: Doc, position: int | None) -> int | None:
    """The first token of the sentence of a token."""
    if position is None:
        return None
    sentences = sentence_starts(doc)
    return sentences[bisect_right(sentences, position) - 1]


def _reason(role: Role, rules: Iterable[RoleRule]) -> str:
    """What is given as the rule of a role: the weightiest that says so."""
    return next((rule.id for rule in rules if rule.role == role), WEIGHTS_RULE)


@Language.factory("kg_roles", default_config={"rules": None}, requires=["doc._.kg_entities"])
def create_roles(nlp: Language, name: str, rules: str | None) -> Roles:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Roles(Rulebook.load(Path(rules) if rules else None))
