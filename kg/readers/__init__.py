"""Readers: files of papers in, ``Paper`` records out.

A format is a module with a ``NAME``, a ``DESCRIPTION``, ``sniff(head)`` and ``read(stream, context)``; it is listed in
``_READERS`` and found by what a file contains, never by its name. Bad input never raises (unless ``strict``): each file
or record that cannot be read is named in a ``Skipped`` and the others go through.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, Final, NamedTuple

from kg.errors import InputError
from kg.model import Paper, Skipped
from kg.readers import (
    acl_anthology,
    arxiv_atom,
    arxiv_json,
    bibtex,
    hf_papers,
    json_file,
    jsonl,
    nbib,
    openalex,
    paperlists,
    parquet,
    pubmed_xml,
    ris,
    semantic_scholar,
    tabular,
)
from kg.readers.archives import is_archive, members
from kg.readers.base import MAX_CHARACTERS, Context, Reader
from kg.readers.columns import checked
from kg.readers.merge import merge_duplicates
from kg.readers.sources import ByteStream, Source, not_text, opened, unpacked

__all__ = ["Format", "formats", "merge_duplicates", "read"]

# Of readers that are equally sure of a file the first one takes it.
_READERS: Final[tuple[Reader, ...]] = (
    arxiv_json,
    arxiv_atom,
    openalex,
    semantic_scholar,
    paperlists,
    acl_anthology,
    pubmed_xml,
    nbib,
    ris,
    bibtex,
    parquet,
    hf_papers,
    jsonl,
    json_file,
    tabular,
)
_UNKNOWN: Final = "no format that kg reads (kg formats lists them; if it is one, name it with --format)"

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
    columns: Mapping[str, str] | None = None,
) -> Iterator[Paper]:
    """The papers of files, folders, URLs, ``"-"`` (standard input) and open binary streams, in their order.

    Each source is unpacked if it is packed (gzip, bzip2, xz, Zstandard; a zip archive stands for the files in it), and
    its format found from its content unless ``format`` names it. URLs (``s3://``) need the extra ``remote``.
    ``saved_in`` is the year of dates that have none. A field of more than ``max_characters`` characters makes its
    record a bad one. ``columns`` says which columns of tables, or keys of JSON, hold which field of a paper:
    ``{"title": "Titel"}``. ``on_skip`` is told of every file and record that is left out (by default it is logged as a
    warning). ``wanted`` is asked of every file by its name before it is read, and what it refuses is passed over in
    silence. The same paper may come more than once: see :func:`merge_duplicates`.

    Raises InputError for an unknown ``format`` or field in ``columns``, and, if ``strict``, for the first thing that
    would be left out.
    """
    reader = None if format is None else _named(format)
    context = Context(file="", saved_in=saved_in, max_characters=max_characters, columns=checked(columns or {}))
    opened_files = (found for source in sources for found in opened(source))
    files = (found for found in opened_files if isinstance(found, Skipped) or wanted is None or wanted(found[0]))
    return _papers(files, reader, context, _refuse if strict else on_skip or _warn)


def _papers(
    files: Iterator[tuple[str, BinaryIO] | Skipped],
    reader: Reader | None,
    context: Context,
    skip: Callable[[Skipped], None],
) -> Iterator[Paper]:
    for found in files:
        if isinstance(found, Skipped):
            skip(found)
            continue
        name, below = found
        for member in _files_in(name, unpacked(below)):
            if isinstance(member, Skipped):
                skip(member)
                continue
            file, stream = member
            for item in _read_file(stream, reader, replace(context, file=file)):
                if isinstance(item, Skipped):
                    skip(item)
                else:
                    yield item


def _files_in(name: str, stream: ByteStream) -> Iterator[tuple[str, ByteStream] | Skipped]:
    """The files in an archive, each by its name; a file that is none by itself."""
    return members(name, stream) if is_archive(stream.head) else iter(((name, stream),))


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
        yield context.skipped(None, _UNKNOWN)


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
