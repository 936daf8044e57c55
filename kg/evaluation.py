"""How well extractions agree with annotated papers: precision, recall and F1.

Entities match one to one, within a type, where a name of the one is a name of the other (strict) or stands within one
(relaxed); :mod:`kg.likeness` says when names are the same. Annotated entities are asked in their order, those that are
optional last, and each takes the first of those found that fits. What is found twice is wrong the second time. An
optional entity or result neither gains nor costs, found or not.

Results match one to one by value and unit; of several, the one that agrees in most else is taken. The three figures ask
for the number alone, for its kind too, and for all of metric, dataset, method and baseline besides.

Spans match where start, end and type are the same (strict), or overlap where they share a character with one of the
same type; overlap is counted on either side by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

from kg import likeness
from kg.annotations import SLOTS, EntityRecord, Record, ResultRecord
from kg.model import ENTITY_TYPES

RESULT_FIGURES: Final = ("number", "kind", "tuple")
SLOTS_OF_TUPLE: Final = ("metric", "dataset", "method", "baseline")
ALL: Final = "all"

_Optional = TypeVar("_Optional", EntityRecord, ResultRecord)


@dataclass(slots=True)
class Agreement:
    """Counts from which precision, recall and F1 follow, each a share between 0 and 1 (0 of nothing).

    ``right`` of ``found`` were rightly found, and ``met`` of the ``wanted`` were found.
    """

    right: int = 0
    found: int = 0
    met: int = 0
    wanted: int = 0

    def add(self, other: Agreement) -> None:
        """Take in other counts."""
        self.right += other.right
        self.found += other.found
        self.met += other.met
        self.wanted += other.wanted

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what is annotated that was found."""
        return self.met / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(slots=True)
class Share:
    """So many of so many."""

    right: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The share, between 0 and 1; 0 of nothing."""
        return self.right / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that annotation and extraction do not agree on: ``missed``, ``extra`` or ``wrong``."""

    paper: str
    what: str
    kind: str
    text: str


def _by_type() -> dict[str, Agreement]:
    return {kind: Agreement() for kind in (*ENTITY_TYPES, ALL)}


@dataclass(slots=True)
class PaperFigures:
    """What is measured on annotated papers; ``all`` stands beside the types."""

    papers: int = 0
    entities: dict[str, Agreement] = field(default_factory=_by_type)
    relaxed: dict[str, Agreement] = field(default_factory=_by_type)
    any_type: Agreement = field(default_factory=Agreement)
    introduced_methods: Agreement = field(default_factory=Agreement)
    roles: Share = field(default_factory=Share)
    results: dict[str, Agreement] = field(default_factory=lambda: {name: Agreement() for name in RESULT_FIGURES})
    slots: dict[str, Share] = field(default_factory=lambda: {slot: Share() for slot in SLOTS})
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class SpanFigures:
    """What is measured on texts with labelled spans, by type and for ``all`` types asked for."""

    strict: dict[str, Agreement]
    overlap: dict[str, Agreement]
    texts: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ResultMatch:
    """The annotated result that a found one is, and what of it was found rightly."""

    gold: ResultRecord
    kind: bool
    slots: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether kind, metric, dataset, method and baseline are right."""
        return self.kind and self.slots.issuperset(SLOTS_OF_TUPLE)


_Same: TypeAlias = Callable[[EntityRecord, EntityRecord], bool]


def same_name(gold: EntityRecord, found: EntityRecord) -> bool:
    """Whether two entities of one type share a name."""
    return not likeness.keys(gold.names, gold.type).isdisjoint(likeness.keys(found.names, found.type))


def like_name(gold: EntityRecord, found: EntityRecord) -> bool:
    """Whether a name of one of two entities of one type stands within one of the other's."""
    return any(likeness.contains(name, other, gold.type) for name in gold.names for other in found.names)


def same_words(gold: EntityRecord, found: EntityRecord) -> bool:
    """Whether two entities of any types share a name, heads that say the type included."""
    return not {likeness.key(name) for name in gold.names}.isdisjoint(likeness.key(name) for name in found.names)


def match_entities(gold: Record, found: Record) -> dict[int, EntityRecord]:
    """By index among the entities found, the annotated one that each is, by type and name; the others are wrong."""
    return {index: entity for kind in ENTITY_TYPES for index, entity in _of_type(gold, found, kind, same_name).items()}


