"""Which names are one thing, across papers.

Entities of one type are one thing when they share a key (:func:`kg.names.key`). Every entity has one key that
it stands by: that of the full form where one of its names abbreviates another, otherwise that of its best
name. Its other keys are claims on a name, and a claim is heard only where it is the only one: an acronym that
stands for two different full forms in the papers at hand, or another name that two different things claim,
joins neither; nor does another name by which more papers call a thing of its own. A name that only shortens
or lengthens another ("classification", "text classification") claims nothing beyond its own paper. Entities
of different types are never one thing.

The outcome depends on the set of extractions, not on their order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from kg import names
from kg.model import ENTITY_TYPES, Entity, EntityType, Extraction

Key: TypeAlias = Callable[[str], str]
Reason: TypeAlias = Literal["same key", "acronym", "other name"]
_Place: TypeAlias = tuple[EntityType, str]
_Member = TypeVar("_Member", _Place, str)

_DIGITS: Final = re.compile(r"\d+")
_REPEATED: Final = re.compile(r"([^\W\d_])([2-9])")
_LONGEST_ACRONYM: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One thing: its type, the label by which it goes, all its names (the label first), in how many papers it is."""

    type: EntityType
    label: str
    names: tuple[str, ...]
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Names that were taken for one thing, and why.

    ``reason`` is ``same key`` (``members`` are ways of writing one name), ``acronym`` (``members`` are the
    acronym and its full form) or ``other name`` (``members`` are two names that a paper gives one thing).
    ``label`` is that of the identity.
    """

    type: EntityType
    label: str
    members: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Homograph:
    """A name whose claims are not heard, since there are several or most papers know it as a thing of its own.

    ``claimed_by`` are the labels of what claims it.
    """

    name: str
    claimed_by: tuple[str, ...]


class Identities:
    """What :func:`resolve` found: every identity, how it came about, and which one an entity has."""

    def __init__(
        self,
        by_place: Mapping[_Place, Identity],
        merges: tuple[Merge, ...],
        homographs: tuple[Homograph, ...],
        key: Key,
    ) -> None:
        self._by_place = by_place
        self._key = key
        self.merges = merges
        self.homographs = homographs
        self.all = tuple(sorted(set(by_place.values()), key=lambda one: (ENTITY_TYPES.index(one.type), one.label)))

    def of(self, entity: Entity) -> Identity:
        """The identity of an entity of the extractions that were resolved; KeyError for any other entity."""
        return self._by_place[entity.type, _standing(entity, self._key)]


def abbreviates(short: str, long: str) -> bool:
    """Whether ``short`` is an acronym of ``long``.

    One word whose letters and digits stand in this order in ``long``, the first one at its beginning, as
    Schwartz and Hearst have it; a digit may also count the letter before it ("S4": structured state space
    sequence). ``long`` has several words, and ``short`` is none of them.
    """
    acronym, full = short.strip().casefold(), re.sub(r"[-_/]+", " ", long.casefold()).split()
    if not 1 < len(acronym) <= _LONGEST_ACRONYM or " " in acronym or len(full) < 2 or acronym in full:  # noqa: PLR2004
        return False
    if short.islower() and not _DIGITS.search(short):
        return False
    counted = _REPEATED.sub(lambda found: found[1] * int(found[2]), acronym)
    return any(_in_order(form, full) for form in dict.fromkeys((acronym, acronym.removesuffix("s"), counted)))


def _in_order(acronym: str, full: list[str]) -> bool:
    letters = [character for character in acronym if character.isalnum()]
    text = " ".join(full)
    at = 0
    for index, letter in enumerate(letters):
        found = text.find(letter, at)
        if found < 0 or (index == 0 and found > 0):
            return False
        at = found + 1
    # every word but the small ones gives a letter, or "RAM" would stand for any text that begins with r
    return bool(letters) and len(letters) <= len(text.replace(" ", "")) // 2 and len(full) <= 2 * len(letters)


def resolve(extractions: Iterable[Extraction], *, key: Key = names.key) -> Identities:
    """Find which names across papers are one thing.

    ``key`` folds the ways of writing one name; a caller who knows the generic heads of names passes a key
    that folds them too.
    """
    return _Resolver(extractions, key).identities()


def _full_form(entity: Entity) -> str | None:
    return next((name for name in entity.names if any(abbreviates(other, name) for other in entity.names)), None)


def _in_one_family(name: str, other: str) -> bool:
    """Whether one name is the other with more to it, as "ImageNet-21K" is to "ImageNet", "ResNet-50" to "ResNet".

    A paper may shorten "text classification" to "classification"; elsewhere that is another thing.
    """
    one, two = set(names.words(name)), set(names.words(other))
    return one < two or two < one or _DIGITS.findall(name) != _DIGITS.findall(other)


def _standing(entity: Entity, key: Key) -> str:
    return key(_full_form(entity) or entity.name)


class _Classes(Generic[_Member]):
    """Union and find; the least member speaks for a class, so the order of unions is of no matter."""

    def __init__(self) -> None:
        self._above: dict[_Member, _Member] = {}

    def find(self, place: _Member) -> _Member:
        root = place
        while (above := self._above.get(root, root)) != root:
            root = above
        while (above := self._above.get(place, place)) != root:
            self._above[place], place = root, above
        return root

    def unite(self, one: _Member, other: _Member) -> bool:
        """Whether they were apart until now."""
        first, second = sorted((self.find(one), self.find(other)))
        self._above[second] = first
        return first != second


class _Resolver:
    """Counts names, hears claims, and puts identities together; used once."""

    def __init__(self, extractions: Iterable[Extraction], key: Key) -> None:
        self._fold: Key = cache(key)
        self._named: defaultdict[_Place, Counter[str]] = defaultdict(Counter)
        self._best: defaultdict[_Place, Counter[str]] = defaultdict(Counter)
        self._papers: defaultdict[_Place, set[str]] = defaultdict(set)
        self._acronyms: defaultdict[str, set[_Place]] = defaultdict(set)
        self._others: defaultdict[_Place, set[_Place]] = defaultdict(set)
        self._claims: Counter[_Place] = Counter()
        self._classes: _Classes[_Place] = _Classes()
        self._forms: _Classes[str] = _Classes()
        self._joined: set[tuple[_Place, _Place, Reason]] = set()
        for extraction in extractions:
            for entity in extraction.entities:
                self._hear(entity, extraction.paper.id)
        self._join()

    def _hear(self, entity: Entity, paper_id: str) -> None:
        full = _full_form(entity) if len(entity.names) > 1 else None
        standing: _Place = (entity.type, self._fold(full or entity.name))
        self._papers[standing].add(paper_id)
        self._best[standing][entity.name] += 1
        for name in entity.names:
            key = self._fold(name)
            # a name is counted where its key leads, and with the entity that bears it
            self._named[standing][name] += 1
            if key == standing[1]:
                continue
            if full is not None and abbreviates(name, full):
                self._acronyms[key].add(standing)
            elif not _in_one_family(name, full or entity.name):
                self._others[entity.type, key].add(standing)
                self._claims[entity.type, key] += 1

    def _join(self) -> None:
        changed = True
        while changed:
            # a join can make two claims one, which can make a further join possible, never undo one
            acronyms = [self._join_acronym(key, claims) for key, claims in self._acronyms.items()]
            others = [
                self._join_claims(place, claims, "other name")
                for place, claims in self._others.items()
                if place[1] not in self._acronyms and self._is_heard(place)
            ]
            changed = any(acronyms) or any(others)

    def _is_heard(self, place: _Place) -> bool:
        # what more papers know as a thing of its own than as another name is a thing of its own
        return len(self._papers.get(place, ())) <= self._claims[place]

    def _join_acronym(self, key: str, claims: set[_Place]) -> bool:
        # over all types: one acronym may stand for a method in one paper and for a task in another
        if len({self._forms.find(claim[1]) for claim in claims}) > 1:
            return False
        changed = False
        for type_ in sorted({claim[0] for claim in claims}):
            changed |= self._join_claims((type_, key), {claim for claim in claims if claim[0] == type_}, "acronym")
        return changed

    def _join_claims(self, place: _Place, claims: set[_Place], reason: Reason) -> bool:
        if len({self._classes.find(claim) for claim in claims}) > 1:
            return False
        changed = False
        for claim in claims:
            changed |= self._classes.unite(place, claim)
            self._forms.unite(place[1], claim[1])
            self._joined.add((place, claim, reason))
        return changed

    def identities(self) -> Identities:
        """Put together what was joined."""
        members: defaultdict[_Place, list[_Place]] = defaultdict(list)
        for place in sorted(self._papers):
            members[self._classes.find(place)].append(place)
        by_place: dict[_Place, Identity] = {}
        for places in members.values():
            identity = self._identity(places)
            by_place.update(dict.fromkeys(places, identity))
        return Identities(by_place, self._merges(by_place), self._homographs(by_place), self._fold)

    def _identity(self, places: list[_Place]) -> Identity:
        type_ = places[0][0]
        root = self._classes.find(places[0])
        named: Counter[str] = sum((self._named[place] for place in places), Counter())
        best: Counter[str] = sum((self._best[place] for place in places), Counter())
        # a name that leads elsewhere (a homograph) is a name of this thing, but cannot be its label
        own = [name for name in named if self._classes.find((type_, self._fold(name))) == root]
        ranked = sorted(named, key=lambda name: (-named[name], len(name), name))
        label = min(own, key=lambda name: (-best[name], -named[name], len(name), name))
        return Identity(
            type=type_,
            label=label,
            names=(label, *(name for name in ranked if name != label)),
            papers=len(set().union(*(self._papers[place] for place in places))),
        )

    def _merges(self, by_place: Mapping[_Place, Identity]) -> tuple[Merge, ...]:
        spelled: defaultdict[_Place, Counter[str]] = defaultdict(Counter)
        for standing, counted in self._named.items():
            for name, count in counted.items():
                spelled[standing[0], self._fold(name)][name] += count
        merges = {
            Merge(type=place[0], label=by_place[place].label, members=tuple(sorted(found)), reason="same key")
            for place, found in spelled.items()
            if len(found) > 1 and place in by_place
        }
        for place, claim, reason in self._joined:
            pair = tuple(min(spelled[one], key=lambda name: (-spelled[one][name], name)) for one in (place, claim))
            merges.add(Merge(type=claim[0], label=by_place[claim].label, members=pair, reason=reason))
        return tuple(sorted(merges, key=lambda m: (ENTITY_TYPES.index(m.type), m.label, m.reason, m.members)))

    def _homographs(self, by_place: Mapping[_Place, Identity]) -> tuple[Homograph, ...]:
        heard = {(place, claim) for place, claim, _ in self._joined}
        refused: defaultdict[str, set[str]] = defaultdict(set)
        for (type_, key), claims in self._others.items():
            if key not in self._acronyms:
                refused[key].update(by_place[c].label for c in claims if ((type_, key), c) not in heard)
        for key, claims in self._acronyms.items():
            refused[key].update(by_place[c].label for c in claims if ((c[0], key), c) not in heard)
        return tuple(
            Homograph(name=key, claimed_by=tuple(sorted(labels))) for key, labels in sorted(refused.items()) if labels
        )
