"""A walk along the links of the explorer, as a client sees them that runs nothing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

HTML = "text/html"
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "poster", "srcset"})


class Seen(HTMLParser):
    """What a page is made of: its links, its visible text, and whatever could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.could_run: list[str] = []
        self.text = ""
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        attributes = dict(attrs)
        if tag in {"object", "embed", "base"} or (
            tag == "script" and not (attributes.get("src") or "").startswith("/static/")
        ):
            self.could_run.append(f"<{tag}> {attributes}")
        for name, value in attributes.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.could_run.append(f"<{tag} {name}={value!r}>")
            elif name in _ADDRESSES:
                self._follow(tag, value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        """Read a text."""
        if not self._inside:
            self.text += data

    def _follow(self, tag: str, address: str) -> None:
        try:
            scheme = urlsplit(address.strip()).scheme.lower()
        except ValueError:
            scheme = "broken"
        if scheme not in {"", "http", "https"} and not (tag == "link" and scheme == "data"):
            self.could_run.append(f"<{tag}> to {address!r}")
        self.links.append(address)


def crawl(client: httpx.Client, start: str, most: int) -> Iterator[httpx.Response]:
    """Follow the links within the explorer, at most so many to addresses that begin alike."""
    waiting = deque([start])
    known = {start}
    counted: Counter[str] = Counter()
    while waiting:
        answer = client.get(waiting.popleft())
        yield answer
        if not answer.headers.get("content-type", "").startswith(HTML) or answer.url.path.startswith("/map"):
            continue
        own = urlsplit(str(answer.url))
        for link in Seen(answer.text).links:
            parts = urlsplit(urldefrag(urljoin(str(answer.url), link))[0])
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if target in known or parts.netloc != own.netloc:
                continue
            known.add(target)
            place = parts.path.split("/")[1]
            if counted[place] < most:
                counted[place] += 1
                waiting.append(target)
