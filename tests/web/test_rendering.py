"""What templates write, and what they refuse to."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from kg.iris import slug
from kg.web.rendering import STATIC, environment, node_path, web_address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://papers.example/",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/x",
        "/node/x",
        "https:",
        "https:///x",
        "http://[::1",
        "",
        None,
        7,
    ],
)
def test_only_addresses_of_the_web_are_links(address: object) -> None:
    """What is no address of http or https with a host is shown as no link."""
    assert web_address(address) == ""


@pytest.mark.parametrize("address", ["https://papers.example/a?b=c#d", "HTTP://papers.example", "http://[::1]/x"])
def test_addresses_of_the_web_stay_as_they_are(address: str) -> None:
    """A link leads where the paper says."""
    assert web_address(address) == address


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=40))
def test_path_of_a_node_gives_its_key_back(name: str) -> None:
    """A server that decodes the path once has the key, and nothing in it is a step, a query or a fragment."""
    key = f"method/{slug(name)}"
    path = node_path(key)
    assert unquote(path.removeprefix("/node/")) == key
    assert path.isascii()
    assert not {"?", "#", " ", '"', "<", "&"} & set(path)


def test_templates_escape_what_they_show() -> None:
    """A text is a text, in elements as in attributes."""
    shown = environment().from_string('<p title="{{ text }}">{{ text|bdi }}</p>').render(text='"><script>')
    assert shown == '<p title="&#34;&gt;&lt;script&gt;"><bdi>&#34;&gt;&lt;script&gt;</bdi></p>'


def test_what_is_missing_is_an_error() -> None:
    """A name that a page is not given is a mistake of ours, and found by any test of the page."""
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_addresses_begin_with_the_base() -> None:
    """Below a proxy, every address of the explorer begins with the path at which it stands there."""
    templates = environment("/graph")
    source = "{{ url('/search', q='a b', type='') }} {{ 'dataset/ImageNet'|node_url }} {{ static_url('site.css') }}"
    search, node, static = templates.from_string(source).render().split(" ")
    assert search == "/graph/search?q=a+b"
    assert node == "/graph/node/dataset/ImageNet"
    assert static.startswith("/graph/static/site.css?v=")


def test_every_template_can_be_compiled() -> None:
    """No template has a mistake in its syntax."""
    templates = environment()
    assert "paper.html" in templates.list_templates()
    for name in templates.list_templates():
        templates.get_template(name)


def test_styles_and_scripts_ask_for_nothing_elsewhere() -> None:
    """Static files name no address of the web, but for namespaces of SVG."""
    for file in STATIC.iterdir():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text, file.name
        assert "@import" not in text, file.name
