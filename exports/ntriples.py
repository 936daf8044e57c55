"""The graph as N-Triples, one triple a line."""

from __future__ import annotations

import pyoxigraph

from .rdf import RdfExporter

exporter = RdfExporter(
    "ntriples", "RDF in N-Triples: one triple a line, for millions of them", pyoxigraph.RdfFormat.N_TRIPLES
)
