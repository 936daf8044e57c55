"""The explorer in a real browser: what a reader does there, and that nothing is asked of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.browser import PHONE, Opened
from tests.web.hostile import FOR_SERVERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame

DRAWN = "() => performance.getEntriesByName('kg-drawn').length > 0"
PAGES = (
    "/",
    "/search?q=net",
    "/node/paper/resnet-2015",
    "/node/method/ResNet",
    "/node/dataset/ImageNet",
    "/node/result/resnet-2015/1",
    "/edge?source=paper/resnet-2015&relation=uses&target=dataset/ImageNet",
    "/edges/dataset/ImageNet?relation=uses&direction=in",
    "/boards/dataset/ImageNet",
    "/results/metric/accuracy",
    "/graph/dataset/ImageNet",
    "/query",
    "/explain",
    "/api",
)
QUERY = """SELECT ?method ?dataset (COUNT(?paper) AS ?papers) {
  ?method kgo:evaluatedOn ?dataset . ?paper kgo:uses ?method
} GROUP BY ?method ?dataset ORDER BY ?method LIMIT 9"""
LOOKS = ["color-contrast", "link-in-text-block", "target-size"]
"""What may be wrong on a phone or in the dark alone."""


@pytest.fixture
def opened(browser: Browser, examples_served: str) -> Iterator[Opened]:
    """The explorer, opened; afterwards the browser must have had nothing to complain about, nor asked anybody else."""
    with Opened(browser, examples_served) as page:
        yield page
        page.check()


def frame_of(opened: Opened) -> Frame:
    """The map in its frame, once it is drawn."""
    frame = opened.page.frame_locator("iframe.map").owner.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function(DRAWN)
    return frame


def test_search_is_completed_by_the_keyboard(opened: Opened) -> None:
    """The slash goes to the search, the arrows through what is offered, and Enter to its page."""
    opened.go("/node/method/ResNet")
    opened.page.keyboard.press("/")
    opened.page.keyboard.type("imagen")
    opened.page.get_by_role("option", name="ImageNet").first.wait_for()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_url("**/node/dataset/ImageNet")
    assert opened.page.get_by_role("heading", level=1).inner_text() == "ImageNet"


def test_search_without_a_choice_leads_to_what_is_found(opened: Opened) -> None:
    """Enter alone asks for all that is called so, which a kind narrows."""
    opened.page.get_by_role("combobox").fill("detection")
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_url("**/search?q=detection")
    assert opened.page.get_by_role("link", name="object detection").count() > 0


def test_a_mention_leads_to_its_thing_and_a_thing_to_the_sentence(opened: Opened) -> None:
    """From a paper's abstract to a thing, to the paper that used it, to the words that say so."""
    opened.go("/node/paper/resnet-2015")
    opened.page.locator(".abstract a.mention.dataset", has_text="ImageNet").first.click()
    opened.page.wait_for_url("**/node/dataset/ImageNet")
    opened.page.goto(f"{opened.address}/edges/dataset/ImageNet?relation=uses&direction=in")
    opened.page.locator(".statement", has_text="Deep Residual Learning").get_by_role("link", name="why").click()
    opened.page.wait_for_url("**/edge?*")
    assert "ImageNet" in opened.page.locator(".sentence mark").all_inner_texts()


def test_a_map_leads_on(opened: Opened) -> None:
    """A map opens at its node, draws more of it, and leads to the page of another node and to the map around that."""
    opened.go("/graph/dataset/ImageNet")
    frame = frame_of(opened)
    assert frame.evaluate("() => kg.selected()") == "dataset/ImageNet"
    before = frame.evaluate("() => kg.drawn().length")
    assert before > 10
    frame.evaluate("() => kg.select('method/ResNet')")
    frame.get_by_role("link", name="Map around it").click()
    opened.page.wait_for_url("**/graph/method/ResNet")
    frame = frame_of(opened)
    assert frame.evaluate("() => kg.selected()") == "method/ResNet"
    frame.get_by_role("link", name="In the explorer ↗").click()
    opened.page.wait_for_url("**/node/method/ResNet")


def test_the_map_can_be_filtered(opened: Opened) -> None:
    """Unticking a kind takes it off the map."""
    opened.go("/graph")
    frame = frame_of(opened)
    assert any(key.startswith("method/") for key in frame.evaluate("() => kg.drawn()"))
    frame.get_by_label("Method", exact=True).uncheck(force=True)
    assert not any(key.startswith("method/") for key in frame.evaluate("() => kg.drawn()"))


