"""What a number belongs to: its metric, data set, task, method and baseline.

Preferences, strongest first: lists that run in parallel ("92.3% and 92.7% on A and B"), what stands nearest in the
sentence (words that may stand between, from ``rules/results.toml``, cost nothing), then what the paper is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kg.components.comparing import FILE, Comparisons
from kg.components.quantities import Quantity
from kg.components.scenes import Place, Scene, Topic
from kg.components.textrules import Shapes
from kg.model import EntityType
from kg.rulebook import Rulebook

_WORDS: Final = re.compile(r"[^\W_]+(?:['\u2019][a-z]+)?|[;:,(]|[.](?=\s)")
_FARTHEST: Final = 260
_BREAK_COST: Final = 6
_NUMBER_COST: Final = 2
_NOT_IN_NAMES: Final = (
    "breakers",
    "determiners",
    "measured_openers",
    "reaching_verbs",
    "up_verbs",
    "down_verbs",
    "up_nouns",
    "down_nouns",
)
_TIGHT: Final = 0
_FARTHEST_METRIC: Final = 5
_FARTHEST_DATASET: Final = 10
_BRACKET_COST: Final = 4
_TRAINED_COST: Final = 6
_METRIC_OF: Final = {
    "time": "metric_of_time",
    "compute time": "metric_of_time",
    "memory": "metric_of_memory",
    "money": "metric_of_money",
    "rate": "metric_of_rate",
    "frequency": "metric_of_rate",
}
_OF_MACHINES: Final = frozenset(("time", "compute time", "memory", "money", "rate", "frequency", "compute"))
_MOST_DESCRIBED_WORDS: Final = 3
_DESCRIBED_REACH: Final = 90
_COMPARED_REACH: Final = 40
_OTHERS_REACH: Final = 60

__all__ = ["FILE", "Linker", "Near"]


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest thing of a type: where it stands, and at what cost."""

    place: Place
    cost: int


