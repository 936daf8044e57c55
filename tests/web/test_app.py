"""The explorer as a whole: where its links lead, what it keeps, and what it says where there is nothing."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from kg.catalogue.opening import open_catalogue
from kg.web.app import create_app
from tests.web.crawling import HTML, Seen, crawl


def test_every_link_leads_to_something(examples_served: str) -> None:
    """Whoever follows the links of the explorer of the examples finds what each of them promises."""
    visited = 0
    with httpx.Client(base_url=examples_served, timeout=60) as client:
        for answer in crawl(client, "/", most=20):
            assert answer.status_code == httpx.codes.OK, answer.url
            assert "content-security-policy" in answer.headers
            visited += 1
    assert visited > 120


@pytest.mark.parametrize("path", ["/", "/search?q=resnet", "/node/dataset/ImageNet", "/node/nothing"])
def test_pages_are_whole(explorer: TestClient, path: str) -> None:
    """A page has a title, one heading of the first order, landmarks, and a link past the top."""
    answer = explorer.get(path)
    seen = Seen(answer.text)
    assert answer.headers["content-type"].startswith(HTML)
    for tag in ("h1", "main", "title>", 'nav aria-label="Explorer"', 'header class="top"'):
        assert len(re.findall(f"<{tag}", answer.text.partition('<svg class="years')[0])) == 1, tag
    assert '<a class="skip" href="#content">' in answer.text
    assert '<html lang="en">' in answer.text
    assert seen.could_run == []


def test_static_files_are_kept(explorer: TestClient) -> None:
    """An address with a file's hash may be kept for a year; any other is asked for again, and is answered briefly."""
    page = explorer.get("/").text
    address = next(link for link in Seen(page).links if "site.css" in link)
    assert "immutable" in explorer.get(address).headers["cache-control"]
    plain = explorer.get("/static/site.css")
    assert plain.headers["cache-control"] == "no-cache"
    again = explorer.get("/static/site.css", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/templates/base.html"])
def test_only_static_files_are_static(explorer: TestClient, path: str) -> None:
    """No other file of the program, or of the machine, can be had."""
    assert explorer.get(path).status_code == 404


def test_what_is_not_there_suggests_what_is(explorer: TestClient) -> None:
    """A wrong address of a node names what is called like it."""
    answer = explorer.get("/node/dataset/Imagen")
    assert answer.status_code == 404
    assert "/node/dataset/ImageNet" in Seen(answer.text).links
    answer = explorer.get("/node/method/deep_resnets")
    assert "/node/method/ResNet-50" in Seen(answer.text).links or "/node/method/ResNet" in Seen(answer.text).links


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/node/", 404),
        ("/node/paper/nothing", 404),
        ("/edge?source=a&relation=b&target=c", 404),
        ("/edge?source=a", 400),
        ("/edges/dataset/ImageNet?relation=introduces&direction=sideways", 400),
        ("/edges/dataset/ImageNet?relation=hasTask&direction=in", 404),
        ("/search?type=Result", 400),
        ("/search?page=0", 400),
        ("/search?q=net&page=x", 400),
        ("/boards/dataset/ImageNet?least=2", 400),
        ("/download/dataset/ImageNet?as=exe", 400),
        ("/download/dataset/nothing?as=csv", 404),
    ],
)
def test_wrong_addresses_are_answered_with_a_page(explorer: TestClient, path: str, status: int) -> None:
    """What cannot be shown is a page that says so, with a way on."""
    answer = explorer.get(path)
    assert answer.status_code == status
    assert "/search" in Seen(answer.text).links


def test_a_page_beyond_the_last_is_empty(explorer: TestClient) -> None:
    """Counting on past the end is no mistake."""
    for path in ("/search?type=Dataset&page=999", "/results/dataset/ImageNet?page=999", "/search?q=net&page=999"):
        assert explorer.get(path).status_code == 200


def test_explorer_can_stand_below_another_site(examples_folder: Path) -> None:
    """All links begin with the base, which the proxy before the explorer takes away."""
    catalogue = open_catalogue(examples_folder)
    app = create_app(catalogue, graph_path=examples_folder, base_url="/below/")
    client = TestClient(app, base_url="http://localhost")
    for path in ("/", "/node/dataset/ImageNet", "/search?q=net", "/nothing"):
        links = Seen(client.get(path).text).links
        assert links
        assert [link for link in links if not link.startswith(("/below/", "#", "https://"))] == []
    catalogue.close()
