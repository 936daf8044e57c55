"""The page in a real browser, from disk, with the network off: finding, looking, opening, following."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from tests.browser import PHONE
from tests.exports.made_graph import ALPHA, HOSTILE, hostile_graph
from tests.exports.map_page import MapPage, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_opens_from_disk_with_the_network_off(opened: MapPage) -> None:
    """The page draws a few hundred nodes of every type, asks for nothing else and has nothing to complain about."""
    drawn = opened.drawn()
    assert 200 <= len(drawn) <= 320
    assert {key.split("/")[0] for key in drawn} == {"paper", "method", "dataset", "metric", "task"}
    assert len([url for url in opened.requests if url.startswith("file:")]) == 1


def test_search_finds_what_is_not_drawn(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """Typing a name and Enter selects the node, draws it and shows it in the panel."""
    hidden = min(key for key in graph if key.startswith("method/") and key not in opened.drawn())
    label = graph.nodes[hidden]["label"]
    opened.page.get_by_role("combobox").fill(label.upper())
    opened.page.keyboard.press("Enter")
    assert opened.selected() == hidden
    assert hidden in opened.drawn()
    assert opened.page.locator("#panel h2").inner_text() == label


def test_search_is_led_by_the_keyboard(opened: MapPage) -> None:
    """The slash goes to the search, the arrows through what is offered, and the marked one is taken."""
    opened.page.keyboard.press("/")
    opened.page.keyboard.type("willow")
    options = opened.page.locator("#found [role=option]")
    assert options.count() > 2
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    marked = opened.page.locator("#found [aria-selected=true]")
    assert marked.count() == 1
    assert marked.get_attribute("id") == opened.page.get_by_role("combobox").get_attribute("aria-activedescendant")
    name = marked.locator("bdi").first.inner_text()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("#panel h2").inner_text() == name
    assert not opened.page.locator("#found").is_visible()


def test_search_finds_by_another_name(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """A name that is not the label leads to the node that bears it."""
    key = max((key for key, node in graph.nodes(data=True) if len(node.get("names", ())) > 1), key=graph.degree)
    opened.page.get_by_role("combobox").fill(graph.nodes[key]["names"][1])
    opened.page.keyboard.press("Enter")
    assert opened.selected() == key


def test_search_says_when_nothing_is_found(opened: MapPage) -> None:
    """A name that nothing bears is answered."""
    opened.page.get_by_role("combobox").fill("no such thing anywhere")
    assert "Nothing is called that" in opened.page.locator("#found").inner_text()


def test_legend_hides_and_shows_a_type(opened: MapPage) -> None:
    """Unticking a type takes its nodes and their lines off the map; ticking brings them back."""
    before = opened.drawn()
    opened.page.get_by_label("Method", exact=True).uncheck(force=True)
    assert opened.drawn() == {key for key in before if not key.startswith("method/")}
    lines = opened.page.evaluate("() => kg.lines().flat()")
    assert lines
    assert not any(key.startswith("method/") for key in lines)
    opened.page.get_by_label("Method", exact=True).check(force=True)
    assert opened.drawn() == before


def test_click_on_a_node_shows_the_sentences(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """A click shows the node, and each sentence that its ties rest on with exactly the words marked."""
    key = max((key for key in opened.drawn() if key.startswith("method/")), key=graph.degree)
    opened.page.mouse.click(*opened.where(key))
    opened.page.wait_for_function("(key) => kg.selected() === key", arg=key)
    assert opened.page.locator("#panel h2").inner_text() == graph.nodes[key]["label"]
    expected = {
        (item["sentence"], item["text"])
        for _, _, edge in [*graph.in_edges(key, data=True), *graph.out_edges(key, data=True)]
        for item in edge["evidence"]
    }
    shown = opened.page.locator("#panel .evidence p").evaluate_all(
        "(all) => all.map((p) => [p.textContent, p.querySelector('mark')?.textContent])"
    )
    assert shown
    assert {tuple(pair) for pair in shown} <= expected
    assert any(ALPHA in sentence for sentence, _ in shown)


def test_click_on_a_line_shows_what_it_rests_on(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """A click on a line shows the sentence with its words, the rule, how sure it is, and the way to the paper."""
    paper = min(key for key in opened.drawn() if key.startswith("paper/"))
    opened.select(paper)
    ends = [line for line in opened.page.evaluate("() => kg.lines()") if paper in line]
    low, high = ends[0]
    (ax, ay), (bx, by) = opened.where(low), opened.where(high)
    for share in (0.5, 0.4, 0.6, 0.3, 0.7):
        opened.page.mouse.click(ax + share * (bx - ax), ay + share * (by - ay))
        if opened.page.locator("#panel .ends").count():
            break
        opened.select(paper)
    assert opened.page.locator("#panel .kind").inner_text().startswith("Tie between")
    labels = {graph.nodes[low]["label"], graph.nodes[high]["label"]}
    assert set(opened.page.locator("#panel .ends button").all_inner_texts()) <= labels
    mark = opened.page.locator("#panel .evidence mark").first.inner_text()
    assert any(item["text"] == mark for _, _, edge in graph.out_edges(paper, data=True) for item in edge["evidence"])
    assert "made_up · 90 %" in opened.page.locator("#panel .rule").nth(1).inner_text()
    link = opened.page.get_by_role("link", name="Open the paper").first
    assert link.get_attribute("href") == graph.nodes[paper]["url"]
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_double_click_opens_a_node(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """A double click draws neighbours that were not drawn."""
    before = opened.drawn()
    key = max((key for key in before if key.startswith("method/")), key=graph.degree)
    for _ in range(20):  # on a busy machine two clicks may be too far apart to be one
        opened.page.mouse.dblclick(*opened.where(key))
        opened.settle()
        if opened.drawn() != before:
            break
        opened.page.wait_for_timeout(600)
    added = opened.drawn() - before
    assert 1 <= len(added) <= 60
    assert all(graph.has_edge(other, key) or graph.has_edge(key, other) for other in added)


def test_reset_goes_back_to_the_overview(opened: MapPage) -> None:
    """After opening, hiding and selecting, Reset shows what was drawn at first."""
    before = opened.drawn()
    opened.select(min(key for key in before if key.startswith("task/")))
    if opened.page.locator("#open").count():
        opened.page.locator("#open").click()
    opened.page.get_by_label("Dataset", exact=True).uncheck(force=True)
    opened.page.get_by_role("button", name="Reset").click()
    assert opened.drawn() == before
    assert opened.selected() is None


def test_neighbours_lead_on_and_back_leads_back(opened: MapPage) -> None:
    """A name in the panel leads to its node; the browser's own Back returns; the address holds the node."""
    opened.select(min(key for key in opened.drawn() if key.startswith("dataset/")))
    start = opened.selected()
    opened.page.locator("#panel .list .node").first.click()
    there = opened.selected()
    assert there != start
    assert opened.page.evaluate("() => decodeURIComponent(location.hash.slice(1))") == there
    opened.page.go_back()
    opened.page.wait_for_function("(key) => kg.selected() === key", arg=start)


