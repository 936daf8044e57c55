"""The tables among the rule files: names known beforehand, and the weights of features."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from kg.errors import RuleError
from kg.model import ENTITY_TYPES, EntityType

WEIGHTS: Final = "weights.tsv"
WEIGHT_CLASSES: Final = ("Nothing", *ENTITY_TYPES)
BIAS: Final = "bias"


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A name known beforehand: its type, whether case counts, and in how many papers it was seen so used."""

    name: str
    type: EntityType
    exact_case: bool
    support: int


def read_gazetteer(file: str, text: str) -> Iterator[GazetteerEntry]:
    """The names of a gazetteer. Raises RuleError with file and line."""
    rows = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, start=2):
        if None in row.values() or row.get("type") not in ENTITY_TYPES or not row.get("name"):
            raise RuleError(
                f"{file}:{number}: a line must give name, type ({', '.join(ENTITY_TYPES)}), case and support"
            )
        if row.get("case") not in ("exact", "any") or not str(row.get("support")).isdecimal():
            raise RuleError(f"{file}:{number}: case must be exact or any, and support a whole number")
        yield GazetteerEntry(row["name"], cast("EntityType", row["type"]), row["case"] == "exact", int(row["support"]))


def read_weights(text: str) -> dict[str, tuple[float, ...]]:
    """The weights of features by class; none of an empty text. Raises RuleError with file and line."""
    rows = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(rows, None)
    if header is not None and header != ["feature", *WEIGHT_CLASSES]:
        raise RuleError(f"{WEIGHTS}:1: the columns must be feature, {', '.join(WEIGHT_CLASSES)}")
    found: dict[str, tuple[float, ...]] = {}
    for number, row in enumerate(rows, start=2):
        try:
            feature, *values = row
            found[feature] = tuple(map(float, values))
        except ValueError as error:
            raise RuleError(f"{WEIGHTS}:{number}: a line must give a feature and numbers: {error}") from error
        if len(values) != len(WEIGHT_CLASSES):
            raise RuleError(f"{WEIGHTS}:{number}: a line must give {len(WEIGHT_CLASSES)} weights, not {len(values)}")
    return found
