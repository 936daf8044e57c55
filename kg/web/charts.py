"""Counts by year as bars, laid out here so that the page needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640.0
HEIGHT: Final = 120.0
_GAP: Final = 0.2
_LEAST: Final = 1.0
_WIDEST: Final = 48.0
_LABELS: Final = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a year, in the units of the picture; ``labelled`` where the year stands below it."""

    year: int
    count: int
    x: float
    y: float
    width: float
    height: float
    middle: float
    labelled: bool


def bars(by_year: Sequence[tuple[int, int]]) -> list[Bar]:
    """A bar for each year from the first to the last, in a picture of WIDTH by HEIGHT; years without papers have 0."""
    if not by_year:
        return []
    counts = dict(by_year)
    years = range(min(counts), max(counts) + 1)
    most = max(counts.values())
    step = min(WIDTH / len(years), _WIDEST)
    every = -(-len(years) // _LABELS)
    found = []
    for place, year in enumerate(years):
        count = counts.get(year, 0)
        height = max(count / most * HEIGHT, _LEAST) if count else 0.0
        x = place * step
        found.append(
            Bar(
                year=year,
                count=count,
                x=round(x + step * _GAP / 2, 2),
                y=round(HEIGHT - height, 2),
                width=round(step * (1 - _GAP), 2),
                height=round(height, 2),
                middle=round(x + step / 2, 2),
                labelled=(len(years) - 1 - place) % every == 0,
            )
        )
    return found