class Linker:
    """Ties numbers to things by the words of ``rules/results.toml``."""

    def __init__(self, rulebook: Rulebook) -> None:
        shapes = Shapes(rulebook, FILE)
        self._comparisons = Comparisons(rulebook)
        self._free = {
            "Metric": shapes.require("{mention_free}", flags=re.IGNORECASE),
            "Dataset": shapes.require("{dataset_free}", flags=re.IGNORECASE),
        }
        self._break = shapes.require("{clause_break}")
        self._list_gap = shapes.require("{list_gap}", flags=re.IGNORECASE)
        self._own_subject = shapes.require("{own_subject}", flags=re.IGNORECASE)
        self._verb_after = shapes.require("{verb_after}")
        self._head_before = shapes.require("{head_before}", flags=re.IGNORECASE)
        self._head_after = shapes.require("{head_after}", flags=re.IGNORECASE)
        self._not_in_name = frozenset[str]().union(*(rulebook.words(name) for name in _NOT_IN_NAMES))
        self._own_lead = shapes.require("{own_lead}", flags=re.IGNORECASE)
        self._trained_on = shapes.require("{trained_on}", flags=re.IGNORECASE)
        self._other_subject = shapes.require("{other_subject}", flags=re.IGNORECASE)
        self._others_number = shapes.require("{others_number}", flags=re.IGNORECASE)
        self._metric_of = {dimension: shapes.require(f"{{{shape}}}") for dimension, shape in _METRIC_OF.items()}

    def groups(self, text: str, quantities: Sequence[Quantity]) -> list[list[Quantity]]:
        """Quantities of one dimension that stand in one list."""
        found: list[list[Quantity]] = []
        for quantity in quantities:
            last = found[-1][-1] if found else None
            if (
                last is not None
                and last.dimension == quantity.dimension
                and not (last.change or quantity.change)
                and self._list_gap.fullmatch(text[last.end : quantity.start])
            ):
                found[-1].append(quantity)
            else:
                found.append([quantity])
        return found

    def breaks(self, text: str) -> bool:
        """Whether a new clause begins in a text."""
        return self._break.search(text) is not None

    def is_compared(self, scene: Scene, start: int) -> bool:
        """Whether words of comparison stand right before a place."""
        if start not in scene.compared:
            lead = scene.between(max(scene.start, start - _COMPARED_REACH), start)
            scene.compared[start] = self._comparisons.opens_after(lead)
        return scene.compared[start]

    def is_of_others(self, scene: Scene, quantity: Quantity) -> bool:
        """Whether the words before a number say that others reached it: "the previous best of 92%", "from 81%"."""
        start = quantity.start
        if start not in scene.of_others:
            lead = scene.between(max(scene.start, start - _OTHERS_REACH), start)
            scene.of_others[start] = self._others_number.search(lead) is not None
        return scene.of_others[start]

    def is_before_verb(self, tail: str) -> bool:
        """Whether a text that follows a method says that it does something."""
        return self._verb_after.search(f"{tail} ") is not None

    def is_list_gap(self, text: str) -> bool:
        """Whether a text does no more than join two members of a list."""
        return self._list_gap.fullmatch(text) is not None

    def place_groups(self, scene: Scene, type_: EntityType) -> list[list[Place]]:
        """Mentions of one type that stand in one list."""
        found: list[list[Place]] = []
        for place in scene.places[type_]:
            if found and self._list_gap.fullmatch(scene.between(found[-1][-1].end, place.start)):
                found[-1].append(place)
            else:
                found.append([place])
        return found

    def cost(self, scene: Scene, start: int, end: int, type_: EntityType) -> int:
        """How far apart two places are: words that tie cost nothing, others one, clauses and numbers more."""
        if end <= start:
            return 0
        if end - start > _FARTHEST:
            return _FARTHEST
        gap = scene.between(start, end)
        for other, places in scene.places.items():
            for place in places if other != type_ else ():
                if start <= place.start and place.end <= end:
                    gap = f"{gap[: place.start - start]}{' ' * (place.end - place.start)}{gap[place.end - start :]}"
        breaks = len(self._break.findall(gap))
        brackets = abs(gap.count("(") - gap.count(")"))
        numbers = sum(start <= quantity.start < end for quantity in scene.quantities)
        rest = self._free[type_].sub(" ", gap) if type_ in self._free else gap
        return (
            len(_WORDS.findall(rest)) + _BREAK_COST * breaks + _NUMBER_COST * numbers + _BRACKET_COST * max(0, brackets)
        )

    def nearest(self, scene: Scene, group: Sequence[Quantity], type_: EntityType, most: int) -> Near | None:
        """The nearest mention of a type to a list of quantities, or None where none is near enough."""
        best: tuple[int, int, Place] | None = None
        wanted = self._metric_of.get(group[0].dimension) if type_ == "Metric" else None
        for place in scene.places[type_]:
            if wanted is not None and not wanted.search(place.entity.name):
                continue
            if place.end <= group[0].start:
                start, end = place.end, group[0].start
                bracket = _BRACKET_COST if scene.between(end - 1, end) == "(" else 0
            elif place.start >= group[-1].end:
                start, end, bracket = group[-1].end, place.start, 0
            else:
                continue
            cost = max(0, self.cost(scene, start, end, type_) - bracket)
            if type_ == "Dataset" and self._trained_on.search(
                scene.between(max(scene.start, place.start - 60), place.start)
            ):
                cost += _TRAINED_COST
            if cost <= most and (best is None or (cost, end - start) < best[:2]):
                best = (cost, end - start, place)
        return Near(best[2], best[0]) if best else None

    def aligned(self, scene: Scene, like: Sequence[Quantity], type_: EntityType) -> dict[Quantity, Place]:
        """Mentions that run in parallel to a list of quantities, the last such list of the sentence."""
        if len(like) < 2:  # noqa: PLR2004
            return {}
        groups = self.place_groups(scene, type_)
        same = [group for group in groups if len(group) == len(like)]
        if not same:
            return self._crossed(scene, like, groups)
        following = [group for group in same if group[0].start > like[-1].end]
        chosen = following[0] if following else same[-1]
        if any(first.end <= place.start < second.start for first, second in pairwise(like) for place in chosen):
            return {}
        return dict(zip(like, chosen, strict=True))

    def _crossed(
        self, scene: Scene, like: Sequence[Quantity], groups: Sequence[Sequence[Place]]
    ) -> dict[Quantity, Place]:
        """What runs in parallel to a list of lists: "92.3/88.1 and 95.0/90.2 accuracy/F1 on A and B".

        A list of names runs along the lists of numbers or, where slashes join both, along the members of each.
        """
        joints = [scene.between(first.end, second.start) for first, second in pairwise(like)]
        slashed = any(joint.strip() == "/" for joint in joints)
        ends = [
            number
            for number, joint in enumerate(joints, start=1)
            if (joint.strip() != "/" if slashed else "and" in joint.split())
        ]
        blocks = [like[first:last] for first, last in pairwise((0, *ends, len(like)))]
        size = len(blocks[0])
        if len(blocks) == 1 or size == 1 or any(len(block) != size for block in blocks):
            return {}
        for group in reversed(groups):
            inner = slashed and scene.between(group[0].end, group[1].start).strip() == "/" if len(group) > 1 else False
            if len(group) == (size if inner else len(blocks)):
                return {
                    quantity: group[place if inner else row]
                    for row, block in enumerate(blocks)
                    for place, quantity in enumerate(block)
                }
        return {}

    def metric(self, scene: Scene, group: Sequence[Quantity]) -> Near | None:
        """The metric that a list of quantities measures."""
        return self.nearest(scene, group, "Metric", _FARTHEST_METRIC)

    def described_metric(self, scene: Scene, group: Sequence[Quantity]) -> str | None:
        """The words that name a metric right beside a list of quantities where no mention does: "overlap of 5%"."""
        wanted = self._metric_of.get(group[0].dimension)
        start = max(scene.start, group[0].start - _DESCRIBED_REACH)
        before = self._head_before.search(scene.between(start, group[0].start))
        if before is not None:
            return self._described(scene.between(start, start + before.start()), before.group().split(), wanted)
        after = self._head_after.match(scene.between(group[-1].end, scene.end).lstrip(" $"))
        if after is None:
            return None
        *lead, head = after.group().split()
        return self._described(" ".join(lead), [head], wanted)

    def _described(self, lead: str, words: list[str], wanted: re.Pattern[str] | None) -> str | None:
        name = words[:1]
        for word in reversed(lead.split()[-_MOST_DESCRIBED_WORDS:]):
            if not word[0].isalpha() or not word[-1].isalnum() or word.casefold() in self._not_in_name:
                break
            name = [word, *name]
        text = " ".join(name)
        return text if wanted is None or wanted.search(text) else None

    def is_tight(self, near: Near | None) -> bool:
        """Whether nothing but tying words stands between."""
        return near is not None and near.cost <= _TIGHT

    def dataset(self, scene: Scene, group: Sequence[Quantity], topic: Topic) -> str | None:
        """The data set that a list of quantities was measured on."""
        near = self.nearest(scene, group, "Dataset", _FARTHEST_DATASET)
        if near is None and len({id(place.entity) for place in scene.places["Dataset"]}) == 1:
            near = self.nearest(scene, group, "Dataset", _FARTHEST)
        if near is not None:
            shared = next(g for g in self.place_groups(scene, "Dataset") if near.place in g)
            return near.place.entity.name if len({id(place.entity) for place in shared}) == 1 else None
        if scene.places["Dataset"] or group[0].dimension in _OF_MACHINES:
            return None
        return topic.dataset.name if topic.dataset else None

    def task(self, scene: Scene, group: Sequence[Quantity], topic: Topic) -> str | None:
        """The task that a list of quantities speaks of."""
        near = self.nearest(scene, group, "Task", _FARTHEST)
        if near is not None:
            return near.place.entity.name
        return topic.task.name if topic.task else None

    def method(self, scene: Scene, quantity: Quantity, topic: Topic) -> str | None:
        """The method that got the number: who stands beside it, the subject of its clause, or the paper's own."""
        beside = self._beside(scene, quantity)
        if beside is not None:
            return beside.entity.name
        if quantity.change == "from":
            return None
        subject: Place | None = None
        for place in scene.places["Method"]:
            if place.end > quantity.start:
                break
            tail = scene.between(place.end, min(quantity.start, place.end + 80))
            lead = scene.between(max(scene.start, place.start - 40), place.start)
            if not self._verb_after.search(tail + " ") or self._comparisons.opens_after(lead):
                continue
            if place.entity.role == "introduced" or not self._own_lead.search(lead):
                subject = place
        others = self._others(scene, quantity, subject.end if subject else scene.start)
        if others is not None:
            return others
        if subject is not None:
            own = list(self._own_subject.finditer(scene.between(subject.end, quantity.start)))
            if not own or topic.method is None:
                return subject.entity.name
        return topic.method.name if topic.method else None

    def _others(self, scene: Scene, quantity: Quantity, start: int) -> str | None:
        """The subject of the clause where it is "other approaches" or the like."""
        others = list(self._other_subject.finditer(scene.text, start, quantity.start))
        if not others or not self._verb_after.search(scene.between(others[-1].end(), quantity.start) + " "):
            return None
        if self._comparisons.opens_after(scene.between(scene.start, others[-1].start())):
            return None
        if self._own_subject.search(scene.text, others[-1].end(), quantity.start):
            return None
        return others[-1].group()

    def _beside(self, scene: Scene, quantity: Quantity) -> Place | None:
        """The method in "LoRA (45.2%)", "LoRA's 45.2%" or "LoRA: 45.2%"."""
        for place in scene.places["Method"]:
            if place.end <= quantity.start and re.fullmatch(
                r"(?:\s\([A-Za-z0-9-]+\))?(?:\s?\(|['\u2019]s?\s|:\s)", scene.between(place.end, quantity.start)
            ):
                return place
        return None

    def is_beside_method(self, scene: Scene, quantity: Quantity) -> bool:
        """Whether the number stands alone behind a method, as a level of its own."""
        bracketed = scene.between(quantity.start - 1, quantity.start) == "("
        alone = not bracketed or scene.between(quantity.end, quantity.end + 1) == ")"
        return alone and self._beside(scene, quantity) is not None

    def baseline(self, scene: Scene, group: Sequence[Quantity]) -> str | None:
        """What a list of numbers is compared against."""
        return self._comparisons.baseline(scene, group)
