"""The graph with flat attributes, for formats of XML that hold texts and numbers only (GraphML, GEXF)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

import networkx as nx

FlatAttributes: TypeAlias = dict[str, str | int | float]

# what XML 1.0 cannot hold, not even escaped
_NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEPARATOR: Final = "; "


def flat_graph(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """A copy of a graph in which every attribute is a text or a number; edges have the keys e1, e2 and so on.

    Decimals become floats, so that they sort; lists of texts are joined by semicolons; what else is nested becomes
    JSON; what is absent or empty is left out. Beside its own attributes, an edge has ``label``, its relation,
    ``weight``, in how many places the papers say so (1 where none does), and ``sentence``, the first of them.
    Characters that XML cannot hold are left out.
    """
    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    flat.graph.update(_flat_attributes(graph.graph))
    for key, node in graph.nodes(data=True):
        flat.add_node(_clean(key), **_flat_attributes(node))
    for number, (source, target, edge) in enumerate(graph.edges(data=True), start=1):
        flat.add_edge(_clean(source), _clean(target), key=f"e{number}", **_flat_edge(edge))
    return flat


def _flat_edge(edge: Mapping[str, Any]) -> FlatAttributes:
    evidence = edge.get("evidence") or ()
    first = {"sentence": evidence[0]["sentence"]} if evidence else {}
    # Gephi shows "label" beside an edge and draws it by "weight"
    return _flat_attributes({"label": edge.get("relation"), "weight": max(len(evidence), 1), **edge, **first})


def _flat_attributes(attributes: Mapping[str, Any]) -> FlatAttributes:
    flat = {name: _flat(value) for name, value in attributes.items()}
    return {name: value for name, value in flat.items() if value is not None}


def _flat(value: Any) -> str | int | float | None:
    if isinstance(value, Decimal):
        # beyond what a float can hold, there is nothing to sort
        return float(value) if math.isfinite(float(value)) else None
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return _clean(value)
    if not value:
        return None
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return _clean(_SEPARATOR.join(value))
    return _clean(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))


def _clean(text: str) -> str:
    # a carriage return would be read back as a line feed
    return _NO_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