def test_link_to_a_node_opens_it(browser: Browser, written: Path, graph: nx.MultiDiGraph[str]) -> None:
    """The address with a node's key in it opens the page at that node."""
    page = MapPage(browser, written)
    page.page.goto(f"{written.as_uri()}#paper%2F0007")
    page.page.reload()
    page.page.wait_for_function("() => kg.selected() === 'paper/0007'")
    assert page.page.locator("#panel h2").inner_text() == graph.nodes["paper/0007"]["label"]
    assert "3 authors" not in page.page.locator("#panel .facts").inner_text()
    assert graph.nodes["paper/0007"]["authors"][0] in page.page.locator("#panel .facts").inner_text()
    page.close()


def test_results_stand_in_a_table_that_can_be_sorted(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """A method's results are a table; a click on the head sorts by number; a click on a value shows the sentence."""
    rows: defaultdict[str, set[str]] = defaultdict(set)
    for result, target, relation in graph.edges(keys=True):
        if relation in {"hasMethod", "hasBaseline"}:
            rows[target].add(result)
    key = max(sorted(rows), key=lambda target: len(rows[target]))
    opened.select(key)
    assert opened.page.locator("#panel .results tbody tr").count() == len(rows[key])
    opened.page.get_by_role("button", name="Value").click()
    values = [float(text) for text in opened.page.locator("#panel .results .value").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    opened.page.locator("#panel .results .value").first.click()
    assert opened.page.locator("#panel .results .why mark").first.inner_text() == f"{values[0]:.1f}"


def test_region_shows_what_belongs_to_it(opened: MapPage) -> None:
    """A click on the ground of a region names it and lists what is in it."""
    box = opened.page.locator("#canvas").bounding_box()
    assert box is not None
    panel = opened.page.locator("#panel .kind")
    for step in range(400):
        x, y = (
            box["x"] + box["width"] * (0.2 + 0.03 * (step % 20)),
            box["y"] + box["height"] * (0.2 + 0.03 * (step // 20)),
        )
        opened.page.mouse.click(x, y)
        if panel.count() and panel.inner_text().startswith("Region"):
            break
    assert panel.inner_text().startswith("Region")
    assert opened.page.locator("#panel .list .node").count() > 3


def test_phone(browser: Browser, written: Path) -> None:
    """On a phone nothing runs out at the side, and map and panel share the screen."""
    page = MapPage(browser, written, **PHONE)
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.select(min(page.drawn()))
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for part in ("#canvas", "#panel"):
        box = page.page.locator(part).bounding_box()
        assert box is not None
        assert box["height"] > 250
        assert box["y"] + box["height"] <= PHONE["viewport"]["height"]
    assert page.complaints == []
    page.close()


def test_dark(browser: Browser, written: Path) -> None:
    """A reader who prefers dark gets a dark page."""
    colours = []
    for scheme in ("light", "dark"):
        page = MapPage(browser, written, color_scheme=scheme)
        colours.append(page.page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert colours == ["rgb(255, 255, 255)", "rgb(15, 19, 24)"]


def test_hostile_texts_are_inert(browser: Browser, tmp_path: Path) -> None:
    """Whatever titles, names, urls and values contain is shown as text: nothing runs, loads or breaks."""
    page = MapPage(browser, write_page(hostile_graph(), tmp_path / "hostile.html", explorer="/"))
    tags = "() => [...document.querySelectorAll('script, img, iframe, svg[onload]')].length"
    scripts = page.page.evaluate(tags)
    for kind in ("paper", "method"):
        for text in HOSTILE:
            assert page.page.evaluate(f"() => kg.select({json.dumps(f'{kind}/{text}')})")
            page.settle()
            shown = page.page.locator("#panel h2").inner_text()
            assert shown.strip()[:5] == " ".join(text.split()).strip()[:5] or not text.isprintable()
            for value in page.page.locator("#panel .value").all():
                value.click()
            assert page.page.evaluate("() => { const was = kg.address(); location.hash = was; return true; }")
        page.page.locator("#panel").get_by_role("button", name="Pin", exact=True).click()
        page.page.keyboard.press("h")
    page.page.evaluate("() => document.getElementById('all').click()")
    page.page.keyboard.press("Escape")
    page.page.locator("#panel summary", has_text="Results").click()
    for wanted in ("script", "javascript", "x" * 100, "word"):
        page.page.get_by_role("combobox").fill(wanted)
        assert page.page.locator("#found [role=option]").count() > 0
    page.page.mouse.move(700, 500)
    for link in page.page.get_by_role("link").all():
        assert (link.get_attribute("href") or "").startswith(("https://papers.example/", "/node/"))
    assert page.page.evaluate("() => window.pwned") is None
    assert page.page.evaluate(tags) == scripts
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.check()
    page.close()


@pytest.mark.parametrize("papers", [0, 1])
def test_next_to_nothing_opens(browser: Browser, tmp_path: Path, papers: int) -> None:
    """A graph with no node, or one, opens without complaint."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number in range(papers):
        graph.add_node(f"paper/{number}", kind="Paper", label="Alone", authors=[], url=None)
    page = MapPage(browser, write_page(graph, tmp_path / "graph.html"))
    assert len(page.drawn()) == papers
    assert page.complaints == []
    page.close()
