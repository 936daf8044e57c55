"""Edges: those of a node with their sentences, and one with all that it rests on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.web.context import Context, known
from kg.web.marking import sentence_of
from kg.web.paging import ON_PAGE, PageNumber, first_of, pages
from kg.web.relations import edges_said, said
from kg.web.rendering import page


def router(context: Context) -> APIRouter:
    """The pages at ``/edges``, followed by a node's key, and at ``/edge``."""
    routes = APIRouter(include_in_schema=False)
    catalogue = context.catalogue

    @routes.get("/edges/{key:path}")
    def edges(
        request: Request, key: str, relation: str, direction: Literal["out", "in"] = "in", number: PageNumber = 1
    ) -> Response:
        line = known(catalogue, key)
        counts = {(name, way): count for name, way, count in catalogue.counts(key)}
        if (relation, direction) not in counts:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"{line.label} has no edge {relation!r} of this direction")
        found = catalogue.edges(key, relation, direction, limit=ON_PAGE, offset=first_of(number))
        return page(
            request,
            "edges.html",
            line=line,
            relation=relation,
            direction=direction,
            said=said(relation, direction),
            total=counts[relation, direction],
            number=number,
            first=first_of(number),
            last=pages(counts[relation, direction]),
            edges=edges_said(catalogue, found),
        )

    @routes.get("/edge")
    def edge(request: Request, source: str, relation: str, target: str, number: PageNumber = 1) -> Response:
        found = catalogue.edge(source, relation, target)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "the graph holds no such edge")
        evidence = found["evidence"]
        first = first_of(number)
        shown = evidence[first : first + ON_PAGE]
        papers = {line.key: line for line in catalogue.lines(item["paper"] for item in shown)}
        return page(
            request,
            "edge.html",
            source=known(catalogue, source),
            target=known(catalogue, target),
            relation=relation,
            edge=found,
            verb=said(relation, "out").lower(),
            items=[(papers[item["paper"]], item, sentence_of(item)) for item in shown],
            papers=len({item["paper"] for item in evidence}),
            number=number,
            first=first,
            last=pages(len(evidence)),
            derived_from=catalogue.lines(found.get("derived_from", ())[first : first + ON_PAGE]),
        )

    return routes
