"""Where stretches of a text are marked: the text is cut where one begins or ends, so that they may overlap."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from kg.graph import EvidenceItem

What = TypeVar("What")


class Span(NamedTuple, Generic[What]):
    """A stretch of a text, in code points, and what is said of it."""

    start: int
    end: int
    what: What


class Piece(NamedTuple, Generic[What]):
    """A part of a text with all that is said of it, of the shortest span first; nothing where it is plain."""

    text: str
    spans: tuple[What, ...]


def pieces(text: str, spans: Iterable[Span[What]]) -> list[Piece[What]]:
    """A text cut into pieces, each of which lies in the same spans from its beginning to its end.

    The pieces' texts together are the text. Of spans, only what lies in the text counts.
    """
    inside = [span for span in spans if max(span.start, 0) < min(span.end, len(text))]
    inside.sort(key=lambda span: (span.end - span.start, span.start))
    bounds = {0, len(text), *(min(max(place, 0), len(text)) for span in inside for place in span[:2])}
    cuts = sorted(bounds)
    return [
        Piece(text[start:end], tuple(span.what for span in inside if span.start <= start and end <= span.end))
        for start, end in pairwise(cuts)
    ]


def sentence_of(item: EvidenceItem) -> list[Piece[bool]]:
    """The sentence of a piece of evidence, with the words that the statement rests on marked."""
    start = item["start"] - item["sentence_start"]
    return pieces(item["sentence"], [Span(start, start + item["end"] - item["start"], what=True)])
