"""What the paper does with each thing: introduces, uses, compares or only mentions it.

The ``[[role]]`` rules and plain facts are weighed together by a log-linear model, as what is told of names is; its
weights stand in ``role-weights.tsv`` of the rules. Without any the weightiest rule decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.contexts import Context, TokenRules
from kg.components.document import Candidate, DocumentEntity, fields_of, register_extensions
from kg.components.naming import key
from kg.components.role_features import PaperEntities, RoleFeatures
from kg.components.tokens import sentence_starts, title_tokens, token_table
from kg.components.weighing import RULE, WEIGHTS_RULE, FeatureWeights, Sums, softmax
from kg.model import ENTITY_TYPES, ROLES, EntityType, Role
from kg.processes import BATCH_SIZE, batches
from kg.rulebook import RoleRule, Rulebook, TokenRule

_Places: TypeAlias = "tuple[_Compiled, int, int]"
"""A rule, and where in a Doc its mention may begin and end, as bits."""


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


@dataclass(slots=True)
class _Paper:
    """What the rules ask of a Doc.

    ``own_work`` is the first token of the sentence in which the paper first speaks of itself, None where it never does;
    the others are boundaries as bits: those in the title, where fields open, and those after the title and before
    ``own_work``.
    """

    own_work: int | None
    title: int
    openings: int
    background: int


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


class Roles:
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

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        self._annotate([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH_SIZE) -> Iterator[Doc]:
        """Annotate Docs, several at a time; what comes out does not depend on how many."""
        for docs in batches(stream, batch_size):
            self._annotate(docs)
            yield from docs

    def _annotate(self, docs: Sequence[Doc]) -> None:
        if self._features is not None:
            self._weigh(self._features, [paper for doc in docs if (paper := self.gather(doc)).entities])
            return
        for doc in docs:
            for entity, rules in self.match(doc):
                found = next(rules, None)
                if found is not None:
                    entity.role, entity.role_rule = found.role, found.id

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

    def gather(self, doc: Doc) -> PaperEntities:
        """The entities of a Doc that have mentions, with all that features are told of."""
        paper = self._look_at(doc)
        found = [(entity, list(rules)) for entity, rules in self._match(doc, paper) if entity.mentions]
        return PaperEntities(
            doc=doc,
            entities=[entity for entity, _ in found],
            rules=[rules for _, rules in found],
            own_work=paper.own_work,
            title_tokens=paper.title.bit_length(),
        )

    def match(self, doc: Doc) -> Iterator[tuple[DocumentEntity, Iterator[RoleRule]]]:
        """Every entity of a Doc with the rules that hold for it, the weightiest first."""
        return self._match(doc, self._look_at(doc))

    def _look_at(self, doc: Doc) -> _Paper:
        fields, starts = fields_of(doc), token_table(doc).starts
        in_title = title_tokens(doc)
        title = (1 << in_title) - 1
        openings = 0
        for field in fields:
            opening = bisect_left(starts, field.start)
            openings |= (opening < len(starts) and starts[opening] == field.start) << opening
        own_work = self._own_work(doc, in_title) if doc._.kg_entities else None
        return _Paper(own_work, title, openings, ((1 << (own_work or 0)) - 1) & ~title)

    def _own_work(self, doc: Doc, in_title: int) -> int | None:
        """The first token of the first sentence in which the paper speaks of itself."""
        found = self._own.positions(self._descriptions.masks(doc), len(doc)) >> in_title
        if not found:
            return None
        position = in_title + (found & -found).bit_length() - 1
        sentences = sentence_starts(doc)
        return sentences[bisect_right(sentences, position) - 1]

    def _match(self, doc: Doc, paper: _Paper) -> Iterator[tuple[DocumentEntity, Iterator[RoleRule]]]:
        entities: list[DocumentEntity] = doc._.kg_entities or []
        if not entities:
            return
        bounds = [_bounds(entity.mentions) for entity in entities]
        kinds = [_kind(entity.type, known=self._is_known(entity)) for entity in entities]
        starts: dict[int, int] = {}
        ends = 0
        for kind, (first, last) in zip(kinds, bounds, strict=True):
            starts[kind] = starts.get(kind, 0) | first
            ends |= last
        places = list(self._places(doc, paper, starts, ends))
        for entity, kind, (first, last) in zip(entities, kinds, bounds, strict=True):
            near = [place for place in places if place[1] & first and place[2] & last and place[0].kinds >> kind & 1]
            yield entity, _holding(entity.mentions, near, only_background=not first & ~paper.background)

    def _places(self, doc: Doc, paper: _Paper, starts: Mapping[int, int], ends: int) -> Iterator[_Places]:
        """The rules that may hold for some entity, given where entities of each kind begin and where any ends."""
        masks, length = self._descriptions.masks(doc), len(doc)
        allowed = {"any": -1, "title": paper.title, "abstract": ~paper.title}
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
                begins &= paper.openings
            if rule.background:
                begins &= paper.background
            if begins:
                begins, stops = compiled.places(masks, length, begins, ends)
                if begins:
                    yield compiled, begins, stops

    def _is_known(self, entity: DocumentEntity) -> bool:
        """Whether the lexicon has an entry with a type for a name."""
        return any(kind.types for name in entity.names if (kind := self._kinds.get(key(name))))


def _kind(type_: EntityType, *, known: bool) -> int:
    """A number for things of a type of which the lexicon knows a name, or none."""
    return 2 * ENTITY_TYPES.index(type_) + known


def _holding(mentions: Sequence[Candidate], places: Sequence[_Places], *, only_background: bool) -> Iterator[RoleRule]:
    """The rules among these that hold for a thing with these mentions."""
    for compiled, begins, stops in places:
        rule = compiled.rule
        if len(mentions) < rule.least_mentions or (rule.background and not only_background):
            continue
        for mention in mentions:
            if begins >> mention.start & 1 and stops >> mention.end & 1:
                yield rule
                break


def _bounds(mentions: Iterable[Candidate]) -> tuple[int, int]:
    """Where mentions begin and where they end, as bits."""
    starts = ends = 0
    for mention in mentions:
        starts |= 1 << mention.start
        ends |= 1 << mention.end
    return starts, ends


def _reason(role: Role, rules: Iterable[RoleRule]) -> str:
    """What is given as the rule of a role: the weightiest that says so."""
    return next((rule.id for rule in rules if rule.role == role), WEIGHTS_RULE)


@Language.factory("kg_roles", default_config={"rules": None}, requires=["doc._.kg_entities"])
def create_roles(nlp: Language, name: str, rules: str | None) -> Roles:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Roles(Rulebook.load(Path(rules) if rules else None))
