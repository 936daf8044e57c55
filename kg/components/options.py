"""What a number may belong to: the things that its paper names, and phrases of its sentence that name none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.components.document import DocumentEntity
from kg.components.scenes import Scene, Topic
from kg.components.textrules import any_of
from kg.model import TYPE_OF_SLOT, EntityType, Slot
from kg.rulebook import Rulebook

CHOSEN_SLOTS: Final[tuple[Slot, ...]] = ("metric", "dataset", "method", "baseline")
"""The slots that weights fill; the task is left to the rules, which do as well."""
_MOST_WORDS_BEFORE: Final[Mapping[EntityType, int]] = {"Metric": 3, "Method": 4}
_WORD: Final = re.compile(r"\S+")


@dataclass(slots=True)
class Option:
    """A thing, or a phrase where there is no ``entity``, with the characters where the sentence names it.

    The option of no ``name`` is that the text does not say.
    """

    name: str | None
    entity: DocumentEntity | None = None
    places: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choice:
    """What may fill a slot of a result of some kind; ``alike`` are all things of the slot's type in the paper.

    ``by_rules`` is the name that the rules alone choose.
    """

    kind: str
    slot: Slot
    options: Sequence[Option]
    alike: Sequence[DocumentEntity]
    by_rules: str | None


class Options:
    """Lists what may fill the slots of a result, by the words of ``rules/results.toml``."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._heads: Mapping[EntityType, re.Pattern[str]] = {
            "Metric": _last_words(rulebook.words("measured_phrase_heads")),
            "Method": _last_words(rulebook.words("rival_heads")),
        }
        self._stops: Mapping[EntityType, frozenset[str]] = {
            "Metric": rulebook.words("not_in_measured_phrases"),
            "Method": rulebook.words("not_in_rivals"),
        }

    def of(
        self, slot: Slot, scene: Scene, entities: Sequence[DocumentEntity], topic: Topic, by_rules: str | None
    ) -> list[Option]:
        """All that may fill a slot: things, phrases, what the rules say (``by_rules``), and nothing at the end."""
        type_ = TYPE_OF_SLOT[slot]
        found = [Option(entity.name, entity, scene.mentions(entity)) for entity in entities if entity.type == type_]
        known = {option.name for option in found}
        named = [place for option in found for place in option.places]
        phrases: dict[str, Option] = {}
        if type_ not in scene.phrases:
            scene.phrases[type_] = list(self._phrases(type_, scene, named))
        for start, end in scene.phrases[type_]:
            name = scene.between(start, end)
            if name not in known:
                phrases.setdefault(name, Option(name)).places.append((start, end))
        if by_rules is not None and by_rules not in known and by_rules not in phrases:
            start = scene.text.find(by_rules, scene.start, scene.end)
            phrases[by_rules] = Option(by_rules, None, [(start, start + len(by_rules))] if start >= 0 else [])
        if type_ == "Method":
            found = [option for option in found if option.places or _is_own(option.entity, topic)]
        return [*found, *phrases.values(), Option(None)]

    def _phrases(self, type_: EntityType, scene: Scene, named: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The phrases of the sentence whose last word may name such a thing, where no mention ends."""
        if type_ not in self._heads:
            return
        for head in self._heads[type_].finditer(scene.text, scene.start, scene.end):
            if any(quantity.start < head.end() and head.start() < quantity.end for quantity in scene.quantities):
                continue
            start = self._start(type_, scene, head.start())
            if not any(first < head.end() <= last for first, last in named):
                yield start, head.end()

    def _start(self, type_: EntityType, scene: Scene, head: int) -> int:
        """Where a phrase starts, given where its last word does."""
        start = head
        words = list(_WORD.finditer(scene.text, scene.start, head))[-_MOST_WORDS_BEFORE[type_] :]
        for word in reversed(words):
            text = word.group()
            if not (text[0].isalpha() and text[-1].isalnum()) or text.casefold() in self._stops[type_]:
                break
            start = word.start()
        return start


def _last_words(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(words)}(?![\w-])", re.IGNORECASE)


def _is_own(entity: DocumentEntity | None, topic: Topic) -> bool:
    """Whether a thing may be the paper's own: the paper introduces it, or its title names it."""
    if entity is None:
        return False
    if entity.role == "introduced" or entity is topic.method:
        return True
    return any(mention.start_char < topic.title_end for mention in entity.mentions)
