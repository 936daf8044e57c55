"""The XML of the ACL Anthology: a collection of volumes, each with its title, year and papers.

The files are those of https://github.com/acl-org/acl-anthology (``data/xml``), described by the schema beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context, RecordError
from kg.readers.dates import year_month_day
from kg.readers.identifiers import identifiers
from kg.readers.papers import made
from kg.readers.xml_records import Element, Record, begins_with, records, text_of

NAME: Final = "acl-anthology"
DESCRIPTION: Final = "XML of the ACL Anthology: a collection with its volumes and papers"

_SITE: Final = "https://aclanthology.org/"
_OLD_STYLE: Final = re.compile(r"[A-Z]\d\d")
_OF_TWO_DIGITS: Final = re.compile(r"W\d\d|C69")
_FROM_VOLUME: Final = {"D19": 5}
_VENUES: Final = ("booktitle", "journal-title")


def sniff(head: bytes) -> float:
    """Sure where the first element is a collection with an id, as no other XML of papers begins."""
    return SURE if begins_with(head, "collection") and re.search(rb"<collection\s+id\s*=", head) else 0.0


@dataclass(slots=True)
class _Volume:
    """Where papers stand, and what they have of the volume."""

    collection: str = ""
    name: str = ""
    venue: str | None = None
    published: str | None = None


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a ``paper`` element, front matter left out; the record number counts these elements."""
    volume = _Volume()
    found = False
    try:
        for record in records(stream, ("meta", "paper"), ("collection", "volume", "event")):
            if record.name == "paper":
                found = True
                yield _paper(record, volume, context)
            else:
                volume = _entered(record, volume)
    except RecordError as error:
        yield context.skipped(None, error)
        return
    if not found:
        yield context.skipped(None, "a collection without papers")


def _entered(record: Record, volume: _Volume) -> _Volume:
    """The volume after the start of a collection or a volume, or after what a volume says of itself."""
    element = record.element
    if record.name == "meta":
        texts = {} if element is None else {child.tag: text_of(child) for child in element}
        venue = next((texts[name] for name in _VENUES if name in texts), None)
        return replace(volume, venue=venue, published=year_month_day(texts.get("year"), texts.get("month")))
    known = "" if element is None else element.get("id", "")
    return _Volume(known) if record.name == "collection" else _Volume(volume.collection, known)


def anthology_id(collection: str, volume: str, number: str) -> str:
    """The id by which the Anthology knows a paper: ``2020.acl-main.1``, or ``P18-1001`` for collections up to 2019.

    The old ids have a digit for the volume and three for the paper; those of workshops have two for each.
    """
    if not _OLD_STYLE.fullmatch(collection) or not (volume.isdecimal() and number.isdecimal()):
        return f"{collection}-{volume}.{number}"
    from_volume = _FROM_VOLUME.get(collection)
    if _OF_TWO_DIGITS.fullmatch(collection) or (from_volume is not None and int(volume) >= from_volume):
        return f"{collection}-{int(volume):02}{int(number):02}"
    return f"{collection}-{int(volume)}{int(number):03}"


def _paper(record: Record, volume: _Volume, context: Context) -> Paper | Skipped:
    element = record.element
    if element is None:
        return context.skipped(record.number, f"a paper of {volume.collection}-{volume.name}: {record.reason}")
    known = anthology_id(volume.collection, volume.name, element.get("id", ""))
    for formula in element.iter("tex-math"):
        formula.text, formula.tail = "", f"${text_of(formula)}${formula.tail or ''}"
    url = text_of(element.find("url")).strip()
    try:
        return made(
            context,
            record.number,
            id=f"acl:{known}",
            title=text_of(element.find("title")),
            abstract=text_of(element.find("abstract")),
            authors=map(_name, element.findall("author")),
            published=volume.published,
            venue=volume.venue,
            url=url if "://" in url else f"{_SITE}{url or known}/",
            identifiers=identifiers(acl=known, doi=text_of(element.find("doi"))),
            extra={"retracted": element.find("retracted") is not None or None},
        )
    except RecordError as error:
        return context.skipped(record.number, f"{known}: {error}")


def _name(author: Element) -> str:
    return f"{text_of(author.find('first'))} {text_of(author.find('last'))}".strip()
