"""Which rule speaks of a number: whether it is a result, and of what kind, as ``rules/results.toml`` says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kg.components.linking import FILE
from kg.components.quantities import Quantity
from kg.components.scenes import Scene
from kg.components.textrules import ResultRule, Shapes
from kg.rulebook import Rulebook

_REACH: Final = 160
_LEAD_SIGNS: Final = " \t\n(+-~$\\≈<>≤≥[="


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: ResultRule
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None


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
        self,
        scene: Scene,
        group: Sequence[Quantity],
        quantity: Quantity,
        *,
        measured: Callable[[], bool],
        background: bool,
    ) -> ResultRule | None:
        """The rule that decides, or None where no rule speaks of such a quantity.

        ``measured`` tells whether the list is bound to a metric; it is asked where a rule depends on it.
        """
        lead = scene.between(max(scene.start, group[0].start - _REACH), group[0].start).rstrip(_LEAD_SIGNS)
        lead = self._qualifier.sub("", lead + " ").rstrip(_LEAD_SIGNS)
        tail = scene.between(group[-1].end, min(scene.end, group[-1].end + _REACH)).lstrip(" $+*")
        sentence = scene.between(scene.start, scene.end)
        for compiled in self._rules:
            rule = compiled.rule
            if (
                (not rule.dimensions or quantity.dimension in rule.dimensions)
                and (not rule.change or bool(quantity.change))
                and rule.background in (None, background)
                and rule.signed in (None, quantity.signed)
                and (compiled.after is None or compiled.after.match(tail))
                and (compiled.before is None or compiled.before.search(lead))
                and (compiled.sentence is None or compiled.sentence.search(sentence))
                and (rule.measured is None or rule.measured is measured())
            ):
                return rule
        return None