def match_results(gold: Record, found: Record) -> dict[int, ResultMatch]:
    """By index among the results found, the annotated one that each is, by value and unit; the others are wrong."""
    aliases = aliases_of(gold.entities)
    matches: dict[int, ResultMatch] = {}
    for wanted in _required_first(gold.results):
        candidates = {
            index: _compared(wanted, result, aliases)
            for index, result in enumerate(found.results)
            if index not in matches and likeness.same_quantity((wanted.value, wanted.unit), (result.value, result.unit))
        }
        if candidates:
            best = max(candidates, key=lambda index: len(candidates[index].slots) + candidates[index].kind)
            matches[best] = candidates[best]
    return matches


def evaluate(gold: Mapping[str, Record], found: Mapping[str, Record]) -> PaperFigures:
    """The figures over all annotated papers; one of which nothing was found counts as empty, others are passed over."""
    figures = PaperFigures(papers=len(gold))
    for name, wanted in gold.items():
        given = found.get(name, Record(id=name))
        _count_entities(figures, wanted, given)
        _count_results(figures, wanted, given)
    return figures


def evaluate_spans(
    gold: Mapping[str, Record], found: Mapping[str, Record], types: Sequence[str], texts: Mapping[str, str]
) -> SpanFigures:
    """The figures over all texts with labelled spans, for some types; ``texts`` are those that differences quote."""
    kinds = tuple(dict.fromkeys(types))
    figures = SpanFigures(
        strict={kind: Agreement() for kind in (*kinds, ALL)},
        overlap={kind: Agreement() for kind in (*kinds, ALL)},
        texts=len(gold),
    )
    for kind in kinds:
        for name, record in gold.items():
            wanted = {(start, end) for start, end, other in record.spans if other == kind}
            spans = found[name].spans if name in found else ()
            given = {(start, end) for start, end, other in spans if other == kind}
            exact = len(wanted & given)
            for row in (kind, ALL):
                figures.strict[row].add(Agreement(exact, len(given), exact, len(wanted)))
                figures.overlap[row].add(
                    Agreement(_touching(given, wanted), len(given), _touching(wanted, given), len(wanted))
                )
            for what, spans_of in (("missed", wanted - given), ("extra", given - wanted)):
                for start, end in sorted(spans_of):
                    figures.differences.append(Difference(name, what, kind, texts.get(name, "")[start:end]))
    return figures


def _touching(spans: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]]) -> int:
    """How many of the spans share a character with one of the others."""
    return sum(any(start < last and first < end for first, last in others) for start, end in spans)


def _required_first(records: Iterable[_Optional]) -> list[_Optional]:
    return sorted(records, key=lambda record: record.optional)


def _of_type(gold: Record, found: Record, kind: str | None, same: _Same) -> dict[int, EntityRecord]:
    """By index among all entities found, the annotated one of a type (or of any) that each is."""
    free = {index: entity for index, entity in enumerate(found.entities) if kind in (None, entity.type)}
    matches: dict[int, EntityRecord] = {}
    for wanted in _required_first(entity for entity in gold.entities if kind in (None, entity.type)):
        taken = next((index for index, entity in free.items() if same(wanted, entity)), None)
        if taken is not None:
            matches[taken] = wanted
            del free[taken]
    return matches


def _agreement(matches: Iterable[EntityRecord], wanted: Iterable[EntityRecord], found: int) -> Agreement:
    """The counts of matches, out of those annotated and so many found, with optional ones left out on either side."""
    matched = list(matches)
    right = sum(not entity.optional for entity in matched)
    return Agreement(right, found - len(matched) + right, right, sum(not entity.optional for entity in wanted))


def _count_entities(figures: PaperFigures, gold: Record, found: Record) -> None:
    for kind in ENTITY_TYPES:
        wanted = [entity for entity in gold.entities if entity.type == kind]
        given = {index: entity for index, entity in enumerate(found.entities) if entity.type == kind}
        for table, same in ((figures.entities, same_name), (figures.relaxed, like_name)):
            matches = _of_type(gold, found, kind, same)
            counts = _agreement(matches.values(), wanted, len(given))
            table[kind].add(counts)
            table[ALL].add(counts)
        matches = _of_type(gold, found, kind, same_name)
        for index, entity in matches.items():
            if not entity.optional:
                figures.roles.of += 1
                figures.roles.right += entity.role == given[index].role
        figures.differences += _entity_differences(gold.id, wanted, given, matches)
    matches = _of_type(gold, found, None, same_words)
    figures.any_type.add(_agreement(matches.values(), gold.entities, len(found.entities)))
    own, theirs = _introduced(gold), _introduced(found)
    matches = _of_type(own, theirs, "Method", same_name)
    figures.introduced_methods.add(_agreement(matches.values(), own.entities, len(theirs.entities)))


