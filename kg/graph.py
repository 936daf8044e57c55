"""Extractions put together into one plain ``networkx.MultiDiGraph``.

Node keys are the paths of IRIs to be, made by :func:`kg.iris.slug` of a paper's id or an entity's label, so
they are readable, the same from build to build, and never shared by two things.

========================  =======================================================================
node key                  attributes (besides ``kind`` and ``label``, which every node has)
========================  =======================================================================
``paper/ID``              ``title``, ``abstract``, ``text``, ``published``, ``venue``, ``url`` (str or None,
                          as in :class:`kg.model.Paper`), ``authors`` (list of str), ``author_count``
                          (int or None), ``identifiers`` (dict of str), ``sources`` (list of dicts
                          ``file``, ``record``); ``label`` is the title, or how the text begins
``method/NAME``,          ``names`` (list of str, the label first), ``papers`` (int: how many name it), ``links``
``dataset/NAME``,         (list of str: external IRIs, where a file of aliases gives some)
``metric/NAME``,
``task/NAME``
``result/ID/N``           ``value`` (str, as written), ``number`` (Decimal or None), ``unit``,
                          ``result_kind``, ``qualifier``, ``metric``, ``dataset``, ``task``, ``method``,
                          ``baseline`` (str or None: the texts as extracted), ``joint_confidence`` (float
                          or None), ``paper`` (node key); N counts a paper's results from 1
========================  =======================================================================

``kind`` is ``Paper``, ``Method``, ``Dataset``, ``Metric``, ``Task`` or ``Result``.

====================  ======================================================================================
edge key = relation   from, to, and when
====================  ======================================================================================
``introduces``,       paper to entity, by the paper's role towards it: exactly one of the four for a pair;
``uses``,             these alone have the attribute ``role_rule``, the id of the rule that decided
``comparesWith``,
``mentions``
``evaluatesOn``       paper to dataset that it introduces, uses or compares with
``addresses``         paper to task that it introduces or uses
``reports``           paper to each of its results, and to each metric that it uses
``hasMethod``,        result to entity of this type, where its text is the name of an entity of the same paper
``hasDataset``,
``hasMetric``,
``hasTask``,
``hasBaseline``
``evaluatedOn``       derived: method to dataset on which a result was got
``outperforms``       derived: method to baseline over which a result states a gain, reduction or ratio
``variantOf``         entity to the member of its family of which it is a variant, of the same type, as their names
                      say ("ResNet-50", "ResNet"); no paper is asked: ``evidence`` is empty, ``confidence`` 1.0,
                      and ``reason`` (str) says what the name adds
====================  ======================================================================================

Every edge has ``relation`` (str), ``confidence`` (float, 0 to 1, of its surest evidence) and ``evidence``, a
list of dicts in reading order: ``paper`` (node key), ``field`` (title, abstract or text), ``start``, ``end``
(code points in that field), ``text``, ``sentence`` (its text), ``sentence_start``, ``rule`` (id),
``confidence``; the dicts may be shared between edges. Derived edges also have ``derived_from``, a list of result
node keys.

The graph itself has ``name``, ``kg_version`` and, if given, ``rules_hash``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol, TypeAlias

import networkx as nx

from kg._version import __version__
from kg.errors import GraphError
from kg.iris import slug
from kg.model import Extraction
from kg.pieces import (
    KINDS,
    ROLE_RELATIONS,
    SLOTS,
    Edges,
    EvidenceItem,
    Implied,
    Piece,
    paper_key,
    paper_piece,
    result_key,
)
from kg.resolution.aliases import Aliases
from kg.resolution.identities import Identities, Identity, NamedEntity
from kg.resolution.resolving import resolve
from kg.resolution.settings import ResolutionRules

__all__ = [
    "KINDS",
    "ROLE_RELATIONS",
    "SLOTS",
    "Assembly",
    "EvidenceItem",
    "Graph",
    "Implied",
    "Piece",
    "PiecewiseGraph",
    "build_graph",
    "check_ids_differ",
    "entity_key",
    "paper_key",
    "paper_piece",
    "put_together",
    "result_key",
]

Graph: TypeAlias = "nx.MultiDiGraph[str]"


def entity_key(identity: Identity) -> str:
    """The node key of an entity."""
    return f"{identity.type.lower()}/{slug(identity.label)}"


def build_graph(
    extractions: Iterable[Extraction],
    *,
    name: str = "kg",
    rules_hash: str | None = None,
    aliases: Aliases | None = None,
    resolution: ResolutionRules | None = None,
) -> Graph:
    """The graph of these extractions, the same whatever their order; what it holds stands at the top of this module.

    Each paper stands before its results, by the papers' ids, and all of them before the entities. ``aliases`` and
    ``resolution`` are passed to :func:`kg.resolve`. Raises GraphError where two papers have one id, where offsets do
    not give the text that should stand there, or where the aliases contradict each other.
    """
    papers = sorted(extractions, key=lambda extraction: extraction.paper.id)
    check_ids_differ([extraction.paper.id for extraction in papers])
    assembly = Assembly(resolve(papers, aliases=aliases, rules=resolution))
    pieces = [paper_piece(extraction, assembly.nodes(extraction.entities)) for extraction in papers]
    pieces.append(assembly.shared(implied for piece in pieces for implied in piece.implied))
    return put_together(pieces, name=name, rules_hash=rules_hash)


def put_together(pieces: Sequence[Piece], *, name: str = "kg", rules_hash: str | None = None) -> Graph:
    """One graph of pieces that have all its nodes among them."""
    graph: Graph = nx.MultiDiGraph(name=name, kg_version=__version__)
    if rules_hash is not None:
        graph.graph["rules_hash"] = rules_hash
    for piece in pieces:
        graph.add_nodes_from(piece.nodes)
    for piece in pieces:
        for source, target, relation, edge in piece.edges:
            graph.add_edge(source, target, key=relation, **edge)
    return graph


class PiecewiseGraph(Protocol):
    """A graph that is told piece by piece, as often as it is asked for, the papers before what they share."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def kg_version(self) -> str: ...  # noqa: D102

    @property
    def rules_hash(self) -> str | None: ...  # noqa: D102

    def pieces(self) -> Iterator[Piece]:
        """The pieces, always in the same order."""


