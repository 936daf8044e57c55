"""The graph as GraphML, which Gephi, yEd, Cytoscape and networkx open."""

from __future__ import annotations

from pathlib import Path

import networkx as nx

from .flat import flat_graph


class GraphmlExporter:
    """Writes GraphML with flat attributes.

    Nodes and edges keep their attributes; an edge also has ``label`` (its relation), ``weight`` (in how many places
    papers say so) and ``sentence`` (of its first evidence), and an id of its own, so that parallel edges stay apart.
    """

    name = "graphml"
    description = "GraphML for Gephi, yEd, Cytoscape and networkx, with flat attributes"
    suffix = ".graphml"
    media_type = "application/graphml+xml"

    def __call__(self, graph: nx.MultiDiGraph[str], path: Path) -> None:
        """Write the graph to ``path``."""
        # not nx.write_graphml, which writes other bytes where lxml happens to be installed
        nx.write_graphml_xml(flat_graph(graph), path, infer_numeric_types=True)


exporter = GraphmlExporter()
