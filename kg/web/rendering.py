"""Templates turned into pages: escaped throughout, and an error where a name is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kg.web.context import context_of

STATIC: Final = Path(__file__).parent / "static"

_SCHEMES: Final = frozenset({"http", "https"})
_BASE: Final = "base_url"
_SHORT: Final = 8


def environment(base_url: str = "", **values: object) -> Environment:
    """The environment of all templates; ``values`` are known to each of them, and ``base_url`` begins every address."""
    templates = Environment(
        loader=PackageLoader("kg.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "number": number,
        "bdi": bdi,
        "node_url": _node_url,
        "web_address": web_address,
        "plural": plural,
        "shortened": shortened,
    }
    templates.globals |= {_BASE: base_url, "url": _url, "static_url": _static_url, **values}
    return templates


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page of a template and what it shows; a character that UTF-8 cannot hold is shown by its number."""
    written = context_of(request).templates.get_template(template).render(request=request, **values)
    return HTMLResponse(written.encode("utf-8", "backslashreplace"), status_code=status)


def number(value: float) -> str:
    """A number with commas between its thousands: ``84,442``, ``1,234.5``."""
    return f"{value:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """A count and what is counted: "1 paper", "1,200 papers"."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def shortened(text: str, most: int = 140) -> str:
    """A text of at most ``most`` characters, cut with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def bdi(text: object) -> Markup:
    """A foreign text whose direction of writing does not spill over to what stands around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def web_address(address: object) -> str:
    """An address that a link may have: of http or https and with a host; empty for any other."""
    if not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address)
        known = parts.scheme.lower() in _SCHEMES and bool(parts.hostname)
    except ValueError:
        return ""
    return address if known else ""


def node_path(key: str) -> str:
    """The path of a node's page: ``/node/`` and its key, each segment of which is percent-encoded."""
    return f"/node/{quote(key)}"


@pass_environment
def _node_url(templates: Environment, key: str) -> str:
    return f"{templates.globals[_BASE]}{node_path(key)}"


@pass_environment
def _url(templates: Environment, path: str, **parameters: object) -> str:
    """The address of a path of the explorer, with those parameters that have a value."""
    given = {name: value for name, value in parameters.items() if value not in (None, "", [], ())}
    query = urlencode(given, doseq=True, errors="surrogatepass")
    return f"{templates.globals[_BASE]}{path}{'?' if query else ''}{query}"


@pass_environment
def _static_url(templates: Environment, name: str) -> str:
    """The address of a static file, which changes with its content, so that it may be kept for ever."""
    return f"{templates.globals[_BASE]}/static/{name}?v={_hashes()[name]}"


@cache
def _hashes() -> Mapping[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:_SHORT] for file in STATIC.iterdir()}
