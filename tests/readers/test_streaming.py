"""What is read record by record: no file is read to its end before its first paper comes, and none is held whole."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from kg.readers import read
from tests.readers.reading import Repeated

LONG = "a" * 60_000
RECORDS: dict[str, tuple[str, str, str]] = {
    "jsonl": ("", json.dumps({"title": "A", "abstract": LONG}) + "\n", ""),
    "arxiv-json": ("", json.dumps({"id": "2410.00001", "categories": "cs.CL", "abstract": LONG}) + "\n", ""),
    "arxiv-atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id>',
        f"<entry><id>http://arxiv.org/abs/2410.00001</id><summary>{LONG}</summary></entry>",
        "</feed>",
    ),
    "openalex": (
        "",
        json.dumps({"id": "https://openalex.org/W1", "abstract_inverted_index": {LONG: [0]}}) + "\n",
        "",
    ),
    "semantic-scholar": ("", json.dumps({"corpusid": 1, "abstract": LONG}) + "\n", ""),
    "acl-anthology": (
        '<collection id="2024.lamps"><volume id="1">',
        f'<paper id="1"><abstract>{LONG}</abstract></paper>',
        "</volume></collection>",
    ),
    "pubmed-xml": (
        "<PubmedArticleSet>",
        f"<PubmedArticle><Article><Abstract><AbstractText>{LONG}</AbstractText></Abstract></Article></PubmedArticle>",
        "</PubmedArticleSet>",
    ),
    "nbib": ("", f"PMID- 1\nAB  - {LONG}\n\n", ""),
    "ris": ("", f"TY  - JOUR\nAB  - {LONG}\nER  - \n", ""),
    "bibtex": ("", f"@article{{a, abstract = {{{LONG}}}}}\n", ""),
    "csv": ("title,abstract\n", f"A,{LONG}\n", ""),
}
"""For each format what a file begins with, a record, and what it ends with."""


@pytest.mark.parametrize("name", RECORDS)
def test_papers_come_while_a_file_is_read(name: str) -> None:
    """The first paper of a file of 60 GB comes when a few MB are read."""
    head, piece, tail = (part.encode() for part in RECORDS[name])
    stream = Repeated(head, piece, 10**6, tail)
    papers = read(stream)  # type: ignore[arg-type]
    assert next(papers).abstract == LONG
    assert stream.size < 2**23


@pytest.mark.parametrize("name", RECORDS)
def test_memory_does_not_grow(name: str) -> None:
    """Of a file of 15 MB no more than 9 MB are in memory at any time, and every record is read."""
    head, piece, tail = (part.encode() for part in RECORDS[name])
    next(read(Repeated(head, piece, 1, tail)))  # type: ignore[arg-type] - what is imported for the format is not counted
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(Repeated(head, piece, 250, tail), strict=True)) == 250  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 9 * 2**20
    finally:
        tracemalloc.stop()
