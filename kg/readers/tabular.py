"""CSV and TSV: a header, then one paper a row, as spreadsheets, Scopus, Web of Science, Zotero and pandas write it.

The format is that of RFC 4180, with the delimiter (comma, semicolon, tab, bar) found from the header.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import GENERAL, Context, RecordError
from kg.readers.columns import TEXTS, layout, paper_of_row, recognised
from kg.readers.sources import lines

NAME: Final = "csv"
DESCRIPTION: Final = "CSV or TSV with a header: title, abstract ... (spreadsheets, Scopus, Web of Science, Zotero)"

_DELIMITERS: Final = (",", ";", "\t", "|")
_SEPARATOR_LINE: Final = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)  # what Excel writes before the header
_OTHER_FORMATS: Final = tuple("{[<@%")
_UNKNOWN: Final = 0.02
_LINES_SNIFFED: Final = 200
_ROWS_SNIFFED: Final = 10
_LONGEST_NAME: Final = 80
_MAX_ROW_CHARACTERS: Final = 2**21
_NO_UTF8: Final = re.compile("[\udc80-\udcff]")
_CONVERT: Final = "no valid UTF-8 (save the table as CSV UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8)"

# The module's own limit would refuse a row for a column that kg does not look at.
csv.field_size_limit(max(csv.field_size_limit(), _MAX_ROW_CHARACTERS))


def sniff(head: bytes) -> float:
    """Whether there is a header with known names above rows of as many cells; hardly, where it knows none of them."""
    text = head.decode(errors="replace").lstrip()
    if text.startswith(_OTHER_FORMATS):
        return 0.0
    given, text = _separator(text)
    lines_sniffed = io.StringIO(text, newline="\n").readlines()[:_LINES_SNIFFED]
    delimiter = given or _delimiter(lines_sniffed[0] if lines_sniffed else "")
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        rows += filter(None, csv.reader(lines_sniffed, delimiter=delimiter))
    # The last row may be cut off where the head ends.
    header, others = rows[0] if rows else [], (rows[1:-1] or rows[1:])[:_ROWS_SNIFFED]
    if len(header) < 2 or any(len(row) != len(header) for row in others[:1]):  # noqa: PLR2004 - a table
        return 0.0
    if any(field in TEXTS for field in recognised(header)):
        return GENERAL
    named = all(0 < len(name.strip()) <= _LONGEST_NAME for name in header)
    return _UNKNOWN if others and named and all(len(row) == len(header) for row in others) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a row; the record number is the line on which the row begins.

    A row whose cells are more or fewer than the columns is a bad one. Where it had several lines (a quote that is not
    closed takes in the rows that follow), reading goes on with its second line.
    """
    source = _Lines(stream)
    delimiter, _ = _separator(source.peeked())
    if delimiter:
        next(source)
    delimiter = delimiter or _delimiter(source.peeked())
    try:
        header = _row(source, delimiter, 0)
        places = layout(header, context.columns)
    except (RecordError, csv.Error) as error:
        yield context.skipped(None, error)
        return
    found = False
    while source.peeked():
        number = source.begin_row()
        try:
            row = _row(source, delimiter, len(header))
        except (RecordError, csv.Error) as error:
            source.back_to_second_line()
            found = True
            yield context.skipped(number, error)
            continue
        if not any(map(str.strip, row)):
            continue
        found = True
        try:
            yield paper_of_row(row, places, number, context)
        except RecordError as error:
            yield context.skipped(number, error)
    if not found:
        yield context.skipped(None, "a table without rows")


def _separator(text: str) -> tuple[str | None, str]:
    """The delimiter that the first line says, and the text below that line; None and all of the text without one."""
    found = _SEPARATOR_LINE.match(text)
    return (found[1], text[found.end() :]) if found else (None, text)


def _delimiter(header_line: str) -> str:
    """The delimiter by which a header has most names that are known, or just most names."""

    def names(delimiter: str) -> tuple[int, int]:
        try:
            header = next(csv.reader([header_line], delimiter=delimiter), [])
        except csv.Error:
            header = []
        return len(recognised(header)), len(header)

    return max(_DELIMITERS, key=names)


def _row(source: _Lines, delimiter: str, columns: int) -> Sequence[str]:
    """The next row. Raises RecordError or csv.Error where it is a bad one."""
    row = next(csv.reader(source, delimiter=delimiter), [])
    if any(map(_NO_UTF8.search, row)):
        raise RecordError(_CONVERT)
    if columns and any(map(str.strip, row)):
        while len(row) > columns and not row[-1].strip():
            row.pop()
        if len(row) != columns:
            raise RecordError(f"{len(row)} cells where the header has {columns} (a quote or delimiter too many?)")
    return row


class _Lines(Iterator[str]):
    """The lines of a stream as text, of which those of the last row can be read again."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = lines(stream)
        self._ahead: deque[tuple[int, str]] = deque()
        self._row: list[tuple[int, str]] = []
        self._size = 0

    def __next__(self) -> str:
        if not self._fill():
            raise StopIteration
        self._row.append(self._ahead.popleft())
        line = self._row[-1][1]
        self._size += len(line)
        if self._size > _MAX_ROW_CHARACTERS:
            raise RecordError(f"a row of more than {_MAX_ROW_CHARACTERS:,} characters (a quote that is not closed?)")
        return line

    def peeked(self) -> str:
        """The next line, which stays the next one; empty at the end."""
        return self._ahead[0][1] if self._fill() else ""

    def begin_row(self) -> int:
        """Say that a row begins with the next line; gives its number."""
        self._row, self._size = [], 0
        return self._ahead[0][0]

    def back_to_second_line(self) -> None:
        """Read all lines of the row again but the first."""
        self._ahead.extendleft(reversed(self._row[1:]))

    def _fill(self) -> bool:
        if not self._ahead and (found := next(self._lines, None)):
            number, line = found
            # A line that is too long is no text; its row will be too long as well.
            self._ahead.append((number, "x" * (_MAX_ROW_CHARACTERS + 1) if line is None else self._decoded(line)))
        return bool(self._ahead)

    @staticmethod
    def _decoded(line: bytes) -> str:
        return line.decode(errors="surrogateescape")
