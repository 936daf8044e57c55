"""Leaderboards and contradictions as tables for people: aligned for a terminal, or in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from kg.conflicts import ScoreConflict
from kg.leaderboard import Leaderboard, LeaderboardEntry
from kg.terminal import count_of

Row: TypeAlias = Mapping[str, object]

ROWS: Final = 20
"""How many rows a table has unless more are asked for."""

_DIRECTIONS: Final = {
    "higher": "higher is better",
    "lower": "lower is better",
    "unknown": "direction unknown, higher first",
}
_CHANGES: Final = {"gain": "gains", "reduction": "reductions", "ratio": "ratios"}
_NONE: Final = "-"
_WITHOUT_METHOD: Final = "(paper)"
_WITHOUT_METRIC: Final = "metric not said"
_CONVERTED: Final = "*"
_NUMBERS: Final = frozenset({"rank", "value", "scores", "changes", "papers", "best"})
_LONGEST: Final = 44
_AROUND: Final = 72
_INDENT: Final = " " * 8
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>|#~$&])")
_NOT_IN_LINKS: Final = re.compile(r"[<>|\\\s]")


class Table(NamedTuple):
    """Rows of like keys under a heading, of ``total`` that there are; ``entries`` are those they show, if any."""

    heading: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    entries: tuple[LeaderboardEntry, ...] = ()


def overview(boards: Sequence[Leaderboard], limit: int | None) -> list[Table]:
    """A row for each board: how much is on it, of how many papers, and what is best; no table where there is none."""
    rows = tuple(map(_summary, boards[:limit]))
    return [Table((), rows, len(boards))] if rows else []


def board_tables(boards: Iterable[Leaderboard], limit: int | None) -> list[Table]:
    """For each board a table of its scores, then one of its gains, of its reductions and of its ratios."""
    tables = []
    for board in boards:
        size = f"{_size(board)}{_order(board)}"
        if board.scores:
            taken = board.scores[:limit]
            rows = tuple({"rank": entry.rank, "value": _score(entry), **_source(entry)} for entry in taken)
            tables.append(Table((_about(board), size), rows, len(board.scores), taken))
        for kind, name in _CHANGES.items():
            found = tuple(entry for entry in board.changes if entry.kind == kind)
            if found:
                taken = found[:limit]
                rows = tuple({"value": _change(entry), "over": entry.baseline, **_source(entry)} for entry in taken)
                tables.append(Table((f"{_about(board)}: {name}",), rows, len(found), taken))
    return tables


def conflict_tables(conflicts: Sequence[ScoreConflict], limit: int | None) -> list[Table]:
    """For each contradiction a table of the scores in question."""
    tables = []
    for conflict in conflicts[:limit]:
        unit = f", in {conflict.unit}" if conflict.unit else ""
        rows = tuple(
            {"value": _score(entry), "task": entry.task, "date": entry.published, "paper": entry.title}
            for entry in conflict.entries
        )
        heading = f"{conflict.method} on {conflict.dataset}: {conflict.metric}{unit}"
        tables.append(Table((heading,), rows, len(rows), conflict.entries))
    return tables


def aligned(tables: Iterable[Table], notes: Iterable[str] = ()) -> Iterator[str]:
    """Lines for a terminal, with the sentence of an entry, as far as it fits, below its row; the notes come last."""
    shown: list[LeaderboardEntry] = []
    for number, table in enumerate(tables):
        if number:
            yield ""
        yield from table.heading
        header = list(table.rows[0])
        cells = [header, *([_cell(text) for text in row.values()] for row in table.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for place, line in enumerate(cells):
            padded = (
                text.rjust(width) if name in _NUMBERS else text.ljust(width)
                for name, text, width in zip(header, line, widths, strict=True)
            )
            yield "  ".join(padded).rstrip()
            if place and table.entries:
                yield _INDENT + _excerpt(table.entries[place - 1])
        yield from _more(table)
        shown += table.entries
    last = (*_marks(shown), *notes)
    yield from ("", *last) if shown and last else last


def markdown(tables: Iterable[Table], notes: Iterable[str] = ()) -> Iterator[str]:
    """Lines of Markdown, with links to the papers and the whole sentences; the notes come last."""
    shown: list[LeaderboardEntry] = []
    for table in tables:
        for level, line in enumerate(table.heading):
            yield from (f"## {_escaped(line)}" if level == 0 else _escaped(line), "")
        header = [*table.rows[0], *(["sentence"] if table.entries else [])]
        yield _line(header)
        yield _line(["---:" if name in _NUMBERS else "---" for name in header])
        for place, row in enumerate(table.rows):
            cells = {name: _escaped(text) for name, text in row.items()}
            if table.entries:
                entry = table.entries[place]
                cells |= {"paper": _link(entry), "sentence": _escaped(entry.sentence)}
            yield _line(cells.values())
        yield ""
        yield from (line for more in _more(table) for line in (more, ""))
        shown += table.entries
    yield from (line for note in (*_marks(shown), *notes) for line in (_escaped(note), ""))


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
    return {"method": entry.method or _WITHOUT_METHOD, "date": entry.published, "paper": entry.title}


def _score(entry: LeaderboardEntry) -> str:
    """A score in the unit of its board, and how exactly it is meant."""
    number = entry.value if entry.number is None else f"{entry.number:f}"
    return f"{_qualified(entry)}{number}{_CONVERTED if entry.converted else ''}"


def _change(entry: LeaderboardEntry) -> str:
    """A gain, reduction or ratio as the paper writes it."""
    return f"{_qualified(entry)}{entry.value} {entry.unit or ''}".rstrip()


def _qualified(entry: LeaderboardEntry) -> str:
    return "" if entry.qualifier == "exact" else f"{entry.qualifier} "


def _cell(text: object) -> str:
    written = _NONE if text is None or text == "" else str(text)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1].rstrip()}…"


def _excerpt(entry: LeaderboardEntry) -> str:
    """What stands around the number of an entry in its sentence, cut between words."""
    before, after = entry.sentence[: entry.start], entry.sentence[entry.end :]
    if len(before) > _AROUND:
        before = f"…{before[-_AROUND:].partition(' ')[2]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND].rpartition(' ')[0]}…"
    return f"{before}{entry.sentence[entry.start : entry.end]}{after}"


def _more(table: Table) -> Iterator[str]:
    if table.total > len(table.rows):
        yield f"… {table.total - len(table.rows):,} more (--top 0 shows all)"


def _marks(entries: Sequence[LeaderboardEntry]) -> Iterator[str]:
    """What the marks in tables mean, as far as they stand there."""
    if any(entry.converted for entry in entries):
        yield f"{_CONVERTED} a fraction in the paper, shown in per cent"
    if any(entry.method is None for entry in entries):
        yield f"{_WITHOUT_METHOD}: the number is given without a method, and stands for its paper"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: object) -> str:
    """A text as Markdown shows it; a dash for none."""
    return _MARKDOWN.sub(r"\\\1", _NONE if text is None or text == "" else str(text))


def _link(entry: LeaderboardEntry) -> str:
    title = _escaped(entry.title)
    return f"[{title}](<{_NOT_IN_LINKS.sub('', entry.url)}>)" if entry.url else title
