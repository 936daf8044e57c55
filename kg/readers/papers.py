"""A paper made of the fields of a record, whatever the format: texts cleaned, ids in one form, nothing that is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kg.model import Paper
from kg.readers.base import MAX_CHARACTERS, Context, RecordError
from kg.readers.dates import iso_date
from kg.readers.identity import derived_id
from kg.readers.records import once, told_by_address, writable
from kg.readers.text import clean, plain, plain_field

_WEB: Final = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_MOST_AUTHORS: Final = 20_000
_LONGEST_ID: Final = 500


def made(
    context: Context,
    number: int,
    *,
    id: str | None = None,  # noqa: A002 - the paper's own word
    title: object = None,
    abstract: object = None,
    authors: Iterable[object] = (),
    published: object = None,
    venue: object = None,
    url: object = None,
    identifiers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Paper:
    """The paper that a record of a known format describes; of each field only a text counts (of dates a year, too).

    Title and abstract are made plain (tags and LaTeX out). Without an ``id`` it gets one that is derived from its
    texts; an address tells identifiers that are not given. Raises RecordError where there is neither title nor
    abstract, or a field is longer than the context allows.
    """
    title = plain_field(title, "title", context.max_characters) if isinstance(title, str) else None
    abstract = plain_field(abstract, "abstract", context.max_characters) if isinstance(abstract, str) else None
    if not (title or abstract):
        raise RecordError("a record without title and abstract")
    names = once([name for name in map(line, authors) if name][:_MOST_AUTHORS])
    address = clean(url) if isinstance(url, str) and len(url) <= MAX_CHARACTERS else ""
    address = address if _WEB.match(address) else ""
    return Paper(
        id=clean(id[:_LONGEST_ID]) if id and clean(id[:_LONGEST_ID]) else derived_id(title, abstract),
        title=title,
        abstract=abstract,
        authors=names,
        author_count=len(names) or None,
        published=iso_date(published),
        venue=line(venue),
        url=address or None,
        identifiers={**told_by_address(address), **(identifiers or {})},
        sources=(context.source(number),),
        extra=writable({key: value for key, value in (extra or {}).items() if value not in (None, "", [], {})}),
    )


def line(value: object) -> str | None:
    """A name or another short text, made plain; None for what is none, is empty or longer than any name."""
    return (plain(value) or None) if isinstance(value, str) and len(value) <= MAX_CHARACTERS else None