def _introduced(record: Record) -> Record:
    """The methods that the paper introduces, alone."""
    methods = (entity for entity in record.entities if entity.type == "Method" and entity.role == "introduced")
    return Record(id=record.id, entities=tuple(methods))


def _entity_differences(
    paper: str, wanted: Iterable[EntityRecord], given: Mapping[int, EntityRecord], matches: Mapping[int, EntityRecord]
) -> Iterator[Difference]:
    met = {id(entity) for entity in matches.values()}
    for entity in wanted:
        if not entity.optional and id(entity) not in met:
            yield Difference(paper, "missed", entity.type, " | ".join(entity.names))
    for index, entity in given.items():
        if index not in matches:
            yield Difference(paper, "extra", entity.type, " | ".join(entity.names))


def aliases_of(entities: Iterable[EntityRecord]) -> dict[str, frozenset[str]]:
    """By key of a name, the keys of all names of the things that have it."""
    found: dict[str, frozenset[str]] = {}
    for entity in entities:
        keys = likeness.keys(entity.names, entity.type)
        for key in keys:
            found[key] = found.get(key, frozenset()) | keys
    return found


def _compared(gold: ResultRecord, found: ResultRecord, aliases: Mapping[str, frozenset[str]]) -> ResultMatch:
    right = (slot for slot in SLOTS if likeness.same_slot(slot, gold.slots.get(slot), found.slots.get(slot), aliases))
    return ResultMatch(gold=gold, kind=gold.kind == found.kind, slots=frozenset(right))


def _count_results(figures: PaperFigures, gold: Record, found: Record) -> None:
    matches = match_results(gold, found)
    required = [match for match in matches.values() if not match.gold.optional]
    judged = len(found.results) - len(matches) + len(required)
    wanted = sum(not result.optional for result in gold.results)
    rights = (len(required), sum(match.kind for match in required), sum(match.whole for match in required))
    for name, right in zip(RESULT_FIGURES, rights, strict=True):
        figures.results[name].add(Agreement(right, judged, right, wanted))
    for slot, share in figures.slots.items():
        share.of += len(required)
        share.right += sum(slot in match.slots for match in required)
    figures.differences += _result_differences(gold, found, matches)


def _result_differences(gold: Record, found: Record, matches: Mapping[int, ResultMatch]) -> Iterator[Difference]:
    met = {id(match.gold) for match in matches.values()}
    for result in gold.results:
        if not result.optional and id(result) not in met:
            yield Difference(gold.id, "missed", "Result", _shown(result))
    for index, result in enumerate(found.results):
        match = matches.get(index)
        if match is None:
            yield Difference(gold.id, "extra", "Result", _shown(result))
        elif not match.gold.optional and not match.whole:
            yield Difference(gold.id, "wrong", "Result", f"{_shown(result)}; annotated: {_shown(match.gold)}")


def _shown(result: ResultRecord) -> str:
    quantity = f"{result.value} {result.unit}" if result.unit else result.value
    return ", ".join([f"{quantity} ({result.kind})", *(f"{slot} {name}" for slot, name in result.slots.items())])


def figures_to_json(figures: PaperFigures | SpanFigures) -> dict[str, Any]:
    """The figures as JSON, without the differences: shares between 0 and 1, beside the counts they come from."""
    if isinstance(figures, SpanFigures):
        rows = {"strict": figures.strict, "overlap": figures.overlap}
        return {"texts": figures.texts, **{name: _rows(table) for name, table in rows.items()}}
    return {
        "papers": figures.papers,
        "entities": _rows(figures.entities),
        "entities_relaxed": _rows(figures.relaxed),
        "entities_any_type": _row(figures.any_type),
        "introduced_methods": _row(figures.introduced_methods),
        "role_accuracy": {"share": figures.roles.share, "right": figures.roles.right, "of": figures.roles.of},
        "results": _rows(figures.results),
        "slots": {slot: {"share": s.share, "right": s.right, "of": s.of} for slot, s in figures.slots.items()},
    }


def _rows(table: Mapping[str, Agreement]) -> dict[str, Any]:
    return {name: _row(agreement) for name, agreement in table.items()}


def _row(agreement: Agreement) -> dict[str, Any]:
    return {
        "precision": agreement.precision,
        "recall": agreement.recall,
        "f1": agreement.f1,
        "right": agreement.right,
        "found": agreement.found,
        "met": agreement.met,
        "wanted": agreement.wanted,
    }
