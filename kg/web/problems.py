"""Answers as programs read them: JSON, and errors as problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

MEDIA_TYPE: Final = "application/problem+json"


class AsciiJson(JSONResponse):
    """JSON in ASCII, whose escapes hold what UTF-8 cannot: half characters, which texts of strangers may have."""

    def render(self, content: Any) -> bytes:
        """The content as bytes; raises ValueError where it holds what is no JSON."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    type: str = Field(
        default="about:blank", description="always about:blank: the status says what kind of problem it is"
    )
    title: str = Field(description="the status in words", examples=["Not Found"])
    status: int = Field(description="the HTTP status", examples=[404])
    detail: str = Field(description="one line that says what is wrong", examples=["there is no node dataset/Nowhere"])


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A response that tells of a problem."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return AsciiJson(told.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)
