"""PubMed's two formats, which say the same in different ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.readers.medline import plain_title
from tests.readers.reading import read_bytes, read_sample

ABSTRACT = "BACKGROUND: Counting is slow. METHODS: We train CellLamp on {} drops. It counts well."


def test_xml() -> None:
    """Labels stand before the parts of an abstract; what is in other words or languages is none; own ids only."""
    (cells, translated, chapter), skipped = read_sample("pubmed.xml")
    assert (cells.id, cells.title) == ("pmid:90000001", "Counting cells at 10^3 lux with CellLamp")
    assert cells.abstract == ABSTRACT.format("H2O")
    assert cells.authors == ("Ada B Quill", "B Ledger", "The Lamp Group")
    assert (cells.published, cells.venue) == ("2021-03-05", "Journal of lamps")
    assert cells.identifiers == {"doi": "10.5555/lamp.1", "pmid": "90000001", "pmcid": "PMC7000001"}
    assert cells.url == "https://pubmed.ncbi.nlm.nih.gov/90000001/"
    assert cells.extra == {"keywords": ["lamps"]}
    assert (translated.title, translated.abstract, translated.published) == ("A lamp in translation", None, "1998-12")
    assert (chapter.title, chapter.venue, chapter.published) == ("A Chapter on Wicks", "The Book of Lamps", "2010")
    assert skipped == [
        (3, "bad XML (xmlParseEntityRef: no name)"),
        (4, "PMID 90000004: a record without title and abstract"),
    ]


def test_tagged() -> None:
    """The tagged format says the same; lines that go on belong to what stands above them."""
    (cells, translated), skipped = read_sample("pubmed.nbib")
    (same, same_translated, _), _ = read_sample("pubmed.xml")
    assert (cells.title, cells.abstract) == ("Counting cells at 10(3) lux with CellLamp", ABSTRACT.format("H(2)O"))
    assert replace(cells, title=same.title, abstract=same.abstract, sources=same.sources) == same
    assert replace(translated, sources=same_translated.sources) == same_translated
    assert [paper.sources[0].record for paper in (cells, translated)] == [2, 25]
    assert skipped == [(30, "a record without title and abstract")]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A lamp.", "A lamp"),
        ("[A lamp].", "A lamp"),
        ("[A lamp.]", "A lamp"),
        ("[A] lamp [B].", "[A] lamp [B]"),
        ("Is it a lamp?", "Is it a lamp?"),
        ("[].", ""),
    ],
)
def test_titles(written: str, title: str) -> None:
    """MEDLINE ends titles with a full stop and puts what it translated into brackets."""
    assert plain_title(written) == title


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("<Year>2021</Year><Month>Mar</Month><Day>5</Day>", "2021-03-05"),
        ("<Year>2021</Year><Month>03</Month>", "2021-03"),
        ("<Year>2021</Year><Season>Spring</Season>", "2021"),
        ("<MedlineDate>2000 Jul-Aug</MedlineDate>", "2000-07"),
        ("<MedlineDate>2000 Spring</MedlineDate>", "2000"),
        ("<MedlineDate>Winter</MedlineDate>", None),
        ("", None),
    ],
)
def test_dates(date: str, published: str | None) -> None:
    """Months are names or numbers; of a range the beginning counts."""
    data = (
        "<MedlineCitationSet><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle><Journal><JournalIssue>"
        f"<PubDate>{date}</PubDate></JournalIssue></Journal></Article></MedlineCitation></MedlineCitationSet>"
    )
    (paper,), skipped = read_bytes(data.encode())
    assert (paper.published, skipped) == (published, [])


def test_odd_files() -> None:
    """A set without articles, an article without any content and a line that is no UTF-8 are named."""
    assert read_bytes(b"<PubmedArticleSet/>")[1][0].reason == "a set without articles"
    hollow = read_bytes(b"<PubmedArticleSet><PubmedArticle><PMID>7</PMID></PubmedArticle></PubmedArticleSet>")[1]
    assert hollow[0].reason == "PMID 7: neither an Article nor a BookDocument in it"
    papers, (bad,) = read_bytes(b"PMID- 1\nTI  - caf\xe9\n\nPMID- 2\nTI  - Good\n")
    assert [paper.id for paper in papers] == ["pmid:2"]
    assert (bad.record, bad.reason) == (1, "no valid UTF-8 (byte 10 of line 2)")
