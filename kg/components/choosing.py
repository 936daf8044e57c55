"""Chooses one of several by what is told of each: a log-linear model whose weights stand in the rules.

The probability of an alternative is in proportion to the exponential of the sum of the weights of its features: the
conditional logit of D. McFadden, "Conditional logit analysis of qualitative choice behavior", in Frontiers in
Econometrics, 1974. The weights stand in ``result-weights.tsv``, for every choice its own.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from kg.rulebook import Rulebook

_PARTS: Final = 1_000_000  # Weights are added as whole numbers of such parts: quick, and the same in whatever order.


class Chooser:
    """Chooses by the weights of a rulebook; False where it has none."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._weights: Mapping[str, Mapping[str, int]] = {
            choice: {feature: round(weight * _PARTS) for feature, weight in weights.items()}
            for choice, weights in rulebook.choices.items()
        }
        self._rows: dict[tuple[str, ...], dict[str, tuple[int, ...]]] = {}

    def __bool__(self) -> bool:
        return bool(self._weights)

    def score(self, choice: str, features: Iterable[str]) -> float:
        """The sum of the weights that features have in a choice; unknown ones weigh nothing.

        The sum does not depend on the order in which the features come.
        """
        return sum(filter(None, map(self._weights.get(choice, {}).get, features))) / _PARTS

    def shares(self, choices: Sequence[str], features: Collection[str]) -> list[float]:
        """The probabilities of choices of which the same is told."""
        rows = self._weights_by_feature(tuple(choices))
        known = [(0,) * len(choices), *filter(None, map(rows.get, features))]
        return _softmax([sum(column) / _PARTS for column in zip(*known, strict=True)])

    def probabilities(self, choice: str, alternatives: Sequence[Iterable[str]]) -> list[float]:
        """The probabilities of alternatives, each with what is told of it."""
        return _softmax([self.score(choice, features) for features in alternatives])

    def _weights_by_feature(self, choices: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
        """The weights of each feature in several choices, kept once they were asked for."""
        if choices not in self._rows:
            tables = [self._weights.get(choice, {}) for choice in choices]
            features = {feature for table in tables for feature in table}
            self._rows[choices] = {feature: tuple(table.get(feature, 0) for table in tables) for feature in features}
        return self._rows[choices]


def _softmax(scores: Sequence[float]) -> list[float]:
    greatest = max(scores)
    odds = [math.exp(score - greatest) for score in scores]
    total = sum(odds)
    return [odd / total for odd in odds]
