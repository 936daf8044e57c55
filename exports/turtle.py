"""The graph as Turtle, the form of RDF that people read."""

from __future__ import annotations

import pyoxigraph

from .rdf import RdfExporter

exporter = RdfExporter(
    "turtle",
    "RDF in Turtle: public vocabularies, one plain triple an edge, evidence beside",
    pyoxigraph.RdfFormat.TURTLE,
)
