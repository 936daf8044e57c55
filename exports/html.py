"""One HTML page to look at a graph in: a single file that opens from disk and asks the network for nothing.

pyvis holds what is drawn at first and brings the vis-network that draws it. The page around it is ours, because
pyvis's own loads from elsewhere and runs what a title contains: here the data is inert JSON, the scripts are
allowed by their hashes alone, and they write text and nothing but text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import networkx as nx
import pyvis
from jinja2 import Environment, Template
from markupsafe import Markup
from pyvis.network import Network

from kg.errors import ExportError

from .layout import Arrangement, arrange
from .overview import SHOWN_AT_FIRST, region_name, shown_at_first
from .tables import KINDS, Tables

MOST_NODES: Final = 20_000
MOST_SHOWN: Final = 1_500
"""As many as the page draws at all; laying out so many side by side takes time that grows with their square."""
SEED: Final = 6.0
"""The radius of a node that is not drawn at first."""

VIS_NETWORK: Final = Path(pyvis.__file__).parent / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
SCRIPTS: Final = (
    "page_data.js",
    "page_dom.js",
    "page_filters.js",
    "page_address.js",
    "page_ground.js",
    "page_map.js",
    "page_results.js",
    "page_panel.js",
    "page_search.js",
    "page_keys.js",
    "page.js",
)
FILLED: Final = 0.6
"""How much of its cell's radius a node may fill."""

_EXPLORER: Final = re.compile(r"(?:https?://[^/\s]+|/(?!/))[^\s]*", re.IGNORECASE)
SHAPES: Final = {"Paper": "dot", "Method": "dot", "Dataset": "square", "Metric": "diamond", "Task": "triangle"}
OPTIONS: Final[dict[str, Any]] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {"hover": True, "dragNodes": False, "zoomSpeed": 0.7},
    "nodes": {"borderWidth": 1.5, "borderWidthSelected": 3, "chosen": False},
    "edges": {"smooth": False, "chosen": False, "selectionWidth": 0, "hoverWidth": 0},
}


class HtmlExporter:
    """Writes the page."""

    name = "html"
    description = "A page to browse the graph in, one file, no network needed"
    suffix = ".html"
    media_type = "text/html"

    def __call__(
        self,
        graph: nx.MultiDiGraph[str],
        path: Path,
        *,
        shown: int = SHOWN_AT_FIRST,
        most: int = MOST_NODES,
        explorer: str = "",
        focus: str = "",
    ) -> None:
        """Write the page of ``graph`` to ``path``.

        At most ``shown`` nodes are drawn at first. A graph of more than ``most`` nodes (results not counted) is
        cut to its most connected ones, and the page says so. Where a served explorer is at the address ``explorer``
        ("/", "https://kb.example.com/kg"), names also lead to its pages. ``focus`` is the key of the node that is
        selected when the page opens. Raises ExportError where ``shown`` is not from 1 to 1,500, ``explorer`` is no
        such address, the graph has no such node, or pyvis is not as expected.
        """
        data = page_data(graph, shown=shown, most=most, explorer=explorer, focus=focus)
        path.write_bytes(render(data).encode("utf-8", "backslashreplace"))


