"""Lists of a conference's papers as JSON arrays, as https://github.com/papercopilot/paperlists collects them.

Authors and keywords are one text each, parted by semicolons; venue and year stand only in the file's name
(``iclr2024.json``). The ``tldr`` is the authors' or a model's short form of the abstract, and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context
from kg.readers.identifiers import identifiers
from kg.readers.known_json import keys_of, read_known, the_object
from kg.readers.papers import line, made

NAME: Final = "paperlists"
DESCRIPTION: Final = "lists of a conference's papers as JSON: title, author with semicolons, abstract, status"

_OWN_KEYS: Final = frozenset(("status", "track", "site", "openreview", "aff", "aff_domain", "tldr", "author_site"))
_KEYS_SNIFFED: Final = 2
_FILE: Final = re.compile(r"([a-z]{2,20})(\d{4})", re.IGNORECASE)
_MARK: Final = re.compile(r"[*†‡§¶]+")


def sniff(head: bytes) -> float:
    """Sure where ``author`` is one text beside keys that only these lists have."""
    keys = keys_of(head)
    return SURE if {"title", "author"} <= keys and len(keys & _OWN_KEYS) >= _KEYS_SNIFFED else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper an element, whatever became of it: ``extra["status"]`` says whether it was accepted."""
    named = _FILE.fullmatch(PurePath(context.file).name.partition(".")[0])
    venue, year = (named[1], named[2]) if named else (None, None)

    def paper(value: object, number: int, context: Context) -> Paper:
        record = the_object(value)
        given = record.get("id")
        return made(
            context,
            number,
            id=str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else None,
            title=record.get("title"),
            abstract=record.get("abstract"),
            authors=[_MARK.sub("", name) for name in _parts(record.get("author"))],
            published=record.get("year") or year,
            venue=record.get("venue") or venue,
            url=record.get("site") or record.get("openreview"),
            identifiers=identifiers(doi=record.get("doi"), arxiv=record.get("arxiv")),
            extra={
                "keywords": [word for word in map(line, _parts(record.get("keywords"))) if word],
                "status": line(record.get("status")),
            },
        )

    return read_known(stream, context, paper)


def _parts(value: object) -> list[str]:
    """The parts of a text between semicolons, or of a list."""
    parts = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else []
    return [part for part in parts if isinstance(part, str) and part.strip()]
