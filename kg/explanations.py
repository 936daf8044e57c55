"""What is told of a candidate: which rule proposed it, and why it was taken or not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One thing that a rule proposed.

    ``what`` is an entity type, ``Result``, or ``Number`` for a number that no rule takes for a result. ``start`` and
    ``end`` are code points in ``field``. ``lost_to`` says why the proposal was not taken, and is empty for what was.
    ``note`` tells what else was decided: the role and its rule, or what the number was linked to.
    """

    what: str
    text: str
    field: str
    start: int
    end: int
    rule: str
    confidence: float
    lost_to: str
    note: str
