"""Which numbers of a text are results, of what kind they are, and what they measure.

The decisions stand in ``rules/results.toml``; :mod:`kg.components.linking` ties the numbers to things.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final, TypeVar, cast

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import DocumentEntity, end_of_title, field_at, fields_of, register_extensions
from kg.components.linking import FILE, Linker
from kg.components.quantities import Quantity
from kg.components.scenes import Place, Scene, Topic, places_of, topic_of
from kg.components.textrules import ResultRule, Shapes
from kg.components.tokens import sentence_bounds, token_table
from kg.model import ENTITY_TYPES, Evidence, Result, ResultKind
from kg.rulebook import Rulebook

_REACH: Final = 160
_LEAD_SIGNS: Final = " \t\n(+-~$\\≈<>≤≥[="
_NEVER_NAMES: Final = frozenset(("share", "points", "ratio", "magnitude", "rate"))
_DEFAULTS: Final = frozenset(("score.share", "gain.points", "score.metric-unit", "score.bare"))
_NEIGHBOURS: Final = 3
_MOST_IN_SENTENCE: Final = 60  # A "sentence" with more numbers is a table or no language at all.
_MOST_NAMED_IN_SENTENCE: Final = 200
_SCORE_UNITS: Final = frozenset(("score", "count"))


Placed = TypeVar("Placed", Quantity, Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """A quantity that is a result, with the names of what it belongs to, and the rule that said so.

    ``sentence_start`` and ``sentence_end`` are characters of the Doc.
    """

    quantity: Quantity
    kind: ResultKind
    metric: str | None
    dataset: str | None
    task: str | None
    method: str | None
    baseline: str | None
    rule: str
    confidence: float
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: ResultRule
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Judged:
    quantity: Quantity
    group: list[Quantity]
    rule: ResultRule | None

    @property
    def is_result(self) -> bool:
        return self.rule is not None and self.rule.makes != "setting"

    @property
    def makes(self) -> str:
        return self.rule.makes if self.rule is not None else ""


class Judge:
    """Says by the rules what a quantity is: the first rule that matches decides."""

    def __init__(self, rulebook: Rulebook) -> None:
        shapes = Shapes(rulebook, FILE)
        self._rules = [
            _Compiled(
                rule,
                shapes.compile(rule.before, flags=re.IGNORECASE),
                shapes.compile(rule.after, flags=re.IGNORECASE),
                shapes.compile(rule.sentence, flags=re.IGNORECASE),
            )
            for rule in rulebook.rules(ResultRule, "result", file=FILE)
        ]
        quantity_shapes = Shapes(rulebook, "quantities.toml")
        self._qualifier = quantity_shapes.require("(?:{up_to}|{over}|{about})$", flags=re.IGNORECASE)

    def rule_for(
        self, scene: Scene, group: Sequence[Quantity], quantity: Quantity, *, measured: bool, background: bool
    ) -> ResultRule | None:
        """The rule that decides, or None where no rule speaks of such a quantity."""
        lead = scene.between(max(scene.start, group[0].start - _REACH), group[0].start).rstrip(_LEAD_SIGNS)
        lead = self._qualifier.sub("", lead + " ").rstrip(_LEAD_SIGNS)
        tail = scene.between(group[-1].end, min(scene.end, group[-1].end + _REACH)).lstrip(" $+*")
        sentence = scene.between(scene.start, scene.end)
        for compiled in self._rules:
            rule = compiled.rule
            if (
                (not rule.dimensions or quantity.dimension in rule.dimensions)
                and (not rule.change or bool(quantity.change))
                and rule.measured in (None, measured)
                and rule.background in (None, background)
                and rule.signed in (None, quantity.signed)
                and (compiled.after is None or compiled.after.match(tail))
                and (compiled.before is None or compiled.before.search(lead))
                and (compiled.sentence is None or compiled.sentence.search(sentence))
            ):
                return rule
        return None


def _between(ordered: list[Placed], start: int, end: int) -> list[Placed]:
    """Those that start in a stretch of text, out of a list in reading order."""
    first = bisect_left(ordered, start, key=attrgetter("start"))
    return ordered[first : bisect_left(ordered, end, lo=first, key=attrgetter("start"))]


def _is_inside(quantity: Quantity, places: Sequence[Place]) -> bool:
    return any(p.start <= quantity.value_start and quantity.value_end <= p.end for p in places)


class Results:
    """Finds the results of a Doc and leaves them in ``doc._.kg_results``."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._judge = Judge(rulebook)
        self._linker = Linker(rulebook)
        shapes = Shapes(rulebook, FILE)
        self._own = shapes.require("{own_words}", flags=re.IGNORECASE)
        self._respectively = shapes.require("{respectively}", flags=re.IGNORECASE)
        self._continuation = shapes.require("{continued}", flags=re.IGNORECASE)
        self._rival_number = shapes.require("{rival_number}", flags=re.IGNORECASE)
        self._possessive = shapes.require("{possessive}")
        self._both = shapes.require("{both_before}", flags=re.IGNORECASE)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate; a Doc without quantities costs next to nothing."""
        doc._.kg_results = list(self.find(doc)) if doc._.kg_quantities else []
        return doc

    def find(self, doc: Doc) -> Iterator[DocumentResult]:
        """The results of a Doc that has quantities and entities, in reading order."""
        for scene, topic, background in self._told(doc):
            yield from self._results(scene, topic, background=background)

    def _own_start(self, text: str, title_end: int, topic: Topic) -> int:
        """Where the paper begins to speak of itself; 0 where it never says so."""
        match = self._own.search(text, title_end)
        starts = [match.start()] if match else []
        if topic.method is not None:
            starts += [mention.start_char for mention in topic.method.mentions if mention.start_char >= title_end][:1]
        return min(starts, default=0)

    def _scenes(self, doc: Doc, text: str, entities: Sequence[DocumentEntity]) -> Iterator[Scene]:
        quantities: list[Quantity] = list(doc._.kg_quantities)
        places = places_of(entities)
        for start, end in sentence_bounds(doc):
            inside = _between(quantities, start, end)
            if not 0 < len(inside) <= _MOST_IN_SENTENCE:
                continue
            here = {type_: [p for p in _between(places[type_], start, end) if p.end <= end] for type_ in ENTITY_TYPES}
            named = [p for type_ in ("Method", "Dataset", "Task") for p in here[type_]]
            named += [p for p in here["Metric"] if not any(q.measure and p.start >= q.start for q in inside)]
            inside = [q for q in inside if q.dimension in _NEVER_NAMES or not _is_inside(q, named)]
            if inside and sum(map(len, here.values())) <= _MOST_NAMED_IN_SENTENCE:
                scene = Scene(text, start, end, here, inside)
                scene.groups = self._linker.groups(text, inside)
                yield scene

    def decisions(self, doc: Doc) -> Iterator[tuple[Quantity, ResultRule | None]]:
        """Every quantity that was looked at with the rule that decided, settings included; None where no rule spoke."""
        for scene, _, background in self._told(doc):
            for judged in self._judged(scene, background=background):
                yield judged.quantity, judged.rule

    def _told(self, doc: Doc) -> Iterator[tuple[Scene, Topic, bool]]:
        """The sentences with numbers, what the paper is about, and whether it did not yet speak of itself."""
        entities: list[DocumentEntity] = doc._.kg_entities or []
        title_end = end_of_title(fields_of(doc))
        text = token_table(doc).text
        topic = topic_of(entities, text, title_end)
        own_start = self._own_start(text, title_end, topic)
        for scene in self._scenes(doc, text, entities):
            yield scene, topic, own_start > scene.end

    def _judged(self, scene: Scene, *, background: bool) -> list[_Judged]:
        judged: list[_Judged] = []
        for group in scene.groups:
            measured = (
                self._linker.is_tight(self._linker.metric(scene, group))
                or bool(group[-1].measure)
                or self._linker.described_metric(scene, group) is not None
                or self._continues(scene, group[0], [found for found in judged if found.is_result])
            )
            for quantity in group:
                rule = self._judge.rule_for(scene, group, quantity, measured=measured, background=background)
                if rule is None or rule.id in _DEFAULTS:
                    rule = self._continued(scene, quantity, judged) or rule
                judged.append(_Judged(quantity, group, rule))
        return judged

    def _continued(self, scene: Scene, quantity: Quantity, judged: Sequence[_Judged]) -> ResultRule | None:
        """The rule of the number before, where the sentence goes on in the same way: "by 3% on A and 5% on B"."""
        last = judged[-1] if judged else None
        if last is None or last.makes not in ("gain", "reduction") or last.quantity.dimension != quantity.dimension:
            return None
        gap = scene.between(last.quantity.end, quantity.start)
        return last.rule if self._continuation.fullmatch(gap) else None

    def _results(self, scene: Scene, topic: Topic, *, background: bool) -> Iterator[DocumentResult]:
        judged = [found for found in self._judged(scene, background=background) if found.is_result]
        aligned = self._alignments(scene, judged) if judged else {}
        for found in judged:
            yield from self._linked(scene, topic, found, aligned)

    def _continues(self, scene: Scene, quantity: Quantity, judged: Sequence[_Judged]) -> bool:
        """Whether the number is another method's for the metric just measured: "an FID of 2.0 against LoRA's 3.4"."""
        last = judged[-1] if judged else None
        if last is not None and last.rule is not None and last.rule.measured:
            gap = scene.between(last.quantity.end, quantity.start)
            if quantity.change == "to" or self._linker.is_list_gap(gap):
                return True
        return (
            quantity.unit is None
            and any(other.quantity.unit is None for other in judged)
            and (
                bool(quantity.change)
                or self._linker.is_beside_method(scene, quantity)
                or self._rival_number.search(scene.between(quantity.start - 20, quantity.start)) is not None
                or self._possessive.search(scene.between(quantity.start - 12, quantity.start)) is not None
            )
        )

    def _alignments(self, scene: Scene, judged: Sequence[_Judged]) -> dict[tuple[str, int], Place]:
        """What runs in parallel to the numbers, by type and first character of the number."""
        lists: list[list[Quantity]] = [group for group in scene.groups if len(group) > 1]
        if self._respectively.search(scene.text, scene.start, scene.end):
            alike: dict[tuple[str, str], list[Quantity]] = {}
            for found in judged:
                alike.setdefault((found.makes, found.quantity.dimension), []).append(found.quantity)
            lists += [members for members in alike.values() if len(members) > 1]
        places: dict[tuple[str, int], Place] = {}
        for members in lists:
            for type_ in ENTITY_TYPES:
                for quantity, place in self._linker.aligned(scene, members, type_).items():
                    places[type_, quantity.start] = place
        return places

    def _linked(
        self, scene: Scene, topic: Topic, judged: _Judged, aligned: dict[tuple[str, int], Place]
    ) -> Iterator[DocumentResult]:
        quantity, group, rule = judged.quantity, judged.group, judged.rule
        if rule is None:
            return
        kind = cast("ResultKind", rule.makes)
        if self._linker.is_beside_method(scene, quantity) and kind != "ratio":
            kind = "score"

        def parallel(type_: str) -> str | None:
            place = aligned.get((type_, quantity.start))
            return place.entity.name if place else None

        baseline = self._linker.baseline(scene, group) if kind != "score" else None
        method = self._linker.method(scene, quantity, topic)
        if parallel("Method") and kind == "score":
            method = parallel("Method")
        if method is not None and method == baseline:
            method = topic.method.name if topic.method and topic.method.name != baseline else None
        metrics = [parallel("Metric") or self._metric(scene, group, quantity)]
        for metric in metrics + self._second_metric(scene, metrics[0]):
            yield DocumentResult(
                quantity=quantity,
                kind=kind,
                metric=metric,
                dataset=parallel("Dataset") or self._linker.dataset(scene, [quantity], topic),
                task=parallel("Task") or self._linker.task(scene, [quantity], topic),
                method=method,
                baseline=baseline,
                rule=rule.id,
                confidence=rule.confidence,
                sentence_start=scene.start,
                sentence_end=scene.end,
            )

    def _metric(self, scene: Scene, group: list[Quantity], quantity: Quantity) -> str | None:
        """The metric beside the number or its list, else the one of the numbers around it that are alike."""
        single = self._linker.metric(scene, [quantity])
        if single is not None and self._linker.is_tight(single):
            return single.place.entity.name
        alike = [other for other in scene.quantities if other.dimension == quantity.dimension]
        index = alike.index(quantity)
        around = [[other] for other in (*reversed(alike[:index][-_NEIGHBOURS:]), *alike[index + 1 : index + 2])]
        before = [other for other in scene.quantities if other.end <= quantity.start][-1:]
        if before and self._linker.is_list_gap(scene.between(before[0].end, quantity.start)):
            around.append(before)
        near = self._linker.metric(scene, group)
        if near is None and not quantity.measure:
            near = next(filter(None, (self._linker.metric(scene, neighbour) for neighbour in around)), None)
        if near is not None:
            return near.place.entity.name
        described = (self._linker.described_metric(scene, neighbour) for neighbour in (group, *around))
        return quantity.measure or next(filter(None, described), None)

    def _second_metric(self, scene: Scene, metric: str | None) -> list[str | None]:
        """The other metric of "on both A and B", which the same number measures."""
        for pair in self._linker.place_groups(scene, "Metric"):
            names = [place.entity.name for place in pair]
            if len(pair) > 1 and metric in names and self._both.search(scene.text, scene.start, pair[0].start):
                lead = scene.between(max(scene.start, pair[0].start - 10), pair[0].start)
                if self._both.search(lead):
                    return [name for name in names if name != metric]
        return []


def to_result(doc: Doc, found: DocumentResult) -> Result:
    """A result as the model has it, with offsets into its field."""
    quantity = found.quantity
    field = field_at(fields_of(doc), quantity.start)
    return Result(
        value=quantity.value,
        number=quantity.number,
        unit=None if quantity.dimension in _SCORE_UNITS else quantity.unit,
        kind=found.kind,
        qualifier=quantity.qualifier,
        metric=found.metric,
        dataset=found.dataset,
        task=found.task,
        method=found.method,
        baseline=found.baseline,
        evidence=Evidence(
            field=field.name,
            start=quantity.start - field.start,
            end=quantity.end - field.start,
            text=quantity.text,
            sentence_start=max(found.sentence_start, field.start) - field.start,
            sentence_end=min(found.sentence_end, field.end) - field.start,
            rule=found.rule,
            confidence=found.confidence,
        ),
    )


@Language.factory(
    "kg_results",
    default_config={"rules": None},
    requires=["doc._.kg_quantities", "doc._.kg_entities", "doc.sents"],
    assigns=["doc._.kg_results"],
)
def create_results(nlp: Language, name: str, rules: str | None) -> Results:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Results(Rulebook.load(Path(rules) if rules else None))
