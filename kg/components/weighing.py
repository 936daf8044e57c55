"""How sure a name is of a type: a log-linear model over what is told of it.

A feature is a family and a value ("head network", "before propose"). Every feature has a weight for each type and for
Nothing; they stand in ``weights.tsv`` of the rules. The confidence is the probability of the type by multinomial
logistic regression (A. Agresti, Categorical Data Analysis, 3rd edition, 2013, chapter 8). Rules without weights count
by their own confidence: where several propose the same type, their doubts are multiplied. Other decisions keep the
weights of their features as :class:`FeatureWeights` too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kg.components.proposals import NOTHING
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, WEIGHT_CLASSES

RulesByType = dict[str, dict[str, float]]
"""The rules that propose a name, by the type that they propose, with their confidences."""
Sums = npt.NDArray[np.floating[Any]]
Numbers = npt.NDArray[np.intp]
NO_FEATURE: Final = 0
RULE: Final = "rule"
WEIGHTS_RULE: Final = "weights"
"""What is given as the rule where no rule says so, and the weights alone decide."""
_LEAST: Final = 0.02
_INDEX: Final = {name: index for index, name in enumerate(WEIGHT_CLASSES)}


def softmax(totals: Sums) -> Sums:
    """The probabilities of the classes for each row of sums."""
    odds = np.exp(totals - totals.max(axis=1, keepdims=True))
    shares: Sums = odds / odds.sum(axis=1, keepdims=True)
    return shares


class FeatureWeights:
    """The features by name, with a number each, and their weights by class.

    ``weights`` has a row for each feature, with so many ``classes``. Number 0 is no feature and weighs nothing. While
    ``learning`` there are no weights, and every feature that is asked for gets a number.
    """

    def __init__(self, weights: Mapping[str, Sequence[float]], classes: int, *, learning: bool = False) -> None:
        weights = {} if learning else weights
        self.learning = learning
        self.names: list[str] = [""]
        self._families: dict[str, dict[str, int]] = {}
        for feature in weights:
            if feature != BIAS:
                family, _, value = feature.partition(" ")
                self._families.setdefault(family, {})[value] = len(self.names)
                self.names.append(feature)
        nothing = (0.0,) * classes
        self._bias = np.array(weights.get(BIAS, nothing))
        rows = [nothing, *(row for feature, row in weights.items() if feature != BIAS)]
        self._rows = np.array(rows, dtype=np.float32)  # half as much to fetch as of the usual length

    def __bool__(self) -> bool:
        return self.learning or len(self.names) > 1

    def number(self, family: str, value: str) -> int:
        """The number of a feature; 0 where it has no weights. Values of several words stand between blanks."""
        values = self._families.get(family)
        number = NO_FEATURE if values is None else values.get(value, NO_FEATURE)
        if self.learning and not number:
            number = self._families.setdefault(family, {})[value] = len(self.names)
            self.names.append(f"{family} {value}")
        return number

    def values(self, family: str) -> Mapping[str, int]:
        """The numbers of the features of a family, by their values."""
        return self._families.get(family, {})

    def numbers(self, family: str) -> Callable[[str], int]:
        """What :meth:`number` does, for one family, and faster: most words have weights in few families."""
        if self.learning:
            return partial(self.number, family)
        values = self.values(family)
        return lambda value: values.get(value, NO_FEATURE)

    def rows(self, *columns: tuple[str, str]) -> Callable[[str], Sequence[int]]:
        """The numbers of several features of a word at once: one of each family, with an ending added to the word."""
        if self.learning:
            return lambda word: [self.number(family, word + ending) for family, ending in columns]
        nothing = (NO_FEATURE,) * len(columns)
        known: dict[str, list[int]] = {}
        for place, (family, ending) in enumerate(columns):
            for value, number in self.values(family).items():
                if value.endswith(ending):
                    known.setdefault(value.removesuffix(ending), list(nothing))[place] = number
        return lambda word: known.get(word, nothing)

    def sums(self, features: Numbers) -> Sums:
        """The sum of the weights by class for each row of feature numbers: (rows, features) to (rows, classes)."""
        if self.learning:
            return np.zeros((len(features), self._rows.shape[1]))
        sums: Sums = self._rows.take(features.T, axis=0).sum(axis=0)  # five times as fast as the other way round
        return sums


class Weights(FeatureWeights):
    """The weights of what is told of a name, for each type and for Nothing."""

    def __init__(self, rulebook: Rulebook, *, learning: bool = False) -> None:
        super().__init__(rulebook.weights, len(WEIGHT_CLASSES), learning=learning)

    def leads(self, sums: Sums, *, bias: bool = False) -> npt.NDArray[np.float64]:
        """How far the best type leads over Nothing, for each row of sums; while learning everything leads.

        The classes are the last axis of ``sums``.
        """
        if self.learning:
            return np.full(sums.shape[:-1], math.inf)
        total = sums + self._bias if bias else sums
        leads: npt.NDArray[np.float64] = total[..., 1:].max(axis=-1) - total[..., 0]
        return leads

    def probabilities(self, sums: Sums, proposed: Mapping[int, RulesByType]) -> Sums:
        """The probability of each class for each row of sums.

        ``proposed`` gives the rules that propose some of the rows. Without any weights, types that no rule proposes
        have no probability.
        """
        totals = sums + self._bias
        if len(self.names) == 1:
            for row in range(len(totals)):
                kinds = proposed.get(row, {})
                totals[row, [index for kind, index in _INDEX.items() if kind not in (NOTHING, *kinds)]] = -math.inf
        weighed = self.numbers(RULE)
        for row, kinds in proposed.items():
            for kind, rules in kinds.items():
                unweighed = [confidence for rule, confidence in rules.items() if not weighed(rule)]
                if unweighed:
                    doubt = math.prod(1.0 - confidence for confidence in unweighed)
                    totals[row, _INDEX[kind]] += self._alone(kind, 1.0 - doubt)
        return softmax(totals)

    def _alone(self, kind: str, confidence: float) -> float:
        """The weight by which so much confidence, alone, makes a type that probable beside Nothing."""
        bounded = min(max(confidence, _LEAST), 1 - _LEAST)
        weight = math.log(bounded / (1 - bounded))
        return weight if kind == NOTHING else weight - float(self._bias[_INDEX[kind]] - self._bias[_INDEX[NOTHING]])
