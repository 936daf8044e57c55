"""What every page and endpoint of the explorer is given."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import cast

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kg.catalogue.reading import Catalogue, NodeLine
from kg.web.queries import Queries
from kg.web.readings import Readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The graph that is shown, and how.

    ``graph_path`` is the graph folder, or the file of extractions, that the ``catalogue`` was made of. ``base_url`` is
    what every address of the explorer begins with, empty where it stands at the root of its host, else without a slash
    at its end. A query may take ``query_seconds``, and its answer ``query_megabytes``; ``queries`` answers queries of
    SPARQL within these limits, ``readings`` reads texts that are pasted.
    """

    catalogue: Catalogue
    graph_path: Path
    base_url: str
    query_seconds: float
    query_megabytes: float
    queries: Queries
    readings: Readings
    templates: Environment


def context_of(request: Request) -> Context:
    """The context of the app that a request came to."""
    return cast("Context", request.app.state.context)


def known(catalogue: Catalogue, key: str) -> NodeLine:
    """The node with this key; HTTPException, which is shown as a page, where there is none."""
    line = catalogue.line(key)
    if line is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no node {key}")
    return line
