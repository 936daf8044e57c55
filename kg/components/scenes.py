"""The sentence as results see it: what it names, the numbers in it, and what its paper is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.components.document import DocumentEntity
from kg.components.quantities import Quantity
from kg.model import ENTITY_TYPES, EntityType


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence names a thing; offsets in characters of the Doc."""

    start: int
    end: int
    entity: DocumentEntity


@dataclass(slots=True)
class Scene:
    """A sentence with what it names and the numbers in it; offsets in characters of the Doc."""

    text: str
    start: int
    end: int
    places: Mapping[EntityType, list[Place]]
    quantities: list[Quantity]
    groups: list[list[Quantity]] = field(default_factory=list)

    def between(self, start: int, end: int) -> str:
        """The text from one character to another."""
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class Topic:
    """What the whole paper is about, for numbers whose sentence does not say."""

    method: DocumentEntity | None
    task: DocumentEntity | None
    dataset: DocumentEntity | None


def topic_of(entities: Iterable[DocumentEntity], title_end: int) -> Topic:
    """The paper's own method, main task and only data set.

    The own method is the one that the title names, else the one named most; likewise the task.
    """
    known = list(entities)

    def main(type_: EntityType, roles: Sequence[str]) -> DocumentEntity | None:
        fitting = [entity for entity in known if entity.type == type_ and entity.role in roles and entity.mentions]
        in_title = [entity for entity in fitting if entity.mentions[0].start_char < title_end]
        if in_title:
            return in_title[0]
        return max(fitting, key=lambda entity: len(entity.mentions), default=None)

    method = main("Method", ("introduced",))
    roles = ("used", "introduced") if method is None else ("used",)
    datasets = [entity for entity in known if entity.type == "Dataset" and entity.role in roles]
    return Topic(
        method=method,
        task=main("Task", ("introduced", "used")),
        dataset=datasets[0] if len(datasets) == 1 else None,
    )


def places_of(entities: Iterable[DocumentEntity]) -> dict[EntityType, list[Place]]:
    """All mentions of a Doc by type, in reading order."""
    found: dict[EntityType, list[Place]] = {type_: [] for type_ in ENTITY_TYPES}
    for entity in entities:
        found[entity.type] += [Place(mention.start_char, mention.end_char, entity) for mention in entity.mentions]
    for places in found.values():
        places.sort(key=lambda place: (place.start, place.end))
    return found
