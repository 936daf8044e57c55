"""The graph as TriG: Turtle with named graphs."""

from __future__ import annotations

import pyoxigraph

from .rdf import RdfExporter

exporter = RdfExporter(
    "trig", "RDF in TriG: as Turtle, with the evidence in a graph of its own", pyoxigraph.RdfFormat.TRIG
)
