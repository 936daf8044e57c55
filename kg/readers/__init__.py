"""Readers: files of papers in, ``Paper`` records out.

A format is a module with a ``NAME``, a ``DESCRIPTION``, ``sniff(head)`` and ``read(stream, context)``; it is listed in
``_READERS`` and found by what a file contains, never by its name. Bad input never raises (unless ``strict``): each file
or record that cannot be read is named in a ``Skipped`` and the others go through.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from kg.errors import InputError
from kg.model import Paper, Skipped
from kg.readers import hf_papers, json_file, jsonl
from kg.readers.base import MAX_CHARACTERS, Context, Reader
from kg.readers.merge import merge_duplicates
from kg.readers.sources import ByteStream, Source, not_text, opened, unpacked

__all__ = ["Format", "formats", "merge_duplicates", "read"]

_READERS: Final[tuple[Reader, ...]] = (hf_papers, jsonl, json_file)
_UNKNOWN: Final = "no format that kg reads (name it with --format if it is one: {known})"

_log = logging.getLogger(__name__)


class Format(NamedTuple):
    """A format's name, as ``read(format=...)`` takes it, and one line about it."""

    name: str
    description: str


def formats() -> list[Format]:
    """The formats that can be read, by name."""
    return sorted(Format(reader.NAME, reader.DESCRIPTION) for reader in _READERS)


def read(
    *sources: Source,
    format: str | None = None,  # noqa: A002 - the word that users know from --format
    saved_in: int | None = None,
    strict: bool = False,
    on_skip: Callable[[Skipped], None] | None = None,
    wanted: Callable[[str], bool] | None = None,
    max_characters: int = MAX_CHARACTERS,
) -> Iterator[Paper]:
    """The papers of files, folders, ``"-"`` (standard input) and open binary streams, in their order.

    Each source is unpacked if it is gzip, and its format found from its content unless ``format`` names it.
    ``saved_in`` is the year of dates that have none. A field of more than ``max_characters`` characters makes its
    record a bad one. ``on_skip`` is told of every file and record that is left out (by default it is logged as a
    warning). ``wanted`` is asked of every file by its name before it is read, and what it refuses is passed over in
    silence. The same paper may come more than once: see :func:`merge_duplicates`.

    Raises InputError for an unknown ``format``, and, if ``strict``, for the first thing that would be left out.
    """
    reader = None if format is None else _named(format)
    opened_files = (found for source in sources for found in opened(source))
    files = (found for found in opened_files if isinstance(found, Skipped) or wanted is None or wanted(found[0]))
    return _papers(files, reader, saved_in, max_characters, _refuse if strict else on_skip or _warn)


def _papers(
    files: Iterator[tuple[str, BinaryIO] | Skipped],
    reader: Reader | None,
    saved_in: int | None,
    max_characters: int,
    skip: Callable[[Skipped], None],
) -> Iterator[Paper]:
    for found in files:
        if isinstance(found, Skipped):
            skip(found)
            continue
        name, below = found
        context = Context(file=name, saved_in=saved_in, max_characters=max_characters)
        for item in _read_file(unpacked(below), reader, context):
            if isinstance(item, Skipped):
                skip(item)
            else:
                yield item


def _read_file(stream: ByteStream, reader: Reader | None, context: Context) -> Iterator[Paper | Skipped]:
    if stream.is_empty:
        yield context.skipped(None, stream.broken or "empty")
    elif reason := not_text(stream.head):
        yield context.skipped(None, reason)
    elif chosen := reader or _recognised(stream.head):
        yield from chosen.read(stream, context)
        if stream.broken:
            yield context.skipped(None, stream.broken)
    else:
        yield context.skipped(None, _UNKNOWN.format(known=", ".join(name for name, _ in formats())))


def _recognised(head: bytes) -> Reader | None:
    surest = max(_READERS, key=lambda reader: reader.sniff(head))
    return surest if surest.sniff(head) > 0 else None


def _named(name: str) -> Reader:
    wanted = name.lower().replace("_", "-")
    by_name = {reader.NAME: reader for reader in _READERS}
    if wanted in by_name:
        return by_name[wanted]
    nearest = difflib.get_close_matches(wanted, by_name, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else f"choose one of {', '.join(sorted(by_name))}"
    raise InputError(f"unknown format {name!r}: {hint}")


def _warn(skipped: Skipped) -> None:
    _log.warning("%s", skipped)


def _refuse(skipped: Skipped) -> None:
    raise InputError(str(skipped))
