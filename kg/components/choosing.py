"""Chooses one of several by what is told of each: a log-linear model whose weights stand in the rules.

The probability of an alternative is in proportion to the exponential of the sum of the weights of its features: the
conditional logit of D. McFadden, "Conditional logit analysis of qualitative choice behavior", in Frontiers in
Econometrics, 1974. The weights stand in ``result-weights.tsv``, for every choice its own.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from kg.rulebook import Rulebook


class Chooser:
    """Chooses by the weights of a rulebook; False where it has none."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._weights: Mapping[str, Mapping[str, float]] = rulebook.choices

    def __bool__(self) -> bool:
        return bool(self._weights)

    def score(self, choice: str, features: Iterable[str]) -> float:
        """The sum of the weights that features have in a choice; unknown ones weigh nothing.

        The sum does not depend on the order in which the features come.
        """
        weight_of = self._weights.get(choice, {}).get
        return math.fsum(filter(None, map(weight_of, features)))

    def shares(self, choices: Sequence[str], features: Collection[str]) -> list[float]:
        """The probabilities of choices of which the same is told."""
        scores = [self.score(choice, features) for choice in choices]
        greatest = max(scores)
        odds = [math.exp(score - greatest) for score in scores]
        total = sum(odds)
        return [odd / total for odd in odds]

    def best(self, choice: str, alternatives: Sequence[Iterable[str]]) -> int:
        """The number of the alternative with the greatest score, the first of several."""
        scores = [self.score(choice, features) for features in alternatives]
        return scores.index(max(scores))
