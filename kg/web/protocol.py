"""The SPARQL endpoint at ``/sparql``: the query operation of the SPARQL 1.1 Protocol (W3C, 2013), which only reads.

A query comes in the address (GET), or is posted as a form or as it is. Its answer is in the form that ``Accept``
prefers; ``format=csv`` (json, xml, tsv, turtle, ntriples, rdfxml) asks for one where no header can be set. Without a
query the endpoint describes itself in RDF, and sends a browser to the page where queries are written. What goes wrong
is one line of text: 400 for a query that is wrong, 403 for one that would write or ask another machine, 406, 415, 422
for an answer that is too large, 503 where too much is asked at once, 504 where it takes too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode

import mimeparse
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from kg.errors import KgError
from kg.web.accepting import ANYTHING, MEDIA_TYPES, PREFERRED_TRIPLES, accepted_forms, prefers_html
from kg.web.context import Context
from kg.web.queries import retry_headers, status_of
from kg.web.service_description import service_description

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_VARY: Final = {"vary": "accept"}
_MOST_GRAPHS: Final = 100


class _RefusedError(Exception):
    """A request that the protocol does not allow."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks: the query (None where there is none), of which graphs, in which forms; the best first."""

    query: str | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    forms: Sequence[str]
    wants_page: bool


def router(context: Context) -> APIRouter:
    """The endpoint."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/sparql", methods=["GET", "POST"])
    async def sparql(request: Request) -> Response:
        try:
            asked = await _asked(request)
            if asked.query is None:
                return _without_query(request, asked, context)
            if asked.wants_page:
                address = f"{context.base_url}/query?{urlencode({'query': asked.query}, errors='replace')}"
                return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=_VARY)
            answer = await run_in_threadpool(
                context.queries.ask,
                asked.query,
                asked.forms,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
            )
        except _RefusedError as error:
            return _line(str(error), error.status)
        except KgError as error:
            return _line(str(error), status_of(error), retry_headers(error))
        return Response(answer.content, media_type=_content_type(answer.form), headers=_VARY)

    return routes


async def _asked(request: Request) -> _Asked:
    """What a request asks. Raises _RefusedError."""
    parameters = request.query_params.multi_items()
    if request.method == "POST":
        content_type = _posted_type(request)
        body = _text(await request.body())
        if content_type == FORM:
            parameters = parse_qsl(body, keep_blank_values=True)
        else:
            if any(name == "query" for name, _ in parameters):
                raise _RefusedError(HTTPStatus.BAD_REQUEST, "the query stands in the address and in the body")
            parameters = [*parameters, ("query", body)]
        if not any(name == "query" for name, _ in parameters):
            _refuse_updates(parameters)
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "the form has no field 'query'")
    _refuse_updates(parameters)
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "there may be one query, not several")
    default_graphs = [value for name, value in parameters if name == "default-graph-uri"]
    named_graphs = [value for name, value in parameters if name == "named-graph-uri"]
    if len(default_graphs) + len(named_graphs) > _MOST_GRAPHS:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, f"there may be no more than {_MOST_GRAPHS} graphs")
    forms = [value for name, value in parameters if name == "format" and value in MEDIA_TYPES]
    accept = request.headers.get("accept") or ANYTHING
    try:
        return _Asked(
            query=queries[0] if queries else None,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            forms=forms or accepted_forms(accept),
            wants_page=not forms and prefers_html(accept),
        )
    except ValueError as error:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, f"the field Accept cannot be read: {error}") from error


def _posted_type(request: Request) -> str:
    """The media type of what is posted. Raises _RefusedError where it is none of the protocol's."""
    given = request.headers.get("content-type", "")
    try:
        kind, subtype, parameters = mimeparse.parse_mime_type(given)
    except ValueError:
        kind, subtype, parameters = "", "", {}
    media_type = f"{kind}/{subtype}".lower()
    if media_type == UPDATE:
        raise _RefusedError(HTTPStatus.FORBIDDEN, "updates are refused: the graph is only read")
    if media_type not in {FORM, QUERY}:
        message = f"post a query as {QUERY}, or in the field 'query' as {FORM}, not as {given or 'nothing'}"
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    if str(parameters.get("charset", "utf-8")).lower() not in {"utf-8", "us-ascii"}:
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a query is text in UTF-8")
    return media_type


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = f"the query is no text in UTF-8: {error.reason} at byte {error.start}"
        raise _RefusedError(HTTPStatus.BAD_REQUEST, message) from error


def _refuse_updates(parameters: Sequence[tuple[str, str]]) -> None:
    if any(name == "update" for name, _ in parameters):
        raise _RefusedError(HTTPStatus.FORBIDDEN, "updates are refused: the graph is only read")


def _without_query(request: Request, asked: _Asked, context: Context) -> Response:
    """What the endpoint says of itself, or the page where queries are written."""
    if asked.wants_page:
        return RedirectResponse(f"{context.base_url}/query", HTTPStatus.SEE_OTHER, headers=_VARY)
    form = next((form for form in asked.forms if form in PREFERRED_TRIPLES), None)
    if form is None:
        message = "there is no query; the endpoint describes itself in Turtle, N-Triples and RDF/XML only"
        raise _RefusedError(HTTPStatus.NOT_ACCEPTABLE, message)
    address = str(request.url.replace(query="", fragment=""))
    content = service_description(address, context.queries.namespaces, form)
    return Response(content, media_type=_content_type(form), headers=_VARY)


def _content_type(form: str) -> str:
    media_type = MEDIA_TYPES[form]
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _line(message: str, status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    content = f"{' '.join(message.split())}\n".encode("utf-8", "backslashreplace")
    return PlainTextResponse(content, status, headers={**_VARY, **(headers or {})})
