"""A graph in a notebook: the exported page in a frame, for Jupyter and VS Code."""

from __future__ import annotations

import html
import os
import tempfile
from pathlib import Path
from typing import Any, Final, Protocol

import networkx as nx

from kg.exporting import export
from kg.folder import load_graph
from kg.graph import Graph

HEIGHT: Final = 640
"""The height of the frame, in CSS pixels."""

SANDBOX: Final = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
"""What the page may do: run its own scripts, and open a paper in a tab of its own."""


class HasGraph(Protocol):
    """What has a graph, such as what ``kg.open`` gives."""

    @property
    def graph(self) -> Graph:
        """The graph."""


class Shown:
    """A page that a notebook shows where this is the value of a cell.

    ``page`` is the page whole, as ``kg export --to html`` writes it. It is laid into a frame without an origin: it asks
    for nothing, and cannot reach the notebook.
    """

    def __init__(self, page: str, *, name: str, height: int = HEIGHT) -> None:
        self.page = page
        self.name = name
        self.height = height

    def __repr__(self) -> str:
        return f"<page of the graph {self.name!r}; a notebook shows it>"

    def _repr_html_(self) -> str:
        """The frame, as IPython asks for it (https://ipython.readthedocs.io/en/stable/config/integrating.html)."""
        return (
            f'<iframe title="{html.escape(self.name)}" sandbox="{SANDBOX}" srcdoc="{html.escape(self.page)}" '
            f'width="100%" height="{self.height}" style="border: 1px solid #8886; border-radius: 8px"></iframe>'
        )


def show(
    graph: Graph | HasGraph | str | os.PathLike[str], *, shown: int | None = None, height: int = HEIGHT, focus: str = ""
) -> Shown:
    """The page of a graph, to be shown in a notebook.

    ``graph`` is a graph, what ``kg.open`` gives, or the path of a graph folder or of a file that ``kg extract`` wrote.
    At most ``shown`` nodes are drawn at first (None: as many as ``kg export --to html`` draws), in a frame ``height``
    CSS pixels high, and the node whose key is ``focus`` is selected. Raises GraphError where there is no graph at the
    path, ExportError where the graph has no such node.
    """
    if isinstance(graph, (str, os.PathLike)):
        found = load_graph(graph)
    else:
        found = graph if isinstance(graph, nx.MultiDiGraph) else graph.graph
    options: dict[str, Any] = {"focus": focus} if shown is None else {"focus": focus, "shown": shown}
    with tempfile.TemporaryDirectory(prefix="kg-show-") as folder:
        path = Path(folder, "graph.html")
        export(found, "html", path, **options)
        page = path.read_text(encoding="utf-8")
    return Shown(page, name=str(found.graph.get("name") or "Knowledge graph"), height=int(height))
