"""A graph in the words of RDF: which triples say what a node or an edge says.

Public vocabularies come first, our own (``kgo:``, described in ontology.ttl) fills the gaps. Every edge is one
plain triple. Beside it, unless evidence is left out, stands a statement about it: an ``rdf:Statement`` with
its confidence and its evidence, Web Annotations whose target is the paper (``link``) or the very words, by
position and by quotation (``full``). There are no blank nodes: everything has an IRI made of its node key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import quote

import networkx as nx
import rdflib
from rdflib.namespace import DC, DCTERMS, PROV, RDF, RDFS, SKOS, VOID, XSD, Namespace

from kg.errors import ExportError

EvidenceLevel: TypeAlias = Literal["none", "link", "full"]
Triple: TypeAlias = tuple[rdflib.URIRef, rdflib.URIRef, rdflib.URIRef | rdflib.Literal]

DEFAULT_BASE: Final = "https://example.org/kg/"
KGO: Final = Namespace("https://example.org/kg/ontology#")
MLS: Final = Namespace("http://www.w3.org/ns/mls#")
OA: Final = Namespace("http://www.w3.org/ns/oa#")
QUDT: Final = Namespace("http://qudt.org/schema/qudt/")
SCHEMA: Final = Namespace("https://schema.org/")
UNIT: Final = Namespace("http://qudt.org/vocab/unit/")

PREFIXES: Final[Mapping[str, str]] = {
    "dc": str(DC),
    "dcterms": str(DCTERMS),
    "kgo": str(KGO),
    "mls": str(MLS),
    "oa": str(OA),
    "prov": str(PROV),
    "qudt": str(QUDT),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "skos": str(SKOS),
    "unit": str(UNIT),
    "void": str(VOID),
    "xsd": str(XSD),
}

_CLASSES: Final[Mapping[str, tuple[rdflib.URIRef, ...]]] = {
    "Paper": (KGO.Paper, SCHEMA.ScholarlyArticle),
    "Method": (KGO.Method, MLS.Algorithm, SKOS.Concept),
    "Dataset": (KGO.Dataset, MLS.Dataset, SCHEMA.Dataset),
    "Metric": (KGO.Metric, MLS.EvaluationMeasure),
    "Task": (KGO.Task, MLS.Task, SKOS.Concept),
    "Result": (KGO.Result, MLS.ModelEvaluation),
}
_FIELDS: Final = {"title": DCTERMS.title, "abstract": SCHEMA.abstract, "text": SCHEMA.text}
_QUALIFIERS: Final = {"exact": KGO.exact, "up to": KGO.upTo, "over": KGO.over, "about": KGO.about}
_UNITS: Final = {
    "%": UNIT.PERCENT,
    "ms": UNIT.MilliSEC,
    "s": UNIT.SEC,
    "MB": UNIT.MegaBYTE,
    "GB": UNIT.GigaBYTE,
    "Hz": UNIT.HZ,
}
_DATE_TYPES: Final = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), XSD.date),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), XSD.gYearMonth),
    (re.compile(r"[0-9]{4}"), XSD.gYear),
    (re.compile(r"--[0-9]{2}-[0-9]{2}"), XSD.gMonthDay),
)
_LEAP_YEAR: Final = "2000"
_BASE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|\\^`?#]+/")
_NO_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`\ud800-\udfff]")
# surrogates no encoding of RDF can hold; two noncharacters raptor refuses to read
_NO_TEXT: Final = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def check_options(base: str, evidence: str) -> None:
    """Raise ExportError, saying what may be given, where an option is not usable."""
    if not _BASE.fullmatch(base):
        raise ExportError(f"base {base!r} is no absolute IRI that ends in '/'; {DEFAULT_BASE} would be one")
    if evidence not in get_args(EvidenceLevel):
        raise ExportError(f"evidence {evidence!r} is none of: {', '.join(get_args(EvidenceLevel))}")


def text_literal(text: str) -> rdflib.Literal:
    """A plain literal; the few code points that are no characters become U+FFFD, one for one."""
    return rdflib.Literal(_NO_TEXT.sub("\ufffd", text))


def date_literal(published: str) -> rdflib.Literal:
    """A date or a part of one with the datatype of XML Schema that fits; plain text where it is no date."""
    for pattern, datatype in _DATE_TYPES:
        if pattern.fullmatch(published) and _is_date(published):
            return rdflib.Literal(published, datatype=datatype, normalize=False)
    return text_literal(published)


def _is_date(published: str) -> bool:
    beginning = _LEAP_YEAR + published[1:] if published.startswith("--") else published
    try:
        date.fromisoformat(f"{beginning}-01-01"[: len("2000-01-01")])
    except ValueError:
        return False
    return True


def _decimal(number: Decimal | float) -> rdflib.Literal:
    return rdflib.Literal(f"{Decimal(str(number)):f}", datatype=XSD.decimal, normalize=False)


class Triples:
    """Says a graph in triples, below one base IRI."""

    def __init__(self, graph: nx.MultiDiGraph[str], base: str = DEFAULT_BASE, evidence: EvidenceLevel = "full") -> None:
        check_options(base, evidence)
        self._graph = graph
        self._base = base
        self._evidence = evidence
        self._said: set[rdflib.URIRef] = set()

    def __iter__(self) -> Iterator[Triple]:
        yield from self._graph_itself()
        for key, node in self._graph.nodes(data=True):
            yield from self._node(self.iri(key), node)
        for source, target, relation, edge in self._graph.edges(keys=True, data=True):
            yield from self._edge(source, relation, target, edge)

    def iri(self, path: str) -> rdflib.URIRef:
        """The IRI of a node key, or of a path that begins with one."""
        if _NO_IRI.search(path):
            raise ExportError(f"node key {path!r} cannot be part of an IRI; kg.graph.build_graph makes keys that can")
        return rdflib.URIRef(self._base + path)

    def _rule(self, rule: str) -> Iterator[Triple]:
        plan = self._rule_iri(rule)
        if plan not in self._said:
            self._said.add(plan)
            yield plan, RDF.type, PROV.Plan
            yield plan, RDFS.label, text_literal(rule)

    def _rule_iri(self, rule: str) -> rdflib.URIRef:
        return rdflib.URIRef(f"{self._base}rule/{quote(rule, safe='')}")

    def _graph_itself(self) -> Iterator[Triple]:
        about = rdflib.URIRef(self._base)
        yield about, RDF.type, VOID.Dataset
        for attribute, predicate in (
            ("name", DCTERMS.title),
            ("kg_version", KGO.version),
            ("rules_hash", KGO.rulesHash),
        ):
            if self._graph.graph.get(attribute):
                yield about, predicate, text_literal(str(self._graph.graph[attribute]))

    def _node(self, about: rdflib.URIRef, node: Mapping[str, Any]) -> Iterator[Triple]:
        kind = node["kind"]
        for class_ in _CLASSES[kind]:
            yield about, RDF.type, class_
        yield about, RDFS.label, text_literal(node["label"])
        if kind == "Paper":
            yield from self._paper(about, node)
        elif kind == "Result":
            yield from self._result(about, node)
        else:
            yield about, SKOS.prefLabel, text_literal(node["label"])
            for name in node["names"]:
                if name != node["label"]:
                    yield about, SKOS.altLabel, text_literal(name)
            yield about, KGO.paperCount, rdflib.Literal(node["papers"])

    def _paper(self, about: rdflib.URIRef, node: Mapping[str, Any]) -> Iterator[Triple]:
        texts = (*_FIELDS.items(), ("venue", KGO.venue))
        for attribute, predicate in texts:
            if node.get(attribute):
                yield about, predicate, text_literal(node[attribute])
        if node.get("published"):
            yield about, DCTERMS.date, date_literal(node["published"])
        if node.get("url"):
            yield about, SCHEMA.url, rdflib.Literal(text_literal(node["url"]), datatype=XSD.anyURI)
        for author in node.get("authors", ()):
            yield about, DC.creator, text_literal(author)
        if node.get("author_count") is not None:
            yield about, KGO.authorCount, rdflib.Literal(node["author_count"])
        for scheme, identifier in node.get("identifiers", {}).items():
            yield about, DCTERMS.identifier, text_literal(f"{scheme}:{identifier}")
        for source in node.get("sources", ()):
            yield about, DC.source, text_literal(f"{source['file']}:{source['record']}")

    def _result(self, about: rdflib.URIRef, node: Mapping[str, Any]) -> Iterator[Triple]:
        yield about, KGO.valueText, text_literal(node["value"])
        if node["number"] is not None and Decimal(node["number"]).is_finite():
            yield about, MLS.hasValue, _decimal(node["number"])
        if node["unit"]:
            yield about, KGO.unitText, text_literal(node["unit"])
            if node["unit"] in _UNITS:
                yield about, QUDT.hasUnit, _UNITS[node["unit"]]
        yield about, KGO.resultKind, KGO[node["result_kind"]]
        yield about, KGO.qualifier, _QUALIFIERS[node["qualifier"]]
        for slot in ("method", "dataset", "metric", "task", "baseline"):
            if node[slot]:
                yield about, KGO[f"{slot}Text"], text_literal(node[slot])

    def _edge(self, source: str, relation: str, target: str, edge: Mapping[str, Any]) -> Iterator[Triple]:
        subject, predicate, object_ = self.iri(source), KGO[relation], self.iri(target)
        yield subject, predicate, object_
        if relation == "hasMetric":
            yield subject, MLS.specifiedBy, object_
        if self._evidence == "none":
            return
        about = self.iri(f"{source}#{relation}={target}")
        yield about, RDF.type, RDF.Statement
        yield about, RDF.subject, subject
        yield about, RDF.predicate, predicate
        yield about, RDF.object, object_
        yield about, KGO.confidence, _decimal(edge["confidence"])
        if edge.get("role_rule"):
            yield about, KGO.roleRule, self._rule_iri(edge["role_rule"])
            yield from self._rule(edge["role_rule"])
        for result in edge.get("derived_from", ()):
            yield about, PROV.wasDerivedFrom, self.iri(result)
        yield from self._evidence_of(about, edge["evidence"])

    def _evidence_of(self, statement: rdflib.URIRef, evidence: Iterable[Mapping[str, Any]]) -> Iterator[Triple]:
        for item in evidence:
            words = f"{item['paper']}#{item['field']}={item['start']},{item['end']}"
            annotation = self.iri(f"{words};rule={quote(item['rule'], safe='')}")
            yield statement, KGO.evidence, annotation
            if annotation in self._said:
                continue
            self._said.add(annotation)
            yield annotation, RDF.type, OA.Annotation
            yield annotation, KGO.rule, self._rule_iri(item["rule"])
            yield annotation, KGO.confidence, _decimal(item["confidence"])
            yield from self._rule(item["rule"])
            if self._evidence == "link":
                yield annotation, OA.hasTarget, self.iri(item["paper"])
            else:
                yield annotation, OA.hasTarget, self.iri(words)
                yield from self._words(words, item)

    def _words(self, path: str, item: Mapping[str, Any]) -> Iterator[Triple]:
        about = self.iri(path)
        if about in self._said:
            return
        self._said.add(about)
        position, quotation = self.iri(f"{path};position"), self.iri(f"{path};quote")
        before = item["start"] - item["sentence_start"]
        after = before + len(item["text"])
        yield about, RDF.type, OA.SpecificResource
        yield about, OA.hasSource, self.iri(f"{item['paper']}#{item['field']}")
        yield about, OA.hasSelector, position
        yield about, OA.hasSelector, quotation
        yield position, RDF.type, OA.TextPositionSelector
        yield position, OA.start, rdflib.Literal(item["start"])
        yield position, OA.end, rdflib.Literal(item["end"])
        yield quotation, RDF.type, OA.TextQuoteSelector
        yield quotation, OA.exact, text_literal(item["text"])
        yield quotation, OA.prefix, text_literal(item["sentence"][:before])
        yield quotation, OA.suffix, text_literal(item["sentence"][after:])
        yield from self._field(item["paper"], item["field"])

    def _field(self, paper: str, field: str) -> Iterator[Triple]:
        about = self.iri(f"{paper}#{field}")
        if about not in self._said:
            self._said.add(about)
            yield about, RDF.type, KGO.Field
            yield about, SCHEMA.isPartOf, self.iri(paper)
            yield about, KGO.textProperty, _FIELDS[field]
