"""Which numbers of a text are results, of what kind they are, and what they measure.

The decisions stand in ``rules/results.toml``; :mod:`kg.components.linking` ties the numbers to things.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from operator import attrgetter
from pathlib import Path
from typing import Final, TypeVar, cast

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.choosing import Chooser
from kg.components.document import DocumentEntity, end_of_title, fields_of, register_extensions
from kg.components.judging import Judge
from kg.components.linking import FILE, Linker
from kg.components.options import CHOSEN_SLOTS, Choice, Option, Options
from kg.components.quantities import Quantity
from kg.components.reported import DocumentResult
from kg.components.scenes import Place, Scene, Topic, places_of, topic_of
from kg.components.telling import Asked, NumberFeatures, OptionFeatures
from kg.components.textrules import ResultRule, Shapes
from kg.components.tokens import sentence_bounds, token_table
from kg.components.weighing import WEIGHTS_RULE
from kg.model import ENTITY_TYPES, TYPE_OF_SLOT, ResultKind, Slot
from kg.rulebook import Rulebook

_NEVER_NAMES: Final = frozenset(("share", "points", "ratio", "magnitude", "rate"))
_DEFAULTS: Final = frozenset(("score.share", "gain.points", "score.metric-unit", "score.bare"))
_NEIGHBOURS: Final = 3
_PAIR: Final = 2
_MOST_SHARED: Final = 3
_MOST_IN_SENTENCE: Final = 60  # A "sentence" with more numbers is a table or no language at all.
_MOST_NAMED_IN_SENTENCE: Final = 200
NO_RESULT: Final = "none"
NUMBER_KINDS: Final = (NO_RESULT, "score", "gain", "reduction", "ratio")
MOST_DOUBT: Final = 2.0
"""How much likelier than any kind of result it may be that a number is none, and it is still given as one."""
_SETTING: Final = "setting"


Placed = TypeVar("Placed", Quantity, Place)


@dataclass(frozen=True, slots=True)
class _Judged:
    quantity: Quantity
    group: list[Quantity]
    rule: ResultRule | None

    @property
    def is_result(self) -> bool:
        return self.rule is not None and self.rule.makes != _SETTING

    @property
    def makes(self) -> str:
        return self.rule.makes if self.rule is not None else ""


@dataclass(frozen=True, slots=True)
class Question:
    """A number that may be a result, and what the rules say of it.

    ``aligned`` is what runs in parallel to the numbers of its sentence, by type and first character of the number.
    """

    asked: Asked
    rule: ResultRule | None
    aligned: dict[tuple[str, int], Place]
    entities: Sequence[DocumentEntity]

    @property
    def certain(self) -> bool:
        """Whether what the rules say stands."""
        return self.rule is not None and self.rule.certain


def _between(ordered: list[Placed], start: int, end: int) -> list[Placed]:
    """Those that start in a stretch of text, out of a list in reading order."""
    first = bisect_left(ordered, start, key=attrgetter("start"))
    return ordered[first : bisect_left(ordered, end, lo=first, key=attrgetter("start"))]


def _is_inside(quantity: Quantity, places: Sequence[Place]) -> bool:
    return any(p.start <= quantity.value_start and quantity.value_end <= p.end for p in places)


class Results:
    """Finds the results of a Doc and leaves them in ``doc._.kg_results``."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._chooser = Chooser(rulebook)
        self._options = Options(rulebook)
        self._judge = Judge(rulebook)
        self._linker = Linker(rulebook)
        self._numbers = NumberFeatures(rulebook, self._linker)
        shapes = Shapes(rulebook, FILE)
        self._own = shapes.require("{own_words}", flags=re.IGNORECASE)
        self._respectively = shapes.require("{respectively}", flags=re.IGNORECASE)
        self._continuation = shapes.require("{continued}", flags=re.IGNORECASE)
        self._rival_number = shapes.require("{rival_number}", flags=re.IGNORECASE)
        self._possessive = shapes.require("{possessive}")
        self._shared_gap = shapes.require("{shared_gap}", flags=re.IGNORECASE)
        self._both = shapes.require("{both_before}", flags=re.IGNORECASE)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate; a Doc without quantities costs next to nothing."""
        doc._.kg_results = list(self.find(doc)) if doc._.kg_quantities else []
        return doc

    def find(self, doc: Doc) -> Iterator[DocumentResult]:
        """The results of a Doc that has quantities and entities, in reading order."""
        for question in self.questions(doc):
            kind, rule, confidence = self._kind(question)
            if kind is not None:
                yield from self._filled(question, kind, rule, confidence)

    def questions(self, doc: Doc) -> Iterator[Question]:
        """Every number of a Doc that may be a result, with what the rules say of it."""
        for scene, topic, background in self._told(doc):
            judged = self._judged(scene, background=background)
            results = [found for found in judged if found.is_result]
            aligned = self._alignments(scene, results) if results else {}
            asked: Asked | None = None
            for found in judged:
                asked = Asked(
                    scene=scene,
                    topic=topic,
                    quantity=found.quantity,
                    group=found.group,
                    rule=found.rule.id if found.rule else "",
                    makes=found.makes,
                    background=background,
                    previous=asked,
                )
                yield Question(asked, found.rule, aligned, doc._.kg_entities or [])

    def told_of_number(self, question: Question) -> set[str]:
        """What is told of a number that may be a result."""
        return self._numbers.of(question.asked)

    def told_of_slot(
        self, question: Question, kind: str, slot: Slot, by_rules: str | None
    ) -> tuple[list[Option], list[set[str]]]:
        """What may fill a slot of a result of this kind, and what is told of each.

        ``by_rules`` is what :meth:`linked_by_rules` says of the slot. A score that others reached is not got by what
        the paper introduces.
        """
        asked = question.asked
        options = self._options.of(slot, asked.scene, question.entities, asked.topic, by_rules)
        if slot == "method" and kind == "score" and self._linker.is_of_others(asked.scene, asked.quantity):
            options = [option for option in options if option.entity is None or option.entity.role != "introduced"]
        alike = [entity for entity in question.entities if entity.type == TYPE_OF_SLOT[slot]]
        return options, OptionFeatures(self._linker, asked, Choice(kind, slot, options, alike, by_rules)).all()

    def _kind(self, question: Question) -> tuple[ResultKind | None, str, float]:
        """What kind of result a number is, None if it is none, with the rule that says so and how sure that is."""
        rule, asked = question.rule, question.asked
        by_rule = rule.makes if rule is not None and rule.makes != _SETTING else None
        if not self._chooser or question.certain:
            if by_rule not in (None, "ratio") and self._linker.is_beside_method(asked.scene, asked.quantity):
                by_rule = "score"
            return by_rule, asked.rule, rule.confidence if rule is not None else 0.0
        features = self.told_of_number(question)
        probabilities = self._chooser.shares(NUMBER_KINDS, features)
        best = max(range(1, len(NUMBER_KINDS)), key=probabilities.__getitem__)
        if probabilities[0] > MOST_DOUBT * probabilities[best]:
            return None, "", 0.0
        kind = cast("ResultKind", NUMBER_KINDS[best])
        return kind, asked.rule if kind == by_rule else WEIGHTS_RULE, round(probabilities[best], 4)

    def _filled(self, question: Question, kind: ResultKind, rule: str, confidence: float) -> Iterator[DocumentResult]:
        """The result that a number is, with what it belongs to; two where it measures two metrics."""
        slots = self.linked_by_rules(question, kind)
        joint = confidence
        if self._chooser:
            for slot in CHOSEN_SLOTS:
                options, told = self.told_of_slot(question, kind, slot, slots[slot])
                chances = self._chooser.probabilities(slot, told)
                slots[slot] = options[chances.index(max(chances))].name
                joint *= max(chances)
        scene = question.asked.scene
        metrics = [slots["metric"], *self._second_metric(scene, slots["metric"])]
        datasets: Sequence[str | None] = self._shared_datasets(question) or [slots["dataset"]]
        for metric, dataset in product(metrics, datasets):
            yield DocumentResult(
                quantity=question.asked.quantity,
                kind=kind,
                metric=metric,
                dataset=dataset,
                task=slots["task"],
                method=slots["method"],
                baseline=slots["baseline"],
                rule=rule,
                confidence=confidence,
                joint_confidence=round(joint, 4),
                sentence_start=scene.start,
                sentence_end=scene.end,
            )

    def linked_by_rules(self, question: Question, kind: str) -> dict[Slot, str | None]:
        """What a result of this kind belongs to by the rules alone."""
        scene, topic, quantity = question.asked.scene, question.asked.topic, question.asked.quantity
        group = list(question.asked.group)

        def parallel(type_: str) -> str | None:
            place = question.aligned.get((type_, quantity.start))
            return place.entity.name if place else None

        baseline = self._linker.baseline(scene, group) if kind != "score" else None
        method = self._linker.method(scene, quantity, topic)
        if parallel("Method") and kind == "score":
            method = parallel("Method")
        if method is not None and method == baseline:
            method = topic.method.name if topic.method and topic.method.name != baseline else None
        return {
            "metric": parallel("Metric") or self._metric(scene, group, quantity),
            "dataset": parallel("Dataset") or self._linker.dataset(scene, [quantity], topic),
            "task": parallel("Task") or self._linker.task(scene, [quantity], topic),
            "method": method,
            "baseline": baseline,
        }

    def _own_start(self, text: str, title_end: int, topic: Topic) -> int:
        """Where the paper begins to speak of itself; 0 where it never says so."""
        match = self._own.search(text, title_end)
        starts = [match.start()] if match else []
        if topic.method is not None:
            starts += [mention.start_char for mention in topic.method.mentions if mention.start_char >= title_end][:1]
        return min(starts, default=0)

    def _scenes(
        self, doc: Doc, sentences: Sequence[tuple[int, int]], entities: Sequence[DocumentEntity]
    ) -> Iterator[Scene]:
        tokens = token_table(doc)
        quantities: list[Quantity] = list(doc._.kg_quantities)
        places = places_of(entities)
        for start, end in sentences:
            inside = _between(quantities, start, end)
            if not 0 < len(inside) <= _MOST_IN_SENTENCE:
                continue
            here = {type_: [p for p in _between(places[type_], start, end) if p.end <= end] for type_ in ENTITY_TYPES}
            named = [p for type_ in ("Method", "Dataset", "Task") for p in here[type_]]
            named += [p for p in here["Metric"] if not any(q.measure and p.start >= q.start for q in inside)]
            inside = [q for q in inside if q.dimension in _NEVER_NAMES or not _is_inside(q, named)]
            if inside and sum(map(len, here.values())) <= _MOST_NAMED_IN_SENTENCE:
                scene = Scene(tokens.text, start, end, here, inside, tokens)
                scene.groups = self._linker.groups(tokens.text, inside)
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
        sentences = list(sentence_bounds(doc))
        topic = topic_of(entities, text, title_end, [start for start, _ in sentences])
        own_start = self._own_start(text, title_end, topic)
        for scene in self._scenes(doc, sentences, entities):
            yield scene, topic, own_start > scene.end

    def _judged(self, scene: Scene, *, background: bool) -> list[_Judged]:
        judged: list[_Judged] = []
        for group in scene.groups:
            before = [found for found in judged if found.is_result]
            measured = functools.cache(functools.partial(self._is_measured, scene, group, before))
            for quantity in group:
                rule = self._judge.rule_for(scene, group, quantity, measured=measured, background=background)
                if rule is None or rule.id in _DEFAULTS:
                    rule = self._continued(scene, quantity, judged) or rule
                judged.append(_Judged(quantity, group, rule))
        return judged

    def _is_measured(self, scene: Scene, group: list[Quantity], before: Sequence[_Judged]) -> bool:
        """Whether a list of numbers is bound to a metric; ``before`` are the results before it in the sentence."""
        return (
            self._linker.is_tight(self._linker.metric(scene, group))
            or bool(group[-1].measure)
            or self._linker.described_metric(scene, group) is not None
            or self._continues(scene, group[0], before)
        )

    def _continued(self, scene: Scene, quantity: Quantity, judged: Sequence[_Judged]) -> ResultRule | None:
        """The rule of the number before, where the sentence goes on in the same way: "by 3% on A and 5% on B"."""
        last = judged[-1] if judged else None
        if last is None or last.makes not in ("gain", "reduction") or last.quantity.dimension != quantity.dimension:
            return None
        gap = scene.between(last.quantity.end, quantity.start)
        return last.rule if self._continuation.fullmatch(gap) else None

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

    def _shared_datasets(self, question: Question) -> list[str]:
        """The data sets of "by 3% on A and B", each of which the one number is reported for; else none."""
        scene, quantity = question.asked.scene, question.asked.quantity
        if len(scene.places["Dataset"]) < _PAIR or len(question.asked.group) > 1:
            return []
        for places in self._linker.place_groups(scene, "Dataset"):
            names = list(dict.fromkeys(place.entity.name for place in places))
            gap = scene.between(quantity.end, places[0].start)
            if (
                _PAIR <= len(names) <= _MOST_SHARED
                and places[0].start >= quantity.end
                and self._shared_gap.fullmatch(gap)
                and not self._respectively.search(scene.text, scene.start, scene.end)
            ):
                return names
        return []

    def _second_metric(self, scene: Scene, metric: str | None) -> list[str | None]:
        """The other metric of "on both A and B", which the same number measures."""
        for pair in self._linker.place_groups(scene, "Metric"):
            names = [place.entity.name for place in pair]
            if len(pair) > 1 and metric in names and self._both.search(scene.text, scene.start, pair[0].start):
                lead = scene.between(max(scene.start, pair[0].start - 10), pair[0].start)
                if self._both.search(lead):
                    return [name for name in names if name != metric]
        return []


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
