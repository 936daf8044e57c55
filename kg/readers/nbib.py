"""MEDLINE's tagged format (``.nbib``), as PubMed's "Cite" and "Save" give it.

Its tags are described at https://pubmed.ncbi.nlm.nih.gov/help/#pubmed-format; rispy reads the lines, told their shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context
from kg.readers.dates import year_month_day
from kg.readers.identifiers import identifiers
from kg.readers.medline import NO_ABSTRACT, plain_title
from kg.readers.papers import made
from kg.readers.people import given_first
from kg.readers.tagged import TaggedRecord, papers, records, text, texts

NAME: Final = "nbib"
DESCRIPTION: Final = "MEDLINE's tagged format, as PubMed saves citations (.nbib)"

_FIRST: Final = re.compile(rb"PMID- ?\d")
_LAST: Final = re.compile(rb"(?!)")  # a record ends where the next one begins
_TAG: Final = re.compile(rb"(?=.{4}-)[A-Z0-9]+ *-")
_SNIFFED: Final = re.compile(rb"^PMID- ?\d+\s*$", re.MULTILINE)
_TAG_WIDTH: Final = 4
_SEVERAL: Final = ("AID", "AU", "CN", "FAU", "LID", "OT")
_ONE: Final = ("PMID", "TI", "BTI", "AB", "DP", "JT", "TA", "PMC")
_DOI: Final = " [doi]"
_SITE: Final = "https://pubmed.ncbi.nlm.nih.gov/"
_NOTHING: Final = "no citation in it (one begins with a line PMID- )"


def sniff(head: bytes) -> float:
    """Sure where a line has PubMed's number, as every record begins."""
    return SURE if _SNIFFED.search(head) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a citation; the record number is the line of its PMID."""
    parser = _parser()
    found = records(stream, _FIRST, _LAST, _TAG)
    return papers(
        found,
        lambda record: _paper(record, parser, context),
        context,
        nothing="no citation in it (one begins with a line PMID- )",
    )


@cache
def _parser() -> Any:
    from rispy import RisParser  # noqa: PLC0415 - most files are none of MEDLINE

    class MedlineParser(RisParser):  # type: ignore[misc] # rispy has no types
        """Tags of up to four letters, padded, then ``- ``; lines that continue a value are indented."""

        START_TAG = "PMID"

        def parse_line(self, line: str) -> tuple[str, str] | tuple[None, str]:
            tag = line[:_TAG_WIDTH].rstrip()
            if line[_TAG_WIDTH : _TAG_WIDTH + 1] == "-" and tag.isalnum():
                return tag, line[_TAG_WIDTH + 1 :].strip()
            return None, line.strip()

    mapping = {tag: tag for tag in (*_ONE, *_SEVERAL)}
    return MedlineParser(mapping=mapping, list_tags=list(_SEVERAL), delimiter_tags_mapping={}, skip_unknown_tags=True)


def _paper(record: TaggedRecord, parser: Any, context: Context) -> Paper:
    known = record.parsed(parser)
    pmid, date = text(known, "PMID"), text(known, "DP")
    located = texts(known, "LID") + texts(known, "AID")
    doi = next((one.removesuffix(_DOI) for one in located if one.endswith(_DOI)), None)
    abstract = text(known, "AB")
    return made(
        context,
        record.number,
        id=f"pmid:{pmid}",
        title=plain_title(text(known, "TI", "BTI")),
        abstract="" if NO_ABSTRACT.fullmatch(abstract) else abstract,
        authors=[*map(given_first, texts(known, "FAU", "AU")), *texts(known, "CN")],
        published=year_month_day(date, date, date.partition(" ")[2].partition(" ")[2]),
        venue=text(known, "JT", "TA"),
        url=f"{_SITE}{pmid}/",
        identifiers=identifiers(pmid=pmid, doi=doi, pmcid=text(known, "PMC")),
        extra={"keywords": texts(known, "OT")},
    )
