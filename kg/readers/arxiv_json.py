"""The metadata of arXiv as one JSON object a paper, a line each: the snapshot that arXiv publishes at Kaggle.

Its keys are described at https://www.kaggle.com/datasets/Cornell-University/arxiv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_tz
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.arxiv import about, category_list, month_of
from kg.readers.base import SURE, Context
from kg.readers.identifiers import arxiv, identifiers
from kg.readers.known_json import keys_of, objects, read_known, the_object
from kg.readers.papers import made

NAME: Final = "arxiv-json"
DESCRIPTION: Final = "metadata of arXiv as JSON, the snapshot published at Kaggle"

_OWN_KEYS: Final = frozenset(
    ("submitter", "authors_parsed", "journal-ref", "report-no", "versions", "update_date", "comments", "categories")
)
_KEYS_SNIFFED: Final = 3
_ID: Final = re.compile(rb'[{,]\s*"id"\s*:\s*"?(?:\d{3,4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})"?\s*[,}]')
_LONG_NUMBERS_SINCE: Final = 1501
_AFFILIATION: Final = re.compile(r"\([^()]{0,300}\)")
_NAME_PARTS: Final = 3


def sniff(head: bytes) -> float:
    """Sure where several keys of arXiv's own stand, or some beside an id as arXiv gives them."""
    own = len(keys_of(head) & _OWN_KEYS)
    return SURE if own >= _KEYS_SNIFFED or (own and _ID.search(head)) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a record; its date is that of its first version."""
    return read_known(stream, context, _paper)


def _paper(value: object, number: int, context: Context) -> Paper:
    record = the_object(value)
    known = arxiv(_id_text(record.get("id")))
    return made(
        context,
        number,
        id=f"arxiv:{known}" if known else None,
        title=record.get("title"),
        abstract=record.get("abstract"),
        authors=_authors(record),
        published=_first_version(record) or month_of(known),
        url=f"https://arxiv.org/abs/{known}" if known else None,
        identifiers=identifiers(arxiv=known, doi=_first_word(record.get("doi"))),
        extra=about(
            categories=category_list(record.get("categories")),
            journal_ref=record.get("journal-ref"),
            comments=record.get("comments"),
            report=record.get("report-no"),
        ),
    )


def _id_text(value: object) -> str:
    """The id as text; one that was taken for a number lost its zeros (0704.0010 is 704.001)."""
    if isinstance(value, float) and 0 < value < 10**4:
        return f"{value:010.5f}" if value >= _LONG_NUMBERS_SINCE else f"{value:09.4f}"
    return value if isinstance(value, str) else ""


def _first_version(record: Mapping[str, Any]) -> str | None:
    """The day of the first version, which arXiv writes as e-mail does (RFC 822): ``Mon, 2 Apr 2007 19:18:42 GMT``."""
    for version in objects(record.get("versions"))[:1]:
        created = version.get("created")
        parts = parsedate_tz(created[:100]) if isinstance(created, str) else None
        if parts is not None:
            return "{:04}-{:02}-{:02}".format(*parts)
    return None


def _authors(record: Mapping[str, Any]) -> list[str]:
    parsed = record.get("authors_parsed")
    names = [_name(parts) for parts in parsed if isinstance(parts, list)] if isinstance(parsed, list) else []
    given = record.get("authors")
    if not any(names) and isinstance(given, str):
        names = re.split(r",\s*(?:and\s)?|\sand\s", _AFFILIATION.sub("", " ".join(given.split())))
    return names


def _name(parts: list[Any]) -> str:
    """Family name, given names, suffix (and affiliations) as a name is read."""
    family, given, suffix = (
        part.strip() if isinstance(part, str) else "" for part in (*parts, "", "", "")[:_NAME_PARTS]
    )
    return " ".join(part for part in (given, family, suffix) if part)


def _first_word(value: object) -> str | None:
    """The first of several DOIs, which stand one after the other."""
    return next(iter(value[:1000].split()), None) if isinstance(value, str) else None
