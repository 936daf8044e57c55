"""RIS, the format that reference managers and publishers' sites exchange, from ``TY  - `` to ``ER  - ``.

The format is described in the RefMan specification, https://en.wikipedia.org/wiki/RIS_(file_format); rispy reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context
from kg.readers.dates import iso_date, refined
from kg.readers.identifiers import identifiers
from kg.readers.papers import made
from kg.readers.people import given_first
from kg.readers.tagged import TaggedRecord, papers, records, text, texts

NAME: Final = "ris"
DESCRIPTION: Final = "RIS, as reference managers (Zotero, EndNote, Mendeley) and publishers' sites export it"

_FIRST: Final = re.compile(rb"TY  -")
_LAST: Final = re.compile(rb"ER  -")
_TAG: Final = re.compile(rb"[A-Z][A-Z0-9]  -")
_SNIFFED: Final = re.compile(rb"^TY  - [A-Z]{2,8}\s*$", re.MULTILINE)
_NOTHING: Final = "no reference in it (one begins with a line TY  - )"


def sniff(head: bytes) -> float:
    """Sure where a line says the type of a reference, as every record of RIS begins."""
    return SURE if _SNIFFED.search(head) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a reference; the record number is the line of its type. A reference that is not ended is read, too."""
    from rispy import RisParser  # noqa: PLC0415 - most files are none of RIS

    parser = RisParser(skip_unknown_tags=True)
    found = records(stream, _FIRST, _LAST, _TAG)
    return papers(
        found,
        lambda record: _paper(record, parser, context),
        context,
        nothing="no reference in it (one begins with a line TY  - )",
    )


def _paper(record: TaggedRecord, parser: Any, context: Context) -> Paper:
    known = record.parsed(parser)
    urls = texts(known, "urls")
    url = next((one for one in urls if "://" in one), "")
    dates = map(iso_date, (text(known, "year"), text(known, "publication_year"), text(known, "date")))
    return made(
        context,
        record.number,
        title=text(known, "title", "primary_title", "translated_title"),
        abstract=text(known, "abstract", "notes_abstract"),
        authors=map(given_first, texts(known, "authors", "first_authors")),
        published=reduce(refined, dates),
        venue=text(known, "alternate_title3", "secondary_title", "journal_name", "alternate_title2"),
        url=url,
        identifiers=identifiers(doi=text(known, "doi") or url, arxiv=url, acl=url),
        extra={"keywords": texts(known, "keywords")},
    )
