"""Maps: the pages with them, and the maps in their frames."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from kg.web.graph_pages import MOST_KEYS
from tests.web.crawling import Seen

TWO = "keys=dataset%2FImageNet&keys=method%2FResNet"


@pytest.mark.parametrize(
    ("page", "map_of_it", "heading"),
    [
        ("/graph", "/map", "What is named most"),
        ("/graph/dataset/ImageNet", "/map/dataset/ImageNet", "Around"),
        (
            "/graph?keys=dataset/ImageNet&keys=method/ResNet",
            "/map?keys=dataset%2FImageNet&keys=method%2FResNet",
            "2 nodes",
        ),
    ],
)
def test_a_page_frames_its_map(explorer: TestClient, page: str, map_of_it: str, heading: str) -> None:
    """The page has the top of the explorer and a frame with the map, which is an exported page at its node."""
    answer = explorer.get(page)
    assert heading in Seen(answer.text).text
    assert map_of_it in Seen(answer.text).links
    framed = explorer.get(map_of_it)
    assert framed.status_code == 200
    assert '"dataset/ImageNet"' in framed.text
    assert '"explorer":"/"' in framed.text


def test_a_map_keeps_its_own_policy(explorer: TestClient) -> None:
    """Only the explorer may frame a map, and in it runs what its own policy names by hash."""
    answer = explorer.get("/map/method/ResNet")
    assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.text)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "sha256-" in policy[1]


def test_a_map_of_nodes_has_these_nodes(explorer: TestClient) -> None:
    """Keys that the graph does not have are left out; the same keys give the same bytes."""
    address = "/map?keys=dataset/ImageNet&keys=method/Nothing"
    assert explorer.get(address).content == explorer.get(address).content
    assert '"dataset/ImageNet"' in explorer.get(address).text


@pytest.mark.parametrize("place", ["graph", "map"])
def test_what_cannot_be_drawn_is_said(explorer: TestClient, place: str) -> None:
    """A node that is not there is not found, and too many nodes are refused."""
    assert explorer.get(f"/{place}/method/Nothing").status_code == 404
    assert explorer.get(f"/{place}?keys=method/Nothing").status_code == 404
    too_many = "&".join(f"keys=method/{number}" for number in range(MOST_KEYS + 1))
    refused = explorer.get(f"/{place}?{too_many}")
    assert refused.status_code == 400
    assert str(MOST_KEYS) in refused.text
