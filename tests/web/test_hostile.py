"""What strangers wrote into a graph, and what strangers ask of the explorer, is shown as text and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.web.crawling import HTML, Seen, crawl
from tests.web.hostile import EVALUATED, TEXTS

SENT = [text.encode("utf-8", "replace").decode() for text in TEXTS]
"""The texts as an address can hold them."""


@pytest.fixture(scope="module")
def client(hostile_served: str) -> Iterator[httpx.Client]:
    """A client of the explorer of the hostile papers."""
    with httpx.Client(base_url=hostile_served, timeout=60) as opened:
        yield opened


def check(answer: httpx.Response) -> None:
    """Nothing in an answer could run, nothing was evaluated, and nothing leaked into its headers."""
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, answer.url
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.headers.get("content-type", "").startswith(HTML) and not answer.url.path.startswith("/map"):
        seen = Seen(answer.text)
        assert seen.could_run == [], answer.url
        assert EVALUATED not in seen.text, answer.url


def test_every_link_leads_to_what_can_be_shown(client: httpx.Client) -> None:
    """Of whatever texts they are made, links lead to what is there, and nothing there can run."""
    visited = 0
    for answer in crawl(client, "/", most=40):
        assert answer.status_code == httpx.codes.OK, answer.url
        check(answer)
        visited += 1
    assert visited > 200


ASKED = (
    "/search?q={}",
    "/suggest?q={}",
    "/node/{}",
    "/edge?source={}&relation=uses&target=x",
    "/graph/{}",
    "/graph?keys={}",
    "/download?as=csv&q={}",
    "/query?query={}",
    "/sparql?query={}",
    "/api/v1/search?q={}",
    "/api/v1/node?key={}",
)


@pytest.mark.parametrize("path", ASKED)
def test_whatever_is_asked_for_is_answered(client: httpx.Client, path: str) -> None:
    """Whatever stands in an address, the answer is a page or says what is wrong, and nothing of it can run."""
    for text in SENT:
        check(client.get(path.format(quote(text, safe=""))))
