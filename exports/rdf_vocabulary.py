"""The words in which a graph is said in RDF: which attribute, relation or kind has which term.

What writes RDF and what reads it back both look here, so that no term is named twice. Terms are written with their
prefix, ``kgo:uses``, and made IRIs by :func:`expand`. Public vocabularies come first; our own (``kgo:``, described in
``ontology.ttl``) fills the gaps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final, Literal, TypeAlias

EvidenceLevel: TypeAlias = Literal["none", "link", "full"]

DEFAULT_BASE: Final = "https://example.org/kg/"

PREFIXES: Final[Mapping[str, str]] = {
    "bibo": "http://purl.org/ontology/bibo/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "kgo": "https://example.org/kg/ontology#",
    "mls": "http://www.w3.org/ns/mls#",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "unit": "http://qudt.org/vocab/unit/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "Paper": ("kgo:Paper", "schema:ScholarlyArticle"),
    "Method": ("kgo:Method", "mls:Algorithm", "skos:Concept"),
    "Dataset": ("kgo:Dataset", "mls:Dataset", "schema:Dataset"),
    "Metric": ("kgo:Metric", "mls:EvaluationMeasure"),
    "Task": ("kgo:Task", "mls:Task", "skos:Concept"),
    "Result": ("kgo:Result", "mls:ModelEvaluation"),
}
"""The classes of a node by its kind; the first is our own."""

VOCABULARIES: Final = ("bibo", "dc", "dcat", "dcterms", "kgo", "mls", "oa", "prov", "qudt", "schema", "skos", "void")
"""The prefixes of the vocabularies whose properties and classes a graph is said with."""

GRAPH_TEXTS: Final = {"name": "dcterms:title", "kg_version": "kgo:version", "rules_hash": "kgo:rulesHash"}
FIELDS: Final = {"title": "dcterms:title", "abstract": "schema:abstract", "text": "schema:text"}
"""The property whose value is the text of a field."""
PAPER_TEXTS: Final = {**FIELDS, "venue": "kgo:venue"}
RESULT_TEXTS: Final = {
    "value": "kgo:valueText",
    "unit": "kgo:unitText",
    "method": "kgo:methodText",
    "dataset": "kgo:datasetText",
    "metric": "kgo:metricText",
    "task": "kgo:taskText",
    "baseline": "kgo:baselineText",
}
LISTS: Final = {
    "authors": ("dc:creator", "bibo:authorList"),
    "sources": ("dc:source", "kgo:sourceList"),
    "names": ("skos:altLabel", "kgo:nameList"),
    "links": ("skos:exactMatch", "kgo:linkList"),
    "evidence": ("kgo:evidence", "kgo:evidenceList"),
    "derived_from": ("prov:wasDerivedFrom", "kgo:derivedFromList"),
}
"""For an attribute that is a list: the property of each of its items, and that of an rdf:Seq with their order."""
BESIDE: Final = {"hasMetric": "mls:specifiedBy", "variantOf": "skos:broader"}
"""The public property that stands beside a relation of ours; skos:broader only between concepts of SKOS."""

RESULT_KINDS: Final = {kind: f"kgo:{kind}" for kind in ("score", "gain", "reduction", "ratio")}
QUALIFIERS: Final = {"exact": "kgo:exact", "up to": "kgo:upTo", "over": "kgo:over", "about": "kgo:about"}
UNITS: Final = {
    "%": "unit:PERCENT",
    "ms": "unit:MilliSEC",
    "s": "unit:SEC",
    "MB": "unit:MegaBYTE",
    "GB": "unit:GigaBYTE",
    "Hz": "unit:HZ",
}
RESOLVERS: Final = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/"}
"""What comes before an identifier, by its scheme, in the address of the thing that it identifies."""

_DATE_TYPES: Final = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "xsd:date"),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), "xsd:gYearMonth"),
    (re.compile(r"[0-9]{4}"), "xsd:gYear"),
    (re.compile(r"--[0-9]{2}-[0-9]{2}"), "xsd:gMonthDay"),
)
_LEAP_YEAR: Final = "2000"


@cache
def expand(term: str) -> str:
    """The IRI of a term that is written with one of the prefixes, ``kgo:uses``."""
    prefix, _, name = term.partition(":")
    return PREFIXES[prefix] + name


def date_type(published: str) -> str | None:
    """The datatype of XML Schema that fits a date or a part of one (xsd:gYear for "2024"); None where it is no date."""
    for pattern, datatype in _DATE_TYPES:
        if pattern.fullmatch(published) and _is_date(published):
            return datatype
    return None


def _is_date(published: str) -> bool:
    beginning = _LEAP_YEAR + published[1:] if published.startswith("--") else published
    try:
        date.fromisoformat(f"{beginning}-01-01"[: len("2000-01-01")])
    except ValueError:
        return False
    return True
