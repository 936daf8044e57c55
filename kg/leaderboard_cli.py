"""``kg leaderboard``: the leaderboards of a graph, some of them whole, or where papers contradict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from kg.options import FORMAT, LIKELY, PLOT, RULES
from kg.tables import FOR_PEOPLE, ROWS, Table, for_machines, for_people, limit
from kg.terminal import count_of

if TYPE_CHECKING:
    from kg.conflicts import ScoreConflict
    from kg.graph import Graph
    from kg.leaderboard import Leaderboard

Record: TypeAlias = dict[str, Any]

_BOARD: Final = ("dataset", "metric", "task", "unit", "direction")
_BOARD_OF_ENTRY: Final = ("dataset", "metric", "unit", "direction")
_OVERVIEW: Final = (*_BOARD, "scores", "changes", "papers", "best", "method")
_CONFLICT: Final = ("dataset", "metric", "unit")
_NOTHING: Final = "the graph holds no leaderboard"
_NO_CONFLICT: Final = "no papers contradict each other"


@click.command("leaderboard")
@click.argument("graph", type=click.Path(), metavar="GRAPH")
@click.option("--dataset", metavar="NAME", help="Show the boards of this dataset, one a metric.")
@click.option("--metric", metavar="NAME", help="Show the boards of this metric, one a dataset.")
@click.option("--task", metavar="NAME", help="Take only results on this task, those without a dataset too.")
@click.option("--conflicts", is_flag=True, help="Show where papers give different scores for one method.")
@FORMAT
@click.option(
    "--top",
    type=click.IntRange(0),
    metavar="N",
    help="No more than N rows a table, or N conflicts; 0 for all.  [default: 20; all in csv and json]",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    metavar="0..1",
    default=LIKELY,
    show_default=True,
    help="Leave out results that are less sure than this as a whole, with metric, dataset, method and baseline.",
)
@RULES
@PLOT
def leaderboard(
    graph: str,
    *,
    conflicts: bool,
    form: str,
    top: int | None,
    min_confidence: float,
    rules: str | None,
    plot: Path | None,
    **asked: str | None,
) -> None:
    """Rank the scores that papers report.

    GRAPH is a graph folder, or a file that kg extract wrote. Without a dataset, a metric or a task, the leaderboards
    that the graph holds are listed, the largest first. Names are found however they are written. The plot is that of
    the first leaderboard: scores over time, and the best so far.

    \b
    Examples:
      kg leaderboard my-graph/
      kg leaderboard my-graph/ --dataset imagenet --metric "top-1 accuracy"
      kg leaderboard my-graph/ --conflicts --format csv
      kg leaderboard my-graph/ --dataset ImageNet --plot imagenet.svg
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.conflicts import score_conflicts  # noqa: PLC0415 - kg --help need not wait for it
    from kg.folder import load_graph  # noqa: PLC0415
    from kg.leaderboard import leaderboards  # noqa: PLC0415

    if plot is not None and not any(asked.values()):
        raise click.UsageError("--plot draws one leaderboard; say which with --dataset, --metric or --task")
    loaded = load_graph(graph)
    folder = None if rules is None else Path(rules)
    everything = leaderboards(loaded, rules=folder, min_confidence=0.0, **asked)
    boards = (
        leaderboards(loaded, rules=folder, min_confidence=min_confidence, **asked) if min_confidence else everything
    )
    hidden = _entries(everything) - _entries(boards)
    notes = [f"{count_of(hidden, 'result')} less sure than {min_confidence:g}; --min-confidence 0 shows all"]
    notes = notes if hidden else []
    if conflicts:
        printed = _conflicts(score_conflicts(boards), form, top, notes)
    elif any(name is not None for name in asked.values()):
        printed = _boards(boards, form, top, notes)
    else:
        missing = _results(loaded) - _entries(everything)
        if missing:
            notes.append(f"{count_of(missing, 'result')} without a dataset; --task NAME shows those on a task")
        printed = _overview(boards, form, top, notes)
    click.echo(printed.encode(errors="replace"), nl=False)
    if hidden and form not in FOR_PEOPLE:
        click.echo(notes[0], err=True)
    if plot is not None and boards:
        from kg.plots import leaderboard_plot  # noqa: PLC0415

        leaderboard_plot(boards[0], plot)


def _entries(boards: Iterable[Leaderboard]) -> int:
    return sum(len(board.scores) + len(board.changes) for board in boards)


def _overview(boards: Sequence[Leaderboard], form: str, top: int | None, notes: Sequence[str]) -> str:
    if form in FOR_PEOPLE:
        from kg.leaderboard_tables import overview  # noqa: PLC0415

        return _shown(overview(boards, limit(top, ROWS)), form, notes)
    records = [
        {
            **{name: getattr(board, name) for name in _BOARD},
            "scores": len(board.scores),
            "changes": len(board.changes),
            "papers": board.papers,
            "best": board.best and board.best.number,
            "method": board.best and board.best.method,
        }
        for board in boards[: limit(top)]
    ]
    return for_machines(_OVERVIEW, records, form)


def _boards(boards: Iterable[Leaderboard], form: str, top: int | None, notes: Sequence[str]) -> str:
    if form in FOR_PEOPLE:
        from kg.leaderboard_tables import board_tables  # noqa: PLC0415

        return _shown(board_tables(boards, limit(top, ROWS)), form, notes)
    most = limit(top)
    taken = [replace(board, scores=board.scores[:most], changes=board.changes[:most]) for board in boards]
    if form == "json":
        return for_machines((), map(asdict, taken), form)
    return for_machines(
        (*_BOARD_OF_ENTRY, *_entry_names()),
        (
            {**asdict(entry), **{name: getattr(board, name) for name in _BOARD_OF_ENTRY}, "value_unit": entry.unit}
            for board in taken
            for entry in (*board.scores, *board.changes)
        ),
        form,
    )


def _conflicts(conflicts: Sequence[ScoreConflict], form: str, top: int | None, notes: Sequence[str]) -> str:
    if form in FOR_PEOPLE:
        from kg.leaderboard_tables import conflict_tables  # noqa: PLC0415

        tables = conflict_tables(conflicts, limit(top, ROWS))
        more = len(conflicts) - len(tables)
        if more:
            return _shown(tables, form, [f"{count_of(more, 'more conflict')} (--top 0 shows all)", *notes])
        return _shown(tables, form, notes) if tables else "".join(f"{line}\n" for line in (_NO_CONFLICT, *notes))
    taken = conflicts[: limit(top)]
    if form == "json":
        return for_machines((), map(asdict, taken), form)
    return for_machines(
        (*_CONFLICT, *_entry_names()),
        (
            {**asdict(entry), **{name: getattr(conflict, name) for name in _CONFLICT}, "value_unit": entry.unit}
            for conflict in taken
            for entry in conflict.entries
        ),
        form,
    )


def _shown(tables: Sequence[Table], form: str, notes: Sequence[str] = ()) -> str:
    return for_people(tables, form, notes if tables else [_NOTHING, *notes])


def _results(graph: Graph) -> int:
    return sum(node["kind"] == "Result" for _, node in graph.nodes(data=True))


def _entry_names() -> Iterator[str]:
    """The columns of an entry; its unit is called otherwise beside that of its board."""
    from kg.leaderboard import LeaderboardEntry  # noqa: PLC0415

    return ("value_unit" if name == "unit" else name for name in LeaderboardEntry.__slots__)
