"""Plots of frames, as SVG or PNG: the same input gives the same bytes.

Texts stay texts in SVG, so that they can be searched and read aloud. The colours are those of M. Okabe and K. Ito
("Color Universal Design", 2008), which people who cannot tell red from green can tell apart.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kg.errors import ExportError
from kg.frames import leaderboard_frame
from kg.leaderboard import Leaderboard
from kg.replacing import file_replaced

_SETTINGS: Final[dict[str, Any]] = {
    "svg.hashsalt": "kg",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "figure.dpi": 150,
}
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES: Final = ("solid", "dashed", "dotted")
_WIDTH: Final = 9.0
_LINES: Final = 10
_BARS: Final = 20
_CELLS: Final = 15
_LONGEST: Final = 40
_LABEL_GAP: Final = 0.045
_FEWEST_YEARS: Final = 4
_NO_DATE: Final[dict[str, dict[str, None]]] = {".svg": {"Date": None, "Creator": None}, ".png": {"Software": None}}


def lines_plot(table: pd.DataFrame, path: Path, *, title: str, value: str) -> None:
    """Lines over the years, named at their ends: the first ten of a frame with ``label``, ``year`` and ``share``.

    ``value`` says what the shares are of. As for all plots, ``path`` ends in .svg or .png; raises ExportError where it
    does not, or cannot be written.
    """
    labels = list(dict.fromkeys(table["label"]))[:_LINES]
    with _figure(path, title, height=5.0) as axes:
        ends: list[tuple[float, str, str]] = []
        for number, label in enumerate(labels):
            own = table[(table["label"] == label) & table["share"].notna()]
            colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number // len(_COLOURS) % len(_DASHES)]
            axes.plot(own["year"], own["share"], color=colour, linestyle=dash, marker="o", markersize=3)
            ends.append((float(own["share"].iloc[-1]) if len(own) else 0.0, label, colour))
        axes.set_ylim(bottom=0)
        axes.set_ylabel(value)
        _whole_years(axes)
        _name_ends(axes, ends, float(table["year"].max()) if len(table) else 0.0)


def bars_plot(table: pd.DataFrame, path: Path, *, title: str, column: str, value: str) -> None:
    """Bars for the first twenty rows of a frame: its ``label`` and the number in ``column``; for ``path`` see above."""
    shown = table.head(_BARS).iloc[::-1]
    with _figure(path, title, height=1.5 + 0.26 * len(shown)) as axes:
        places = range(len(shown))
        axes.barh(places, shown[column].astype(float), color=_COLOURS[0])
        axes.set_yticks(places, [_cut(label) for label in shown["label"]])
        axes.set_xlabel(value)


def cells_plot(
    counts: pd.DataFrame, path: Path, *, title: str, value: str, marked: Sequence[tuple[str, str]] = ()
) -> None:
    """A map of numbers by row and column, the darker the larger, with a ring in the cells that are marked.

    At most fifteen rows and columns of ``counts`` are drawn; for ``path`` see above.
    """
    shown = counts.iloc[:_CELLS, :_CELLS]
    with _figure(path, title, height=2.8 + 0.33 * len(shown)) as axes:
        numbers = shown.to_numpy(dtype=float)
        axes.imshow(np.log1p(numbers), cmap="Blues", aspect="auto", vmin=0)
        half = float(np.log1p(numbers.max(initial=0.0))) / 2
        for (row, column), number in np.ndenumerate(numbers):
            if number:
                dark = float(np.log1p(number)) > half
                axes.text(column, row, f"{number:g}", ha="center", va="center", size=7, color="w" if dark else "k")
        rings = [
            (list(shown.columns).index(column), list(shown.index).index(row))
            for row, column in marked
            if row in shown.index and column in shown.columns
        ]
        if rings:
            columns, rows = zip(*rings, strict=True)
            axes.scatter(columns, rows, s=60, facecolors="none", edgecolors=_COLOURS[1], linewidths=1.5)
        axes.set_xticks(range(len(shown.columns)), [_cut(str(name)) for name in shown.columns], rotation=45, ha="right")
        axes.set_yticks(range(len(shown)), [_cut(str(name)) for name in shown.index])
        axes.set_xlabel(value)


def growth_plot(
    table: pd.DataFrame, path: Path, *, title: str, over: str, left: tuple[str, str], right: tuple[str, str]
) -> None:
    """Two columns of a frame over a third one, each with an axis of its own from zero; for ``path`` see above.

    ``left`` and ``right`` are each a column and what to write on its axis.
    """
    with _figure(path, title, height=4.5) as axes:
        other = axes.twinx()
        other.spines["right"].set_visible(True)
        for number, (one, (column, words)) in enumerate(((axes, left), (other, right))):
            one.plot(table[over], table[column], color=_COLOURS[number], linestyle=_DASHES[number], marker="o")
            one.set_ylabel(words, color=_COLOURS[number])
            one.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        axes.set_xlabel(over)


def leaderboard_plot(board: Leaderboard, path: Path) -> None:
    """The scores of a board by the year of their papers, with the best so far as a line; for ``path`` see above.

    The methods that were best when they came are named. Scores without a number or a date are left out.
    """
    table = leaderboard_frame([board])
    table = table[(table["kind"] == "score") & table["number"].notna() & table["date"].notna()]
    table = table.sort_values(["date", "rank", "method"], kind="stable")
    days = table["date"].dt.year + (table["date"].dt.day_of_year - 1) / 365.25
    lower = board.direction == "lower"
    best = table["number"].cummin() if lower else table["number"].cummax()
    record = table["number"].eq(best) & best.ne(best.shift())
    about = ", ".join(filter(None, (board.dataset, board.metric, board.task)))
    with _figure(path, about, height=5.0) as axes:
        axes.scatter(days, table["number"], color=_COLOURS[5], s=18, zorder=2)
        if board.direction != "unknown":
            axes.step(days, best, where="post", color=_COLOURS[1], zorder=1)
            for day, number, method, paper in zip(
                days[record], table["number"][record], table["method"][record], table["title"][record], strict=True
            ):
                name = _cut(paper if pd.isna(method) else method)
                axes.annotate(name, (day, number), xytext=(4, -10 if lower else 5), textcoords="offset points", size=8)
        axes.set_ylabel(f"{board.metric or 'score'}{f' ({board.unit})' if board.unit else ''}")
        axes.margins(x=0.12, y=0.1)
        _whole_years(axes)


@contextmanager
def _figure(path: Path, title: str, *, height: float) -> Iterator[Axes]:
    """Axes to draw on; what was drawn is written afterwards."""
    if path.suffix not in _NO_DATE:
        raise ExportError(f"{path} does not end in {' or '.join(_NO_DATE)}")
    with warnings.catch_warnings(), style.context(["default", _SETTINGS]):
        warnings.simplefilter("ignore", UserWarning)  # a sign that the font lacks is drawn as a box
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title)
        yield axes
        try:
            with file_replaced(path) as part:
                figure.savefig(part, format=path.suffix[1:], metadata=_NO_DATE[path.suffix])
        except OSError as error:
            raise ExportError(f"cannot write {path}: {error.strerror or error}") from error


def _whole_years(axes: Axes) -> None:
    first, last = axes.get_xlim()
    if last - first < _FEWEST_YEARS:
        middle = round((first + last) / 2)
        axes.set_xlim(middle - _FEWEST_YEARS / 2, middle + _FEWEST_YEARS / 2)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _name_ends(axes: Axes, ends: Sequence[tuple[float, str, str]], last: float) -> None:
    """Names beside the ends of lines, moved apart where they would cover each other."""
    gap = axes.get_ylim()[1] * _LABEL_GAP
    place = -np.inf
    for height, label, colour in sorted(ends):
        place = max(height, place + gap)
        axes.annotate(
            _cut(label), (last, place), xytext=(8, 0), textcoords="offset points", va="center", size=9, color=colour
        )


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"
