"""How sure a name is of a type: a log-linear model over what is told of it.

Every feature has a weight for each type and for Nothing; they stand in ``weights.tsv`` of the rules. The confidence is
the probability of the type by multinomial logistic regression (A. Agresti, Categorical Data Analysis, 3rd edition,
2013, chapter 8) over Nothing and the types that were proposed. Rules without weights count by their own confidence:
where several propose the same type, their doubts are multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from kg.components.proposals import NOTHING
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, WEIGHT_CLASSES

_LEAST: Final = 0.02
_INDEX: Final = {name: index for index, name in enumerate(WEIGHT_CLASSES)}


class Weights:
    """The weights of the features, by class."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._weights = rulebook.weights
        self._bias = self._weights.get(BIAS, (0.0,) * len(WEIGHT_CLASSES))

    def verdict(self, features: Iterable[str], proposed: Mapping[str, Mapping[str, float]]) -> tuple[str, float]:
        """The type, of those proposed, that is most probable, and its probability; Nothing where none is proposed."""
        kinds = sorted(kind for kind in proposed if kind != NOTHING)
        if not kinds:
            return NOTHING, 0.0
        weights = self._weights
        rows = [self._bias, *(weights[feature] for feature in features if feature in weights)]
        sums = {kind: math.fsum(row[_INDEX[kind]] for row in rows) for kind in (NOTHING, *kinds)}
        for kind, rules in proposed.items():
            doubt = math.prod(1.0 - confidence for rule, confidence in rules.items() if rule not in weights)
            if doubt < 1.0:
                sums[kind] += self._alone(kind, 1.0 - doubt)
        best = max(kinds, key=sums.__getitem__)
        return best, 1.0 / math.fsum(math.exp(total - sums[best]) for total in sums.values())

    def _alone(self, kind: str, confidence: float) -> float:
        """The weight by which so much confidence, alone, makes a type that probable beside Nothing."""
        bounded = min(max(confidence, _LEAST), 1 - _LEAST)
        weight = math.log(bounded / (1 - bounded))
        return weight if kind == NOTHING else weight - self._bias[_INDEX[kind]] + self._bias[_INDEX[NOTHING]]
