"""What nodes are and what they have to do with each other, as text in a syntax of RDF.

All that is said of a node stands together, in one block, its plain triples to other nodes included: writers that group
by subject need not look back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from .rdf_syntax import NQuads
from .rdf_terms import checked_iri, escaped, text
from .rdf_vocabulary import (
    BESIDE,
    CLASSES,
    PAPER_TEXTS,
    QUALIFIERS,
    RESOLVERS,
    RESULT_KINDS,
    RESULT_TEXTS,
    UNITS,
    date_type,
    expand,
)

Node: TypeAlias = Mapping[str, Any]
Neighbours: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""What a node has edges to: the edges by node and relation."""
Row: TypeAlias = tuple[str, Node, Neighbours]
"""A node by its key, with its attributes, and its edges."""

_IN_ADDRESS: Final = "/:;()@!$&'*+,="


class NodeBlocks:
    """One block of text a node; ``base`` is that of the nodes' IRIs."""

    def __init__(self, base: str, syntax: NQuads) -> None:
        self._base = base
        self._syntax = syntax
        self._classes = {kind: syntax.each("a", map(syntax.term, names)) for kind, names in CLASSES.items()}
        self._relation = cache(self._properties)

    def blocks(self, rows: Iterable[Row]) -> Iterator[str]:
        """The blocks of nodes; ExportError where a key, a relation or a link cannot be part of an IRI."""
        return (self._block(*row) for row in rows)

    def _block(self, key: str, node: Node, neighbours: Neighbours) -> str:
        checked_iri(self._base + key, f"node key {key!r}")
        syntax, kind, about = self._syntax, node["kind"], self._iri(key)
        said = [*self._classes[kind], f"{syntax.term('rdfs:label')} {text(node['label'])}"]
        others: list[str] = []
        if kind == "Paper":
            said.extend(self._paper(node))
        elif kind == "Result":
            said.extend(self._result(node))
            said.append(f"{syntax.term('prov:hadPrimarySource')} {self._iri(node['paper'])}")
        else:
            said.append(f"{syntax.term('skos:prefLabel')} {text(node['label'])}")
            said.append(f"{syntax.term('kgo:paperCount')} {syntax.integer(node['papers'])}")
        for attribute, items in _lists(key, node):
            syntax.add_list((said, others), attribute, self._iri(f"{key}#{attribute}"), items)
        for target, edges in neighbours.items():
            iri = self._iri(target)
            said.extend(f"{name} {iri}" for relation in edges for name in self._relation(relation, kind))
        return "".join((syntax.said(about, said), *others))

    def _iri(self, path: str) -> str:
        return f"<{self._syntax.base}{path}>"

    def _properties(self, relation: str, kind: str) -> tuple[str, ...]:
        """The property of a relation, and the public one beside it, if there is one for nodes of this kind."""
        own = relation_term(relation, self._syntax)
        if relation not in BESIDE or (relation == "variantOf" and "skos:Concept" not in CLASSES[kind]):
            return (own,)
        return own, self._syntax.term(BESIDE[relation])

    def _paper(self, node: Node) -> Iterator[str]:
        term = self._syntax.term
        yield from self._texts(node, PAPER_TEXTS)
        published = node.get("published")
        if published is not None:
            datatype = date_type(published)
            date = f'"{published}"^^{term(datatype)}' if datatype else text(published)
            yield f"{term('dcterms:date')} {date}"
        if node.get("url") is not None:
            yield f"{term('schema:url')} {text(node['url'])}^^{term('xsd:anyURI')}"
        if node.get("author_count") is not None:
            yield f"{term('kgo:authorCount')} {self._syntax.integer(node['author_count'])}"
        for scheme, identifier in node.get("identifiers", {}).items():
            yield f"{term('dcterms:identifier')} {text(f'{escaped(scheme)}:{identifier}')}"
            if scheme in RESOLVERS:
                address = RESOLVERS[scheme] + quote(identifier, safe=_IN_ADDRESS, errors="replace")
                yield f"{term('schema:sameAs')} <{address}>"

    def _result(self, node: Node) -> Iterator[str]:
        syntax, term = self._syntax, self._syntax.term
        yield from self._texts(node, RESULT_TEXTS)
        number = node["number"]
        if number is not None and number.is_finite():
            yield f"{term('mls:hasValue')} {syntax.decimal(number)}"
        if node.get("joint_confidence") is not None:
            yield f"{term('kgo:jointConfidence')} {syntax.confidence(node['joint_confidence'])}"
        if node["unit"] in UNITS:
            yield f"{term('qudt:hasUnit')} {term(UNITS[node['unit']])}"
        yield f"{term('kgo:resultKind')} {term(RESULT_KINDS[node['result_kind']])}"
        yield f"{term('kgo:qualifier')} {term(QUALIFIERS[node['qualifier']])}"

    def _texts(self, node: Node, properties: Mapping[str, str]) -> Iterator[str]:
        for attribute, name in properties.items():
            value = node.get(attribute)
            if value is not None:
                yield f"{self._syntax.term(name)} {text(value)}"


def relation_term(relation: str, syntax: NQuads) -> str:
    """The property of a relation. Raises ExportError where it cannot be part of an IRI."""
    checked_iri(expand(f"kgo:{relation}"), f"relation {relation!r}")
    return syntax.term(f"kgo:{relation}")


def _lists(key: str, node: Node) -> Iterator[tuple[str, list[str]]]:
    """The attributes of a node that are lists, with their items as terms; of its names, those besides its label."""
    if node["kind"] == "Paper":
        yield "authors", [text(author) for author in node.get("authors", ())]
        yield "sources", [text(f"{source['file']}:{source['record']}") for source in node.get("sources", ())]
    elif node["kind"] != "Result":
        yield "names", [text(name) for name in node["names"] if name != node["label"]]
        yield "links", [checked_iri(link, f"link {link!r} of {key}") for link in node.get("links", ())]
