"""Formats whose lines begin with a tag, such as RIS and MEDLINE: a stream of lines cut into records.

Each record is then parsed by rispy by itself, so that no bad one costs another and memory holds one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import Context, RecordError
from kg.readers.sources import lines

MAX_RECORD_CHARACTERS: Final = 2**22


@dataclass(slots=True)
class TaggedRecord:
    """The lines of one record, the number of the first in the file, and what is wrong with one of them."""

    number: int
    values: list[list[str]] = field(default_factory=list)  # a line with a tag, and the lines that continue it
    size: int = 0
    reason: str = ""

    def parsed(self, parser: Any) -> dict[str, Any]:
        """The record as a parser of rispy reads it. Raises RecordError where it is a bad one."""
        if self.reason:
            raise RecordError(self.reason)
        # rispy would put the lines of a value together one by one, which takes quadratic time
        lines = (" ".join(value) for value in self.values)
        parsed: list[dict[str, Any]] = parser.parse_lines(chain(lines, [f"{parser.END_TAG:4}- "]))
        return parsed[0]

    def take(self, number: int, line: bytes | None, *, has_tag: bool) -> None:
        """Add a line of the file; None for one that is too long."""
        try:
            text = "" if line is None else line.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            self.reason = self.reason or f"no valid UTF-8 (byte {error.start + 1} of line {number})"
            return
        self.size += len(text)
        if line is None or self.size > MAX_RECORD_CHARACTERS:
            self.reason = self.reason or f"more than {MAX_RECORD_CHARACTERS:,} characters"
            self.values.clear()
        elif has_tag:
            self.values.append([text])
        elif self.values and (continued := text.strip()):
            self.values[-1].append(continued)


def records(
    stream: BinaryIO, first_tag: re.Pattern[bytes], last_tag: re.Pattern[bytes], any_tag: re.Pattern[bytes]
) -> Iterator[TaggedRecord]:
    """The records of a stream, each from a line with the first tag to one with the last tag, or to the next record.

    Lines within that have no tag continue the one above; those between records are left out, and blank ones.
    """
    record: TaggedRecord | None = None
    for number, line in lines(stream):
        if line is not None and first_tag.match(line):
            if record is not None:
                yield record
            record = TaggedRecord(number)
        elif line is not None and last_tag.match(line):
            if record is not None:
                yield record
            record = None
        if record is not None:
            record.take(number, line, has_tag=line is not None and any_tag.match(line) is not None)
    if record is not None:
        yield record


def papers(
    found: Iterable[TaggedRecord], make: Callable[[TaggedRecord], Paper], context: Context, *, nothing: str
) -> Iterator[Paper | Skipped]:
    """What ``make`` makes of records; ``nothing`` is said where there is none."""
    record = None
    for record in found:
        try:
            yield make(record)
        except RecordError as error:
            yield context.skipped(record.number, error)
    if record is None:
        yield context.skipped(None, nothing)


def texts(record: dict[str, Any], *names: str) -> list[str]:
    """The values of the first of these names that a record has, whether it holds one or several."""
    for name in names:
        value = record.get(name)
        values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        if found := [one for one in values if isinstance(one, str) and one.strip()]:
            return found
    return []


def text(record: dict[str, Any], *names: str) -> str:
    """The first value of the first of these names that a record has; empty where it has none of them."""
    return next(iter(texts(record, *names)), "")
