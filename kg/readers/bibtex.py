"""BibTeX and BibLaTeX, read by bibtexparser: as of reference managers, DBLP, Google Scholar and the ACL Anthology.

The file is cut before lines that begin an entry and parsed piece by piece, so that memory holds a piece at a time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context, RecordError
from kg.readers.bibtex_values import Strings, authors, ungrouped, value
from kg.readers.dates import iso_date, refined, year_month_day
from kg.readers.identifiers import identifiers
from kg.readers.papers import line, made
from kg.readers.sources import lines

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

NAME: Final = "bibtex"
DESCRIPTION: Final = "BibTeX or BibLaTeX, with or without abstracts (reference managers, DBLP, ACL Anthology)"

_BLOCK: Final = rb"[ \t]*@[A-Za-z]+[ \t]*[{(]"
_BEGINS: Final = re.compile(_BLOCK)
_SNIFFED: Final = re.compile(
    rb"^[ \t]*@(?:(?:string|preamble|comment)[ \t]*[{(]|[a-z]+[ \t]*[{(][^\s,={}]*\s*,)", re.IGNORECASE | re.MULTILINE
)
_KEY: Final = re.compile(r"@\w+\s*[{(]\s*([^\s,={}]+)")
_PIECE_BYTES: Final = 2**18
_MAX_ENTRY_BYTES: Final = 2**24
# What only holds papers together, or says something to LaTeX.
_NO_PAPERS: Final = frozenset(
    ("proceedings", "mvproceedings", "collection", "mvcollection", "periodical", "set", "xdata")
)
_CONTAINERS: Final = _NO_PAPERS | {"book", "mvbook"}
_VENUES: Final = ("booktitle", "journal", "journaltitle", "howpublished", "eventtitle", "school", "institution")
_ADDRESSES: Final = ("url", "ee", "howpublished")
_BETWEEN: Final = re.compile("[,;]")
_ARXIV: Final = re.compile(r"arxiv[:\s./]|^abs/", re.IGNORECASE)
_ARXIV_ID: Final = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
_NO_UTF8: Final = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of such bytes
_ADDRESS: Final = re.compile(r"https?://[^\s{}]+")

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # what it would say of bad entries, kg says itself


@dataclass(slots=True)
class _Volume:
    """What papers inherit by ``crossref``."""

    venue: str | None
    published: str | None


@dataclass(slots=True)
class _File:
    """What entries of one file share: abbreviations, volumes, and the papers that wait for theirs."""

    strings: Strings = field(default_factory=dict)
    volumes: dict[str, _Volume] = field(default_factory=dict)
    waiting: dict[str, list[Paper]] = field(default_factory=dict)


def sniff(head: bytes) -> float:
    """Sure where a line begins an entry with its key, an abbreviation or a comment of BibTeX."""
    return SURE if _SNIFFED.search(head) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper an entry; the record number is the entry's first line.

    Volumes (``@proceedings`` and such) are no papers. A paper that takes its venue or its date from a volume further
    down comes after that.
    """
    from bibtexparser.splitter import Splitter  # noqa: PLC0415 - most files are no BibTeX

    file = _File()
    found = False
    for number, piece in _pieces(stream):
        if piece is None:
            yield context.skipped(number, f"an entry of more than {_MAX_ENTRY_BYTES // 2**20} MB")
            found = True
            continue
        for block in Splitter(piece.decode(errors="surrogateescape").replace("\r\n", "\n")).split().blocks:
            for item in _read_block(block, number, file, context):
                found = True
                yield item
    yield from (paper for papers in file.waiting.values() for paper in papers)
    if not found and not file.waiting:
        yield context.skipped(None, "no entry of a paper in it (one begins with a line like @article{key,)")


