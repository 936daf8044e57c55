"""What is shown where a page cannot be: what was not found and what is like it, or what went wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kg.catalogue.reading import Hit
from kg.errors import KgError
from kg.iris import unslug
from kg.web.context import context_of
from kg.web.problems import problem
from kg.web.queries import retry_headers, status_of
from kg.web.rendering import page
from kg.web.security import HEADERS

_FOR_MACHINES: Final = ("/api", "/sparql", "/suggest", "/static")
"""Where errors are JSON: problem details."""
_NEAR: Final = 8


def add_to(app: FastAPI) -> None:
    """Let an app answer with these pages."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if _for_machines(request):
            return problem(error.status_code, str(error.detail), error.headers)
        return _error_page(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def misunderstood(request: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        if _for_machines(request):
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, said)
        return _error_page(request, HTTPStatus.BAD_REQUEST, said)

    @app.exception_handler(KgError)
    async def failed(request: Request, error: KgError) -> Response:
        if _for_machines(request):
            return problem(status_of(error), str(error), retry_headers(error))
        return _error_page(request, HTTPStatus.BAD_REQUEST, str(error))

    @app.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        # made outside of what gives other responses their headers
        said = f"{type(error).__name__} - this should not happen; please report it with what kg serve printed"
        return PlainTextResponse(said, HTTPStatus.INTERNAL_SERVER_ERROR, headers=dict(HEADERS))


def _for_machines(request: Request) -> bool:
    return request.url.path.startswith(_FOR_MACHINES)


def _error_page(request: Request, status: int, message: str) -> Response:
    asked = unslug(request.path_params.get("key", "").rpartition("/")[2]) if status == HTTPStatus.NOT_FOUND else ""
    return page(
        request,
        "error.html",
        status=status,
        code=status,
        phrase=HTTPStatus(status).phrase,
        message=message,
        asked=asked,
        near=_near(request, asked),
    )


def _near(request: Request, name: str) -> list[Hit]:
    """Names that begin like one that is not there, else those with one of its words, the longest word first."""
    search = context_of(request).catalogue.search
    tried = (name, *sorted(name.split(), key=len, reverse=True)) if name.strip() else ()
    return next(filter(None, (search(words, limit=_NEAR) for words in tried)), [])
