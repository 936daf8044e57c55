"""Records of XML files, each cut out of the stream and parsed by itself.

A file of records is not parsed as one document: one stray ampersand would cost all that follows. The bytes of each
record, from its start tag to its end tag, go through a parser of their own, so that a bad record costs nothing but
itself, memory holds one record at a time, and no DTD of the file reaches the parser: what it would define (entities
that grow, entities that stand for files) is not known, and a record that uses one is a bad one.

Names are as the file writes them, a prefix included: namespaces that the file declares above a record are not known
within it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

from kg.model import Paper, Skipped
from kg.readers.base import Context, RecordError

if TYPE_CHECKING:
    from lxml import etree

Element: TypeAlias = "etree._Element"  # noqa: SLF001 - the class has no other name

MAX_RECORD_BYTES: Final = 2**24
_CHUNK_BYTES: Final = 2**20
_LONGEST_NAME: Final = 2**8
_SKIPPED: Final = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_BEFORE_ROOT: Final = rb"\s*(?:(?:<\?[^>]{0,1000}>|<!--.*?-->|<!DOCTYPE[^>\[]{0,1000}(?:\[.*?\]\s{0,100})?>)\s*)*"
_ENCODING: Final = re.compile(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.-]+)")
_UTF8: Final = frozenset((b"utf-8", b"utf8", b"us-ascii", b"ascii"))


@dataclass(frozen=True, slots=True)
class Record:
    """One element of a file: its place among the records (from 1), and what it is, or why it cannot be read.

    An opening has the number of the record before it.
    """

    number: int
    name: str
    element: Element | None
    reason: str = ""


def begins_with(head: bytes, *roots: str) -> bool:
    """Whether the first element of an XML file that begins so has one of these names."""
    before = re.match(_BEFORE_ROOT, head, re.DOTALL)
    names = "|".join(map(re.escape, roots)).encode()
    return re.compile(rb"<(?:" + names + rb")[\s/>]").match(head, before.end() if before else 0) is not None


def records(stream: BinaryIO, names: Collection[str], openings: Collection[str] = ()) -> Iterator[Record]:
    """The elements of these names in their order, whole; of those in ``openings`` the start tag alone, with attributes.

    Elements within one that was asked for are part of it. Raises RecordError for a file that is not in UTF-8.
    """
    scanner = _Scanner(stream, names, openings)
    scanner.refuse_encoding()
    number = 0
    while (name := scanner.next_tag()) is not None:
        number += name not in openings
        try:
            data = scanner.opening(name)
            if name in openings:
                data = data.rstrip(b"/>") + b"/>"
            elif not data.endswith(b"/>"):
                data = scanner.rest_of(name)
            element, reason = _parsed(data)
        except RecordError as error:
            element, reason = None, str(error)
        yield Record(number, name, element, reason)


def papers(
    stream: BinaryIO,
    names: Collection[str],
    make: Callable[[Element, int, Context], Paper | Skipped],
    context: Context,
    *,
    nothing: str,
) -> Iterator[Paper | Skipped]:
    """What ``make`` makes of the elements of these names, with their numbers; ``nothing`` is said where none is."""
    found = False
    try:
        for record in records(stream, names):
            found = True
            if record.element is None:
                yield context.skipped(record.number, record.reason)
            else:
                yield make(record.element, record.number, context)
    except RecordError as error:
        yield context.skipped(None, error)
        return
    if not found:
        yield context.skipped(None, nothing)


def text_of(element: Element | None) -> str:
    """The text of an element and of those within it; a power stays one (``10<sup>3</sup>`` is ``10^3``).

    Empty where there is no element.
    """
    if element is None:
        return ""
    text = element.text or ""
    for child in element:
        power = child.tag == "sup" and text[-1:].isdigit()
        text += f"{'^' * power}{text_of(child) if isinstance(child.tag, str) else ''}{child.tail or ''}"
    return text


def _parsed(data: bytes) -> tuple[Element | None, str]:
    """The element that some bytes are, or why they are none. Prefixes that the file explains elsewhere are let be."""
    from lxml import etree  # noqa: PLC0415 - most files are no XML

    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    element = etree.fromstring(data, parser)
    for error in parser.error_log:
        if error.domain != etree.ErrorDomains.NAMESPACE:
            return None, f"bad XML ({error.message.strip()})"
    return element, "" if element is not None else "bad XML (no element)"


class _Scanner:
    """Finds start and end tags in a stream, outside comments and CDATA, and keeps the bytes of the open record."""

    def __init__(self, stream: BinaryIO, names: Collection[str], openings: Collection[str]) -> None:
        self._stream = stream
        self._data = b""
        self._at = 0
        self._record: int | None = None  # where the open record begins
        self._wanted = _tags((*names, *openings), "<")
        self._ends = {name: _tags((name,), "</?") for name in names}

    def refuse_encoding(self) -> None:
        """Raise RecordError where the XML declaration names another encoding than UTF-8."""
        self._more()
        declared = _ENCODING.match(self._data)
        if declared and declared[1].lower() not in _UTF8:
            name = declared[1].decode()
            raise RecordError(f"XML in {name}, not UTF-8; convert it (iconv -f {name} -t UTF-8) and say so in line 1")

    def next_tag(self) -> str | None:
        """The name of the next start tag; None at the end."""
        self._record = None
        found = self._find(self._wanted)
        if found is None:
            return None
        self._record, self._at = found.start(), found.end()
        return found["name"].decode()

    def opening(self, name: str) -> bytes:
        """The bytes of the start tag that was last found.

        Raises RecordError where it has no end, or too many bytes go by before it.
        """
        if not self._skip_past(b">"):
            raise RecordError(f"the file ends within <{name}>")
        return self._data[self._record : self._at]

    def rest_of(self, name: str) -> bytes:
        """The bytes of the element whose start tag was last found, up to its end tag.

        Raises RecordError where another one begins, the file ends, or too many bytes go by before it.
        """
        found = self._find(self._ends[name])
        if found is None:
            raise RecordError(f"the file ends before </{name}>")
        if not found[0].startswith(b"</"):
            raise RecordError(f"another <{name}> begins before </{name}>")
        self._skip_past(b">")
        return self._data[self._record : self._at]

    def _find(self, tags: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The next of these tags, with the scanner standing before it; None at the end."""
        while True:
            found = tags.search(self._data, self._at)
            if found is None:
                self._at = max(self._at, len(self._data) - _LONGEST_NAME)
                if not self._more():
                    return None
            elif found[0] in _SKIPPED:
                self._at = found.end()
                if not self._skip_past(_SKIPPED[found[0]]):
                    return None
            else:
                self._at = found.start()
                return found

    def _skip_past(self, ending: bytes) -> bool:
        """Go behind the next such bytes; to the end of the file, and False, where there are none."""
        while (place := self._data.find(ending, self._at)) < 0:
            self._at = max(self._at, len(self._data) - len(ending) + 1)
            if not self._more():
                self._at = len(self._data)
                return False
        self._at = place + len(ending)
        return True

    def _more(self) -> bool:
        """Read on, and let go of what is neither of the open record nor ahead.

        Raises RecordError where the open record is too long.
        """
        kept = self._at if self._record is None else self._record
        if self._at - kept > MAX_RECORD_BYTES:
            self._record = None
            raise RecordError(f"more than {MAX_RECORD_BYTES // 2**20} MB")
        chunk = self._stream.read(_CHUNK_BYTES)
        self._data = self._data[kept:] + chunk
        self._at -= kept
        self._record = None if self._record is None else 0
        return bool(chunk)


def _tags(names: Collection[str], opening: str) -> re.Pattern[bytes]:
    """What finds tags of these names, and the beginnings of comments and CDATA, in which nothing is a tag."""
    alternatives = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"<!--|<!\[CDATA\[|{opening}(?P<name>{alternatives})(?=[\s/>])".encode())
