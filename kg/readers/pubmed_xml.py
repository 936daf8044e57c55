"""The XML of PubMed, as its web site, its E-utilities (efetch) and its yearly baseline files give it.

Its elements are described at https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context, RecordError
from kg.readers.dates import year_month_day
from kg.readers.identifiers import identifiers
from kg.readers.medline import NO_ABSTRACT, plain_title
from kg.readers.papers import made
from kg.readers.xml_records import Element, begins_with, papers, text_of

NAME: Final = "pubmed-xml"
DESCRIPTION: Final = "XML of PubMed: articles with their MEDLINE citations"

_ROOTS: Final = ("PubmedArticleSet", "PubmedArticle", "MedlineCitationSet", "MedlineCitation")
_ARTICLES: Final = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_SITE: Final = "https://pubmed.ncbi.nlm.nih.gov/"


def sniff(head: bytes) -> float:
    """Sure where the first element is one of PubMed's sets or articles."""
    return SURE if begins_with(head, *_ROOTS) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper an article; the record number counts the articles."""
    return papers(stream, _ARTICLES, _paper, context, nothing="a set without articles")


def _paper(element: Element, number: int, context: Context) -> Paper | Skipped:
    pmid = text_of(element.find(".//PMID")).strip()
    try:
        return _made(element, pmid, number, context)
    except RecordError as error:
        return context.skipped(number, f"PMID {pmid}: {error}" if pmid else error)


def _made(element: Element, pmid: str, number: int, context: Context) -> Paper:
    article = element.find(".//Article")
    if article is None:  # of a book, whose chapters are built alike
        article = element.find(".//BookDocument")
    if article is None:
        raise RecordError("neither an Article nor a BookDocument in it")
    title = text_of(article.find("ArticleTitle")) or text_of(article.find("Book/BookTitle"))
    # Its own ids alone: those of the works that it cites stand further down.
    given = {one.get("IdType"): text_of(one).strip() for one in element.iterfind("PubmedData/ArticleIdList/ArticleId")}
    located = {one.get("EIdType"): text_of(one).strip() for one in article.iterfind("ELocationID")}
    return made(
        context,
        number,
        id=f"pmid:{pmid}" if pmid else None,
        title=plain_title(title),
        abstract=_abstract(article.find("Abstract")),
        authors=map(_name, article.iterfind("AuthorList/Author")),
        published=_published(article),
        venue=text_of(article.find("Journal/Title")) or text_of(article.find("Book/BookTitle")),
        url=f"{_SITE}{pmid}/" if pmid else None,
        identifiers=identifiers(pmid=pmid, pmcid=given.get("pmc"), doi=given.get("doi") or located.get("doi")),
        extra={"keywords": [text_of(keyword) for keyword in element.iterfind(".//KeywordList/Keyword")]},
    )


def _abstract(abstract: Element | None) -> str:
    """The parts of an abstract, each after its label, as PubMed prints them ("METHODS: We …")."""
    if abstract is None:
        return ""
    parts = []
    for part in abstract.iterfind("AbstractText"):
        label, text = (part.get("Label") or "").strip(), text_of(part).strip()
        if text:
            parts.append(f"{label}: {text}" if label and label.upper() != "UNLABELLED" else text)
    whole = " ".join(parts)
    return "" if NO_ABSTRACT.fullmatch(whole) else whole


def _name(author: Element) -> str:
    collective = text_of(author.find("CollectiveName")).strip()
    family = text_of(author.find("LastName")).strip()
    given = (text_of(author.find("ForeName")) or text_of(author.find("Initials"))).strip()
    return collective or f"{given} {family}".strip()


def _published(article: Element) -> str | None:
    """The date of the issue, or of the book; that of the electronic article where it says more."""
    issue = article.find("Journal/JournalIssue/PubDate")
    dates = [_date(one) for one in (issue, article.find("Book/PubDate"), article.find("ArticleDate"))]
    known = [date for date in dates if date]
    agreeing = [date for date in known if date.startswith(known[0])]
    return max(agreeing, key=len, default=None)


def _date(element: Element | None) -> str | None:
    if element is None:
        return None
    written = text_of(element.find("MedlineDate"))  # "1998 Dec-1999 Jan", "2000 Spring"
    year, month, day = (text_of(element.find(name)) for name in ("Year", "Month", "Day"))
    return year_month_day(year or written, month or written, day)
