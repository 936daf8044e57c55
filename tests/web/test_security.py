"""Who is answered, how much may be sent, and what every answer says to the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.testclient import TestClient

from kg.catalogue.opening import open_catalogue
from kg.web.app import create_app
from kg.web.security import HEADERS, LONGEST_BODY, POLICY


@pytest.mark.parametrize(
    "path", ["/", "/search?q=net", "/node/dataset/ImageNet", "/suggest?q=im", "/static/site.css", "/nowhere", "/node/x"]
)
def test_every_answer_protects_its_reader(explorer: TestClient, path: str) -> None:
    """Pages, JSON, files and errors have the content security policy and the other headers."""
    answer = explorer.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert HEADERS.keys() <= answer.headers.keys()


def test_policy_allows_nothing_inline() -> None:
    """No script or style runs but from a file of the explorer."""
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none';")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "", "127.0.0.1.evil.example"]
)
def test_other_hosts_are_refused(explorer: TestClient, host: str) -> None:
    """A foreign name that leads to this machine is not answered, so that no page elsewhere reads the graph."""
    answer = explorer.get("/node/dataset/ImageNet", headers={"host": host})
    assert answer.status_code == 400
    assert "ImageNet" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_is_answered(explorer: TestClient, host: str) -> None:
    """The names of this machine are known, with any port."""
    assert explorer.get("/", headers={"host": host}).status_code == 200


def test_further_hosts_can_be_allowed(examples_folder: Path) -> None:
    """Where others may read the graph, the name by which they come is allowed, and no other."""
    catalogue = open_catalogue(examples_folder)
    app = create_app(catalogue, graph_path=examples_folder, allowed_hosts=["graphs.example"])
    client = TestClient(app, base_url="http://graphs.example")
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "localhost"}).status_code == 400
    catalogue.close()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(explorer: TestClient, method: str) -> None:
    """There is no method that changes anything, and no other page is told that it may ask."""
    answer = explorer.request(method, "/", headers={"origin": "https://evil.example"})
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/", "/node/dataset/ImageNet", "/static/site.css", "/node/nothing"])
def test_head_is_get_without_a_body(explorer: TestClient, path: str) -> None:
    """HEAD has the status and the headers of GET."""
    asked, whole = explorer.head(path), explorer.get(path)
    assert asked.content == b""
    assert asked.status_code == whole.status_code
    assert asked.headers["content-length"] == whole.headers["content-length"]


def test_bodies_are_limited(explorer: TestClient) -> None:
    """Who sends too much is refused before it is kept; the largest body that may be is passed on whole."""
    assert explorer.post("/", content=b"x" * (LONGEST_BODY + 1)).status_code == 413
    assert explorer.post("/", content=b"x" * LONGEST_BODY).status_code == 405


def test_routes_may_have_a_policy_of_their_own(examples_folder: Path) -> None:
    """What a route says of itself stays; what went wrong within says nothing of what it was."""
    catalogue = open_catalogue(examples_folder)
    app = create_app(catalogue, graph_path=examples_folder)

    async def own(_request: Request) -> Response:
        return HTMLResponse("", headers={"content-security-policy": "default-src 'self'"})

    async def echo(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    async def broken(_request: Request) -> Response:
        raise ValueError("/home/somebody/secret")

    app.add_route("/own", own)
    app.add_route("/echo", echo, methods=["POST"])
    app.add_route("/broken", broken)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    assert client.get("/own").headers["content-security-policy"] == "default-src 'self'"
    assert client.post("/echo", content=b"a" * LONGEST_BODY).content == b"a" * LONGEST_BODY
    failed = client.get("/broken")
    assert failed.status_code == 500
    assert "secret" not in failed.text
    assert failed.headers["content-security-policy"] == POLICY
    catalogue.close()
