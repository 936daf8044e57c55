"""``kg leaderboard``: the leaderboards of a graph, some of them whole, or where papers contradict."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from kg.options import MIN_CONFIDENCE, RULES
from kg.terminal import count_of

if TYPE_CHECKING:
    from kg.conflicts import ScoreConflict
    from kg.graph import Graph
    from kg.leaderboard import Leaderboard
    from kg.leaderboard_tables import Table

Record: TypeAlias = dict[str, Any]

_FORMATS: Final = ("table", "csv", "md", "json")
_FOR_PEOPLE: Final = frozenset({"table", "md"})
_BOARD: Final = ("dataset", "metric", "task", "unit", "direction")
_BOARD_OF_ENTRY: Final = ("dataset", "metric", "unit", "direction")
_OVERVIEW: Final = (*_BOARD, "scores", "changes", "papers", "best", "method")
_CONFLICT: Final = ("dataset", "metric", "unit")
_NOTHING: Final = "the graph holds no leaderboard"
_NO_CONFLICT: Final = "no papers contradict each other\n"


@click.command("leaderboard")
@click.argument("graph", type=click.Path(), metavar="GRAPH")
@click.option("--dataset", metavar="NAME", help="Show the boards of this dataset, one a metric.")
@click.option("--metric", metavar="NAME", help="Show the boards of this metric, one a dataset.")
@click.option("--task", metavar="NAME", help="Take only results on this task, those without a dataset too.")
@click.option("--conflicts", is_flag=True, help="Show where papers give different scores for one method.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="table", show_default=True, help="How to print it."
)
@click.option(
    "--top",
    type=click.IntRange(0),
    metavar="N",
    help="No more than N rows a table, or N conflicts; 0 for all.  [default: 20; all in csv and json]",
)
@MIN_CONFIDENCE
@RULES
def leaderboard(
    graph: str,
    *,
    conflicts: bool,
    form: str,
    top: int | None,
    min_confidence: float,
    rules: str | None,
    **asked: str | None,
) -> None:
    """Rank the scores that papers report.

    GRAPH is a graph folder, or a file that kg extract wrote. Without a dataset, a metric or a task, the leaderboards
    that the graph holds are listed, the largest first. Names are found however they are written.

    \b
    Examples:
      kg leaderboard my-graph/
      kg leaderboard my-graph/ --dataset imagenet --metric "top-1 accuracy"
      kg leaderboard my-graph/ --conflicts --format csv
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.conflicts import score_conflicts  # noqa: PLC0415 - kg --help need not wait for it
    from kg.folder import load_graph  # noqa: PLC0415
    from kg.leaderboard import leaderboards  # noqa: PLC0415

    loaded = load_graph(graph)
    folder = None if rules is None else Path(rules)
    boards = leaderboards(loaded, rules=folder, min_confidence=min_confidence, **asked)
    if conflicts:
        printed = _conflicts(score_conflicts(boards), form, top)
    elif any(name is not None for name in asked.values()):
        printed = _boards(boards, form, top)
    else:
        printed = _overview(boards, form, top, results=_results(loaded))
    click.echo(printed.encode(errors="replace"), nl=False)


def _overview(boards: Sequence[Leaderboard], form: str, top: int | None, *, results: int) -> str:
    if form in _FOR_PEOPLE:
        from kg.leaderboard_tables import ROWS, overview  # noqa: PLC0415

        missing = results - sum(len(board.scores) + len(board.changes) for board in boards)
        notes = [f"{count_of(missing, 'result')} without a dataset; --task NAME shows those on a task"]
        return _shown(overview(boards, _limit(top, ROWS)), form, notes if missing else [])
    records = [
        {
            **{name: getattr(board, name) for name in _BOARD},
            "scores": len(board.scores),
            "changes": len(board.changes),
            "papers": board.papers,
            "best": board.best and board.best.number,
            "method": board.best and board.best.method,
        }
        for board in boards[: _limit(top)]
    ]
    return _json(records) if form == "json" else _csv(_OVERVIEW, records)


def _boards(boards: Iterable[Leaderboard], form: str, top: int | None) -> str:
    if form in _FOR_PEOPLE:
        from kg.leaderboard_tables import ROWS, board_tables  # noqa: PLC0415

        return _shown(board_tables(boards, _limit(top, ROWS)), form)
    limit = _limit(top)
    taken = [replace(board, scores=board.scores[:limit], changes=board.changes[:limit]) for board in boards]
    if form == "json":
        return _json([asdict(board) for board in taken])
    return _csv(
        (*_BOARD_OF_ENTRY, *_entry_names()),
        (
            {**asdict(entry), **{name: getattr(board, name) for name in _BOARD_OF_ENTRY}, "value_unit": entry.unit}
            for board in taken
            for entry in (*board.scores, *board.changes)
        ),
    )


def _conflicts(conflicts: Sequence[ScoreConflict], form: str, top: int | None) -> str:
    if form in _FOR_PEOPLE:
        from kg.leaderboard_tables import ROWS, conflict_tables  # noqa: PLC0415

        tables = conflict_tables(conflicts, _limit(top, ROWS))
        more = len(conflicts) - len(tables)
        if more:
            return _shown(tables, form, [f"{count_of(more, 'more conflict')} (--top 0 shows all)"])
        return _shown(tables, form) if tables else _NO_CONFLICT
    taken = conflicts[: _limit(top)]
    if form == "json":
        return _json([asdict(conflict) for conflict in taken])
    return _csv(
        (*_CONFLICT, *_entry_names()),
        (
            {**asdict(entry), **{name: getattr(conflict, name) for name in _CONFLICT}, "value_unit": entry.unit}
            for conflict in taken
            for entry in conflict.entries
        ),
    )


def _limit(top: int | None, default: int | None = None) -> int | None:
    """How many rows to print; None for all."""
    return default if top is None else top or None


def _shown(tables: Sequence[Table], form: str, notes: Sequence[str] = ()) -> str:
    from kg.leaderboard_tables import aligned, markdown  # noqa: PLC0415

    if not tables:
        notes = [_NOTHING, *notes]
    lines = aligned(tables, notes) if form == "table" else markdown(tables, notes)
    return "".join(f"{line}\n" for line in lines)


def _results(graph: Graph) -> int:
    return sum(node["kind"] == "Result" for _, node in graph.nodes(data=True))


def _entry_names() -> Iterator[str]:
    """The columns of an entry; its unit is called otherwise beside that of its board."""
    from kg.leaderboard import LeaderboardEntry  # noqa: PLC0415

    return ("value_unit" if name == "unit" else name for name in LeaderboardEntry.__slots__)


def _plain(value: Any) -> Any:
    """A decimal as a text, so that no digit is lost; a truth as JSON writes it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value).lower() if isinstance(value, bool) else value


def _csv(header: Iterable[str], records: Iterable[Record]) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, list(header), extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows({name: _plain(value) for name, value in record.items()} for record in records)
    return written.getvalue()


def _json(records: Iterable[Record]) -> str:
    return json.dumps(list(records), ensure_ascii=False, indent=2, default=_plain) + "\n"
