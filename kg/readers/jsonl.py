"""JSON Lines: one JSON object a paper, one a line. Read line by line, so a file may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import GENERAL, Context, RecordError
from kg.readers.records import Make, Unwrap, paper, parse_whole, wrapped
from kg.readers.sources import lines

NAME: Final = "jsonl"
DESCRIPTION: Final = "JSON Lines, one paper a line: title and abstract, or text; id, authors, year or date, venue, url"

_LINES_SNIFFED: Final = 50
_UNDECIDED: Final = 0.5 * GENERAL


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(parse_whole(line.decode(errors="replace")), dict)
    except RecordError:
        return False


def sniff(head: bytes) -> float:
    """The share of the first lines that are JSON objects by themselves, as sure as a general form may be."""
    first, *others = [line for line in head.split(b"\n") if line.strip()][:_LINES_SNIFFED] or [b""]
    if not others:
        # One line, perhaps longer than the head.
        return GENERAL if _is_object(first) else _UNDECIDED * first.lstrip().startswith(b'{"')
    # The last line may be cut off where the head ends, and then says nothing.
    complete = [first, *others] if _is_object(others[-1]) else [first, *others[:-1]]
    return GENERAL * sum(map(_is_object, complete)) / len(complete)


def read(stream: BinaryIO, context: Context, make: Make = paper, unwrap: Unwrap = wrapped) -> Iterator[Paper | Skipped]:
    """One paper a line; the record number is the line's. A line that is a list of papers gives all of them.

    ``make`` makes a paper of a record, ``unwrap`` takes the records out of an object that holds a list of them.
    """
    for number, line in lines(stream):
        if line is None:
            yield context.skipped(number, "a line of more than 32 MB")
        elif not line.isspace():
            yield from _papers(line, number, context, make, unwrap)


def _papers(line: bytes, number: int, context: Context, make: Make, unwrap: Unwrap) -> Iterator[Paper | Skipped]:
    try:
        record = parse_whole(line.decode())
        inner = unwrap(record)
        if inner is None:
            yield make(record, number, context)
            return
    except UnicodeDecodeError as error:
        yield context.skipped(number, f"no valid UTF-8 (byte {error.start + 1} of the line)")
        return
    except RecordError as error:
        yield context.skipped(number, error)
        return
    for index, part in enumerate(inner, 1):
        try:
            yield make(part, number, context)
        except RecordError as error:
            yield context.skipped(number, f"paper {index} of the line: {error}")