def _pieces(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The stream in pieces of whole entries, each with the number of its first line; None for one that is too long."""
    first, parts, size = 1, list[bytes](), 0
    entry, before_entry = 1, 0  # the line of the last entry, and how many lines of the piece stand before it
    for number, text in lines(stream):
        if text is not None and _BEGINS.match(text):
            if size > _PIECE_BYTES:
                if parts:
                    yield first, b"".join(parts)
                first, parts, size = number, [], 0
            entry, before_entry = number, len(parts)
        size += _MAX_ENTRY_BYTES if text is None else len(text)
        if size < _MAX_ENTRY_BYTES:
            parts.append(text or b"")
        elif parts or text is None:
            yield first, b"".join(parts[:before_entry])
            yield entry if parts else number, None
            parts = []
    if parts:
        yield first, b"".join(parts)


def _read_block(block: Block, first: int, file: _File, context: Context) -> Iterator[Paper | Skipped]:
    from bibtexparser.model import Entry, ParsingFailedBlock, String  # noqa: PLC0415

    number = first + max(block.start_line or 0, 0)
    if isinstance(block, ParsingFailedBlock) and block.ignore_error_block is not None:
        block = block.ignore_error_block  # a key or a field that comes twice: the first one counts
    if isinstance(block, String):
        try:
            file.strings[block.key.lower()] = value(block.value, file.strings)
        except RecordError as error:
            yield context.skipped(number, f"{block.key[:80]}: {error}")
    elif isinstance(block, Entry):
        yield from _read_entry(block, number, file, context)
    elif isinstance(block, ParsingFailedBlock):
        key = _KEY.match(block.raw or "")
        reason = " ".join(str(getattr(block.error, "abort_reason", block.error)).split()).rstrip(".")
        yield context.skipped(number, f"{key[1][:80] if key else 'an entry'}: bad BibTeX ({reason})")


def _read_entry(entry: Entry, number: int, file: _File, context: Context) -> Iterator[Paper | Skipped]:
    known: dict[str, str] = {}
    try:
        for one in entry.fields:
            known.setdefault(one.key.lower(), value(one.value, file.strings))
        volume = _Volume(line(ungrouped(known.get("booktitle") or known.get("title", ""))), _published(known))
        waiting: list[Paper] = []
        if entry.entry_type in _CONTAINERS:
            file.volumes[entry.key.lower()] = volume
            waiting = file.waiting.pop(entry.key.lower(), [])
        yield from (_of_volume(paper, volume) for paper in waiting)
        if entry.entry_type in _NO_PAPERS:
            return
        paper = _paper(entry.key, known, number, context)
    except RecordError as error:
        yield context.skipped(number, f"{entry.key[:80]}: {error}" if entry.key else error)
        return
    wanted = known.get("crossref", "").strip().lower()
    if not wanted or (paper.venue and paper.published):
        yield paper
    elif wanted in file.volumes:
        yield _of_volume(paper, file.volumes[wanted])
    else:
        file.waiting.setdefault(wanted, []).append(paper)


def _of_volume(paper: Paper, volume: _Volume) -> Paper:
    return replace(paper, venue=paper.venue or volume.venue, published=refined(paper.published, volume.published))


def _paper(key: str, known: Mapping[str, str], number: int, context: Context) -> Paper:
    if any(map(_NO_UTF8.search, known.values())):
        raise RecordError("no valid UTF-8")
    addresses = (_ADDRESS.search(known.get(name, "")) for name in _ADDRESSES)
    url = next((found[0].replace("\\", "") for found in addresses if found), None)
    venue = next((text for name in _VENUES if (text := known.get(name, "")) and not _ADDRESS.search(text)), "")
    return made(
        context,
        number,
        id=key,
        title=ungrouped(_titled(known)),
        abstract=ungrouped(known.get("abstract", "")),
        authors=authors(known.get("author", "")),
        published=_published(known),
        venue="arXiv" if _ARXIV.match(venue) else ungrouped(venue),
        url=url,
        identifiers=identifiers(
            doi=known.get("doi", "").replace("\\", "") or url,
            arxiv=_arxiv(known) or url,
            acl=url,
            pmid=known.get("pmid") or (known.get("eprint") if _eprint_type(known) == "pubmed" else None),
            pmcid=known.get("pmcid") or known.get("pmc"),
        ),
        extra={"keywords": [*filter(None, map(str.strip, _BETWEEN.split(ungrouped(known.get("keywords", "")))))]},
    )


def _titled(known: Mapping[str, str]) -> str:
    title, subtitle = known.get("title", ""), known.get("subtitle", "")
    return f"{title}: {subtitle}" if title and subtitle else title


def _published(known: Mapping[str, str]) -> str | None:
    apart = year_month_day(known.get("year"), known.get("month"), known.get("day"))
    return refined(apart, iso_date(known.get("date")))


def _eprint_type(known: Mapping[str, str]) -> str:
    return (known.get("eprinttype") or known.get("archiveprefix") or "").lower()


def _arxiv(known: Mapping[str, str]) -> str | None:
    """The arXiv id where an entry says one: as eprint, or in place of a journal or its volume (Scholar, DBLP)."""
    if _eprint_type(known) in ("", "arxiv") and _ARXIV_ID.search(known.get("eprint", "")):
        return known["eprint"]
    for name in ("journal", "volume", "howpublished", "note", "number"):
        if _ARXIV.search(known.get(name, "")) and (found := _ARXIV_ID.search(known[name])):
            return found[0]
    return None
