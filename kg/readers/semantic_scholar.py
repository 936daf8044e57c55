"""Papers of Semantic Scholar: the JSON Lines of its data sets (papers, abstracts) and answers of its Graph API.

The keys of the API are in camel case, those of the data sets in lower case
(https://api.semanticscholar.org/api-docs). The ``tldr`` of a paper is a summary that a model wrote, and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context, RecordError
from kg.readers.identifiers import identifiers
from kg.readers.known_json import inner, keys_of, objects, read_known, the_object
from kg.readers.papers import made

NAME: Final = "semantic-scholar"
DESCRIPTION: Final = "papers of Semantic Scholar: JSON Lines of its data sets, or answers of its API"

_OWN_KEYS: Final = frozenset(("paperId", "corpusId", "corpusid", "externalIds", "externalids"))
_LISTS: Final = ("data", "recommendedPapers", "papers")
_WITHIN: Final = ("citedPaper", "citingPaper")
_HASH: Final = re.compile(r"[0-9a-f]{40}")


def sniff(head: bytes) -> float:
    """Sure where the ids of Semantic Scholar stand."""
    return SURE if keys_of(head) & _OWN_KEYS else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a record; a record of the data set of abstracts has no title, and joins the one that has it."""
    return read_known(stream, context, _paper, *_LISTS)


def _paper(value: object, number: int, context: Context) -> Paper:
    record = the_object(value)
    record = next((record[key] for key in _WITHIN if isinstance(record.get(key), dict)), record)
    record = {key.lower(): part for key, part in record.items()}
    others = _external(record)
    corpus = record.get("corpusid") or others.get("corpusid")
    sha = record.get("paperid")
    sha = sha if isinstance(sha, str) and _HASH.fullmatch(sha) else None
    known = identifiers(
        s2=corpus,
        s2paper=sha,
        doi=others.get("doi"),
        arxiv=others.get("arxiv"),
        acl=others.get("acl"),
        pmid=others.get("pubmed"),
        pmcid=others.get("pubmedcentral"),
        mag=others.get("mag"),
        dblp=others.get("dblp"),
    )
    name = known.get("s2") or sha
    title, abstract = record.get("title"), record.get("abstract")
    if not (title or abstract) and (record.get("tldr") or record.get("text")):
        raise RecordError("only a summary that a model wrote (tldr), no title and no abstract")
    return made(
        context,
        number,
        id=f"s2:{name}" if name else None,
        title=title,
        abstract=abstract,
        authors=(author.get("name") for author in objects(record.get("authors"))),
        published=record.get("publicationdate") or record.get("year"),
        venue=record.get("venue") or inner(record, "publicationvenue", "name") or inner(record, "journal", "name"),
        url=record.get("url"),
        identifiers=known,
    )


def _external(record: Mapping[str, Any]) -> dict[str, Any]:
    given = record.get("externalids") or inner(record, "openaccessinfo", "externalids")
    return {key.lower(): value for key, value in given.items()} if isinstance(given, dict) else {}
