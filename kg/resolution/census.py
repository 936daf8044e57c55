"""What papers say of names, counted: which they use, for what, and which they give one thing."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from kg import names
from kg.resolution.acronyms import abbreviates, full_form
from kg.resolution.folding import Folding, number_of
from kg.resolution.identities import Place, standing_name
from kg.resolution.namings import Namings

T = TypeVar("T", bound=Hashable)


class Census:
    """Counts over what papers name, each paper once.

    Every entity stands at one place: that of its full form where one of its names abbreviates another, otherwise that
    of its best name. ``sizes`` are how many papers stand at a place, ``named`` how often its entities have which names,
    ``seconds`` how often not as the best, ``defined`` by place of an acronym the places of its full forms with the
    number of entities that say so, ``others`` the same for names that shorten nothing.
    """

    def __init__(self, namings: Namings, folding: Folding) -> None:
        self.folding = folding
        self.named: dict[Place, dict[str, int]] = {}
        self.seconds: dict[Place, dict[str, int]] = {}
        self.defined: dict[Place, dict[Place, int]] = {}
        self.others: dict[Place, dict[Place, int]] = {}
        self._spelled: dict[Place, str] = {}
        self._namings = namings
        self._places: list[Place] = []
        self._count()
        self.sizes = self.papers_of({place: place for place in self.named})

    def _count(self) -> None:
        fold, named, seconds = self.folding.key, self.named, self.seconds
        for type_, written, count in self._namings.all():
            standing = standing_name(written)
            place: Place = (type_, fold(standing))
            self._places.append(place)
            counts = named.setdefault(place, {})
            for name in written:
                counts[name] = counts.get(name, 0) + count
            if len(written) > 1:
                less = seconds.setdefault(place, {})
                for name in written[1:]:
                    less[name] = less.get(name, 0) + count
                self._hear(place, standing, written, count)

    def papers_of(self, group_of: Mapping[Place, T]) -> dict[T, int]:
        """How many papers stand at the places of each group."""
        groups = list(dict.fromkeys(group_of.values()))
        numbers = {group: number for number, group in enumerate(groups)}
        of_namings = [numbers[group_of[place]] if place in group_of else -1 for place in self._places]
        return dict(zip(groups, self._namings.papers_of(of_namings, len(groups)), strict=True))

    def _hear(self, place: Place, standing: str, written: tuple[str, ...], count: int) -> None:
        """Count what entities with these names say of them, once for each key."""
        is_full = full_form(written) is not None
        counted = {place[1]}
        for name in written:
            key = self.folding.key(name)
            if key in counted:
                continue
            counted.add(key)
            if is_full and abbreviates(name, standing):
                claims = self.defined.setdefault((place[0], key), {})
            elif not _in_one_family(name, standing):
                claims = self.others.setdefault((place[0], key), {})
            else:
                continue
            claims[place] = claims.get(place, 0) + count

    def size(self, place: Place) -> int:
        """How many papers stand at a place."""
        return self.sizes.get(place, 0)

    def spelled(self, place: Place) -> str:
        """How a name is written most often, where it is a place of its own; of equal ones the shorter, then the first.

        The key itself for a place at which no paper stands.
        """
        found = self._spelled.get(place)
        if found is None:
            names = self.named.get(place, {})
            if len(names) == 1:
                (found,) = names
            else:
                own = [name for name in names if self.folding.key(name) == place[1]]
                found = min(own, key=lambda name: (-names[name], len(name), name)) if own else place[1]
            self._spelled[place] = found
        return found

    def words(self, place: Place) -> list[str]:
        """The folded words of a name as it is written most often."""
        return self.folding.words(self.spelled(place))


def _in_one_family(name: str, other: str) -> bool:
    """Whether one name is the other with more to it, as "ImageNet-21K" is to "ImageNet", "ResNet-50" to "ResNet".

    A paper may shorten "text classification" to "classification"; elsewhere that is another thing.
    """
    one, two = set(names.words(name)), set(names.words(other))
    return one < two or two < one or number_of(name) != number_of(other)
