"""A store as an ``rdflib.Dataset``: what it holds is not copied, and Oxigraph answers its queries."""

from __future__ import annotations

import pyoxigraph
import rdflib
from oxrdflib import OxigraphStore

from kg.sparql import Namespaces


class _ReadOnlyStore(OxigraphStore):
    """A store to be read: a graph that is looked at need not be made."""

    def add_graph(self, graph: rdflib.Graph) -> None:
        """Do nothing: rdflib calls this for every graph that is asked for by its name."""


def rdflib_dataset(store: pyoxigraph.Store, namespaces: Namespaces) -> rdflib.Dataset:
    """The dataset on a store that is read only, with the prefixes of the graph."""
    dataset = rdflib.Dataset(store=_ReadOnlyStore(store=store))
    for prefix, namespace in namespaces.prefixes.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    return dataset
