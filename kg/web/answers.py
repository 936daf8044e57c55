"""The answer to a query as a page shows it: rows of cells, of which those that are nodes lead to their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph

from kg.catalogue.reading import Catalogue, NodeLine
from kg.querying import Answer
from kg.sparql import Namespaces

TRIPLE_NAMES: Final = ("subject", "predicate", "object")
_NUMBERS: Final = ("#integer", "#decimal", "#double", "#float", "#int", "#nonNegativeInteger")

Term = Mapping[str, str]
"""A term of RDF as in SPARQL 1.1 Query Results JSON: ``type``, ``value``, ``datatype``, ``xml:lang``."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of terms under names; a term is None where it is not bound. Triples are rows of three."""

    names: Sequence[str]
    terms: Sequence[Sequence[Term | None]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A term as it is shown: its text, the node that it is, the address where it leads, and what else it says."""

    text: str
    line: NodeLine | None
    iri: str
    note: str


def rows_of(answer: Answer) -> Rows | bool:
    """The rows of an answer in JSON, the triples of one in N-Triples, or a truth."""
    if answer.kind == "triples":
        quads = pyoxigraph.parse(answer.content, format=pyoxigraph.RdfFormat.N_TRIPLES)
        return Rows(TRIPLE_NAMES, [[_term(one) for one in quad.triple] for quad in quads])
    found: dict[str, Any] = json.loads(answer.content)
    if "boolean" in found:
        return bool(found["boolean"])
    names = found["head"]["vars"]
    return Rows(names, [[row.get(name) for name in names] for row in found["results"]["bindings"]])


def cells(rows: Sequence[Sequence[Term | None]], namespaces: Namespaces, catalogue: Catalogue) -> list[list[Cell]]:
    """Rows as they are shown."""
    keys = {key for row in rows for term in row if term is not None and (key := key_of(term, namespaces))}
    lines = {line.key: line for line in catalogue.lines(sorted(keys))}
    return [[_cell(term, namespaces, lines) for term in row] for row in rows]


def key_of(term: Term, namespaces: Namespaces) -> str | None:
    """The key of the node that a term may be: that of an IRI below the base."""
    if term["type"] == "uri" and term["value"].startswith(namespaces.base):
        return term["value"][len(namespaces.base) :] or None
    return None


def number_of(term: Term | None) -> float | None:
    """The number that a term is; None where it is none."""
    if term is None or not term.get("datatype", "").endswith(_NUMBERS):
        return None
    try:
        return float(term["value"])
    except ValueError:
        return None


def text_of(term: Term | None, namespaces: Namespaces) -> str:
    """A term as a person reads it; empty where it is not bound."""
    if term is None:
        return ""
    if term["type"] == "uri":
        return namespaces.shortened(term["value"])
    return f"_:{term['value']}" if term["type"] == "bnode" else term["value"]


def numeric(rows: Rows) -> list[bool]:
    """Which columns hold numbers alone."""
    columns = [[row[place] for row in rows.terms] for place in range(len(rows.names))]
    return [
        any(term is not None for term in column) and all(term is None or number_of(term) is not None for term in column)
        for column in columns
    ]


def _cell(term: Term | None, namespaces: Namespaces, lines: Mapping[str, NodeLine]) -> Cell:
    if term is None:
        return Cell("", None, "", "")
    is_iri = term["type"] == "uri"
    return Cell(
        text=text_of(term, namespaces),
        line=lines.get(key_of(term, namespaces) or ""),
        iri=term["value"] if is_iri else "",
        note=term.get("xml:lang", ""),
    )


def _term(term: object) -> Term:
    if isinstance(term, pyoxigraph.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, pyoxigraph.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, pyoxigraph.Literal):
        language = {"xml:lang": term.language} if term.language else {}
        return {"type": "literal", "value": term.value, "datatype": term.datatype.value, **language}
    return {"type": "literal", "value": str(term)}
