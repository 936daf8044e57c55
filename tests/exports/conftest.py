"""The page of 340 made-up papers, written once and opened once a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from tests.exports.made_graph import made_graph
from tests.exports.map_page import MapPage, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def graph() -> nx.MultiDiGraph[str]:
    """340 made-up papers."""
    return made_graph(340, 2000)


@pytest.fixture(scope="session")
def written(graph: nx.MultiDiGraph[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their page."""
    return write_page(graph, tmp_path_factory.mktemp("page") / "graph.html")


@pytest.fixture(scope="module")
def shared_page(browser: Browser, written: Path) -> Iterator[MapPage]:
    """Their page, opened from disk with the network off."""
    with MapPage(browser, written) as page:
        yield page


@pytest.fixture
def opened(shared_page: MapPage) -> Iterator[MapPage]:
    """The page at its overview; afterwards the browser must have had nothing to complain about, nor asked anybody."""
    shared_page.start_anew()
    yield shared_page
    shared_page.check()
