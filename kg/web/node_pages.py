"""The page of each node, and all of its results and leaderboards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from kg.catalogue.reading import NodeLine
from kg.options import LIKELY
from kg.web.boards import BoardsOf
from kg.web.context import Context, known
from kg.web.entity_pages import entity_page
from kg.web.paging import ON_PAGE, PageNumber, first_of, pages
from kg.web.paper_pages import paper_page
from kg.web.rendering import page
from kg.web.result_rows import ResultRow, result_rows, surest_first

Least = Annotated[float, Query(ge=0, le=1)]

_BOARDS_ON_PAGE: Final = 10
_KEPT: Final = 64
"""So much of what takes time is kept for those who come back to it, or turn its pages."""


def router(context: Context) -> APIRouter:
    """The pages at ``/node``, ``/results`` and ``/boards``, each followed by a node's key."""
    routes = APIRouter(include_in_schema=False)
    catalogue = context.catalogue
    boards_of = BoardsOf(catalogue)

    @lru_cache(maxsize=_KEPT)
    def entity(line: NodeLine) -> Mapping[str, Any]:
        return entity_page(catalogue, line, boards_of)

    @lru_cache(maxsize=_KEPT)
    def rows_of(key: str) -> list[ResultRow]:
        return surest_first(result_rows(catalogue.results_of(key)))

    @routes.get("/node/{key:path}")
    def node(request: Request, key: str) -> Response:
        line = known(catalogue, key)
        if line.kind == "Paper":
            return page(request, "paper.html", line=line, **paper_page(catalogue, key))
        if line.kind == "Result":
            (row,) = result_rows(catalogue.results_of(key))
            return page(request, "result.html", line=line, row=row)
        return page(request, "entity.html", line=line, **entity(line))

    @routes.get("/results/{key:path}")
    def results(request: Request, key: str, number: PageNumber = 1) -> Response:
        line = known(catalogue, key)
        rows = rows_of(key)
        first = first_of(number)
        return page(
            request,
            "results.html",
            line=line,
            rows=rows[first : first + ON_PAGE],
            total=len(rows),
            number=number,
            last=pages(len(rows)),
        )

    @routes.get("/boards/{key:path}")
    def boards(request: Request, key: str, least: Least = LIKELY, number: PageNumber = 1) -> Response:
        line = known(catalogue, key)
        found = boards_of(key, least)
        first = first_of(number, _BOARDS_ON_PAGE)
        return page(
            request,
            "boards.html",
            line=line,
            found=found,
            boards=found.boards[first : first + _BOARDS_ON_PAGE],
            least=least,
            likely=LIKELY,
            number=number,
            last=pages(len(found.boards), _BOARDS_ON_PAGE),
        )

    return routes
