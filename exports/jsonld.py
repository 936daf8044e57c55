"""The graph as JSON-LD (https://www.w3.org/TR/json-ld11/), short and readable by the context in context.jsonld.

The context stands in the file itself, so that nothing has to be fetched. One thing is one object on one line; what
concerns evidence is in a named graph.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from itertools import groupby
from typing import IO, Any, Final

import pyoxigraph

from .rdf import RdfExporter, quads
from .rdf_vocabulary import expand

_TYPE: Final = expand("rdf:type")
_STRING: Final = expand("xsd:string")


class JsonLdExporter(RdfExporter):
    """Writes JSON-LD, with the options of every exporter of RDF."""

    made_of_pieces = False

    def _write(self, lines: Iterable[bytes], stream: IO[bytes], base: str) -> None:
        context = {"@base": base, **own_context()}
        compact = _Compact(context)
        stream.write(b'{"@context": ' + _json(context) + b',\n"@graph": [')
        separator = b"\n"
        for name, said in groupby(quads(lines), key=lambda quad: quad.graph_name):
            if isinstance(name, pyoxigraph.NamedNode):
                stream.write(separator + b'{"@id": ' + _json(compact.id(name)) + b', "@graph": [')
                separator = b"\n"
                for node in compact.nodes(said):
                    stream.write(separator + _json(node))
                    separator = b",\n"
                stream.write(b"\n]}")
            else:
                for node in compact.nodes(said):
                    stream.write(separator + _json(node))
                    separator = b",\n"
        stream.write(b"\n]}\n")


def own_context() -> dict[str, Any]:
    """The context of context.jsonld: its terms are the words of kg's data model."""
    text = resources.files(__package__).joinpath("context.jsonld").read_text(encoding="utf-8")
    context: dict[str, Any] = json.loads(text)["@context"]
    return context


class _Compact:
    """Shortens IRIs and literals by a context, so that expanding by it gives them back."""

    def __init__(self, context: dict[str, Any]) -> None:
        self._base: str = context["@base"]
        self._prefixes = {name: value for name, value in context.items() if isinstance(value, str) and name[0] != "@"}
        self._terms: dict[str, tuple[str, str | None]] = {}
        for name, value in context.items():
            if isinstance(value, dict):
                self._terms[self._expand(value["@id"])] = name, self._datatype(value.get("@type"))

    def nodes(self, said: Iterable[pyoxigraph.Quad]) -> Iterator[dict[str, Any]]:
        """An object for each subject, of triples in which those of one stand together."""
        for subject, about in groupby(said, key=lambda quad: quad.subject):
            node: dict[str, Any] = {"@id": self.id(subject)}
            for quad in about:
                name, value = self._property(quad.predicate.value, quad.object)
                if name in node:
                    earlier = node[name]
                    node[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
                else:
                    node[name] = value
            yield node

    def id(self, node: pyoxigraph.NamedNode) -> str:
        """An IRI as it may stand after "@id": with a prefix, or relative to the base where no colon is in it."""
        short = self._short(node.value)
        if short != node.value:
            return short
        relative = node.value.removeprefix(self._base)
        return node.value if ":" in relative else relative

    def _property(self, predicate: str, value: Any) -> tuple[str, Any]:
        """The word for a property, and how an IRI or a literal is written after it."""
        if predicate == _TYPE:
            return "@type", self._short(value.value)
        name, datatype = self._terms.get(predicate, (self._short(predicate), None))
        if isinstance(value, pyoxigraph.NamedNode):
            return name, self.id(value) if datatype == "@id" else {"@id": self.id(value)}
        if value.language:
            return name, {"@value": value.value, "@language": value.language}
        if value.datatype.value == (datatype or _STRING):
            return name, value.value
        if value.datatype.value == _STRING:
            return name, {"@value": value.value}
        return name, {"@value": value.value, "@type": self._short(value.datatype.value)}

    def _short(self, iri: str) -> str:
        for prefix, namespace in self._prefixes.items():
            # what follows a prefix may not begin with two slashes, or it would be the beginning of an address
            if iri.startswith(namespace) and not iri.startswith("//", len(namespace)):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri

    def _expand(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return self._prefixes[prefix] + local

    def _datatype(self, name: str | None) -> str | None:
        return name if name in {None, "@id"} else self._expand(str(name))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


exporter = JsonLdExporter("jsonld", "JSON-LD with a context, for programs that read JSON", pyoxigraph.RdfFormat.JSON_LD)
