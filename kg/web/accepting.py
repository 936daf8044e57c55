"""Which form of an answer a client wants: the field Accept of RFC 9110, section 12.5.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import mimeparse

Range: TypeAlias = tuple[str, str, dict[str, Any]]

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
}
"""What each form is sent as."""
HTML: Final = "text/html"
ANYTHING: Final = "*/*"
PREFERRED_RESULTS: Final = ("json", "xml", "csv", "tsv")
PREFERRED_TRIPLES: Final = ("turtle", "ntriples", "rdfxml")
"""The first of those that a client likes equally is sent."""

_ALSO: Final[Mapping[str, Sequence[str]]] = {
    "json": ("application/json",),
    "xml": ("application/xml", "text/xml"),
    "turtle": ("application/x-turtle",),
    "ntriples": ("text/plain",),
    "rdfxml": ("application/xml",),
}
"""What some clients call the forms."""


def accepted_forms(accept: str) -> list[str]:
    """The forms that a client accepts, the best first: of results, then of triples.

    Raises ValueError where the field cannot be read.
    """
    ranges = _ranges(accept)
    return [*_sorted(ranges, PREFERRED_RESULTS), *_sorted(ranges, PREFERRED_TRIPLES)]


def prefers_html(accept: str) -> bool:
    """Whether a client likes a page better than any other form. Raises ValueError where the field cannot be read."""
    ranges = _ranges(accept)
    others = max(_liking(ranges, form) for form in MEDIA_TYPES)
    return float(mimeparse.quality_parsed(HTML, ranges)) > others


def _ranges(accept: str) -> list[Range]:
    return [mimeparse.parse_media_range(one) for one in accept.split(",") if one.strip()]


def _sorted(ranges: Sequence[Range], forms: Sequence[str]) -> list[str]:
    liked = {form: _liking(ranges, form) for form in forms}
    return sorted((form for form in forms if liked[form] > 0), key=lambda form: -liked[form])


def _liking(ranges: Sequence[Range], form: str) -> float:
    """How much a client likes a form, 0 (not at all) to 1: by what fits best of all that it may be called."""
    found = [mimeparse.quality_and_fitness_parsed(name, ranges) for name in (MEDIA_TYPES[form], *_ALSO.get(form, ()))]
    quality, _ = max(found, key=lambda one: one[1])
    return float(quality)
