"""A real browser for the tests of pages, with the network off unless a test serves something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: Final = {"width": 1400, "height": 900}
PHONE: Final = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once a module: while Playwright runs, ``asyncio.run`` cannot be called."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the Python package playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM} (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield launched
        launched.close()


class Opened:
    """A page that was opened, and what the browser had to say about it.

    A path is opened from disk with the network off; an address may ask its own server, and nobody else.
    ``ready`` is an expression of JavaScript to wait for; ``options`` are those of Playwright's ``new_context``.
    """

    def __init__(self, browser: Browser, address: Path | str, *, ready: str | None = None, **options: Any) -> None:
        self.address = address.as_uri() if isinstance(address, Path) else address
        self.ready = ready
        self.context: BrowserContext = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        self.context.set_offline(isinstance(address, Path))
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._refuse)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.go()

    def go(self, rest: str = "") -> None:
        """Load the page anew, at what follows its address (a hash, a query), and wait until it is ready."""
        self.page.goto("about:blank")
        self.page.goto(self.address + rest)
        if self.ready:
            self.page.wait_for_function(self.ready)

    def settle(self) -> None:
        """Wait for two frames."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def foreign(self) -> list[str]:
        """The addresses that the page asked for elsewhere than where it came from."""
        scheme, _, rest = self.address.partition("://")
        own = f"{scheme}://{rest.partition('/')[0]}/"
        return [url for url in self.requests if not url.startswith((own, "data:", "about:", "blob:"))]

    def check(self) -> None:
        """The browser had nothing to complain about, and nobody else was asked for anything."""
        assert self.complaints == []
        assert self.foreign() == []

    def close(self) -> None:
        """Close it."""
        self.context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _refuse(self, dialog: Any) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()


def serious_findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical on a page, a line each; open the page with ``bypass_csp=True``."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
