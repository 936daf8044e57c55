"""Numbers in words: "ten times as fast", "two orders of magnitude".

The words stand in ``rules/quantities.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from kg.components.textrules import Shapes
from kg.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRule:
    """A number in words; the group ``value`` of ``pattern`` is the number.

    It is looked for where the string ``needs`` stands in the text, which is quickly seen. ``unit`` is one of
    ``units.tsv`` that the words say themselves ("twice"); without it a unit follows.
    """

    id: str
    reason: str
    pattern: str
    needs: str
    unit: str = ""
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


class WrittenNumber(NamedTuple):
    """A number in words: where it stands, its decimal (None where the words give none), and the rule that found it."""

    start: int
    end: int
    number: Decimal | None
    rule: WrittenRule


class WrittenNumbers:
    """Finds the numbers in words of a text by the rules of a rulebook."""

    def __init__(self, rulebook: Rulebook, file: str) -> None:
        shapes = Shapes(rulebook, file)
        self._rules: dict[str, list[tuple[WrittenRule, re.Pattern[str]]]] = {}
        for rule in rulebook.rules(WrittenRule, "written", file=file):
            self._rules.setdefault(rule.needs, []).append((rule, shapes.require(rule.pattern)))
        self._values = {word: Decimal(value) for word, value in rulebook.table(file, "values").items()}

    def find(self, text: str) -> Iterator[WrittenNumber]:
        """The numbers in words, rule by rule."""
        for words, rules in self._rules.items():
            if words in text:
                for rule, pattern in rules:
                    for match in pattern.finditer(text):
                        number = self._values.get(match.group("value"))
                        yield WrittenNumber(*match.span("value"), number, rule)
