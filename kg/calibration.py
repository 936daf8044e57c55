"""Whether confidence is what it says: of the things given with confidence 0.7, seven in ten should be right.

Things are put into ten bins of equal width by their confidence. The expected calibration error is the mean distance
between the share that is right and the mean confidence of a bin, weighted by how many things are in it (M. Pakdaman
Naeini, G. F. Cooper, M. Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015).

An entity is right where it matches an annotated one strictly, a result where value, unit and kind match; its joint
confidence is judged by whether metric, dataset, method and baseline are right besides. What matches an optional
annotation is neither right nor wrong, and is left out, as is what has no confidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any, Final

from kg.annotations import Record
from kg.evaluation import ALL, match_entities, match_results
from kg.model import ENTITY_TYPES

BINS: Final = 10
RESULT: Final = "Result"
WHOLE_RESULT: Final = "whole Result"
_OF_RESULTS: Final = frozenset((RESULT, WHOLE_RESULT))

Judged = tuple[float, bool]
"""A confidence, and whether what has it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Things of a confidence from ``low`` up to, but not including, ``high``; the last bin includes 1.

    ``confidence`` is their mean confidence and ``precision`` the share of them that is right, both 0 of no things.
    """

    low: float
    high: float
    count: int
    confidence: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The bins of one sort of thing (a type, all entities, or results), the same over all, and the expected error."""

    kind: str
    bins: tuple[Bin, ...]
    whole: Bin
    error: float


def calibrate(gold: Mapping[str, Record], found: Mapping[str, Record]) -> tuple[Calibration, ...]:
    """A table for each type of entity, for all entities, for results, and for all that results say together.

    Those of which nothing can be judged are left out.
    """
    judged: dict[str, list[Judged]] = defaultdict(list)
    for name, wanted in gold.items():
        if name in found:
            for kind, one in _judged(wanted, found[name]):
                judged[kind].append(one)
                if kind not in _OF_RESULTS:
                    judged[ALL].append(one)
    return tuple(
        _calibration(kind, judged[kind]) for kind in (*ENTITY_TYPES, ALL, RESULT, WHOLE_RESULT) if judged[kind]
    )


def calibration_to_json(tables: Iterable[Calibration]) -> list[dict[str, Any]]:
    """The tables as JSON, with empty bins."""
    return [
        {
            "kind": table.kind,
            "count": table.whole.count,
            "confidence": table.whole.confidence,
            "precision": table.whole.precision,
            "expected_calibration_error": table.error,
            "bins": [{name: getattr(one, name) for name in Bin.__slots__} for one in table.bins],
        }
        for table in tables
    ]


def _judged(gold: Record, found: Record) -> Iterator[tuple[str, Judged]]:
    entities = match_entities(gold, found)
    for index, entity in enumerate(found.entities):
        match = entities.get(index)
        if entity.confidence is not None and not (match and match.optional):
            yield entity.type, (entity.confidence, match is not None)
    results = match_results(gold, found)
    for index, result in enumerate(found.results):
        known = results.get(index)
        if known and known.gold.optional:
            continue
        if result.confidence is not None:
            yield RESULT, (result.confidence, known is not None and known.kind)
        if result.joint_confidence is not None:
            yield WHOLE_RESULT, (result.joint_confidence, known is not None and known.whole)


def _calibration(kind: str, judged: list[Judged]) -> Calibration:
    filled: list[list[Judged]] = [[] for _ in range(BINS)]
    for confidence, right in judged:
        filled[min(max(int(confidence * BINS), 0), BINS - 1)].append((confidence, right))
    bins = tuple(_bin(index / BINS, (index + 1) / BINS, members) for index, members in enumerate(filled))
    error = fsum(one.count * abs(one.precision - one.confidence) for one in bins) / len(judged)
    return Calibration(kind=kind, bins=bins, whole=_bin(0.0, 1.0, judged), error=error)


def _bin(low: float, high: float, members: list[Judged]) -> Bin:
    count = len(members)
    return Bin(
        low=low,
        high=high,
        count=count,
        confidence=fsum(confidence for confidence, _ in members) / count if count else 0.0,
        precision=sum(right for _, right in members) / count if count else 0.0,
    )
