"""What papers say of names, counted: which they use, for what, and which they give one thing."""

from __future__ import annotations

from collections.abc import Iterable

from kg import names
from kg.resolution.acronyms import abbreviates, full_form
from kg.resolution.folding import Folding, number_of
from kg.resolution.identities import NamingPaper, Place


class Census:
    """Counts over extractions, each paper once.

    Every entity stands at one place: that of its full form where one of its names abbreviates another, otherwise that
    of its best name. ``papers`` are the papers (numbers) that stand at a place, ``named`` how often its entities have
    which names, ``seconds`` how often not as the best, ``defined`` by place of an acronym the places of its full forms
    with the number of entities that say so, ``others`` the same for names that shorten nothing.
    """

    def __init__(self, extractions: Iterable[NamingPaper], folding: Folding) -> None:
        self.folding = folding
        self.papers: dict[Place, list[int]] = {}
        self.named: dict[Place, dict[str, int]] = {}
        self.seconds: dict[Place, dict[str, int]] = {}
        self.defined: dict[Place, dict[Place, int]] = {}
        self.others: dict[Place, dict[Place, int]] = {}
        self._spelled: dict[Place, str] = {}
        self._count(extractions)

    def _count(self, extractions: Iterable[NamingPaper]) -> None:
        fold, papers, named, seconds = self.folding.key, self.papers, self.named, self.seconds
        for number, extraction in enumerate(extractions):
            for entity in extraction.entities:
                written = entity.names
                name = written[0]
                full = full_form(written) if len(written) > 1 else None
                place: Place = (entity.type, fold(full or name))
                if place not in papers:
                    papers[place], named[place] = [number], {}
                elif papers[place][-1] != number:
                    papers[place].append(number)
                counts = named[place]
                counts[name] = counts.get(name, 0) + 1
                if len(written) > 1:
                    less = seconds.setdefault(place, {})
                    for one in written[1:]:
                        counts[one] = counts.get(one, 0) + 1
                        less[one] = less.get(one, 0) + 1
                    self._hear(place, full or name, written, is_full=full is not None)

    def _hear(self, place: Place, standing: str, written: tuple[str, ...], *, is_full: bool) -> None:
        """Count what one entity with several names says of them, once for each key."""
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
            claims[place] = claims.get(place, 0) + 1

    def size(self, place: Place) -> int:
        """How many papers stand at a place."""
        return len(self.papers.get(place, ()))

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
