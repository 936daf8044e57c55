"""What papers name, counted: the same names are given again and again, and looked at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from kg.model import EntityType
from kg.resolution.identities import NamingPaper


class Naming(NamedTuple):
    """A type and the names, the best first, that some entities have, and how many these are."""

    type: EntityType
    names: tuple[str, ...]
    entities: int


class Namings(Protocol):
    """What papers name, wherever the papers are."""

    def all(self) -> Sequence[Naming]:
        """Each once, always in the same order."""

    def papers_of(self, group_of: Sequence[int], groups: int) -> list[int]:
        """How many papers have a naming of each group (0, 1, ...); -1 is no group. ``group_of`` is by naming."""


class NamingsInMemory:
    """What the papers of some extractions name."""

    def __init__(self, extractions: Iterable[NamingPaper]) -> None:
        numbers: dict[tuple[EntityType, tuple[str, ...]], int] = {}
        counts: list[int] = []
        self._papers: list[list[int]] = []
        for extraction in extractions:
            named = []
            for entity in extraction.entities:
                number = numbers.setdefault((entity.type, entity.names), len(counts))
                if number == len(counts):
                    counts.append(0)
                counts[number] += 1
                named.append(number)
            self._papers.append(named)
        self._all = [Naming(*naming, count) for naming, count in zip(numbers, counts, strict=True)]

    def all(self) -> Sequence[Naming]:
        """Each once, in the order in which they were first met."""
        return self._all

    def papers_of(self, group_of: Sequence[int], groups: int) -> list[int]:
        """How many papers have a naming of each group (0, 1, ...); -1 is no group."""
        counts = [0] * (groups + 1)
        for named in self._papers:
            for group in {group_of[number] for number in named}:
                counts[group] += 1
        return counts[:groups]
