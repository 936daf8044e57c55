"""The graph as GraphML, which Gephi, yEd, Cytoscape and networkx open."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import networkx as nx

# what XML 1.0 cannot hold, not even escaped
_NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEPARATOR: Final = "; "


def _clean(text: str) -> str:
    # a carriage return would be read back as a line feed
    return _NO_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _flat(value: Any) -> str | int | float | None:
    """A value as GraphML can hold it, or None to leave it out.

    Decimals become floats, so that they sort; lists of texts are joined by semicolons; what is nested becomes
    JSON.
    """
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return _clean(value)
    if not value:
        return None
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return _clean(_SEPARATOR.join(value))
    return _clean(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))


def _flat_attributes(attributes: Mapping[str, Any]) -> dict[str, str | int | float]:
    flat = {name: _flat(value) for name, value in attributes.items()}
    return {name: value for name, value in flat.items() if value is not None}


def _flat_edge(edge: Mapping[str, Any]) -> dict[str, str | int | float]:
    evidence = edge.get("evidence", ())
    first = {"sentence": evidence[0]["sentence"]} if evidence else {}
    # Gephi shows the attribute "label" beside an edge
    return _flat_attributes({"label": edge.get("relation"), **edge, **first})


class GraphmlExporter:
    """Writes GraphML with flat attributes.

    Nodes and edges keep their attributes; an edge also has ``label`` (its relation) and ``sentence`` (of its
    first evidence), and an id of its own, so that parallel edges stay apart.
    """

    name = "graphml"
    description = "GraphML for Gephi, yEd, Cytoscape and networkx, with flat attributes"
    suffix = ".graphml"
    media_type = "application/graphml+xml"

    def __call__(self, graph: nx.MultiDiGraph[str], path: Path) -> None:
        """Write the graph to ``path``."""
        flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        flat.graph.update(_flat_attributes(graph.graph))
        for key, node in graph.nodes(data=True):
            flat.add_node(_clean(key), **_flat_attributes(node))
        for number, (source, target, edge) in enumerate(graph.edges(data=True), start=1):
            flat.add_edge(_clean(source), _clean(target), key=f"e{number}", **_flat_edge(edge))
        # not nx.write_graphml, which writes other bytes where lxml happens to be installed
        nx.write_graphml_xml(flat, path, infer_numeric_types=True)


exporter = GraphmlExporter()