def page_data(
    graph: nx.MultiDiGraph[str],
    *,
    shown: int = SHOWN_AT_FIRST,
    most: int = MOST_NODES,
    explorer: str = "",
    focus: str = "",
) -> dict[str, Any]:
    """All that the page knows, as JSON values: tables, regions, counts, and pyvis's data for the first drawing.

    Raises ExportError where ``shown``, ``explorer`` or ``focus`` cannot be meant.
    """
    if not 1 <= shown <= MOST_SHOWN:
        raise ExportError(f"shown must be from 1 to {MOST_SHOWN:,}, not {shown:,}: nobody reads more nodes at once")
    if explorer and not _EXPLORER.fullmatch(explorer):
        raise ExportError(
            f"explorer must be a path or a web address, such as / or https://kb.example.com/: {explorer!r}"
        )
    if focus and focus not in graph:
        raise ExportError(f"the graph has no node {focus!r} to open the page at")
    keys = sorted(
        (key for key in graph if graph.nodes[key]["kind"] in KINDS),
        key=lambda key: (KINDS.index(graph.nodes[key]["kind"]), key),
    )
    counts = Counter(graph.nodes[key]["kind"] for key in graph)
    left_out = max(0, len(keys) - most)
    if left_out:
        kept = set(sorted(keys, key=lambda key: (key != focus, -graph.degree(key), key))[:most])
        keys = [key for key in keys if key in kept]
    tables = Tables(graph, keys)
    simple = tables.simple()
    first = shown_at_first(simple, tables.kinds, most=shown)
    largest = max((simple.degree(node) for node in first), default=1)
    radii = {node: _radius(tables.kinds[node], simple.degree(node), largest) for node in first}
    arrangement = arrange(simple, radii)
    sizes = [
        min(radii.get(node, SEED) * arrangement.scale, FILLED * arrangement.rooms.get(node, math.inf))
        for node in range(len(keys))
    ]
    rows = tables.node_rows()
    region_of = {node: number for number, region in enumerate(arrangement.regions) for node in region.members}
    for node, row in enumerate(rows):
        x, y = arrangement.positions[node]
        row.extend((round(x), round(y), round(sizes[node], 1), region_of[node]))
    drawn = _network(tables, arrangement, first, sizes)
    nodes, edges, *_, options = drawn.get_network_data()
    return {
        "name": str(graph.graph.get("name") or "Knowledge graph"),
        "version": str(graph.graph.get("kg_version") or ""),
        "counts": {kind: counts[kind] for kind in (*KINDS, "Result")},
        "explorer": f"{explorer.rstrip('/')}/" if explorer else "",
        "focus": focus,
        "left_out": left_out,
        "scale": round(arrangement.scale, 3),
        "kinds": list(KINDS),
        "shapes": [SHAPES[kind] for kind in KINDS],
        "nodes": {
            "columns": ["key", "kind", "label", "names", "papers", "about", "x", "y", "size", "region"],
            "rows": rows,
        },
        "regions": [
            {
                "x": round(region.x),
                "y": round(region.y),
                "radius": round(region.radius),
                "name": region_name(simple, region.members, tables.kinds, tables.labels),
            }
            for region in arrangement.regions
        ],
        "first": {"nodes": nodes, "edges": edges, "options": json.loads(options)},
        **tables.as_json(),
    }


def render(data: dict[str, Any]) -> str:
    """The page of such data. Raises ExportError where the installed pyvis brings no vis-network 9.1.2."""
    template, shell = _shell()
    # No character that HTML knows is left in the data.
    return template.render(name=data["name"], data=Markup(as_inert_json(data)), **shell)  # noqa: S704


@cache
def _shell() -> tuple[Template, dict[str, Any]]:
    """What no graph changes, made once: the template, its style and scripts, and the policy that allows them alone."""
    try:
        library = VIS_NETWORK.read_text(encoding="utf-8")
    except OSError as error:
        raise ExportError(f"the page needs vis-network 9.1.2 out of pyvis, which is not there: {error}") from error
    scripts = [_inline(script) for script in (library, *map(_own, SCRIPTS))]
    style = _own("page.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(map(_hash, scripts)),
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_own("page.html"))
    return template, {
        "policy": policy,
        "style": Markup(style),  # noqa: S704 - our own file
        "scripts": [Markup(script) for script in scripts],  # noqa: S704 - our own files and pyvis's, allowed by hash
    }


def as_inert_json(data: Any) -> str:
    """JSON without a character that means anything to an HTML parser."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _network(tables: Tables, arrangement: Arrangement, first: list[int], sizes: list[float]) -> Network:
    """What is drawn at first, in pyvis: nodes by number, and one line for each pair that is tied, however often."""
    network = Network(directed=False)
    network.set_options(json.dumps(OPTIONS))
    for node in first:
        x, y = arrangement.positions[node]
        place = {"x": round(x), "y": round(y), "size": round(sizes[node], 1)}
        kind = tables.kinds[node]
        network.add_node(node, label=tables.labels[node][:40], shape=SHAPES[kind], group=kind, **place)
    chosen = set(first)
    pairs = {(min(edge[:2]), max(edge[:2])) for edge in tables.edges if chosen.issuperset(edge[:2])}
    # Network.add_edge looks through all edges and all nodes for each; given pairs that differ, a directed
    # network without arrows does not.
    network.directed = True
    for low, high in sorted(pairs):
        network.add_edge(low, high, arrows="")
    return network


def _radius(kind: str, degree: int, largest: int) -> float:
    """The radius of a node that is drawn at first: small for papers, growing with the ties for things."""
    return 7.0 if kind == "Paper" else 11.0 + min(2.6 * math.sqrt(degree), 27.0 * math.sqrt(degree / max(largest, 1)))


def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _inline(script: str) -> str:
    """A script as it may stand between script tags, with the line ends that the HTML parser would give it."""
    return script.replace("\r\n", "\n").replace("\r", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


exporter = HtmlExporter()
