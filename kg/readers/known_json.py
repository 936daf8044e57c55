"""What the JSON of libraries and preprint servers has in common: JSON Lines, an array, or pages that wrap a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers import json_file, jsonl
from kg.readers.base import Context, RecordError
from kg.readers.records import Make, Unwrap, parse_whole

_BEGINS: Final = re.compile(rb"\s*[\[{]")
_KEY: Final = re.compile(rb'(?<=[{,\s])"([\w-]{1,40})"\s{0,20}:')


def keys_of(head: bytes) -> frozenset[str]:
    """The keys in what a JSON file begins with, at any depth; none where it is no JSON.

    What stands in a text is no key: its quotation marks have backslashes before them.
    """
    if _BEGINS.match(head) is None:
        return frozenset()
    return frozenset(key.decode("ascii", "replace") for key in _KEY.findall(head))


def read_known(stream: BinaryIO, context: Context, make: Make, *lists: str) -> Iterator[Paper | Skipped]:
    """The papers of JSON Lines, of an array, or of an object that has a list of them under one of the keys ``lists``.

    The record number is the line's, or the place in the list. JSON Lines are read line by line.
    """
    by_line = _is_lines(getattr(stream, "head", b""))
    read = jsonl.read if by_line else json_file.read
    return read(stream, context, make, _unwrapping(lists))


def the_object(record: object) -> Mapping[str, Any]:
    """A record as an object; raises RecordError where it is none, as for a paper that an API did not find (null)."""
    if not isinstance(record, dict):
        raise RecordError("null instead of a record" if record is None else "no JSON object")
    return record


def inner(record: Mapping[str, Any], *path: str) -> Any:
    """What stands in a record under a path of keys; None where one of them is absent or leads to no object."""
    value: Any = record
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; none where it is no list."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _is_lines(head: bytes) -> bool:
    if head.lstrip()[:1] != b"{":
        return False
    first, ended, _ = head.lstrip().partition(b"\n")
    if not ended:
        return True
    try:
        parse_whole(first.decode(errors="replace"))
    except RecordError:
        return False
    return True


def _unwrapping(lists: Collection[str]) -> Unwrap:
    def unwrap(value: object) -> list[Any] | None:
        if not isinstance(value, dict):
            return None
        return next((value[key] for key in lists if isinstance(value.get(key), list)), None)

    return unwrap
