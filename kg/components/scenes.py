"""The sentence as results see it: what it names, the numbers in it, and what its paper is about."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.components.document import DocumentEntity
from kg.components.quantities import Quantity
from kg.components.tokens import TokenTable
from kg.model import ENTITY_TYPES, EntityType

_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence names a thing; offsets in characters of the Doc."""

    start: int
    end: int
    entity: DocumentEntity


@dataclass(slots=True)
class Scene:
    """A sentence with what it names and the numbers in it; offsets in characters of the Doc.

    ``phrases`` are those that may name a thing of a type but were not found to, ``of_others`` and ``compared``
    say by its first character whether a number, or a method, is told to be another's; all are kept once they were
    looked for.
    """

    text: str
    start: int
    end: int
    places: Mapping[EntityType, list[Place]]
    quantities: list[Quantity]
    tokens: TokenTable
    groups: list[list[Quantity]] = field(default_factory=list)
    phrases: dict[EntityType, list[tuple[int, int]]] = field(default_factory=dict)
    of_others: dict[int, bool] = field(default_factory=dict)
    compared: dict[int, bool] = field(default_factory=dict)
    _first: int = field(init=False)
    _words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._first = bisect_left(self.tokens.starts, self.start)
        last = bisect_left(self.tokens.starts, self.end, lo=self._first)
        self._words = [_without_digits(word) for word in self.tokens.lower[self._first : last]]

    def between(self, start: int, end: int) -> str:
        """The text from one character to another."""
        return self.text[start:end]

    def words(self, start: int, end: int) -> list[str]:
        """The tokens of the sentence from one character to another, in lower case, with 0 for every number."""
        starts, first = self.tokens.starts, self._first
        last = first + len(self._words)
        begin = bisect_left(starts, start, lo=first, hi=last)
        return self._words[begin - first : bisect_left(starts, end, lo=begin, hi=last) - first]

    def mentions(self, entity: DocumentEntity) -> list[tuple[int, int]]:
        """Where the sentence names a thing, in characters."""
        return [
            (mention.start_char, mention.end_char)
            for mention in entity.mentions
            if self.start <= mention.start_char and mention.end_char <= self.end
        ]


@functools.lru_cache(maxsize=1 << 16)
def _without_digits(word: str) -> str:
    return _DIGITS.sub("0", word)


@dataclass(frozen=True, slots=True)
class Topic:
    """What the whole paper is about, for numbers whose sentence does not say; offsets in characters of the Doc."""

    method: DocumentEntity | None
    task: DocumentEntity | None
    dataset: DocumentEntity | None
    title_end: int
    sentence_starts: Sequence[int]

    @property
    def things(self) -> tuple[DocumentEntity | None, ...]:
        """All that it is about."""
        return self.method, self.task, self.dataset


def topic_of(entities: Iterable[DocumentEntity], text: str, title_end: int, sentence_starts: Sequence[int]) -> Topic:
    """The paper's own method, main task and only data set.

    The own method is the introduced one that opens the title ("FooNet: ..."), else one that the title names, else one
    with a name like "FooNet", else the first. The task is one that the title names, else the one named most.
    """
    known = [entity for entity in entities if entity.mentions]

    def opens_title(entity: DocumentEntity) -> bool:
        return any(
            mention.end_char < title_end and text[mention.end_char : mention.end_char + 1] == ":"
            for mention in entity.mentions
        )

    def in_title(entity: DocumentEntity) -> bool:
        return any(mention.start_char < title_end for mention in entity.mentions)

    def first(entity: DocumentEntity) -> int:
        return min(mention.start_char for mention in entity.mentions)

    method = min(
        (entity for entity in known if entity.type == "Method" and entity.role == "introduced"),
        key=lambda entity: (not opens_title(entity), not in_title(entity), not _has_proper_name(entity), first(entity)),
        default=None,
    )
    task = min(
        (entity for entity in known if entity.type == "Task" and entity.role in ("introduced", "used")),
        key=lambda entity: (not in_title(entity), first(entity) if in_title(entity) else -len(entity.mentions)),
        default=None,
    )
    roles = ("used", "introduced") if method is None else ("used",)
    datasets = [entity for entity in known if entity.type == "Dataset" and entity.role in roles]
    return Topic(
        method=method,
        task=task,
        dataset=datasets[0] if len(datasets) == 1 else None,
        title_end=title_end,
        sentence_starts=sentence_starts,
    )


def _has_proper_name(entity: DocumentEntity) -> bool:
    """Whether a name is one word with capitals or digits inside: FooNet, GPT-4, wav2vec."""
    return any(" " not in name and any(sign.isupper() or sign.isdigit() for sign in name[1:]) for name in entity.names)


def places_of(entities: Iterable[DocumentEntity]) -> dict[EntityType, list[Place]]:
    """All mentions of a Doc by type, in reading order."""
    found: dict[EntityType, list[Place]] = {type_: [] for type_ in ENTITY_TYPES}
    for entity in entities:
        found[entity.type] += [Place(mention.start_char, mention.end_char, entity) for mention in entity.mentions]
    for places in found.values():
        places.sort(key=lambda place: (place.start, place.end))
    return found
