"""The page at ``/query``, where questions are asked in SPARQL: an editor, the competency queries, and the answer.

All of it works without a script; ``sparql.js`` completes words in the editor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.competency import competency_queries
from kg.errors import KgError, QueryError
from kg.query_forms import RESULT_FORMS, TRIPLE_FORMS
from kg.web.accepting import MEDIA_TYPES
from kg.web.answer_pictures import WIDTH, chart, drawing
from kg.web.answers import Rows, cells, numeric, rows_of
from kg.web.context import Context
from kg.web.queries import retry_headers, status_of
from kg.web.query_words import query_words
from kg.web.rendering import page

View = Literal["table", "bar", "line", "graph"]
Form = Literal["csv", "tsv", "json", "xml", "turtle", "ntriples", "rdfxml"]

ROWS_ON_PAGE: Final = 100
MEGABYTES_SHOWN: Final = 16.0
"""An answer that is larger is for a file, not for a page."""
SET: Final = "set-"
"""What the names of an example's parameters begin with in the address."""
_PAGE_FORMS: Final = ("json", "ntriples")
_VIEWS: Final = (("table", "Table"), ("bar", "Bars"), ("line", "Line"), ("graph", "Graph"))
_SUFFIXES: Final[Mapping[str, str]] = {
    "csv": "csv",
    "tsv": "tsv",
    "json": "srj",
    "xml": "srx",
    "turtle": "ttl",
    "ntriples": "nt",
    "rdfxml": "rdf",
}
_NAMES: Final[Mapping[str, str]] = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "xml": "XML",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF/XML",
}
_PLACE: Final = re.compile(r"in line (\d+), column (\d+), ")
_STARTER: Final = """\
SELECT ?dataset (COUNT(?paper) AS ?papers) WHERE {
  ?paper kgo:uses ?dataset .
  ?dataset a kgo:Dataset
}
GROUP BY ?dataset
ORDER BY DESC(?papers)
LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class _Mistake:
    """What is wrong with a query; where a place is known, its line cut into what stands before it, there and after."""

    message: str
    line: int = 0
    column: int = 0
    before: str = ""
    there: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of a query: rows or a truth, or why there are none; nothing where there was no query."""

    rows: Rows | None = None
    truth: bool | None = None
    is_triples: bool = False
    mistake: _Mistake | None = None
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def router(context: Context) -> APIRouter:
    """The page, the words for its editor, and answers as files."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/query")
    def sparql(
        request: Request,
        query: str = "",
        example: str = "",
        view: View = "table",
        number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
    ) -> Response:
        is_first = not (query.strip() or example)
        query = _STARTER if is_first else query
        chosen = None if query else next((one for one in competency_queries() if one.name == example), None)
        asked = request.query_params.items() if chosen else ()
        given = {name.removeprefix(SET): value for name, value in asked if name.startswith(SET) and value}
        try:
            query = chosen.with_values(given) if chosen else query
            found = _Found() if is_first and context.queries.problem else _found(context, query)
        except QueryError as error:
            query = chosen.text if chosen else query
            found = _failed(error, query)
        address = {"example": example, **{f"{SET}{name}": value for name, value in given.items()}}
        response = page(
            request,
            "sparql.html",
            status=found.status,
            query=query,
            example=chosen,
            given=given,
            examples=competency_queries(),
            set=SET,
            found=found,
            view=view,
            views=_VIEWS,
            address=address if chosen else {"query": query},
            downloads=[(form, _NAMES[form]) for form in (TRIPLE_FORMS if found.is_triples else RESULT_FORMS)],
            base=context.queries.namespaces.base,
            seconds=context.query_seconds,
            problem=context.queries.problem,
            **_drawn(context, found.rows, view, number),
        )
        response.headers.update(found.headers)
        return response

    @routes.get("/query/words.json")
    def words() -> Response:
        found = query_words(context.queries.namespaces)
        terms = [term._asdict() for term in found.terms]
        return JSONResponse({"prefixes": found.prefixes, "terms": terms, "keywords": found.keywords})

    @routes.get("/query/answer")
    def answer(query: str, form: Annotated[Form, Query(alias="as")]) -> Response:
        try:
            found = context.queries.ask(query, (form,))
        except KgError as error:
            raise HTTPException(status_of(error), str(error), retry_headers(error)) from error
        name = f'attachment; filename="answer.{_SUFFIXES[form]}"'
        return Response(found.content, media_type=MEDIA_TYPES[form], headers={"content-disposition": name})

    return routes


def _found(context: Context, query: str) -> _Found:
    if not query.strip():
        return _Found()
    try:
        answer = context.queries.ask(query, _PAGE_FORMS, megabytes=MEGABYTES_SHOWN)
    except KgError as error:
        return _failed(error, query)
    rows = rows_of(answer)
    if isinstance(rows, bool):
        return _Found(truth=rows)
    return _Found(rows=rows, is_triples=answer.kind == "triples")


def _failed(error: KgError, query: str) -> _Found:
    message, place = str(error), _PLACE.search(str(error))
    if place is None:
        mistake = _Mistake(message)
    else:
        line, column = int(place[1]), int(place[2])
        text = (query.split("\n") + [""] * line)[line - 1]
        mistake = _Mistake(message, line, column, text[: column - 1], text[column - 1 : column], text[column:])
    return _Found(mistake=mistake, status=status_of(error), headers=retry_headers(error))


def _drawn(context: Context, rows: Rows | None, view: View, number: int) -> dict[str, object]:
    """Rows as the page shows them: a page of a table, a chart, or a graph."""
    namespaces, catalogue = context.queries.namespaces, context.catalogue
    total = len(rows.terms) if rows else 0
    last = max(-(-total // ROWS_ON_PAGE), 1)
    number = min(number, last)
    first = (number - 1) * ROWS_ON_PAGE
    return {
        "cells": cells(rows.terms[first : first + ROWS_ON_PAGE], namespaces, catalogue) if rows else [],
        "numeric": numeric(rows) if rows else [],
        "first": first + 1,
        "total": total,
        "number": number,
        "last": last,
        "chart": chart(rows, view, namespaces) if rows and view in {"bar", "line"} else None,
        "drawing": drawing(rows, namespaces, catalogue) if rows and view == "graph" else None,
        "width": WIDTH,
    }
