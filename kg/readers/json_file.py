"""JSON: an array of papers, one paper, or an object that wraps a list of papers (``{"papers": [...]}``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import GENERAL, Context, RecordError
from kg.readers.records import Make, Unwrap, paper, parse, parse_whole, wrapped

NAME: Final = "json"
DESCRIPTION: Final = "JSON: an array of papers, one paper, or an object with a list of papers; keys as in jsonl"

_MAX_BYTES: Final = 2**30
_ARRAY: Final = re.compile(rb"\s*\[\s*(?:[{\]]|\Z)")
_OBJECT: Final = re.compile(rb"\s*\{\s*(?:[\"}]|\Z)")
_SPACE: Final = re.compile(r"[ \t\r\n]*")


def sniff(head: bytes) -> float:
    """Whether it begins like an array of objects; an object could be the first of JSON Lines as well."""
    if _ARRAY.match(head):
        return 0.9 * GENERAL
    return 0.4 * GENERAL if _OBJECT.match(head) else 0.0


def read(stream: BinaryIO, context: Context, make: Make = paper, unwrap: Unwrap = wrapped) -> Iterator[Paper | Skipped]:
    """The papers of the file; the record number is the place in the list, from 1.

    An array is read element by element, so that what stands before a break goes through. ``make`` makes a paper of a
    record, ``unwrap`` takes the records out of an object that holds a list of them.
    """
    data = stream.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        yield context.skipped(None, "JSON of more than 1 GB; make it JSON Lines, which is read line by line")
        return
    # Bytes that are no UTF-8 become lone surrogates, by which the element they stand in is known.
    text = data.decode(errors="surrogateescape").strip()
    if text.startswith("["):
        yield from _elements(text, context, make)
        return
    try:
        _refuse_bad_bytes(text)
        value = parse_whole(text)
    except RecordError as error:
        yield context.skipped(None, error)
        return
    records = unwrap(value)
    for number, record in enumerate([value] if records is None else records, 1):
        yield _paper(record, number, context, make)


def _refuse_bad_bytes(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RecordError("no valid UTF-8") from error


def _paper(record: Any, number: int, context: Context, make: Make) -> Paper | Skipped:
    try:
        return make(record, number, context)
    except RecordError as error:
        return context.skipped(number, error)


def _next_element(text: str, position: int) -> int | None:
    """Where the element after the one that ends at a position begins; None behind the last one."""
    position = _space_end(text, position)
    if text.startswith(",", position):
        return _space_end(text, position + 1)
    if not text.startswith("]", position):
        raise RecordError("no comma and no ] after it: the list breaks off, and what follows was not read")
    if position + 1 < len(text):
        raise RecordError("something follows the list's end; it was not read")
    return None


def _space_end(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _elements(text: str, context: Context, make: Make) -> Iterator[Paper | Skipped]:
    position = _space_end(text, 1)
    if text.startswith("]", position):
        yield context.skipped(None, "an empty list")
        return
    for number in count(1):
        try:
            record, end = parse(text, position)
        except RecordError as error:
            yield context.skipped(number, f"{error}; what follows was not read")
            return
        try:
            _refuse_bad_bytes(text[position:end])
        except RecordError as error:
            yield context.skipped(number, error)
        else:
            yield _paper(record, number, context, make)
        try:
            following = _next_element(text, end)
        except RecordError as error:
            yield context.skipped(number, error)
            return
        if following is None:
            return
        position = following
