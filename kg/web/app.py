"""The explorer as one ASGI app: the pages and endpoints of all its modules behind what protects their readers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from kg._version import __version__
from kg.catalogue.reading import Catalogue
from kg.query_forms import MEGABYTES, SECONDS
from kg.web import (
    api,
    downloads,
    edge_pages,
    error_pages,
    explain_pages,
    graph_pages,
    node_pages,
    pages,
    protocol,
    sparql_pages,
)
from kg.web.context import Context
from kg.web.queries import Queries
from kg.web.readings import Readings
from kg.web.rendering import STATIC, environment
from kg.web.security import LimitedBodies, SecureHeaders

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")
_ROUTERS: Final = (
    pages.router,
    node_pages.router,
    edge_pages.router,
    downloads.router,
    graph_pages.router,
    sparql_pages.router,
    protocol.router,
    explain_pages.router,
    api.router,
)
_MENU: Final = (
    ("Search", "/search"),
    ("Map", "/graph"),
    ("SPARQL", "/query"),
    ("Explain", "/explain"),
    ("API", "/api"),
)
"""What the top of each page leads to."""
_A_YEAR: Final = 365 * 24 * 60 * 60


class _StaticFiles(StaticFiles):
    """Static files, which a browser may keep where their address holds their hash."""

    def file_response(self, full_path: str, stat_result: object, scope: Scope, status_code: int = 200) -> Response:  # type: ignore[override]
        response = super().file_response(full_path, stat_result, scope, status_code)  # type: ignore[arg-type]
        if scope.get("query_string", b"").startswith(b"v="):
            response.headers["cache-control"] = f"public, max-age={_A_YEAR}, immutable"
        return response


@asynccontextmanager
async def _processes(app: FastAPI) -> AsyncIterator[None]:
    """The processes that answer queries and read texts run while the app does."""
    context: Context = app.state.context
    context.queries.start()
    try:
        yield
    finally:
        context.queries.close()
        context.readings.close()


def create_app(
    catalogue: Catalogue,
    *,
    graph_path: Path,
    base_url: str = "",
    allowed_hosts: Sequence[str] = LOCAL_HOSTS,
    query_seconds: float = SECONDS,
    query_megabytes: float = MEGABYTES,
) -> FastAPI:
    """The app that shows the graph of a catalogue.

    ``graph_path`` is the graph folder, or the file of extractions, that the catalogue was made of. ``base_url`` is what
    every link begins with where a proxy serves the explorer below the root of its host ("/graph"), and takes this away
    from the addresses that it passes on. Requests that name another host than ``allowed_hosts`` are refused ("*" allows
    all). A query may take ``query_seconds``, and its answer ``query_megabytes``.
    """
    app = FastAPI(
        title=f"kg: {catalogue.name}",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_processes,
    )
    context = Context(
        catalogue=catalogue,
        graph_path=graph_path,
        base_url=base_url.rstrip("/"),
        query_seconds=query_seconds,
        query_megabytes=query_megabytes,
        queries=Queries(
            graph_path,
            papers=catalogue.kinds.get("Paper", 0),
            seconds=query_seconds,
            megabytes=query_megabytes,
        ),
        readings=Readings(),
        templates=environment(base_url.rstrip("/"), graph_name=catalogue.name, kg_version=__version__, menu=_MENU),
    )
    app.state.context = context
    for router in _ROUTERS:
        app.include_router(router(context))
    app.mount("/static", _StaticFiles(directory=STATIC), name="static")
    error_pages.add_to(app)
    # the last one added sees a request first
    app.add_middleware(LimitedBodies)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False)
    app.add_middleware(SecureHeaders)
    return app
