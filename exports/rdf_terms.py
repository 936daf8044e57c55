"""Terms and lines of N-Quads, as text: literals, lists in order, and templates that make many lines in one step.

The syntax is that of https://www.w3.org/TR/n-quads/ (and, without a graph, of N-Triples). Making text of a template is
several times as fast as making an object of each term, and what it says is read back by pyoxigraph in the tests.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final
from urllib.parse import quote

import pyoxigraph

from kg.errors import ExportError

from .rdf_vocabulary import LISTS, expand

END: Final = " .\n"
"""What ends a line in the default graph."""

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


@cache
def term(name: str) -> str:
    """A term that is written with a prefix, such as ``kgo:uses``; ``a`` is rdf:type."""
    return f"<{expand('rdf:type' if name == 'a' else name)}>"


_INTEGER: Final = f'"%d"^^{term("xsd:integer")}'
_DECIMAL: Final = f'"%s"^^{term("xsd:decimal")}'


def integer(number: int) -> str:
    """An xsd:integer."""
    return _INTEGER % number


def decimal(number: Decimal) -> str:
    """An xsd:decimal with all digits of the number and no exponent."""
    return _DECIMAL % f"{number:f}"


@lru_cache(maxsize=1 << 14)
def confidence(number: float) -> str:
    """A confidence as an xsd:decimal: the shortest that is read as the same float."""
    return decimal(Decimal(repr(float(number))))


@lru_cache(maxsize=1 << 14)
def escaped(name: str) -> str:
    """A name, such as a rule's id, with nothing in it that has a meaning in an IRI; ``unquote`` gives it back."""
    segment = quote(name, safe="", errors="surrogatepass")
    # "." and ".." are steps in a path, not names, and a last dot troubles rdflib in Turtle
    return segment.replace(".", "%2E") if segment.endswith(".") else segment


def template(end: str, *statements: str) -> str:
    """Lines to be filled by ``%``: statements with names such as ``kgo:uses``, and places such as ``?about``."""
    lines = (" ".join(map(_part, statement.split(" "))) for statement in statements)
    return "".join(line + end.replace("%", "%%") for line in lines)


def _part(word: str) -> str:
    return f"%({word[1:]})s" if word.startswith("?") else term(word)


def add_list(
    block: tuple[list[str], list[str]], attribute: str, about: str, sequence: str, items: list[str], *, end: str
) -> None:
    """Add what is said of a thing that has these items, and, to the second part, the rdf:Seq that has their order.

    ``items`` are terms, and ``sequence`` is the IRI of the rdf:Seq; a single item needs none.
    """
    if not items:
        return
    own, others = block
    one_by_one, in_order = LISTS[attribute]
    if len(items) == 1:
        own.append(f"{about} {term(one_by_one)} {items[0]}{end}")
        return
    own.extend(f"{about} {term(one_by_one)} {item}{end}" for item in dict.fromkeys(items))
    own.append(f"{about} {term(in_order)} {sequence}{end}")
    others.append(f"{sequence} {term('a')} {term('rdf:Seq')}{end}")
    others.extend(f"{sequence} {term(f'rdf:_{place}')} {item}{end}" for place, item in enumerate(items, start=1))


def checked_iri(iri: str, what: str) -> str:
    """An IRI in angle brackets. Raises ExportError, saying ``what`` it is, where it is no absolute IRI (RFC 3987)."""
    try:
        return str(pyoxigraph.NamedNode(iri))
    except ValueError as error:
        raise ExportError(f"{what} cannot be an IRI in RDF: {error}") from error
