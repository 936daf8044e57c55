"""What is told of a number and of what it may belong to, as features by name.

Words are in lower case, numbers in them are 0; counts and distances in words are rounded to few steps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from kg.components.document import DocumentEntity
from kg.components.linking import Linker
from kg.components.options import Choice, Option
from kg.components.quantities import Quantity
from kg.components.scenes import Scene, Topic
from kg.model import TYPE_OF_SLOT
from kg.rulebook import Rulebook

_STEPS: Final = (4, 6, 9, 13, 21)
_REACH: Final = 80
_WORDS_BESIDE: Final = 4
_WORDS_CALLED_NEAR: Final = 3
_WORDS_IN_A_GAP: Final = 8
_WORDS_IN_A_LEAD: Final = 5
_MOST_COUNTED: Final = 3
_OPENING_CHARACTERS: Final = 6
_YEARS: Final = range(1900, 2101)
_SMALL_NUMBER: Final = 30
_TURNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reached": ("reaching_verbs",),
    "up": ("up_verbs", "up_nouns", "up_comparatives"),
    "down": ("down_verbs", "down_nouns", "down_comparatives"),
}
"""The lists of words that say where a value goes; of a word in several the last counts."""
_OWN: Final = frozenset(("we", "our", "ours"))

Side = Literal["before", "after", "around"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A number of which it is asked what it is and what it belongs to.

    ``group`` is the list in which it stands, ``rule`` the id of the rule that spoke of it and ``makes`` what it says.
    ``background`` is before the paper speaks of itself; ``previous`` is the number before in the sentence.
    """

    scene: Scene
    topic: Topic
    quantity: Quantity
    group: Sequence[Quantity]
    rule: str
    makes: str
    background: bool
    previous: Asked | None = None

    @property
    def in_title(self) -> bool:
        """Whether it stands in the title."""
        return self.scene.start < self.topic.title_end

    @property
    def sentence(self) -> int:
        """The number of its sentence, from 0."""
        return bisect_right(self.topic.sentence_starts, self.scene.start) - 1


def step(count: int) -> str:
    """A count, rounded down to few steps."""
    return str(count if count < _STEPS[0] else _STEPS[bisect_right(_STEPS, count) - 1])


