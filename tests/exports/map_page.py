"""The exported page in a browser, and what tests ask it."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from tests.browser import Opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DRAWN = "performance.getEntriesByName('kg-drawn').length > 0"


def write_page(graph: nx.MultiDiGraph[str], path: Path, **options: Any) -> Path:
    """The page of a graph, written by the exporter as it is installed."""
    entry_points(group="kg.exporters")["html"].load()(graph, path, **options)
    return path


class MapPage(Opened):
    """The page, opened; a canvas cannot be asked, so what is on the map is asked of ``window.kg``."""

    def __init__(self, browser: Browser, address: Path | str, **options: Any) -> None:
        super().__init__(browser, address, ready=DRAWN, **options)

    def start_anew(self) -> None:
        """Go back to the overview, with nothing pinned, nothing hidden and no filter."""
        if "pin=" in self.page.evaluate("() => kg.address()"):
            self.go_to("")
        self.page.evaluate("() => { kg.reset(); document.activeElement?.blur(); }")
        if self.page.locator("#filters").is_visible():
            self.page.locator("#filter").click()
        self.complaints.clear()

    def go_to(self, hash_: str) -> None:
        """Follow a link to another place of the page."""
        self.page.evaluate("(hash) => { location.hash = hash || '#-'; }", hash_)
        self.settle()

    def where(self, key: str) -> tuple[float, float]:
        """A node's place on the screen."""
        place = self.page.evaluate("(key) => kg.where(key)", key)
        return place["x"], place["y"]

    def select(self, key: str) -> None:
        """Select a node and wait until it is drawn."""
        assert self.page.evaluate("(key) => kg.select(key)", key)
        self.settle()

    def selected(self) -> str | None:
        """The key of the selected node."""
        return self.page.evaluate("() => kg.selected()")

    def drawn(self) -> set[str]:
        """The keys of the nodes on the map."""
        return set(self.page.evaluate("() => kg.drawn()"))

    def lines(self) -> set[tuple[str, str]]:
        """The pairs of keys that a line on the map ties."""
        return {(low, high) for low, high in self.page.evaluate("() => kg.lines()")}

    def click(self, key: str) -> None:
        """Click a node on the map."""
        self.page.mouse.click(*self.where(key))
        self.page.wait_for_function("(key) => kg.selected() === key", arg=key)
        self.settle()
