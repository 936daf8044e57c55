"""What nodes are and what they have to do with each other, as lines of N-Quads.

All that is said of a node stands together, in one block, its plain triples to other nodes included: writers that group
by subject need not look back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import networkx as nx

from .rdf_terms import END, add_list, checked_iri, confidence, decimal, escaped, integer, template, term, text
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

_PAPER_TEXTS, _RESULT_TEXTS = (
    tuple((attribute, f" {term(name)} ") for attribute, name in table.items()) for table in (PAPER_TEXTS, RESULT_TEXTS)
)
_LABEL, _PREFERRED, _COUNT, _SOURCE, _KIND, _QUALIFIER = (
    f" {term(name)} "
    for name in (
        "rdfs:label",
        "skos:prefLabel",
        "kgo:paperCount",
        "prov:hadPrimarySource",
        "kgo:resultKind",
        "kgo:qualifier",
    )
)
_IN_ADDRESS: Final = "/:;()@!$&'*+,="


def node_blocks(graph: nx.MultiDiGraph[str], base: str) -> Iterator[str]:
    """One block of lines a node, in the order of the graph.

    Raises ExportError where a key, a relation or a link cannot be part of an IRI.
    """
    heads = {kind: template(END, *(f"?about a {name}" for name in names)) for kind, names in CLASSES.items()}
    for key, neighbours in graph.adjacency():
        node: Node = graph.nodes[key]
        about, kind = checked_iri(base + key, f"node key {key!r}"), node["kind"]
        own = [heads[kind] % {"about": about}, f"{about}{_LABEL}{text(node['label'])}{END}"]
        others: list[str] = []
        if kind == "Paper":
            own.extend(_paper(about, node))
        elif kind == "Result":
            own.extend(_result(about, node))
            own.append(f"{about}{_SOURCE}<{base}{node['paper']}>{END}")
        else:
            own.append(f"{about}{_PREFERRED}{text(node['label'])}{END}")
            own.append(f"{about}{_COUNT}{integer(node['papers'])}{END}")
        for attribute, items in _lists(key, node):
            add_list((own, others), attribute, about, f"<{base}{key}#{attribute}>", items, end=END)
        is_concept = "skos:Concept" in CLASSES[kind]
        for target, edges in neighbours.items():
            for relation in edges:
                own.append(f"{about} {relation_term(relation)} <{base}{target}>{END}")
                if relation in BESIDE and (relation != "variantOf" or is_concept):
                    own.append(f"{about} {term(BESIDE[relation])} <{base}{target}>{END}")
        yield "".join(own + others)


@cache
def relation_term(relation: str) -> str:
    """The property of a relation. Raises ExportError where it cannot be part of an IRI."""
    return checked_iri(expand(f"kgo:{relation}"), f"relation {relation!r}")


def _paper(about: str, node: Node) -> Iterator[str]:
    yield from _texts(about, node, _PAPER_TEXTS)
    published = node.get("published")
    if published is not None:
        datatype = date_type(published)
        date = f'"{published}"^^{term(datatype)}' if datatype else text(published)
        yield f"{about} {term('dcterms:date')} {date}{END}"
    if node.get("url") is not None:
        yield f"{about} {term('schema:url')} {text(node['url'])}^^{term('xsd:anyURI')}{END}"
    if node.get("author_count") is not None:
        yield f"{about} {term('kgo:authorCount')} {integer(node['author_count'])}{END}"
    for scheme, identifier in node.get("identifiers", {}).items():
        yield f"{about} {term('dcterms:identifier')} {text(f'{escaped(scheme)}:{identifier}')}{END}"
        if scheme in RESOLVERS:
            address = RESOLVERS[scheme] + quote(identifier, safe=_IN_ADDRESS, errors="replace")
            yield f"{about} {term('schema:sameAs')} <{address}>{END}"


def _result(about: str, node: Node) -> Iterator[str]:
    yield from _texts(about, node, _RESULT_TEXTS)
    number = node["number"]
    if number is not None and number.is_finite():
        yield f"{about} {term('mls:hasValue')} {decimal(number)}{END}"
    if node.get("joint_confidence") is not None:
        yield f"{about} {term('kgo:jointConfidence')} {confidence(node['joint_confidence'])}{END}"
    if node["unit"] in UNITS:
        yield f"{about} {term('qudt:hasUnit')} {term(UNITS[node['unit']])}{END}"
    yield f"{about}{_KIND}{term(RESULT_KINDS[node['result_kind']])}{END}"
    yield f"{about}{_QUALIFIER}{term(QUALIFIERS[node['qualifier']])}{END}"


def _texts(about: str, node: Node, properties: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for attribute, name in properties:
        value = node.get(attribute)
        if value is not None:
            yield f"{about}{name}{text(value)}{END}"


def _lists(key: str, node: Node) -> Iterator[tuple[str, list[str]]]:
    """The attributes of a node that are lists, with their items as terms; of its names, those besides its label."""
    if node["kind"] == "Paper":
        yield "authors", [text(author) for author in node.get("authors", ())]
        yield "sources", [text(f"{source['file']}:{source['record']}") for source in node.get("sources", ())]
    elif node["kind"] != "Result":
        yield "names", [text(name) for name in node["names"] if name != node["label"]]
        yield "links", [checked_iri(link, f"link {link!r} of {key}") for link in node.get("links", ())]
