"""Where papers contradict: different scores for one method, dataset and metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from itertools import combinations
from typing import Any, Final

from kg.leaderboard import Leaderboard, LeaderboardEntry

_EXACT: Final = Context(prec=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreConflict:
    """Scores of one method on one leaderboard, of which those of at least two papers do not agree.

    ``entries`` are all exact scores of the method there, the best first.
    """

    dataset: str | None
    metric: str | None
    unit: str | None
    method: str
    entries: tuple[LeaderboardEntry, ...]


def score_conflicts(boards: Iterable[Leaderboard]) -> tuple[ScoreConflict, ...]:
    """Where papers give different scores for one method, dataset and metric; those of the most papers first.

    Two papers contradict where none of the scores of the one agrees with one of the other. Scores agree where they
    are of different tasks, or one is the other with fewer digits. Only exact scores of methods that are nodes count.
    """
    conflicts: list[ScoreConflict] = []
    for board in boards:
        by_method: defaultdict[str, list[LeaderboardEntry]] = defaultdict(list)
        for entry in board.scores if board.dataset and board.metric else ():
            if entry.method_key and entry.number is not None and entry.qualifier == "exact":
                by_method[entry.method_key].append(entry)
        conflicts += (
            ScoreConflict(
                dataset=board.dataset,
                metric=board.metric,
                unit=board.unit,
                method=entries[0].method or "",
                entries=tuple(entries),
            )
            for entries in by_method.values()
            if _contradict(entries)
        )
    return tuple(sorted(conflicts, key=_by_papers))


def _by_papers(conflict: ScoreConflict) -> tuple[Any, ...]:
    papers = len({entry.paper for entry in conflict.entries})
    return -papers, conflict.dataset, conflict.metric, conflict.unit or "", conflict.method


def _contradict(entries: Iterable[LeaderboardEntry]) -> bool:
    by_paper: defaultdict[str, list[LeaderboardEntry]] = defaultdict(list)
    for entry in entries:
        by_paper[entry.paper].append(entry)
    return any(
        not any(_agree(entry, other) for entry in ones for other in others)
        for ones, others in combinations(by_paper.values(), 2)
    )


def _agree(entry: LeaderboardEntry, other: LeaderboardEntry) -> bool:
    if entry.task and other.task and entry.task != other.task:
        return True
    numbers = [number for number in (entry.number, other.number) if number is not None]
    rough, fine = sorted(numbers, key=_decimals)
    return rough in (fine, *(fine.quantize(rough, rounding, _EXACT) for rounding in (ROUND_HALF_UP, ROUND_DOWN)))


def _decimals(number: Decimal) -> int:
    """How many digits stand after the point; below zero where those before it are rounded."""
    return -int(number.as_tuple().exponent)
