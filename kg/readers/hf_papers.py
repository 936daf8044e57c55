"""Pages of Hugging Face papers as a browser's copy and paste leaves them.

Two layouts occur. In one an entry is its title and its abstract, each a paragraph; in the other three lines follow::

      • 6 authors
    ·
    Oct 9, 2024 2

with a date that has no year where it is the current one, and at times a number (of comments) after it. A page begins
with lines of the site itself and the day on which it was shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import Context, RecordError
from kg.readers.dates import written_date
from kg.readers.identity import derived_id
from kg.readers.paragraphs import is_body, titles
from kg.readers.sources import lines
from kg.readers.text import clean, clean_field

NAME: Final = "hf-papers"
DESCRIPTION: Final = "a page of Hugging Face papers, copied from the browser as text"

_AUTHORS: Final = re.compile(r"\W*(\d{1,6}) authors?(?:\s*[·•]\s*(?P<date>\S.*))?")
_SEPARATORS: Final = frozenset("·•")
_SITE_LINE: Final = re.compile(
    r"new|get trending papers in your email inbox!?|subscribe|daily papers|by\s*AK and the research community",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"^[ \t]*(?:#|<|```|\{|@\w+\s*[{(])", re.MULTILINE)
_SITE_LINES_SNIFFED: Final = 2
_WRAPPED_WIDTH: Final = 120
_ABSTRACT_SNIFFED: Final = 300
_MAX_BYTES: Final = 2**28


@dataclass(slots=True)
class _Paragraph:
    number: int
    text: str


@dataclass(slots=True)
class _Stretch:
    """Paragraphs up to the lines that end an entry (or up to the page's end), and what those lines say."""

    paragraphs: list[_Paragraph] = field(default_factory=list)
    author_count: int | None = None
    published: str | None = None
    trailing_number: int | None = None
    ended: bool = False


@dataclass(slots=True)
class _Entry:
    title: _Paragraph | None
    body: list[_Paragraph]
    author_count: int | None = None
    published: str | None = None
    trailing_number: int | None = None

    @property
    def number(self) -> int:
        return (self.title or self.body[0]).number


def sniff(head: bytes) -> float:
    """Sure where the site's own lines or lines of authors stand; weak where titles and abstracts merely alternate."""
    text = head.decode(errors="replace")
    stripped = [line.strip() for line in text.splitlines()]
    marks = sum(1 for line in stripped if _AUTHORS.fullmatch(line))
    if marks or len({line for line in stripped if _SITE_LINE.fullmatch(line)}) >= _SITE_LINES_SNIFFED:
        return 0.95
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]
    pairs = list(zip(blocks[::2], blocks[1::2], strict=False))
    alternating = pairs and all(
        len(body) >= _ABSTRACT_SNIFFED and is_body(body) and not is_body(title) for title, body in pairs
    )
    return 0.3 if alternating and not _MARKUP.search(text) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper an entry; the record number is the line of its title."""
    skipped: list[Skipped] = []
    stretches = _stretches(_text_lines(stream, context, skipped), context)
    found: list[Paper | Skipped] = [*skipped]
    found += [_paper(entry, context) for entry in _with_stray_dates(_entries(stretches), context)]
    yield from sorted(found, key=_line)
    if not found:
        yield context.skipped(None, "a page without entries")


def _line(item: Paper | Skipped) -> int:
    return (item.sources[0].record if isinstance(item, Paper) else item.record) or 0


def _text_lines(stream: BinaryIO, context: Context, skipped: list[Skipped]) -> Iterator[tuple[int, str]]:
    size = 0
    for number, line in lines(stream):
        size += len(line or b"")
        if size > _MAX_BYTES:
            skipped.append(context.skipped(number, "a page of more than 256 MB; what follows was not read"))
            return
        if line is None:
            skipped.append(context.skipped(number, "a line of more than 32 MB"))
            continue
        try:
            yield number, line.decode()
        except UnicodeDecodeError as error:
            skipped.append(context.skipped(number, f"no valid UTF-8 (byte {error.start + 1} of the line)"))


def _paragraphs(block: list[tuple[int, str]]) -> Iterator[_Paragraph]:
    """The paragraphs of lines that no blank line parts: one if they are wrapped text, else one a line."""
    if block and all(len(line) <= _WRAPPED_WIDTH for _, line in block):
        yield _Paragraph(block[0][0], " ".join(line for _, line in block))
    else:
        yield from (_Paragraph(number, line) for number, line in block)


def _stretches(numbered: Iterator[tuple[int, str]], context: Context) -> list[_Stretch]:
    stretches = [_Stretch()]
    block: list[tuple[int, str]] = []
    for number, raw in numbered:
        line = raw.strip()
        authors = _AUTHORS.fullmatch(line)
        if not line or authors or line in _SEPARATORS:
            _end_block(block, stretches)
            block = []
            if line:
                stretches[-1].ended = True
            if authors:
                stretches[-1].author_count = int(authors[1])
                _date(stretches[-1], authors["date"] or "", context)
        elif block or not (_awaits_date(stretches[-1]) and _date(stretches[-1], line, context)):
            block.append((number, line))
    _end_block(block, stretches)
    return stretches


def _end_block(block: list[tuple[int, str]], stretches: list[_Stretch]) -> None:
    if block and stretches[-1].ended:
        stretches.append(_Stretch())
    stretches[-1].paragraphs += _paragraphs(block)


def _awaits_date(stretch: _Stretch) -> bool:
    return stretch.ended and stretch.published is None


def _date(stretch: _Stretch | _Entry, line: str, context: Context) -> bool:
    found = written_date(line, context.saved_in)
    if found is not None:
        stretch.published, stretch.trailing_number = found
    return found is not None


def _without_page_header(paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """Leaves out lines of the site and the date below them, except where an abstract follows: then it is a title."""
    kept: list[_Paragraph] = []
    below_site_line = False
    for paragraph, after in zip_longest(paragraphs, paragraphs[1:]):
        of_site = _SITE_LINE.fullmatch(paragraph.text) is not None
        in_header = of_site or (below_site_line and written_date(paragraph.text))
        if not in_header or (after is not None and is_body(after.text)):
            kept.append(paragraph)
        below_site_line = of_site
    return kept


def _entries(stretches: list[_Stretch]) -> list[_Entry]:
    entries: list[_Entry] = []
    for stretch in stretches:
        paragraphs = _without_page_header(stretch.paragraphs)
        labels = titles([paragraph.text for paragraph in paragraphs], ends_marked=stretch.ended)
        of_stretch: list[_Entry] = []
        for paragraph, is_title in zip(paragraphs, labels, strict=True):
            if is_title:
                of_stretch.append(_Entry(title=paragraph, body=[]))
            elif of_stretch:
                of_stretch[-1].body.append(paragraph)
            else:
                of_stretch.append(_Entry(title=None, body=[paragraph]))
        if of_stretch:
            of_stretch[-1].author_count = stretch.author_count
            of_stretch[-1].published = stretch.published
            of_stretch[-1].trailing_number = stretch.trailing_number
        entries += of_stretch
    return entries


def _with_stray_dates(entries: list[_Entry], context: Context) -> Iterator[_Entry]:
    """A date that heads no abstract is no entry: it dates the one above it."""
    last: _Entry | None = None
    for entry in entries:
        if entry.title is not None and not entry.body and written_date(entry.title.text):
            if last is not None and last.published is None:
                _date(last, entry.title.text, context)
            continue
        if last is not None:
            yield last
        last = entry
    if last is not None:
        yield last


def _paper(entry: _Entry, context: Context) -> Paper | Skipped:
    if entry.title is None:
        return context.skipped(entry.number, f"an abstract without a title: {_shown(entry.body[0].text)}")
    if not entry.body:
        return context.skipped(entry.number, f"a title without an abstract: {_shown(entry.title.text)}")
    try:
        title = clean_field(entry.title.text, "title", context.max_characters)
        body = " ".join(paragraph.text for paragraph in entry.body)
        abstract = clean_field(body, "abstract", context.max_characters)
    except RecordError as error:
        return context.skipped(entry.number, error)
    if not title or not abstract:
        return context.skipped(entry.number, "an entry without a readable title or abstract")
    extra: dict[str, Any] = {} if entry.trailing_number is None else {"trailing_number": entry.trailing_number}
    return Paper(
        id=derived_id(title, abstract),
        title=title,
        abstract=abstract,
        author_count=entry.author_count,
        published=entry.published,
        sources=(context.source(entry.number),),
        extra=extra,
    )


def _shown(text: str) -> str:
    shown = clean(text[:80])
    return f"{shown}…" if len(text) > len(shown) else shown
