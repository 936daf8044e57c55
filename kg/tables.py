"""Tables for people, aligned for a terminal or in Markdown, and for machines, as CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias

Row: TypeAlias = Mapping[str, object]
Record: TypeAlias = Mapping[str, Any]

FORMATS: Final = ("table", "csv", "md", "json")
FOR_PEOPLE: Final = frozenset({"table", "md"})

ROWS: Final = 20
"""How many rows a table has unless more are asked for."""

_NONE: Final = "-"
_LONGEST: Final = 44
_AROUND: Final = 72
_INDENT: Final = " " * 8
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>|#~$&])")
_NOT_IN_LINKS: Final = re.compile(r"[<>|\\\s]")


class Link(NamedTuple):
    """A cell that Markdown shows as a link, if there is a URL."""

    text: str
    url: str | None

    def __str__(self) -> str:
        return self.text


class Excerpt(NamedTuple):
    """Words of a sentence, by where they stand in it, in code points."""

    sentence: str
    start: int
    end: int

    def cut(self) -> str:
        """The words with what stands around them, cut between words."""
        before, after = self.sentence[: self.start], self.sentence[self.end :]
        if len(before) > _AROUND:
            before = f"…{before[-_AROUND:].partition(' ')[2]}"
        if len(after) > _AROUND:
            after = f"{after[:_AROUND].rpartition(' ')[0]}…"
        return f"{before}{self.sentence[self.start : self.end]}{after}"


class Table(NamedTuple):
    """Rows of like keys under a heading, of ``total`` that there are; at least one.

    ``numbers`` are the keys whose cells stand to the right; ``excerpts``, if any, belong to the rows; ``marks`` say
    what signs in the rows mean.
    """

    heading: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    numbers: frozenset[str] = frozenset()
    excerpts: tuple[Excerpt, ...] = ()
    marks: tuple[str, ...] = ()


def aligned(tables: Sequence[Table], notes: Sequence[str] = ()) -> Iterator[str]:
    """Lines for a terminal, with the excerpt of a row, as far as it fits, below it; marks and notes come last."""
    for number, table in enumerate(tables):
        if number:
            yield ""
        yield from table.heading
        header = list(table.rows[0])
        cells = [header, *([_cell(text) for text in row.values()] for row in table.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for place, line in enumerate(cells):
            padded = (
                text.rjust(width) if name in table.numbers else text.ljust(width)
                for name, text, width in zip(header, line, widths, strict=True)
            )
            yield "  ".join(padded).rstrip()
            if place and table.excerpts:
                yield _INDENT + table.excerpts[place - 1].cut()
        yield from _more(table)
    last = (*_marks(tables), *notes)
    if last and any(table.excerpts for table in tables):
        yield ""
    yield from last


def markdown(tables: Sequence[Table], notes: Sequence[str] = ()) -> Iterator[str]:
    """Lines of Markdown, with links and the whole sentences of excerpts; marks and notes come last."""
    for table in tables:
        for level, line in enumerate(table.heading):
            yield from (f"## {_escaped(line)}" if level == 0 else _escaped(line), "")
        header = [*table.rows[0], *(["sentence"] if table.excerpts else [])]
        yield _line(header)
        yield _line(["---:" if name in table.numbers else "---" for name in header])
        for place, row in enumerate(table.rows):
            cells = [_link(cell) if isinstance(cell, Link) else _escaped(cell) for cell in row.values()]
            if table.excerpts:
                cells.append(_escaped(table.excerpts[place].sentence))
            yield _line(cells)
        yield ""
        yield from (line for more in _more(table) for line in (more, ""))
    yield from (line for note in (*_marks(tables), *notes) for line in (_escaped(note), ""))


def for_people(tables: Sequence[Table], form: str, notes: Sequence[str] = ()) -> str:
    """Tables as ``aligned`` or, where the form is "md", as ``markdown`` gives them, in one text."""
    lines = markdown(tables, notes) if form == "md" else aligned(tables, notes)
    return "".join(f"{line}\n" for line in lines)


def for_machines(header: Iterable[str], records: Iterable[Record], form: str) -> str:
    """Records as JSON, or where the form is "csv" as CSV with these columns.

    Decimals are texts, so that no digit is lost. In CSV, truths are written as in JSON, and lists with "; " between.
    """
    if form == "json":
        return as_json(list(records))
    written = io.StringIO()
    table = csv.DictWriter(written, list(header), extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows({name: _plain(value) for name, value in record.items()} for record in records)
    return written.getvalue()


def as_json(value: object) -> str:
    """A value as indented JSON, with decimals as texts."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n"


def limit(top: int | None, default: int | None = None) -> int | None:
    """How many rows to print, given the option ``--top``: all for 0 (None), the default without it."""
    return default if top is None else top or None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value).lower() if isinstance(value, bool) else value


def _cell(text: object) -> str:
    written = _NONE if text is None or text == "" else str(text)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1].rstrip()}…"


def _more(table: Table) -> Iterator[str]:
    if table.total > len(table.rows):
        yield f"… {table.total - len(table.rows):,} more (--top 0 shows all)"


def _marks(tables: Iterable[Table]) -> Iterable[str]:
    """What the marks in tables mean, each said once."""
    return dict.fromkeys(mark for table in tables for mark in table.marks)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: object) -> str:
    """A text as Markdown shows it; a dash for none."""
    return _MARKDOWN.sub(r"\\\1", _NONE if text is None or text == "" else str(text))


def _link(link: Link) -> str:
    title = _escaped(link.text)
    return f"[{title}](<{_NOT_IN_LINKS.sub('', link.url)}>)" if link.url else title
