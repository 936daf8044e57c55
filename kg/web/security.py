"""What protects those who look at a graph: from what stands in it, and from other pages that their browser shows.

The texts of a graph are written by strangers. Templates escape them; the content security policy (W3C, Content
Security Policy Level 3) makes what should slip through inert: nothing is run or loaded but what the explorer itself
serves. The check of the host's name stops DNS rebinding, by which a foreign page reads what a local server says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-cache",
}
"""Every response has these; one that a route has set stays."""
LONGEST_BODY: Final = 1_000_000
"""How many bytes a request may send: more than any query or text to be explained has."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class SecureHeaders:
    """Gives every response the headers that protect its reader, and answers no method but GET, HEAD and POST.

    HEAD is answered as GET is, without the body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            elif message["type"] == "http.response.body" and is_head:
                message = {**message, "body": b""}
            await send(message)

        app: ASGIApp = self._app
        if scope["method"] not in _METHODS:
            app = PlainTextResponse("the explorer only reads", status_code=405, headers={"allow": "GET, HEAD, POST"})
        await app({**scope, "method": "GET"} if is_head else scope, receive, secured)


class LimitedBodies:
    """Refuses requests whose body is longer than LONGEST_BODY."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it, once its body is read."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # whoever asked has gone
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > LONGEST_BODY:
                refused = PlainTextResponse(f"a request may have no more than {LONGEST_BODY:,} bytes", status_code=413)
                await refused(scope, receive, send)
                return
        read = False

        async def again() -> Message:
            nonlocal read
            if read:
                return await receive()
            read = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)
