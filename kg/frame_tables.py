"""Frames as tables for people, or as records for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from pandas.api.types import is_numeric_dtype

from kg.tables import FOR_PEOPLE, ROWS, Record, Table, for_machines, for_people, limit

_LARGE: Final = 1000.0


def printed(
    frame: pd.DataFrame,
    form: str,
    top: int | None,
    columns: Mapping[str, str],
    *,
    heading: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:
    """The first rows of a frame in one of :data:`kg.tables.FORMATS`.

    For people these ``columns`` under the names that they give them, twenty rows unless ``top`` says otherwise, with
    the heading above and the notes below; for machines all columns and rows.
    """
    if form not in FOR_PEOPLE:
        return for_machines(frame.columns, records(frame.head(_rows(top, frame))), form)
    table = table_of(frame, top, columns, heading=heading)
    return for_people([table] if table else [], form, notes if table else [*heading, "nothing found", *notes])


def table_of(
    frame: pd.DataFrame, top: int | None, columns: Mapping[str, str], *, heading: Sequence[str] = ()
) -> Table | None:
    """A table of these columns of a frame under the names that they give them; None where the frame has no row."""
    if frame.empty:
        return None
    shown = records(frame[list(columns)].head(_rows(top, frame, ROWS)))
    rows = tuple({header: _shown(row[name], name) for name, header in columns.items()} for row in shown)
    numbers = frozenset(header for name, header in columns.items() if is_numeric_dtype(frame[name]))
    return Table(tuple(heading), rows, len(frame), numbers)


def records(frame: pd.DataFrame) -> list[Record]:
    """The rows of a frame, with None for what is missing."""
    plain = frame.astype(object)
    return plain.where(frame.notna(), None).to_dict("records")  # type: ignore[return-value]


def _rows(top: int | None, frame: pd.DataFrame, default: int | None = None) -> int:
    most = limit(top, default)
    return len(frame) if most is None else most


def _shown(value: Any, name: str) -> str | None:
    """A value as a person reads it: numbers to three places that count, years without a comma."""
    if isinstance(value, int | float) and name.endswith("year"):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value + 0.0:.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    return None if value is None else str(value)
