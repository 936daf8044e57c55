"""Joins places that are one thing, in a fixed order of reasons, and keeps what spoke for a join that was refused."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model import ENTITY_TYPES, EntityType
from kg.resolution.aliases import Aliases, SameThing
from kg.resolution.census import Census
from kg.resolution.classes import Classes
from kg.resolution.folding import joined, number_of
from kg.resolution.identities import Place, Reason
from kg.resolution.meanings import Meaning, Meanings
from kg.resolution.settings import ResolutionRules

_STRONG: Final = re.compile(r"\b\w*(?:[A-Z]\w*[A-Z]|[a-z][A-Z])")
_ACRONYM: Final = re.compile(r"\b\w*[A-Z]\w*[A-Z]\w*\b")
_PEOPLE: Final = re.compile(r"[A-Z][a-z]+-[A-Z][a-z]+\b(?!-)")
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Join:
    """Two places that are one thing, why, and how many papers bear it out."""

    one: Place
    other: Place
    reason: Reason
    papers: int


@dataclass(frozen=True, slots=True)
class NoJoin:
    """Two places that are not joined though something speaks for it: why, and how many papers for and against."""

    one: Place
    other: Place
    reason: Reason
    papers: int
    against: int
    why: str


class Joiner:
    """Joins the places of a census; used once. What is surest comes first, and aliases before all."""

    def __init__(self, census: Census, rules: ResolutionRules, aliases: Aliases) -> None:
        self.census = census
        self.classes: Classes[Place] = Classes()
        self.joins: list[Join] = []
        self.refused: list[NoJoin] = []
        self._rules = rules
        self._fillers = frozenset(rules.words.fillers)
        self._meanings: dict[tuple[tuple[EntityType, ...], str], Meaning] = {}
        self._follow(aliases)
        for same in rules.same:
            self._join_all([(same.type, census.folding.key(name)) for name in same.names], "rule")
        self._join_acronyms()
        self._join_heads()
        self._join_insides()
        self._join_without_fillers()
        self._join_turned()
        self._join_others()

    def join(self, one: Place, other: Place, reason: Reason, papers: int) -> None:
        """Join two places, or note that they are kept apart; nothing where no paper stands at one of them."""
        if one == other or one not in self.census.sizes or other not in self.census.sizes:
            return
        if self.classes.unite(one, other) == "kept apart":
            self.refused.append(
                NoJoin(one, other, reason, papers, 0, "the file of aliases says that they are different")
            )
        else:
            self.joins.append(Join(one, other, reason, papers))

    def _join_all(self, places: Iterable[Place], reason: Reason) -> None:
        there = [place for place in dict.fromkeys(places) if place in self.census.sizes]
        for place in there[1:]:
            self.join(there[0], place, reason, 0)

    def _follow(self, aliases: Aliases) -> None:
        for same in aliases.same:
            self._join_all(self._places_of(same), "aliases")
        for different in aliases.different:
            for one, other in different.pairs(self.census.folding):
                if not self.classes.keep_apart(one, other):
                    raise aliases.contradiction(different, one[1], other[1])

    def _places_of(self, same: SameThing) -> list[Place]:
        keys = dict.fromkeys(map(self.census.folding.key, same.names))
        return [(type_, key) for type_ in same.types for key in keys]

    def _join_acronyms(self) -> None:
        meanings = Meanings(self.census, self._rules)
        for meaning in meanings.all():
            self._meanings[meaning.group, meaning.acronym] = meaning
        for first, other in meanings.alike:
            for type_ in ENTITY_TYPES:
                papers = min(self.census.size((type_, first)), self.census.size((type_, other)))
                self.join((type_, first), (type_, other), "similar full form", papers)
        for meaning in self._meanings.values():
            for type_ in meaning.group:
                self._join_acronym((type_, meaning.acronym), meaning)

    def _join_acronym(self, place: Place, meaning: Meaning) -> None:
        if place not in self.census.sizes:
            return
        first = next((form for form in meaning.forms if (place[0], form) in self.census.sizes), None)
        if first is not None and not meaning.doubt:
            self.join(place, (place[0], first), "acronym", meaning.papers)
        elif first is not None and self.classes.find(place) != self.classes.find((place[0], first)):
            self.refused.append(
                NoJoin(place, (place[0], first), "acronym", meaning.papers, meaning.against, meaning.doubt)
            )
        for form, papers in meaning.others:
            other = (place[0], form)
            if other in self.census.sizes and self.classes.find(other) != self.classes.find(place):
                against = meaning.papers + meaning.against - papers
                self.refused.append(
                    NoJoin(place, other, "acronym", papers, against, "more papers give it another meaning")
                )

    def _join_heads(self) -> None:
        for type_ in ENTITY_TYPES:
            heads = [tuple(head.split()) for head in getattr(self._rules.heads, type_)]
            lasts = tuple({head[-1] for head in heads})
            for place in sorted(place for place in self.census.sizes if place[0] == type_ and place[1].endswith(lasts)):
                base = self._base(place, self.census.words(place), heads)
                if base is not None:
                    self.join(base, place, "head", self.census.size(place))

    def _base(self, place: Place, words: list[str], heads: list[tuple[str, ...]]) -> Place | None:
        for head in heads:
            if len(words) > len(head) and tuple(words[-len(head) :]) == head:
                base = (place[0], joined(words[: -len(head)]))
                if base in self.census.sizes and self._is_name(base, place, head):
                    return base
        return None

    def _is_name(self, base: Place, place: Place, head: tuple[str, ...]) -> bool:
        """Whether what is left of a name is a name of its own, not an adjective: by how it is written and how often."""
        before = self.census.spelled(place).rpartition(" ")[0]
        if _STRONG.search(before):
            return True
        if place[0] != "Dataset" and self.census.size(base) < self.census.size(place):
            return False
        is_plain = " " in before and " ".join(head) in self._rules.heads.plain
        return is_plain or (before != before.lower() and not self.census.spelled(base).islower())

    def _join_insides(self) -> None:
        rules = self._rules.acronyms
        sure = {
            (type_, meaning.acronym): meaning.forms[0]
            for meaning in self._meanings.values()
            if not meaning.doubt and meaning.share >= rules.inside_share and meaning.papers >= rules.inside_papers
            for type_ in meaning.group
        }
        candidates = []
        for place in self.census.sizes:
            spelled = self.census.spelled(place)
            if not (spelled.isalnum() or spelled.islower()) and _ACRONYM.search(spelled):
                candidates.append((place, spelled))
        for place, spelled in sorted(candidates):
            whole = self._written_out(place, spelled, sure)
            if whole is not None and number_of(whole) == number_of(place[1]):
                self.join((place[0], whole), place, "acronym inside", self.census.size(place))

    def _written_out(self, place: Place, spelled: str, sure: dict[Place, str]) -> str | None:
        """The key of a name of several words with its acronyms written out; None where it has none."""
        folding = self.census.folding
        parts = spelled.replace("-", " ").replace("/", " ").split()
        if not any((place[0], folding.key(part)) in sure for part in parts if _ACRONYM.fullmatch(part)):
            return None
        words = folding.words(spelled)
        if len(parts) != len(words) or len(words) == 1:
            return None
        written: list[str] = []
        for part, word in zip(parts, words, strict=True):
            form = sure.get((place[0], word)) if _ACRONYM.fullmatch(part) else None
            written += [word] if form is None else self.census.words((place[0], form))
        return joined(written) if written != words else None

    def _join_without_fillers(self) -> None:
        """Join names of datasets and metrics that differ in small words: "English(-to)-German"."""
        found = []
        for place in self.census.sizes:
            if place[0] in ("Dataset", "Metric") and place[1] != self.census.spelled(place).lower():
                words = self.census.words(place)
                content = [word for word in words if word not in self._fillers]
                if 1 < len(content) < len(words):
                    found.append((place, (place[0], joined(content))))
        for place, other in sorted(found):
            self.join(other, place, "small words", self.census.size(place))

    def _join_turned(self) -> None:
        """Join names whose words stand in another order that says the same (:func:`_turned`)."""
        found = []
        for place in self.census.sizes:
            spelled = self.census.spelled(place)
            # most places are of methods, and hardly any of their names are those of people
            if place[0] != "Dataset" and (place[0] != "Method" or _PEOPLE.match(spelled)):
                turned = _turned(place[0], spelled, self.census.words(place), self._fillers)
                if turned:
                    found.append((place, (place[0], joined(turned))))
        for place, other in sorted(found):
            if self.classes.find(other) == self.classes.find(place):
                continue
            if place[0] != "Method" or _PEOPLE.match(self.census.spelled(other)):
                self.join(other, place, "word order", self.census.size(place))

    def _join_others(self) -> None:
        for place, claimed in sorted(self.census.others.items()):
            if place in self.census.sizes and place not in self.census.defined:
                self._join_other(place, claimed)

    def _join_other(self, place: Place, claimed: dict[Place, int]) -> None:
        total = sum(claimed.values())
        classes: defaultdict[Place, dict[Place, int]] = defaultdict(dict)
        for claim, papers in claimed.items():
            classes[self.classes.find(claim)][claim] = papers
        best = min(classes.values(), key=lambda found: (-sum(found.values()), min(found)))
        claim, papers = min(best, key=lambda one: (-best[one], one)), sum(best.values())
        if self.classes.find(place) == self.classes.find(claim):
            return
        own = self.census.size(place)
        least = self._rules.acronyms.other_papers
        if papers < least:
            self.refused.append(NoJoin(place, claim, "other name", papers, 0, f"fewer than {least} papers say so"))
        elif papers < self._rules.acronyms.share * total:
            self.refused.append(
                NoJoin(place, claim, "other name", papers, total - papers, "papers give it several things")
            )
        elif own > total:
            self.refused.append(
                NoJoin(place, claim, "other name", papers, own, "more papers have it as a thing of its own")
            )
        else:
            self.join(place, claim, "other name", papers)


def _turned(type_: EntityType, spelled: str, words: list[str], fillers: frozenset[str]) -> list[str]:
    """The words of a name in the other order that says the same; none where there is no such order.

    "planning robot motion" is "robot motion planning", "bipedal robotic walking" is "robotic bipedal walking", tasks
    only; a "rate of convergence" is a "convergence rate"; the names of two people change places ("Gough-Stewart
    platform"), methods only: elsewhere they are languages. Other words that are turned mean another thing: a "layer
    normalization" is no "normalization layer".
    """
    if type_ == "Method":
        return [words[1], words[0], *words[2:]] if _PEOPLE.match(spelled) and len(words) > 1 else []
    if words.count("of") == 1 and 0 < (place := words.index("of")) < len(words) - 1:
        return [*words[place + 1 :], *words[:place]]
    if type_ != "Task" or len(words) < _FEWEST or not fillers.isdisjoint(words):
        return []
    if words[0].endswith("ing"):
        return [*words[1:], words[0]]
    return [words[1], words[0], words[2]] if len(words) == _FEWEST and "-" not in spelled else []


class TypeSettler:
    """Joins one name with two types, where papers agree on one; ``types`` is then the type of each class."""

    def __init__(self, joiner: Joiner, rules: ResolutionRules) -> None:
        self._joiner = joiner
        self._census = joiner.census
        self._rules = rules.types
        self._members: dict[Place, list[Place]] = {}
        self._size: dict[Place, int] = {}
        self._settle()

    def _settle(self) -> None:
        by_key = self._read_classes()
        main = {root: self._main(root) for root in self._members}
        for root in sorted(self._members, key=self._rank, reverse=True):
            larger = [one for one in by_key[main[root][1]] if self._rank(one) < self._rank(root)]
            if larger:
                self._decide(main[root], root, min(larger, key=self._rank), main)

    def _read_classes(self) -> Mapping[str, Collection[Place]]:
        """Read the classes that share a key with one of another type; the result tells which have a key."""
        united = self._joiner.classes.united()
        seen: dict[str, Place] = {}
        shared = {place[1] for place in self._census.sizes if seen.setdefault(place[1], place) != place}
        by_key: defaultdict[str, set[Place]] = defaultdict(set)
        for place in self._census.sizes:
            if place[1] in shared:
                root = self._joiner.classes.find(place)
                self._members[root] = united.get(root, [place])
        for root, places in self._members.items():
            self._size[root] = sum(map(self._census.size, places))
            for place in places:
                by_key[place[1]].add(root)
        return by_key

    def _main(self, root: Place) -> Place:
        """The place of a class at which most papers stand."""
        return min(self._members[root], key=lambda place: (-self._census.size(place), place))

    def _rank(self, root: Place) -> tuple[int, int, Place]:
        return -self._size[root], ENTITY_TYPES.index(root[0]), root

    def _decide(self, place: Place, root: Place, larger: Place, main: dict[Place, Place]) -> None:
        """Join the class of a place with a larger one of another type, if the papers are clear enough."""
        target = next((one for one in self._members[larger] if one[1] == place[1] and one[0] != place[0]), main[larger])
        papers, against = self._size[larger], self._size[root]
        if papers < self._least_share(place, target) * (papers + against):
            self._joiner.refused.append(NoJoin(target, place, "type", papers, against, "papers do not agree on a type"))
        elif self._means_another(place, larger):
            self._joiner.refused.append(
                NoJoin(target, place, "type", papers, against, "papers give it another meaning there")
            )
        else:
            self._joiner.join(target, place, "type", against)

    def _least_share(self, place: Place, target: Place) -> float:
        between = {place[0], target[0]} <= set(self._rules.phrases_between)
        is_phrase = between and any(map(self._is_phrase, (place, target)))
        return self._rules.phrase_share if is_phrase else self._rules.word_share

    def _is_phrase(self, place: Place) -> bool:
        """Whether a name is in small letters, or of several words; a hyphen alone ("R-CNN") makes no phrase."""
        spelled = self._census.spelled(place)
        return " " in spelled or spelled == spelled.lower() or spelled.count("-") > 1

    def _means_another(self, place: Place, larger: Place) -> bool:
        """Whether papers that give an acronym this type define it otherwise than the larger class does."""
        defined = self._census.defined.get(place)
        if not defined:
            return False
        keys = {one[1] for one in self._members[larger]}
        same = sum(papers for form, papers in defined.items() if form[1] in keys)
        return 2 * same < sum(defined.values())


def label_of(census: Census, type_: EntityType, places: Iterable[Place]) -> tuple[str, tuple[str, ...]]:
    """The label of a class of places, of a type, and all its names, the label first."""
    listed = list(places)
    if len(listed) == 1 and len(census.named[listed[0]]) == 1:
        (label,) = census.named[listed[0]]
        return label, (label,)
    named: dict[str, int] = {}
    seconds: dict[str, int] = {}
    keys = {place[1] for place in listed if place[0] == type_}
    for place in listed:
        _add(named, census.named[place])
        _add(seconds, census.seconds.get(place, {}))
    for key in dict.fromkeys(map(census.folding.key, named)):
        # an acronym that nothing goes by, and that stands for nothing else
        claims = census.defined.get((type_, key))
        if claims and (type_, key) not in census.sizes and claims.keys() <= set(listed):
            keys.add(key)
    # a name that leads elsewhere (a homograph) is a name of this thing, but cannot be its label
    own = [name for name in named if census.folding.key(name) in keys]
    label = min(own, key=lambda name: (seconds.get(name, 0) - named[name], -named[name], len(name), name))
    ranked = sorted(named, key=lambda name: (-named[name], len(name), name))
    return label, (label, *(name for name in ranked if name != label))


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def type_of(census: Census, places: Iterable[Place]) -> EntityType:
    """The type that most papers give a class of places; of equal ones the first."""
    listed = list(places)
    if len(listed) == 1:
        return listed[0][0]
    sizes: dict[EntityType, int] = {}
    for place in listed:
        sizes[place[0]] = sizes.get(place[0], 0) + census.size(place)
    return min(sizes, key=lambda type_: (-sizes[type_], ENTITY_TYPES.index(type_)))


def refused_pairs(joiner: Joiner) -> Iterator[NoJoin]:
    """What was refused and is not joined on another way, in a fixed order, each pair once."""
    seen: set[tuple[Place, Place]] = set()
    for one in sorted(joiner.refused, key=lambda one: (one.one, one.other, one.reason)):
        pair = (one.one, one.other)
        if pair not in seen and joiner.classes.find(one.one) != joiner.classes.find(one.other):
            seen.add(pair)
            yield one
