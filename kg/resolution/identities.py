"""What resolution finds: things, how they came about, what was refused, and what belongs to a family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from kg.model import ENTITY_TYPES, EntityType
from kg.resolution.acronyms import full_form
from kg.resolution.folding import Folding

Reason: TypeAlias = Literal[
    "same key",
    "similar full form",
    "acronym",
    "acronym inside",
    "head",
    "small words",
    "word order",
    "other name",
    "type",
    "rule",
    "aliases",
]
REASONS: Final[Mapping[Reason, str]] = {
    "same key": "ways of writing one name",
    "similar full form": "full forms of one acronym that hardly differ",
    "acronym": "an acronym and what it stands for in most papers that say so",
    "acronym inside": "the same with an acronym of one meaning written out",
    "head": "the same without a last word that says nothing",
    "small words": "names of a dataset or metric that differ in small words",
    "word order": "the same words in another order that says the same",
    "other name": "two names that papers give one thing",
    "type": "one name with two types, of which one is far more frequent or both are easily confused",
    "rule": "names of one thing in resolution.toml",
    "aliases": "names of one thing in the file of aliases",
}
"""What each reason means."""
Place: TypeAlias = tuple[EntityType, str]
"""Where names meet: a type and a key."""


def standing_name(names: tuple[str, ...]) -> str:
    """The name by which an entity stands: the full form where another name abbreviates it, otherwise the best one."""
    return names[0] if len(names) == 1 else full_form(names) or names[0]


class NamedEntity(Protocol):
    """An entity as far as resolution looks at it: its type, and its names, the best first."""

    @property
    def type(self) -> EntityType: ...  # noqa: D102

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102


class NamingPaper(Protocol):
    """A paper as far as resolution looks at it: what it names."""

    @property
    def entities(self) -> Sequence[NamedEntity]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One thing: its type, the label by which it goes, all its names (the label first), in how many papers it is.

    ``links`` are external IRIs, which only a file of aliases gives.
    """

    type: EntityType
    label: str
    names: tuple[str, ...]
    papers: int
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Names that were taken for one thing, and why.

    ``members`` are all the ways of writing one name where ``reason`` is ``same key``, otherwise two names; of the
    reason ``type``, a name and the type that it lost, such as ``PEFT (Task)``. ``label`` is that of the identity.
    ``papers`` is how many papers bear it out: that have any of the members, define the acronym so, or have both names;
    0 where rules or aliases alone say it.
    """

    type: EntityType
    label: str
    members: tuple[str, ...]
    reason: Reason
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Two names that something speaks for being one thing, and that stay two.

    ``papers`` is how many papers speak for it, ``against`` how many against it; ``why`` is a short sentence.
    """

    type: EntityType
    members: tuple[str, str]
    reason: Reason
    papers: int
    against: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Two things of a family, ``variant`` ("ResNet-50") and ``of`` ("ResNet"); ``reason`` says what sets them apart."""

    variant: Identity
    of: Identity
    reason: str


class Identities:
    """What :func:`kg.resolve` found: every identity, how it came about, and which one an entity has."""

    def __init__(
        self,
        everything: tuple[Identity, ...],
        by_place: Mapping[Place, Identity],
        folding: Folding,
        *,
        merges: tuple[Merge, ...],
        refusals: tuple[Refusal, ...],
        variants: tuple[Variant, ...],
    ) -> None:
        self._by_place = by_place
        self._folding = folding
        self.merges = merges
        self.refusals = refusals
        self.variants = variants
        self.all = everything

    def of(self, entity: NamedEntity) -> Identity:
        """The identity of an entity of the extractions that were resolved; KeyError for any other entity."""
        return self._by_place[entity.type, self._folding.key(standing_name(entity.names))]

    def key(self, name: str) -> str:
        """The key under which a name was compared."""
        return self._folding.key(name)

    def named(self, name: str) -> tuple[Identity, ...]:
        """The things that go by a name, the most frequent first: those it leads to, and those that papers call so."""
        key = self.key(name)
        found = {
            one: any(self._by_place.get((type_, key)) == one for type_ in ENTITY_TYPES)
            for one in self.all
            if any(self.key(other) == key for other in one.names)
        }
        return tuple(
            sorted(found, key=lambda one: (not found[one], -one.papers, ENTITY_TYPES.index(one.type), one.label))
        )
