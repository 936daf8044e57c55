"""The graph as RDF/XML, for tools that read nothing else.

XML cannot hold most control characters, not even escaped: they become U+FFFD, one for one. A carriage return is
written as a character reference, because readers of XML take a plain one for the end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO, Final

import pyoxigraph

from .rdf import RdfExporter, quads
from .rdf_vocabulary import CLASSES, PREFIXES

# no byte of a longer character in UTF-8 is below 0x80
_NO_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Xml:
    """A stream that takes the writer's XML and passes it on as XML that every reader reads alike."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        self._stream.write(_NO_XML.sub("\ufffd".encode(), data).replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


class RdfXmlExporter(RdfExporter):
    """Writes RDF/XML, with the options of every exporter of RDF."""

    made_of_pieces = False

    def _write(self, lines: Iterable[bytes], stream: IO[bytes], base: str) -> None:
        triples = (quad.triple for quad in quads(lines))
        prefixes = {**PREFIXES, **{name: f"{base}{name}/" for name in (*map(str.lower, CLASSES), "rule")}}
        pyoxigraph.serialize(triples, _Xml(stream), pyoxigraph.RdfFormat.RDF_XML, prefixes=prefixes)  # type: ignore[arg-type] # all that it asks for


exporter = RdfXmlExporter("rdfxml", "RDF/XML, for tools that read nothing else", pyoxigraph.RdfFormat.RDF_XML)
