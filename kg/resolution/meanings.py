"""What acronyms mean, as far as the papers that say it agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import ENTITY_TYPES, EntityType
from kg.resolution.acronyms import is_spelled_by, is_within, same_form
from kg.resolution.census import Census
from kg.resolution.classes import Classes
from kg.resolution.folding import number_of
from kg.resolution.identities import Place
from kg.resolution.settings import ResolutionRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an acronym stands for among types that are easily taken for one another.

    ``forms`` are the full forms (keys) of the foremost meaning, the most frequent first, ``places`` all places of
    theirs; ``papers`` say so, ``against`` say otherwise, ``alone`` have the acronym without a full form. ``others`` are
    the foremost forms of other meanings with their papers. ``doubt`` says why the acronym does not go there, and is
    empty where it does.
    """

    acronym: str
    group: tuple[EntityType, ...]
    forms: tuple[str, ...]
    papers: int
    against: int
    alone: int
    others: tuple[tuple[str, int], ...]
    doubt: str

    @property
    def share(self) -> float:
        """The share of the papers that agree, of those that say what the acronym stands for."""
        return self.papers / (self.papers + self.against)


class Meanings:
    """Counts the full forms of every acronym, and unites those that hardly differ."""

    def __init__(self, census: Census, rules: ResolutionRules) -> None:
        self._census = census
        self._rules = rules
        self._heads = {tuple(head.split()) for head in (*rules.heads.Method, *rules.heads.Dataset)}
        self._fillers = frozenset(rules.words.fillers)
        self.forms: Classes[str] = Classes()
        self.alike: list[tuple[str, str]] = []
        """Full forms that hardly differ: the foremost one of an acronym, and the other."""

    def all(self) -> Iterator[Meaning]:
        """The foremost meaning of each acronym, in a fixed order."""
        counted = self._counted()
        for (_, acronym), forms in sorted(counted.items()):
            self._unite_alike(acronym, forms)
        for (group, acronym), forms in sorted(counted.items()):
            yield self._meaning(group, acronym, forms)

    def _counted(self) -> dict[tuple[tuple[EntityType, ...], str], dict[str, int]]:
        found: defaultdict[tuple[tuple[EntityType, ...], str], dict[str, int]] = defaultdict(dict)
        for (type_, acronym), claims in self._census.defined.items():
            counts = found[self._rules.types.group(type_), acronym]
            for place, number in claims.items():
                counts[place[1]] = counts.get(place[1], 0) + number
        return found

    def _place(self, form: str) -> Place:
        """Where most papers stand with a full form."""
        places: list[Place] = [(type_, form) for type_ in ENTITY_TYPES]
        return min(places, key=lambda place: -self._census.size(place))

    def _words(self, form: str) -> list[str]:
        return self._census.words(self._place(form))

    def _unite_alike(self, acronym: str, forms: dict[str, int]) -> None:
        """Take those forms for the foremost one that differ from it only in slips, endings, fillers and heads."""
        if len(forms) == 1:
            return
        first, *others = sorted(forms, key=lambda form: (-forms[form], form))
        words = self._content(acronym, self._words(first))
        type_ = self._place(first)[0]
        for form in others:
            # "language modeling" is a task and "language model" a method, though both are LM
            if number_of(form) != number_of(first) or self._place(form)[0] != type_:
                continue
            if same_form(words, self._content(acronym, self._words(form)), self._rules.acronyms.likeness):
                self.forms.unite(first, form)
                self.alike.append((first, form))

    def _content(self, acronym: str, words: list[str]) -> list[str]:
        """Words without fillers, and without a head at the end that gives the acronym no letter."""
        for length in (2, 1):
            if tuple(words[-length:]) in self._heads and is_spelled_by(acronym, words[:-length], self._fillers):
                words = words[:-length]
                break
        return [word for word in words if word not in self._fillers]

    def _meaning(self, group: tuple[EntityType, ...], acronym: str, forms: dict[str, int]) -> Meaning:
        classes: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for form, number in forms.items():
            classes[self.forms.find(form)][form] = number
        ranked = sorted(classes.values(), key=lambda found: (-sum(found.values()), min(found)))
        own = sorted(ranked[0], key=lambda form: (-ranked[0][form], form))
        words = self._content(acronym, self._words(own[0]))
        others = [(min(found, key=lambda form: (-found[form], form)), sum(found.values())) for found in ranked[1:]]
        # a full form that has the words of another, or lacks some, speaks neither for it nor against it
        against = sum(number for form, number in others if not self._is_about(acronym, words, form))
        papers = sum(ranked[0].values())
        alone = sum(self._census.size((type_, acronym)) for type_ in group)
        meaning = Meaning(
            acronym=acronym,
            group=group,
            forms=tuple(own),
            papers=papers,
            against=against,
            alone=alone,
            others=tuple(others),
            doubt="",
        )
        return replace(meaning, doubt=self._doubt(meaning))

    def _is_about(self, acronym: str, words: list[str], form: str) -> bool:
        other = self._content(acronym, self._words(form))
        short, long = sorted((words, other), key=len)
        return is_within(short, long, self._rules.acronyms.likeness)

    def _doubt(self, meaning: Meaning) -> str:
        rules = self._rules.acronyms
        if meaning.share < rules.share:
            return "papers give it several meanings"
        length = min(max(len(meaning.acronym) - 2, 0), len(rules.least_papers) - 1)
        strict = is_spelled_by(meaning.acronym, self._words(meaning.forms[0]), self._fillers)
        least = rules.least_papers[length] if strict else max(rules.least_loose, rules.least_papers[length])
        if meaning.papers < least:
            return f"fewer than {least} papers say so"
        if meaning.papers <= len(rules.most_alone) and meaning.alone > rules.most_alone[meaning.papers - 1]:
            return "too many papers have it alone"
        return ""