def check_ids_differ(ids: Sequence[str]) -> None:
    """Raise GraphError where two papers have one of these ids, which are sorted."""
    for one, other in pairwise(ids):
        if one == other:
            raise GraphError(f"two papers have the id {one!r}; merge them, or give one of them another id")


class Assembly:
    """What papers share in a graph, given which names are one thing."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._key_of = {(one.type, one.label): entity_key(one) for one in identities.all}

    def keys(self) -> Iterable[str]:
        """The node keys of all things."""
        return self._key_of.values()

    def nodes(self, entities: Iterable[NamedEntity]) -> list[str]:
        """The node keys of the entities of a paper, in their order."""
        return [self._key_of[one.type, one.label] for one in map(self._identities.of, entities)]

    def shared(self, implied: Iterable[Implied]) -> Piece:
        """All entities, given what the papers imply of them, in the order of the papers."""
        edges = Edges()
        for one in implied:
            edges.derive(one)
        for variant in self._identities.variants:
            edges.relate(entity_key(variant.variant), "variantOf", entity_key(variant.of), reason=variant.reason)
        nodes = [
            (
                key,
                {
                    "kind": identity.type,
                    "label": identity.label,
                    "names": list(identity.names),
                    "papers": identity.papers,
                    "links": list(identity.links),
                },
            )
            for key, identity in sorted((entity_key(one), one) for one in self._identities.all)
        ]
        return Piece(nodes, edges.sorted(), [])
