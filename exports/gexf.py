"""The graph as GEXF 1.3, the format of Gephi (https://gexf.net), with time and the colours of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from .flat import flat_graph

COLOURS: Final[Mapping[str, str]] = {
    "Paper": "#8c959f",
    "Method": "#0072b2",
    "Dataset": "#e69f00",
    "Metric": "#cc79a7",
    "Task": "#009e73",
    "Result": "#d8dee4",
}
"""Of each kind of node, as on the page: the palette of Okabe and Ito, which the colour-blind can tell apart."""
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
# where networkx keeps the keys of edges, which are their ids here
_KEYS: Final = "networkx_key"


class GexfExporter:
    """Writes GEXF 1.3 with flat attributes, as :mod:`kg.exports.flat` describes them.

    Every edge has its relation as ``kind``, without which Gephi takes parallel edges for one. A paper, its results and
    its edges exist from the day on that it was published (the first of the month or the year where no more is known),
    a thing and the edges between things from the first paper on that names them; what has no date exists always.

    Options: ``time``: whether nodes and edges say since when they exist; with it Gephi shows a timeline.
    """

    name = "gexf"
    description = "GEXF for Gephi: colours by kind, weights, and a timeline by date of publication"
    suffix = ".gexf"
    media_type = "application/gexf+xml"

    def __call__(self, graph: nx.MultiDiGraph[str], path: Path, *, time: bool = True) -> None:
        """Write the graph to ``path``."""
        flat = flat_graph(graph)
        for _, node in flat.nodes(data=True):
            if node.get("kind") in COLOURS:
                node["viz"] = {"color": _channels(COLOURS[str(node["kind"])])}
        if time:
            _add_starts(graph, flat)
        for _, _, key, edge in flat.edges(keys=True, data=True):
            edge["id"] = key
        writer = GEXFWriter(version="1.3")
        writer.add_graph(flat)
        _put_right(writer.xml)
        with path.open("wb") as stream:
            writer.write(stream)


def _channels(colour: str) -> dict[str, int]:
    return {name: int(colour[place : place + 2], 16) for name, place in (("r", 1), ("g", 3), ("b", 5))}


def _add_starts(graph: nx.MultiDiGraph[str], flat: nx.MultiDiGraph[str]) -> None:
    """Say of every node and edge of ``flat``, which are in the order of those of ``graph``, since when it exists."""
    papers = {key: _first_day(node.get("published")) for key, node in graph.nodes(data=True) if node["kind"] == "Paper"}
    named: dict[str, list[str | None]] = {}
    for source, target in graph.edges():
        if source in papers:
            named.setdefault(target, []).append(papers[source])
    starts = {**{key: _earliest(days) for key, days in named.items()}, **papers}
    for key, node in zip(graph, flat.nodes.values(), strict=True):
        if day := starts.get(key):
            node["start"] = day
    for (source, _, attributes), edge in zip(graph.edges(data=True), flat.edges.values(), strict=True):
        if day := papers.get(source) or _earliest(papers.get(item["paper"]) for item in attributes["evidence"]):
            edge["start"] = day


def _first_day(published: str | None) -> str | None:
    """The first day of what a date says: of "2024-10" 2024-10-01; None where it says no year."""
    found = _DATE.fullmatch(published or "")
    return f"{found[1]}-{found[2] or '01'}-{found[3] or '01'}" if found else None


def _earliest(days: Iterable[str | None]) -> str | None:
    """The first of some days; None where one is unknown, for it may have been the first."""
    found = list(days)
    return min(filter(None, found), default=None) if all(found) else None


def _put_right(xml: Element) -> None:
    """What networkx writes otherwise than the schema, Gephi or kg want it.

    It dates the file, so that the same graph would give other bytes the next day; it writes the name of the graph
    where the schema has no place for it; it points to the schema in a namespace that is not that of XML Schema; it
    gives no edge a kind; and it repeats the ids of edges in a column.
    """
    del xml.attrib["xmlns:xsi"], xml.attrib["xsi:schemaLocation"]
    meta, graph = xml
    del meta.attrib["lastmodifieddate"]
    meta[0].text = "kg"
    SubElement(meta, "description").text = graph.attrib.pop("name")
    for columns in graph.findall("attributes"):
        for column in columns.findall(f"attribute[@title='{_KEYS}']"):
            columns.remove(column)
            _remove_values(graph, column.get("id"))
    for edge in graph.iter("edge"):
        edge.set("kind", edge.get("label", ""))


def _remove_values(graph: Element, column: str | None) -> None:
    for values in graph.iter("attvalues"):
        for value in values.findall(f"attvalue[@for='{column}']"):
            values.remove(value)


exporter = GexfExporter()
