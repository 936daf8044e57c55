"""A result as the pipeline leaves it on a Doc, and how it becomes one of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spacy.tokens import Doc

from kg.components.document import field_at, fields_of
from kg.components.quantities import Quantity
from kg.model import Evidence, Result, ResultKind

_SCORE_UNITS: Final = frozenset(("score", "count"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """A quantity that is a result, with the names of what it belongs to, and the rule that said so.

    ``confidence`` is that of its kind; ``joint_confidence`` that of its kind and all names besides its task.
    ``sentence_start`` and ``sentence_end`` are characters of the Doc.
    """

    quantity: Quantity
    kind: ResultKind
    metric: str | None
    dataset: str | None
    task: str | None
    method: str | None
    baseline: str | None
    rule: str
    confidence: float
    joint_confidence: float
    sentence_start: int
    sentence_end: int


def unit_of(quantity: Quantity) -> str | None:
    """The unit of a quantity as results have it: none where it says no more than that something is counted."""
    return None if quantity.dimension in _SCORE_UNITS else quantity.unit


def to_result(doc: Doc, found: DocumentResult) -> Result:
    """A result as the model has it, with offsets into its field."""
    quantity = found.quantity
    field = field_at(fields_of(doc), quantity.start)
    return Result(
        value=quantity.value,
        number=quantity.number,
        unit=unit_of(quantity),
        kind=found.kind,
        qualifier=quantity.qualifier,
        metric=found.metric,
        dataset=found.dataset,
        task=found.task,
        method=found.method,
        baseline=found.baseline,
        evidence=Evidence(
            field=field.name,
            start=quantity.start - field.start,
            end=quantity.end - field.start,
            text=quantity.text,
            sentence_start=max(found.sentence_start, field.start) - field.start,
            sentence_end=min(found.sentence_end, field.end) - field.start,
            rule=found.rule,
            confidence=found.confidence,
        ),
        joint_confidence=found.joint_confidence,
    )
