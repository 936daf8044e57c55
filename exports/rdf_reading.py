"""The way back: the graph that was written in RDF with all its evidence, equal to what it was.

What is read is what ``rdf_nodes.py``, ``rdf_evidence.py`` and ``rdf_description.py`` write, in whatever order. What no
encoding of RDF can hold, and so was written as U+FFFD, does not come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

import networkx as nx
import pyoxigraph

from kg.errors import GraphError

from .rdf_evidence import place_of
from .rdf_vocabulary import (
    CLASSES,
    FIELDS,
    GRAPH_TEXTS,
    LISTS,
    PAPER_TEXTS,
    PREFIXES,
    QUALIFIERS,
    RESULT_KINDS,
    RESULT_TEXTS,
    expand,
)

Graph: TypeAlias = "nx.MultiDiGraph[str]"

_KIND_OF: Final = {expand(names[0]): kind for kind, names in CLASSES.items()}
_FIELD_OF: Final = {expand(name): field for field, name in FIELDS.items()}
_RESULT_KIND_OF: Final = {expand(name): kind for kind, name in RESULT_KINDS.items()}
_QUALIFIER_OF: Final = {expand(name): qualifier for qualifier, name in QUALIFIERS.items()}
_MEMBER: Final = expand("rdf:_")


def read_graph(quads: Iterable[pyoxigraph.Quad | pyoxigraph.Triple]) -> Graph:
    """The graph that these triples say.

    Nodes and edges come in the order in which they are told. Raises GraphError where this is no graph that kg
    wrote, or one without all its evidence.
    """
    told = _Told(quads)
    try:
        return _Reading(told).graph()
    except (KeyError, ValueError, ArithmeticError) as error:
        raise GraphError(f"it is no graph of kg, or not all of one: {error}") from error


class _Told:
    """What is told of each subject, by property; IRIs and literals as text, blank nodes left out."""

    def __init__(self, quads: Iterable[pyoxigraph.Quad | pyoxigraph.Triple]) -> None:
        self.of: dict[str, dict[str, list[str]]] = {}
        for quad in quads:
            subject, object_ = quad.subject, quad.object
            if isinstance(subject, pyoxigraph.NamedNode) and isinstance(
                object_, pyoxigraph.NamedNode | pyoxigraph.Literal
            ):
                self.of.setdefault(subject.value, {}).setdefault(quad.predicate.value, []).append(object_.value)

    def all(self, subject: str, name: str) -> list[str]:
        """The values of a property, in the order in which they are told."""
        return self.of.get(subject, {}).get(expand(name), [])

    def maybe(self, subject: str, name: str) -> str | None:
        """The value of a property, if there is one. Raises ValueError where there are several."""
        values = self.all(subject, name)
        if len(set(values)) > 1:
            raise ValueError(f"{subject} has several {name}")
        return values[0] if values else None

    def one(self, subject: str, name: str) -> str:
        """The value of a property that must have one. Raises ValueError where there is none, or several."""
        value = self.maybe(subject, name)
        if value is None:
            raise ValueError(f"{subject} has no {name}")
        return value

    def list(self, subject: str, attribute: str) -> list[str]:
        """The items of a list, in its order."""
        one_by_one, in_order = LISTS[attribute]
        sequence = self.maybe(subject, in_order)
        if sequence is None:
            return list(dict.fromkeys(self.all(subject, one_by_one)))
        members = {
            int(name.removeprefix(_MEMBER)): values[0]
            for name, values in self.of[sequence].items()
            if name.startswith(_MEMBER)
        }
        return [members[place] for place in sorted(members)]


class _Reading:
    """Puts one graph together; used once."""

    def __init__(self, told: _Told) -> None:
        self._told = told
        datasets = [subject for subject in told.of if told.all(subject, "kgo:evidenceLevel")]
        if len(datasets) != 1:
            raise GraphError("it does not describe itself as one graph of kg; read what kg export wrote")
        self._dataset = datasets[0]
        level = told.one(self._dataset, "kgo:evidenceLevel")
        if level != "full":
            raise GraphError(f"it was written with evidence={level}; only with evidence=full can it be read back")
        self._base = told.one(self._dataset, "void:uriSpace")
        self._item = cache(self._new_item)

    def graph(self) -> Graph:
        graph: Graph = nx.MultiDiGraph()
        for attribute, name in GRAPH_TEXTS.items():
            value = self._told.maybe(self._dataset, name)
            if value is not None:
                graph.graph[attribute] = value
        for subject, properties in self._told.of.items():
            kind = next((_KIND_OF[name] for name in properties.get(expand("rdf:type"), ()) if name in _KIND_OF), None)
            if kind is not None and subject.startswith(self._base):
                graph.add_node(self._key(subject), **self._node(subject, kind))
        statements = [s for s in self._told.of if expand("rdf:Statement") in self._told.all(s, "rdf:type")]
        for statement in statements:
            source, target = (self._key(self._told.one(statement, name)) for name in ("rdf:subject", "rdf:object"))
            if source not in graph or target not in graph:
                raise ValueError(f"{statement} is about what is no node")
            edge = self._edge(statement)
            graph.add_edge(source, target, key=edge["relation"], **edge)
        return graph

    def _key(self, iri: str) -> str:
        if not iri.startswith(self._base):
            raise ValueError(f"{iri} is not below {self._base}")
        return iri.removeprefix(self._base)

    def _node(self, subject: str, kind: str) -> dict[str, Any]:
        node: dict[str, Any] = {"kind": kind, "label": self._told.one(subject, "rdfs:label")}
        if kind == "Paper":
            return node | self._paper(subject)
        if kind == "Result":
            return node | self._result(subject)
        node["names"] = [node["label"], *self._told.list(subject, "names")]
        node["papers"] = int(self._told.one(subject, "kgo:paperCount"))
        node["links"] = self._told.list(subject, "links")
        return node

    def _texts(self, subject: str, properties: Mapping[str, str]) -> dict[str, str | None]:
        return {attribute: self._told.maybe(subject, name) for attribute, name in properties.items()}

    def _paper(self, subject: str) -> dict[str, Any]:
        count = self._told.maybe(subject, "kgo:authorCount")
        identifiers = (value.partition(":") for value in self._told.all(subject, "dcterms:identifier"))
        sources = (value.rpartition(":") for value in self._told.list(subject, "sources"))
        return {
            **self._texts(subject, PAPER_TEXTS),
            "published": self._told.maybe(subject, "dcterms:date"),
            "url": self._told.maybe(subject, "schema:url"),
            "authors": self._told.list(subject, "authors"),
            "author_count": None if count is None else int(count),
            "identifiers": {_unescaped(scheme): value for scheme, _, value in identifiers},
            "sources": [{"file": file, "record": int(record)} for file, _, record in sources],
        }

    def _result(self, subject: str) -> dict[str, Any]:
        number = self._told.maybe(subject, "mls:hasValue")
        joint = self._told.maybe(subject, "kgo:jointConfidence")
        return {
            **self._texts(subject, RESULT_TEXTS),
            "number": None if number is None else Decimal(number),
            "joint_confidence": None if joint is None else float(joint),
            "result_kind": _RESULT_KIND_OF[self._told.one(subject, "kgo:resultKind")],
            "qualifier": _QUALIFIER_OF[self._told.one(subject, "kgo:qualifier")],
            "paper": self._key(self._told.one(subject, "prov:hadPrimarySource")),
        }

    def _edge(self, statement: str) -> dict[str, Any]:
        edge: dict[str, Any] = {
            "relation": self._told.one(statement, "rdf:predicate").removeprefix(PREFIXES["kgo"]),
            "confidence": float(self._told.one(statement, "kgo:confidence")),
            "evidence": [self._item(annotation) for annotation in self._told.list(statement, "evidence")],
        }
        if not self._told.all(statement, LISTS["evidence"][1]):
            edge["evidence"].sort(key=place_of)
        rule = self._told.maybe(statement, "kgo:roleRule")
        if rule is not None:
            edge["role_rule"] = self._rule(rule)
        results = self._told.list(statement, "derived_from")
        if results:
            edge["derived_from"] = [self._key(result) for result in results]
        reason = self._told.maybe(statement, "kgo:reason")
        if reason is not None:
            edge["reason"] = reason
        return edge

    def _rule(self, iri: str) -> str:
        return _unescaped(self._key(iri).removeprefix("rule/"))

    def _new_item(self, annotation: str) -> dict[str, Any]:
        """A piece of evidence; edges that rest on the same one share it, as in the graph that was written."""
        told = self._told
        words = told.one(annotation, "oa:hasTarget")
        field = told.one(words, "oa:hasSource")
        quotation = self._selector(words, "oa:exact")
        position = self._selector(words, "oa:start")
        before, text, after = (told.one(quotation, name) for name in ("oa:prefix", "oa:exact", "oa:suffix"))
        start = int(told.one(position, "oa:start"))
        return {
            "paper": self._key(told.one(field, "schema:isPartOf")),
            "field": _FIELD_OF[told.one(field, "kgo:textProperty")],
            "start": start,
            "end": int(told.one(position, "oa:end")),
            "text": text,
            "sentence": before + text + after,
            "sentence_start": start - len(before),
            "rule": self._rule(told.one(annotation, "kgo:rule")),
            "confidence": float(told.one(annotation, "kgo:confidence")),
        }

    def _selector(self, words: str, name: str) -> str:
        """The selector of these words that has such a property. Raises ValueError where there is none."""
        for selector in self._told.all(words, "oa:hasSelector"):
            if self._told.all(selector, name):
                return selector
        raise ValueError(f"{words} has no selector with {name}")


def _unescaped(name: str) -> str:
    return unquote(name, errors="surrogatepass")
