"""What a number is compared against: the phrase after than, over, outperforming and their like.

The words stand in ``rules/results.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kg.components.quantities import Quantity
from kg.components.scenes import Place, Scene
from kg.components.textrules import Shapes
from kg.rulebook import Rulebook

FILE: Final = "results.toml"
_MOST_WORDS: Final = 8


class Comparisons:
    """Finds baselines by the words of comparison."""

    def __init__(self, rulebook: Rulebook) -> None:
        shapes = Shapes(rulebook, FILE)
        self._compare = shapes.require("{compare}", flags=re.IGNORECASE)
        self._overtake = shapes.require("{overtake}", flags=re.IGNORECASE)
        self._openers = shapes.require(r"(?:{@baseline_openers}\s)*", flags=re.IGNORECASE)
        self._determiners = shapes.require("{baseline_determiners}")
        self._stop = shapes.require(r"\s{@baseline_stops}\b|[,;:()]|\.(?=\s|$)|$", flags=re.IGNORECASE)
        self._lift = shapes.require("{lift}", flags=re.IGNORECASE)
        self._rival = shapes.require("{rival}")
        self._turns = rulebook.words("up_verbs") | rulebook.words("down_verbs")
        self._adverb_tail = shapes.require("{adverb_tail}")
        self._and_by = shapes.require("{and_by}", flags=re.IGNORECASE)
        self._level_tail = shapes.require("{level_tail}")
        self._by_next = shapes.require("{by_next}")
        self._stops = rulebook.words("baseline_stops")
        self._no_baseline = rulebook.words("not_baselines")
        self._leads = rulebook.words("baseline_leads")

    def opens_after(self, lead: str) -> bool:
        """Whether a text ends in words of comparison, so that what follows is a baseline."""
        return any(
            self._openers.fullmatch(lead, match.end())
            for pattern in (self._compare, self._overtake)
            for match in pattern.finditer(lead)
        )

    def baseline(self, scene: Scene, group: Sequence[Quantity]) -> str | None:
        """What a list of numbers is compared against: the nearest phrase after than, over, outperforming and so on."""
        best: tuple[int, str] | None = None
        overtaken = False
        for pattern in (self._compare, self._overtake, self._lift, self._and_by):
            for match in pattern.finditer(scene.text, scene.start, scene.end):
                if pattern is self._and_by and not overtaken:
                    break
                name = self._phrase(scene, match.end(), only_rivals=pattern is self._lift)
                if name is None:
                    continue
                overtaken = overtaken or pattern in (self._overtake, self._lift)
                cost = self._baseline_cost(scene, group, match, name, compared=pattern is self._compare)
                if cost is not None and (best is None or cost < best[0]):
                    best = (cost, name)
        return best[1] if best else None

    def _baseline_cost(
        self, scene: Scene, group: Sequence[Quantity], match: re.Match[str], name: str, *, compared: bool
    ) -> int | None:
        """How far a phrase of comparison is from a list of numbers; None where brackets keep them apart."""
        follows = match.start() >= group[-1].end
        start, end = (group[-1].end, match.start()) if follows else (match.end(), group[0].start)
        gap = scene.between(start, end)
        opened = gap.count("(") - gap.count(")")
        if opened > 0 if follows else opened < 0:
            return None
        others = sum(start <= other.start < end for other in scene.quantities)
        if not (compared or follows) and self._by_next.search(gap.partition(name)[2]):
            return -1 if not others else 10 * others
        cost = 10 * others + len(gap) // 20 + (0 if follows else 2)
        return cost if compared else cost + (8 if follows else 1)

    def _phrase(self, scene: Scene, start: int, *, only_rivals: bool = False) -> str | None:
        rest = scene.between(start, min(scene.end, start + 120))
        opened = self._openers.match(rest)
        head = start + (opened.end() if opened else 0)
        for place in scene.places["Method"]:
            if start <= place.start <= head:
                return self._joined(scene, place)
        plain = self._determiners.match(rest)
        begin = plain.end() if plain else 0
        stop = self._stop.search(rest, begin + 1)
        phrase = rest[begin : stop.start() if stop else len(rest)].strip()
        phrase = self._adverb_tail.sub("", phrase)
        if only_rivals and not self._rival.search(phrase):
            return None
        words = phrase.split()
        if not words or len(words) > _MOST_WORDS or any(sign.isdigit() for sign in words[0]):
            return None
        if (
            words[0].casefold() in self._stops | self._turns
            or words[-1].casefold() in self._no_baseline
            or words[0].casefold() in self._no_baseline - self._leads
        ):
            return None
        for other in ("Dataset", "Metric", "Task"):
            for place in scene.places[other]:
                if place.start < start + begin + len(phrase) <= place.end + 1:
                    return None
        return self._level_tail.sub("", phrase)

    def _joined(self, scene: Scene, place: Place) -> str:
        """The name of a method, or the text of several joined by slashes: "LoRA/PiSSA"."""
        end = place.end
        for other in scene.places["Method"]:
            if other.start == end + 1 and scene.between(end, other.start) == "/":
                end = other.end
        return place.entity.name if end == place.end else scene.between(place.start, end)
