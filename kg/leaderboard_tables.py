"""Leaderboards and contradictions as tables for people: aligned for a terminal, or in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.conflicts import ScoreConflict
from kg.leaderboard import Leaderboard, LeaderboardEntry
from kg.tables import Excerpt, Link, Row, Table
from kg.terminal import count_of

_DIRECTIONS: Final = {
    "higher": "higher is better",
    "lower": "lower is better",
    "unknown": "direction unknown, higher first",
}
_CHANGES: Final = {"gain": "gains", "reduction": "reductions", "ratio": "ratios"}
_WITHOUT_METHOD: Final = "(paper)"
_WITHOUT_METRIC: Final = "metric not said"
_CONVERTED: Final = "*"
_NUMBERS: Final = frozenset({"rank", "value", "scores", "changes", "papers", "best"})


def overview(boards: Sequence[Leaderboard], limit: int | None) -> list[Table]:
    """A row for each board: how much is on it, of how many papers, and what is best; no table where there is none."""
    rows = tuple(map(_summary, boards[:limit]))
    return [Table((), rows, len(boards), numbers=_NUMBERS)] if rows else []


def board_tables(boards: Iterable[Leaderboard], limit: int | None) -> list[Table]:
    """For each board a table of its scores, then one of its gains, of its reductions and of its ratios."""
    tables = []
    for board in boards:
        size = f"{_size(board)}{_order(board)}"
        if board.scores:
            taken = board.scores[:limit]
            rows = tuple({"rank": entry.rank, "value": _score(entry), **_source(entry)} for entry in taken)
            tables.append(_of_entries((_about(board), size), rows, len(board.scores), taken))
        for kind, name in _CHANGES.items():
            found = tuple(entry for entry in board.changes if entry.kind == kind)
            if found:
                taken = found[:limit]
                rows = tuple({"value": _change(entry), "over": entry.baseline, **_source(entry)} for entry in taken)
                tables.append(_of_entries((f"{_about(board)}: {name}",), rows, len(found), taken))
    return tables


def conflict_tables(conflicts: Sequence[ScoreConflict], limit: int | None) -> list[Table]:
    """For each contradiction a table of the scores in question."""
    tables = []
    for conflict in conflicts[:limit]:
        unit = f", in {conflict.unit}" if conflict.unit else ""
        rows = tuple(
            {"value": _score(entry), "task": entry.task, "date": entry.published, "paper": Link(entry.title, entry.url)}
            for entry in conflict.entries
        )
        heading = f"{conflict.method} on {conflict.dataset}: {conflict.metric}{unit}"
        tables.append(_of_entries((heading,), rows, len(rows), conflict.entries))
    return tables


def _of_entries(
    heading: tuple[str, ...], rows: tuple[Row, ...], total: int, entries: Sequence[LeaderboardEntry]
) -> Table:
    excerpts = tuple(Excerpt(entry.sentence, entry.start, entry.end) for entry in entries)
    return Table(heading, rows, total, _NUMBERS, excerpts, tuple(_marks(entries)))


def _summary(board: Leaderboard) -> Row:
    best = board.best
    return {
        "scores": len(board.scores),
        "changes": len(board.changes),
        "papers": board.papers,
        "dataset": board.dataset,
        "metric": board.metric or _WITHOUT_METRIC,
        "best": _score(best) if best and board.direction != "unknown" else None,
        "unit": board.unit,
        "method": best.method or _WITHOUT_METHOD if best and board.direction != "unknown" else None,
    }


def _about(board: Leaderboard) -> str:
    return ", ".join(filter(None, (board.dataset, board.metric or _WITHOUT_METRIC, board.task)))


def _size(board: Leaderboard) -> str:
    counts = [count_of(len(board.scores), "score")] if board.scores else []
    for kind in _CHANGES:
        number = sum(entry.kind == kind for entry in board.changes)
        counts += [count_of(number, kind)] if number else []
    return f"{', '.join(counts)} in {count_of(board.papers, 'paper')}"


def _order(board: Leaderboard) -> str:
    """In what the scores of a board are, and in which order."""
    if not board.scores:
        return ""
    unit = f"in {board.unit}, " if board.unit else ""
    return f"; {unit}{_DIRECTIONS[board.direction]}"


def _source(entry: LeaderboardEntry) -> Row:
    return {"method": entry.method or _WITHOUT_METHOD, "date": entry.published, "paper": Link(entry.title, entry.url)}


def _score(entry: LeaderboardEntry) -> str:
    """A score in the unit of its board, and how exactly it is meant."""
    number = entry.value if entry.number is None else f"{entry.number:f}"
    return f"{_qualified(entry)}{number}{_CONVERTED if entry.converted else ''}"


def _change(entry: LeaderboardEntry) -> str:
    """A gain, reduction or ratio as the paper writes it."""
    return f"{_qualified(entry)}{entry.value} {entry.unit or ''}".rstrip()


def _qualified(entry: LeaderboardEntry) -> str:
    return "" if entry.qualifier == "exact" else f"{entry.qualifier} "


def _marks(entries: Sequence[LeaderboardEntry]) -> Iterator[str]:
    """What the marks in tables mean, as far as they stand there."""
    if any(entry.converted for entry in entries):
        yield f"{_CONVERTED} a fraction in the paper, shown in per cent"
    if any(entry.method is None for entry in entries):
        yield f"{_WITHOUT_METHOD}: the number is given without a method, and stands for its paper"
