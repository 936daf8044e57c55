"""Terms that are written alike in N-Quads (https://www.w3.org/TR/n-quads/) and in Turtle: literals, names in IRIs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import pyoxigraph

from kg.errors import ExportError

# surrogates no encoding of RDF can hold; two noncharacters raptor refuses to read
_NO_TEXT: Final = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_SPECIAL: Final = re.compile(r"[\x00-\x1f\"\\\x7f]")
_ESCAPES: Final = dict(zip('"\\\n\r\t\b\f', ('\\"', r"\\", r"\n", r"\r", r"\t", r"\b", r"\f"), strict=True))


def is_plain(value: str) -> bool:
    """Whether a text, and so every part of it, stands in a literal as it is."""
    return value.isprintable() and '"' not in value and "\\" not in value


def text(value: str) -> str:
    """A plain literal; the few code points that are no characters become U+FFFD, one for one."""
    if is_plain(value):
        return f'"{value}"'
    return '"' + _SPECIAL.sub(_escape, _NO_TEXT.sub("\ufffd", value)) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


@lru_cache(maxsize=1 << 14)
def escaped(name: str) -> str:
    """A name, such as a rule's id, with nothing in it that has a meaning in an IRI; ``unquote`` gives it back."""
    segment = quote(name, safe="", errors="surrogatepass")
    # "." and ".." are steps in a path, not names, and a last dot troubles rdflib in Turtle
    return segment.replace(".", "%2E") if segment.endswith(".") else segment


def checked_iri(iri: str, what: str) -> str:
    """An IRI in angle brackets. Raises ExportError, saying ``what`` it is, where it is no absolute IRI (RFC 3987)."""
    try:
        return str(pyoxigraph.NamedNode(iri))
    except ValueError as error:
        raise ExportError(f"{what} cannot be an IRI in RDF: {error}") from error