class NumberFeatures:
    """Tells the features of numbers that may be results."""

    def __init__(self, rulebook: Rulebook, linker: Linker) -> None:
        self._linker = linker
        self._turns = {
            word.lower(): turn for turn, lists in _TURNS.items() for name in lists for word in rulebook.words(name)
        }

    def of(self, asked: Asked) -> set[str]:
        """What is told of a number."""
        scene, group = asked.scene, asked.group
        before = scene.words(scene.start, group[0].start)
        after = scene.words(group[-1].end, scene.end)
        found = {*self._of_itself(asked), *self._of_sentence(asked)}
        found.update(_of_words(before[-_WORDS_BESIDE:], after[:_WORDS_BESIDE], asked.quantity.dimension))
        found.update(self._of_turns(before, after))
        if asked.previous is not None:
            last = asked.previous
            start, end = last.quantity.end, asked.quantity.start
            gap, words = scene.between(start, end), step(len(scene.words(start, end)))
            alike = last.quantity.dimension == asked.quantity.dimension
            found |= {
                f"previous {last.makes} alike {alike}",
                f"previous {last.makes} makes {asked.makes} alike {alike}",
                f"previous {last.makes} alike {alike} words {words}",
                f"previous {last.makes} listed {self._linker.is_list_gap(gap)}",
                f"previous {last.makes} new-clause {self._linker.breaks(gap)}",
            }
        return found

    def _of_itself(self, asked: Asked) -> Iterator[str]:
        quantity = asked.quantity
        yield "any"
        yield f"dimension {quantity.dimension}"
        yield f"unit {quantity.unit}"
        yield f"rule {asked.rule}"
        yield f"makes {asked.makes}"
        yield f"makes {asked.makes} dimension {quantity.dimension}"
        yield f"qualifier {quantity.qualifier}"
        yield f"change {quantity.change}"
        yield f"signed {quantity.signed}"
        yield f"measure {bool(quantity.measure)}"
        yield f"value {_kind_of(quantity.number)}"
        yield f"beside-method {self._linker.is_beside_method(asked.scene, quantity)}"

    def _of_sentence(self, asked: Asked) -> Iterator[str]:
        words = asked.scene.words(asked.scene.start, asked.scene.end)
        yield f"background {asked.background}"
        yield f"title {asked.in_title}"
        yield f"own {not _OWN.isdisjoint(words)}"
        yield from (f"sentence {word}" for word in words)

    def _of_turns(self, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
        """The nearest words that say where a value goes: up, down, or that it is reached."""
        for side, words in (("before", before[::-1]), ("after", after)):
            place = next((place for place, word in enumerate(words) if word in self._turns), None)
            if place is None:
                yield f"no-turn-{side}"
            else:
                turn = self._turns[words[place]]
                yield f"turn-{side} {turn}"
                yield f"turn-{side} {turn} words {step(place)}"
                yield f"turn-{side} {words[place]}"


def _of_words(before: Sequence[str], after: Sequence[str], dimension: str) -> Iterator[str]:
    """The words beside a number."""
    yield from (f"near-before {word}" for word in before)
    yield from (f"near-after {word}" for word in after)
    for count in range(1, _WORDS_CALLED_NEAR + 1):
        if len(before) >= count:
            yield f"before-{count} {before[-count]}"
        if len(after) >= count:
            yield f"after-{count} {after[count - 1]}"
    if before and after:
        yield f"around {before[-1]} {after[0]}"
    if before:
        yield f"before {before[-1]} dimension {dimension}"
    if after:
        yield f"after {after[0]} dimension {dimension}"


def _kind_of(number: Decimal | None) -> str:
    if number is None:
        return "none"
    if number != int(number):
        return "less-than-1" if number < 1 else "decimal"
    if number in _YEARS:
        return "year"
    return f"whole {step(int(number))}" if 0 <= number < _SMALL_NUMBER else "whole"


class OptionFeatures:
    """Tells the features of all options of a slot for one number."""

    def __init__(self, linker: Linker, asked: Asked, choice: Choice) -> None:
        self._linker = linker
        self._asked = asked
        self._kind = choice.kind
        self._slot = choice.slot
        self._options = choice.options
        self._by_rules = choice.by_rules
        self._alike = choice.alike
        self._introduced = [entity for entity in choice.alike if entity.role == "introduced"]
        self._named_here = sum(bool(option.places) for option in choice.options if option.entity is not None)
        lead = asked.scene.words(asked.scene.start, asked.quantity.start)[-_WORDS_IN_A_LEAD:]
        self._lead = lead if TYPE_OF_SLOT[choice.slot] == "Method" else ()
        self._others = bool(self._lead) and linker.is_of_others(asked.scene, asked.quantity)
        self._nearest = {number: self._near(option) for number, option in enumerate(choice.options) if option.places}
        self._order = sorted(self._nearest, key=lambda number: self._nearest[number][0])

    def all(self) -> list[set[str]]:
        """The features of every option, in the order given."""
        return [set(self._of(number, option)) for number, option in enumerate(self._options)]

    def _near(self, option: Option) -> tuple[int, Side, tuple[int, int]]:
        """How many characters lie between the number and the nearest place, on which side, and that place."""
        quantity = self._asked.quantity

        def distance(place: tuple[int, int]) -> tuple[int, Side, tuple[int, int]]:
            if place[1] <= quantity.start:
                return quantity.start - place[1], "before", place
            return (place[0] - quantity.end, "after", place) if place[0] >= quantity.end else (0, "around", place)

        return min(map(distance, option.places))

    def _of(self, number: int, option: Option) -> list[str]:
        if option.name is None:
            return self._of_none()
        found = [f"by-rules {option.name == self._by_rules}"]
        found += self._of_phrase(option.name) if option.entity is None else self._of_thing(option.entity, option)
        if option.places:
            found += self._of_place(number, option)
        elif option.entity is not None:
            found.append(f"sentences-back {self._sentences_back(option.entity)}")
        return found

    def _of_none(self) -> list[str]:
        scene, quantity = self._asked.scene, self._asked.quantity
        found = [
            "none",
            f"none {self._kind}",
            f"none named-here {min(self._named_here, 2)}",
            f"none named {min(len(self._alike), 2)}",
            f"none dimension {quantity.dimension}",
            f"none unit {quantity.unit}",
            f"none by-rules {self._by_rules is None}",
            f"none by-rules {self._by_rules is None} {self._kind}",
            f"none introduced {bool(self._introduced)}",
            f"none title {self._asked.in_title}",
            f"none change {quantity.change}",
            *(f"none number-after {word}" for word in self._lead),
            f"none of-others {self._others} {self._kind}",
        ]
        if self._slot == "dataset":
            before, after = scene.words(scene.start, quantity.start), scene.words(quantity.end, scene.end)
            found += [f"none sentence {word}" for word in scene.words(scene.start, scene.end)]
            found += [f"none number-after {word}" for word in before[-_WORDS_CALLED_NEAR:]]
            found += [f"none after {word}" for word in after[:_WORDS_CALLED_NEAR]]
        return found

    def _of_thing(self, entity: DocumentEntity, option: Option) -> list[str]:
        in_title = any(mention.start_char < self._asked.topic.title_end for mention in entity.mentions)
        own, change = entity.role == "introduced", self._asked.quantity.change
        order = min(self._introduced.index(entity), 2) if own else "another" if self._introduced else "none"
        return [
            f"role {entity.role}",
            f"role {entity.role} {self._kind}",
            f"title {in_title}",
            f"mentions {step(len(entity.mentions))}",
            f"alike {step(len(self._alike))}",
            f"only {len(self._alike) == 1}",
            f"order {min(self._alike.index(entity), _MOST_COUNTED)}",
            f"topic {any(entity is thing for thing in self._asked.topic.things)}",
            f"introduced {order}",
            f"change {change} {entity.role}",
            *(f"number-after {word} {entity.role}" for word in self._lead),
            f"of-others {self._others} {entity.role} {self._kind}",
            f"here {bool(option.places)} others {self._named_here > 0}",
        ]

    def _of_phrase(self, name: str) -> list[str]:
        words = name.lower().split()
        return [
            "phrase",
            f"phrase {self._kind}",
            f"phrase dimension {self._asked.quantity.dimension}",
            f"phrase head {words[-1]}",
            f"phrase head {words[-1]} {self._kind}",
            f"phrase first {words[0]}",
            f"phrase words {len(words)}",
            f"phrase named-here {self._named_here > 0}",
            f"phrase introduced {bool(self._introduced)}",
            f"phrase of-others {self._others} {self._kind}",
            *(f"phrase word {word}" for word in words),
        ]

    def _of_place(self, number: int, option: Option) -> list[str]:
        scene, quantity = self._asked.scene, self._asked.quantity
        _, side, (first, last) = self._nearest[number]
        start, end = (last, quantity.start) if side == "before" else (quantity.end, first)
        gap = scene.words(start, end) if side != "around" else []
        what = "phrase" if option.entity is None else "thing"
        distance, rank = step(len(gap)), min(self._order.index(number), 2)
        numbers = sum(start <= other.start < end for other in scene.quantities)
        before = scene.words(max(scene.start, first - _REACH), first)
        after = scene.words(last, min(scene.end, last + _REACH))
        lead, tail = before[-1] if before else "", after[0] if after else ""
        found = [
            f"side {side} {what}",
            f"side {side} {self._kind}",
            f"distance {side} {distance}",
            f"distance {side} {distance} {what}",
            f"distance {side} {distance} {self._kind}",
            f"rank {rank} {what}",
            f"by-rules {option.name == self._by_rules} rank {rank}",
            f"numbers {side} {min(numbers, _MOST_COUNTED)}",
            f"new-clause {self._linker.breaks(scene.between(start, end))}",
            f"after-word {lead}",
            f"after-word {lead} {self._kind}",
            f"before-word {tail}",
            *(f"between {side} {word}" for word in gap[:_WORDS_IN_A_GAP]),
        ]
        if TYPE_OF_SLOT[self._slot] == "Method":
            compared = self._linker.is_compared(scene, first)
            acts = side == "before" and self._linker.is_before_verb(scene.between(last, min(end, last + _REACH)))
            found += [
                f"compared {compared} {self._kind}",
                f"compared {compared} {what}",
                f"acts {acts}",
                f"of-others {self._others} {side} {distance}",
                f"opens-sentence {first - scene.start < _OPENING_CHARACTERS}",
            ]
        return found

    def _sentences_back(self, entity: DocumentEntity) -> str:
        """How many sentences before the number's the thing was named last."""
        scene = self._asked.scene
        earlier = [mention.start_char for mention in entity.mentions if mention.start_char < scene.start]
        if not earlier:
            return "later"
        return step(self._asked.sentence - bisect_right(self._asked.topic.sentence_starts, max(earlier)) + 1)
