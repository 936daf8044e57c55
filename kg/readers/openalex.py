"""Works of OpenAlex: a snapshot's JSON Lines, pages of its API, or single works.

Abstracts come as an inverted index, each word with its places (https://docs.openalex.org/api-entities/works).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context, RecordError
from kg.readers.identifiers import arxiv, identifiers
from kg.readers.known_json import inner, keys_of, objects, read_known, the_object
from kg.readers.papers import line, made
from kg.readers.records import parse_whole

NAME: Final = "openalex"
DESCRIPTION: Final = "works of OpenAlex: JSON Lines of a snapshot, or pages of the API"

_OWN_KEYS: Final = frozenset(("abstract_inverted_index", "authorships", "publication_year", "referenced_works"))
_ID: Final = re.compile(rb'"(?:id|openalex)"\s*:\s*"https?://openalex\.org/[Ww]\d')
_KEYS_SNIFFED: Final = 2


def sniff(head: bytes) -> float:
    """Sure where a work has its address at OpenAlex, or several keys that only works have."""
    keys = keys_of(head)
    if not keys:
        return 0.0
    return SURE if _ID.search(head) or len(keys & _OWN_KEYS) >= _KEYS_SNIFFED else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a work; front matter, which OpenAlex calls paratext, is left out where it has no abstract."""
    for item in read_known(stream, context, _paper, "results"):
        if not (isinstance(item, Paper) and item.extra.get("paratext")):
            yield item


def _paper(value: object, number: int, context: Context) -> Paper:
    record = the_object(value)
    known = identifiers(
        openalex=record.get("id") or inner(record, "ids", "openalex"),
        doi=record.get("doi") or inner(record, "ids", "doi"),
        pmid=inner(record, "ids", "pmid"),
        pmcid=inner(record, "ids", "pmcid"),
        mag=inner(record, "ids", "mag"),
        arxiv=_preprint(record),
    )
    abstract = _abstract(record.get("abstract_inverted_index"), context)
    front_matter = not abstract and (record.get("is_paratext") is True or record.get("type") == "paratext")
    return made(
        context,
        number,
        id=f"openalex:{known['openalex']}" if "openalex" in known else None,
        title=record.get("title") or record.get("display_name"),
        abstract=abstract or record.get("abstract"),
        authors=map(_author, objects(record.get("authorships"))),
        published=record.get("publication_date") or record.get("publication_year"),
        venue=inner(record, "primary_location", "source", "display_name")
        or inner(record, "host_venue", "display_name"),
        url=inner(record, "primary_location", "landing_page_url") or record.get("id"),
        identifiers=known,
        extra={
            "keywords": [name for word in objects(record.get("keywords")) if (name := line(word.get("display_name")))],
            "retracted": record.get("is_retracted") is True or None,
            "paratext": front_matter or None,
        },
    )


def _author(authorship: Mapping[str, Any]) -> object:
    return inner(authorship, "author", "display_name") or authorship.get("raw_author_name")


def _preprint(record: Mapping[str, Any]) -> str | None:
    """The arXiv id that one of the places of a work tells."""
    for place in (record.get("primary_location"), *objects(record.get("locations"))):
        address = inner(place, "landing_page_url") if isinstance(place, dict) else None
        if isinstance(address, str) and "arxiv.org/" in address and (known := arxiv(address)):
            return known
    return None


def _abstract(index: object, context: Context) -> str | None:
    """The text that an inverted index spells: words in the order of their places, gaps closed.

    Words that claim one place stand side by side. Raises RecordError where there are more words than a field may have
    characters.
    """
    if isinstance(index, str):
        # Tables cannot hold an object and keep it as text.
        index = parse_whole(index)
    index = inner(index, "InvertedIndex") or index if isinstance(index, dict) else None
    if not isinstance(index, dict):
        return None
    places: list[tuple[int, int, str]] = []
    for word, found in index.items():
        numbers = found if isinstance(found, list) else []
        places += [(at, len(places), word) for at in numbers if isinstance(at, int) and not isinstance(at, bool)]
        if len(places) > context.max_characters:
            raise RecordError(f"the abstract has more than {context.max_characters:,} words")
    return " ".join(word for _, _, word in sorted(places)) or None
