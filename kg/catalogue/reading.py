"""A catalogue that is asked: nodes and edges, searches, what stands together, and pieces of the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kg.catalogue import company, searching
from kg.catalogue.lookup import EdgeLine, Lookup, NodeLine
from kg.catalogue.searching import Hit
from kg.graph import Graph

__all__ = ["Catalogue", "EdgeLine", "Hit", "NodeLine"]


class Catalogue(Lookup):
    """All that can be asked of a catalogue; its functions are described where they stand."""

    def search(self, text: str, kinds: Collection[str] = (), limit: int = 20) -> list[Hit]:
        """The nodes that are called so, best first (:func:`kg.catalogue.searching.search`)."""
        return searching.search(self, text, kinds, limit)

    def by_year(self, key: str) -> list[tuple[int, int]]:
        """How many papers name an entity, by year (:func:`kg.catalogue.company.by_year`)."""
        return company.by_year(self, key)

    def together(self, key: str, kind: str, limit: int = 10) -> list[tuple[NodeLine, int, float]]:
        """What the same papers name: papers with both, times by chance (:func:`kg.catalogue.company.together`)."""
        return company.together(self, key, kind, limit)

    def similar(self, key: str, limit: int = 10) -> list[tuple[NodeLine, int, float]]:
        """What is like a node: how many things are shared, a score (:func:`kg.catalogue.company.similar`)."""
        return company.similar(self, key, limit)

    def around(self, key: str, most: int = 60) -> Graph:
        """A node with its most important neighbours, as a graph (:func:`kg.catalogue.company.around`)."""
        return company.around(self, key, most)

    def among(self, keys: Iterable[str]) -> Graph:
        """Some nodes with the results between them, as a graph (:func:`kg.catalogue.company.among`)."""
        return company.among(self, keys)

    def overview(self) -> Graph:
        """The most important of everything, as a graph (:func:`kg.catalogue.company.overview`)."""
        return company.overview(self)

    def with_witnesses(self, graph: Graph) -> Graph:
        """A piece of the graph with a paper for each of its edges (:func:`kg.catalogue.company.with_witnesses`)."""
        return company.with_witnesses(self, graph)
