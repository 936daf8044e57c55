"""Answers of arXiv's API: an Atom feed with an entry a paper.

The elements are described at https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.arxiv import about, category_list, month_of
from kg.readers.base import SURE, Context, RecordError
from kg.readers.identifiers import arxiv, identifiers
from kg.readers.papers import made
from kg.readers.xml_records import Element, begins_with, papers, text_of

NAME: Final = "arxiv-atom"
DESCRIPTION: Final = "an Atom feed of arXiv, as its API answers"

_OF_ARXIV: Final = re.compile(rb"arxiv\.org/(?:schemas/atom|abs/|api/)")


def sniff(head: bytes) -> float:
    """Sure where the first element is a feed, or an entry, that names arXiv."""
    return SURE if begins_with(head, "feed", "entry") and _OF_ARXIV.search(head) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper an entry; the record number counts the entries."""
    return papers(stream, ("entry",), _paper, context, nothing="a feed without entries")


def _paper(entry: Element, number: int, context: Context) -> Paper | Skipped:
    known = arxiv(_text(entry, "id"))
    try:
        return made(
            context,
            number,
            id=f"arxiv:{known}" if known else None,
            title=_text(entry, "title"),
            abstract=_text(entry, "summary"),
            authors=[_text(author, "name") for author in _all(entry, "author")],
            published=_text(entry, "published") or month_of(known),
            url=f"https://arxiv.org/abs/{known}" if known else _text(entry, "id"),
            identifiers=identifiers(arxiv=known, doi=_text(entry, "doi").partition(" ")[0]),
            extra=about(
                categories=category_list([category.get("term") for category in _all(entry, "category")]),
                journal_ref=_text(entry, "journal_ref"),
                comments=_text(entry, "comment"),
                report=None,
            ),
        )
    except RecordError as error:
        return context.skipped(number, f"{known}: {error}" if known else error)


def _all(element: Element, name: str) -> list[Element]:
    """The children of this name, in whatever namespace."""
    return [child for child in element if str(child.tag).rpartition("}")[2].rpartition(":")[2] == name]


def _text(element: Element, name: str) -> str:
    return " ".join(text_of(next(iter(_all(element, name)), None)).split())
