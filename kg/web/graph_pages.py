"""Maps: of the whole graph, around a node, and of nodes that are named, as the exported page draws them.

Each is the page that the exporter ``html`` writes, of a piece of the graph, in a frame below the top of the explorer.
In its frame it keeps its own content security policy, which allows its scripts by their hashes alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kg.catalogue.reading import Catalogue
from kg.exporting import Exporter, exporter
from kg.graph import Graph
from kg.web.context import Context
from kg.web.rendering import page

MOST_KEYS: Final = 300
_KEPT: Final = 32
"""So many maps, each less than a megabyte, are kept for those who come back to them."""
_FRAMED: Final = {"content-security-policy": "frame-ancestors 'self'"}
"""Beside the policy that stands in the page itself, where this cannot be said."""


def router(context: Context) -> APIRouter:
    """The pages with maps, and the maps in their frames."""
    routes = APIRouter(include_in_schema=False)
    catalogue = context.catalogue
    total = sum(catalogue.kinds.values())
    draw = exporter("html")
    drawing = Lock()

    @lru_cache(maxsize=_KEPT)
    def drawn(focus: str, keys: tuple[str, ...]) -> bytes:
        graph = catalogue.around(focus) if focus else catalogue.among(keys) if keys else catalogue.overview()
        return _written(draw, catalogue.with_witnesses(graph), focus=focus, explorer=f"{context.base_url}/")

    @routes.get("/graph")
    def many(request: Request, keys: Annotated[list[str] | None, Query()] = None) -> Response:
        return page(request, "graph.html", node=None, keys=_known(catalogue, keys), map="/map", total=total)

    @routes.get("/graph/{key:path}")
    def one(request: Request, key: str) -> Response:
        node = catalogue.line(key)
        if node is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"the graph has no node {key}")
        return page(request, "graph.html", node=node, keys=(), map=f"/map/{quote(key)}")

    @routes.get("/map")
    def map_of_many(keys: Annotated[list[str] | None, Query()] = None) -> Response:
        found = _known(catalogue, keys)
        # All who come at first want the same one, which takes longest: one draws it, the others wait for that.
        with nullcontext() if found else drawing:
            return HTMLResponse(drawn("", found), headers=_FRAMED)

    @routes.get("/map/{key:path}")
    def map_around(key: str) -> Response:
        if catalogue.line(key) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"the graph has no node {key}")
        return HTMLResponse(drawn(key, ()), headers=_FRAMED)

    return routes


def _known(catalogue: Catalogue, keys: Sequence[str] | None) -> tuple[str, ...]:
    """Those keys that the graph has. Raises HTTPException where there are too many, or none though some are named."""
    if not keys:
        return ()
    if len(keys) > MOST_KEYS:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"a map of named nodes may have no more than {MOST_KEYS}")
    found = tuple(line.key for line in catalogue.lines(keys))
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND, "the graph has none of these nodes")
    return found


def _written(draw: Exporter, graph: Graph, **options: str) -> bytes:
    with TemporaryDirectory(prefix="kg-map-") as folder:
        path = Path(folder, "map.html")
        draw(graph, path, **options)
        return path.read_bytes()
