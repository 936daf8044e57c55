"""The page that explains a text, and the pages of the rules."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import unquote

import httpx
import pytest

import kg
from kg.rule_entries import rule_entries
from kg.rulebook import Rulebook
from kg.web.explain_pages import WITHOUT_ENTRY
from kg.web.readings import LONGEST_TEXT
from tests.web.crawling import Seen
from tests.web.hostile import TEXTS

TITLE = "FooNet: A Small Network"
TEXT = "We propose FooNet, which reaches 92.3% accuracy on ImageNet, 1.2 points more than ResNet-50, with 24 layers."


@pytest.fixture(scope="module")
def client(examples_served: str) -> Iterator[httpx.Client]:
    """A client of the explorer of the examples."""
    with httpx.Client(base_url=examples_served, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def explained(client: httpx.Client) -> str:
    """The page about a title and an abstract."""
    answer = client.post("/explain", data={"title": TITLE, "text": TEXT})
    assert answer.status_code == HTTPStatus.OK
    assert Seen(answer.text).could_run == []
    return answer.text


def marked(page: str) -> list[str]:
    """The words of a text that are marked."""
    return [html.unescape(found) for found in re.findall(r'<a class="mention [^>]*>([^<]*)</a>', page)]


def test_it_marks_what_is_extracted(explained: str) -> None:
    """Every mention and every result of the extraction is marked, in its order, and nothing else."""
    paper = kg.Paper(id="text", title=TITLE, abstract=TEXT)
    (extraction,) = kg.extract([paper])
    found = [(m.field != "title", m.start, m.text) for entity in extraction.entities for m in entity.mentions]
    found += [(True, one.evidence.start, one.evidence.text) for one in extraction.results]
    assert marked(explained) == [text for _, _, text in sorted(found)]
    assert len(found) > 5


def test_it_tells_what_won_and_what_lost(explained: str) -> None:
    """Every proposal of kg.explain is there with its rule, which leads to its page; losers say why."""
    proposals = kg.explain(kg.Paper(id="text", title=TITLE, abstract=TEXT))
    rules = {unquote(link.removeprefix("/rules/")) for link in Seen(explained).links if link.startswith("/rules/")}
    assert {one.rule for one in proposals} <= rules
    assert f'Everything that was proposed <span class="count">{len(proposals)}</span>' in explained
    text = html.unescape(explained)
    assert all(one.note in text for one in proposals)
    assert "no rule takes it for a result" in text
    assert "also said by" in text


def test_marks_lead_to_the_proposals(explained: str) -> None:
    """Each mark, and each result, leads to a place on the page, of which there is one."""
    anchors = re.findall(r' id="((?:title|abstract)-\d+)"', explained)
    assert len(anchors) == len(set(anchors))
    targets = {link[1:] for link in Seen(explained).links if re.match(r"#(?:title|abstract)-", link)}
    assert targets
    assert targets <= set(anchors)


def test_what_the_graph_knows_is_linked(explained: str) -> None:
    """A thing that the graph has leads to its page; one that it has not does not."""
    assert "/node/dataset/ImageNet" in Seen(explained).links
    assert not any("FooNet" in link for link in Seen(explained).links if link.startswith("/node/"))


def test_a_short_text_has_an_address(client: httpx.Client, explained: str) -> None:
    """What is short can be passed on as an address, which shows the same; what is long cannot."""
    (link,) = [link for link in Seen(explained).links if link.startswith("/explain?")]
    assert marked(client.get(link).text) == marked(explained)
    answer = client.post("/explain", data={"text": TEXT * 20})
    assert answer.status_code == HTTPStatus.OK
    assert not [link for link in Seen(answer.text).links if link.startswith("/explain?")]


def test_nothing_and_too_much(client: httpx.Client) -> None:
    """Without a text there is the form with an example; what is too long is refused."""
    for answer in (client.get("/explain"), client.post("/explain", data={"text": " \n"})):
        assert answer.status_code == HTTPStatus.OK
        assert "Everything that was proposed" not in answer.text
    (link,) = [link for link in Seen(client.get("/explain").text).links if link.startswith("/explain?")]
    assert "92.3%" in marked(client.get(link).text)
    answer = client.post("/explain", data={"text": "x" * (LONGEST_TEXT + 1)})
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert f"more than {LONGEST_TEXT:,} characters" in answer.text


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts_are_inert(client: httpx.Client, text: str) -> None:
    """Whatever is pasted is shown as text."""
    sent = f"We propose {text[:2000]} and train {text[:2000]} on ImageNet.".encode("utf-8", "replace").decode()
    answer = client.post("/explain", data={"title": sent, "text": sent})
    assert answer.status_code == HTTPStatus.OK
    seen = Seen(answer.text)
    assert seen.could_run == []
    assert "49" not in seen.text.split()


def test_every_rule_has_a_page(client: httpx.Client, rulebook: Rulebook) -> None:
    """The list leads to a page for each rule, which says why it is there, with its text and its examples."""
    links = set(Seen(client.get("/rules").text).links)
    entries = {entry.id: entry for entry in rule_entries(rulebook)}
    assert {f"/rules/{name}" for name in entries} <= links
    for name in sorted(entries)[::12]:
        entry = entries[name]
        page = client.get(f"/rules/{name}")
        assert page.status_code == HTTPStatus.OK
        shown = html.unescape(page.text)
        assert f"{entry.kind} · {entry.file}, line {entry.line}" in shown
        assert entry.reason in shown
        assert entry.text in shown
    page = client.get("/rules/introduced.propose").text
    assert "<mark>FooNet</mark>" in page


def test_what_is_no_rule(client: httpx.Client) -> None:
    """What stands for several rules is explained; any other id is not found."""
    for name, said in WITHOUT_ENTRY.items():
        assert said in client.get(f"/rules/{name}").text
    assert client.get("/rules/no.such").status_code == HTTPStatus.NOT_FOUND