def test_a_query_is_answered_as_a_table_a_chart_and_a_graph(opened: Opened) -> None:
    """The keyboard asks; the answer is a table that leads to nodes, bars, a graph, and a file."""
    opened.go("/query")
    opened.page.get_by_label("Query").fill(QUERY)
    opened.page.keyboard.press("Control+Enter")
    opened.page.wait_for_url("**/query?*evaluatedOn*")
    assert opened.page.locator("table.rows tbody tr").count() > 3
    for view, drawn in (("Bars", "svg rect"), ("Graph", "svg.net a")):
        opened.page.get_by_label("How the answer is shown").get_by_role("link", name=view).click()
        opened.page.locator(f".answer {drawn}").first.wait_for()
    with opened.page.expect_download() as started:
        opened.page.locator(".answer").get_by_role("link", name="CSV").click()
    assert Path(started.value.path()).read_text("utf-8").startswith("method,dataset,papers")
    opened.page.get_by_label("How the answer is shown").get_by_role("link", name="Table").click()
    opened.page.locator("table.rows tbody a").first.click()
    opened.page.wait_for_url("**/node/method/*")


def test_a_text_is_explained(opened: Opened) -> None:
    """What is read in a pasted text is marked in it, and listed with the rule that says so."""
    opened.go("/explain")
    opened.page.get_by_label("Abstract").fill("We propose FooNet, which reaches 92.3% accuracy on ImageNet.")
    opened.page.get_by_role("button", name="Explain").click()
    opened.page.locator(".abstract a.mention.introduced", has_text="FooNet").wait_for()
    assert opened.page.get_by_role("link", name="method.propose-name").count() > 0


def test_results_are_downloaded(opened: Opened) -> None:
    """What a page shows can be had as a file."""
    opened.go("/node/dataset/ImageNet")
    with opened.page.expect_download() as started:
        opened.page.get_by_role("link", name="Papers as BibTeX").click()
    assert "@" in Path(started.value.path()).read_text("utf-8")


SCHEMES = {
    "light, wide": (PAGES, {"color_scheme": "light"}, {}),
    "dark, phone": (PAGES[::2], {"color_scheme": "dark", **PHONE}, {"runOnly": {"type": "rule", "values": LOOKS}}),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_can_be_used_by_all(browser: Browser, examples_served: str, scheme: str) -> None:
    """No check of axe finds a serious fault on any kind of page, and nothing runs out at the side."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    pages, options, rules = SCHEMES[scheme]
    with Opened(browser, examples_served, **options) as opened:
        for page in pages:
            opened.go(page)
            found = axe.run(opened.page, options={"resultTypes": ["violations"], **rules}).response["violations"]
            serious = [
                (fault["id"], [node["html"][:200] for node in fault["nodes"]])
                for fault in found
                if fault["impact"] in {"serious", "critical"}
            ]
            assert serious == [], page
            assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page
        opened.check()


def test_what_is_not_there_is_said(browser: Browser, examples_served: str) -> None:
    """An address that leads nowhere shows a page that leads on."""
    with Opened(browser, examples_served) as opened:
        opened.go("/node/method/ResNet_of_nobody")
        assert opened.page.locator("main").get_by_role("link", name="ResNet").count() > 0
        assert [text for text in opened.complaints if "404" not in text] == []
        assert opened.foreign() == []


def test_hostile_texts_are_inert(browser: Browser, hostile_served: str) -> None:
    """Whatever names and sentences contain is shown as text: nothing runs, loads or breaks."""
    with Opened(browser, hostile_served) as opened:
        for text in FOR_SERVERS:
            opened.page.goto(f"{hostile_served}/search?{urlencode({'q': text})}")
        opened.page.goto(f"{hostile_served}/search?type=Paper&q=")
        opened.page.get_by_role("combobox").first.press_sequentially("java")
        opened.page.get_by_role("option").first.wait_for()
        nodes = "(all) => [...new Set(all.map((a) => a.getAttribute('href')))].filter((a) => a.startsWith('/node/'))"
        papers = opened.page.eval_on_selector_all("main a[href]", nodes)
        assert len(papers) > 20
        for paper in papers:
            opened.page.goto(hostile_served + paper)
            assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), paper
            assert opened.page.evaluate("() => window.pwned") is None
        opened.page.goto(f"{hostile_served}/graph")
        assert frame_of(opened).evaluate("() => window.pwned") is None
        opened.check()
