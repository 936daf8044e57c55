"""Where one begins: what the graph holds, and the search."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.catalogue.reading import Catalogue, Hit
from kg.graph import KINDS
from kg.model import ENTITY_TYPES
from kg.web.context import Context
from kg.web.paging import ON_PAGE, PageNumber, first_of, pages
from kg.web.problems import AsciiJson
from kg.web.rendering import node_path, page

Kind = Literal["", "Paper", "Method", "Dataset", "Metric", "Task"]

SEARCHED: Final = tuple(kind for kind in KINDS if kind != "Result")
_TOP: Final = 8
_NEWEST: Final = 6
_SUGGESTED: Final = 10
HITS: Final = 500
"""So many of what a search finds are shown, on several pages."""


def router(context: Context) -> APIRouter:
    """The pages at ``/`` and ``/search``, and the completion of names at ``/suggest``, as JSON."""
    routes = APIRouter(include_in_schema=False)
    catalogue = context.catalogue

    @routes.get("/")
    def home(request: Request) -> Response:
        return page(
            request,
            "home.html",
            kinds=catalogue.kinds,
            years=catalogue.years,
            top={kind: catalogue.top(kind, _TOP) for kind in ENTITY_TYPES},
            newest=catalogue.top("Paper", _NEWEST),
        )

    @routes.get("/search")
    def search(
        request: Request,
        q: str = "",
        type: Kind = "",  # noqa: A002 - as it is called in the address
        number: PageNumber = 1,
    ) -> Response:
        first = first_of(number)
        hits, total = _found(catalogue, q, type, first) if q.strip() else _top(catalogue, type or "Paper", first)
        return page(
            request,
            "search.html",
            text=q,
            type=type,
            searched=SEARCHED,
            hits=hits,
            total=total,
            most=HITS,
            number=number,
            last=pages(total),
        )

    @routes.get("/suggest")
    def suggest(q: str = "", type: Kind = "") -> Response:  # noqa: A002 - as it is called in the address
        hits = catalogue.search(q, [type] if type else SEARCHED, _SUGGESTED)
        return AsciiJson([_suggestion(context, hit) for hit in hits])

    return routes


def _found(catalogue: Catalogue, text: str, kind: Kind, first: int) -> tuple[list[Hit], int]:
    """What is called so, from the ``first`` on, and how much there is in all."""
    hits = catalogue.search(text, [kind] if kind else SEARCHED, HITS)
    return hits[first : first + ON_PAGE], len(hits)


def _top(catalogue: Catalogue, kind: str, first: int) -> tuple[list[Hit], int]:
    """All there is of a kind, the most important first."""
    lines = catalogue.top(kind, ON_PAGE, first)
    return [Hit(line, line.label) for line in lines], catalogue.kinds.get(kind, 0)


def _suggestion(context: Context, hit: Hit) -> dict[str, object]:
    line = hit.line
    return {
        "url": f"{context.base_url}{node_path(line.key)}",
        "key": line.key,
        "kind": line.kind,
        "label": line.label,
        "name": hit.name,
        "papers": line.papers,
        "year": line.year,
    }
