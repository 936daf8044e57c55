"""The graph as N-Quads, one triple a line with the graph that it is in."""

from __future__ import annotations

import pyoxigraph

from .rdf import RdfExporter

exporter = RdfExporter(
    "nquads", "RDF in N-Quads: as N-Triples, with the evidence in a graph of its own", pyoxigraph.RdfFormat.N_QUADS
)
