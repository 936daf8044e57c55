"""The page in a real browser: filtering, hiding, pinning, the address that keeps it all, and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

from kg.errors import ExportError
from tests.exports.made_graph import made_graph
from tests.exports.map_page import MapPage, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PARTS = "header input, #canvas, #legend input, #tools button, #panel summary"
ROLES = ("introduces", "uses", "comparesWith", "mentions")


def _between(graph: nx.MultiDiGraph[str], pair: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """The edges of a pair, either way."""
    for source, target in (pair, pair[::-1]):
        yield from (graph.get_edge_data(source, target) or {}).values()


def _set(opened: MapPage, name: str, value: str) -> None:
    """Open the filters and give one of them a value."""
    if not opened.page.locator("#filters").is_visible():
        opened.page.get_by_role("button", name="Filters").click()
    field = opened.page.locator(f"#filter-{name}")
    field.fill(value)
    field.dispatch_event("change")
    opened.settle()


def test_filter_by_role(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """With one role left, every line between a paper and a thing says that the paper does this with it."""
    opened.page.get_by_role("button", name="Filters").click()
    for role in ("uses", "compares with", "mentions"):
        opened.page.locator("#filters").get_by_label(role, exact=True).uncheck()
    lines = {pair for pair in opened.lines() if any(key.startswith("paper/") for key in pair)}
    assert lines
    for pair in lines:
        assert {edge["relation"] for edge in _between(graph, pair)} & set(ROLES) == {"introduces"}
    assert opened.page.locator("#filter").inner_text() == "Filters (1)"
    opened.page.get_by_role("button", name="Clear the filters").click()
    assert len(opened.lines()) > len(lines)


def test_filter_by_year(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """With years given, only papers of these years are on the map, and only things that they name."""
    before = opened.drawn()
    _set(opened, "from", "2021")
    _set(opened, "to", "2022")
    drawn = opened.drawn()
    papers = {key for key in drawn if key.startswith("paper/")}
    assert {graph.nodes[key]["published"][:4] for key in papers} == {"2021", "2022"}
    assert drawn < before
    for key in sorted(drawn - papers)[:40]:
        years = {graph.nodes[paper]["published"][:4] for paper in graph.predecessors(key) if paper.startswith("paper/")}
        assert years & {"2021", "2022"}, key


def test_filter_by_confidence(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """Lines less sure than asked are taken away, and in the panel they are counted."""
    _set(opened, "confidence", "0.85")
    lines = opened.lines()
    assert lines
    assert all(max(edge["confidence"] for edge in _between(graph, pair)) >= 0.85 for pair in lines)
    weak = min(source for source, _, relation in graph.edges(keys=True) if relation == "outperforms")
    opened.select(weak)
    assert opened.page.locator("#panel summary", has_text="Outperforms").count() == 0
    assert "left out by the filters" in opened.page.locator("#panel").inner_text()
    opened.page.locator("#panel").get_by_role("button", name="Clear the filters").click()
    assert opened.page.locator("#panel summary", has_text="Outperforms").count() == 1


def test_filter_by_support(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """Things that fewer papers name, and ties that fewer sentences speak of, are taken away."""
    _set(opened, "papers", "20")
    things = {key for key in opened.drawn() if not key.startswith("paper/")}
    assert things
    assert all(graph.nodes[key]["papers"] >= 20 for key in things)


def test_filter_by_sentences(browser: Browser, tmp_path: Path) -> None:
    """Ties that fewer sentences speak of than asked are taken away."""
    graph = made_graph(4, 20)
    twice = [(source, target) for source, target, relation in graph.edges(keys=True) if relation == "introduces"]
    for source, target in twice:
        proof = graph.edges[source, target, "introduces"]["evidence"]
        proof.append({**proof[0], "start": proof[0]["start"] + 1, "text": proof[0]["text"][1:]})
    with MapPage(browser, write_page(graph, tmp_path / "graph.html")) as page:
        _set(page, "sentences", "2")
        assert {frozenset(pair) for pair in page.lines()} == {frozenset(pair) for pair in twice}
        page.check()


def test_draw_more_that_match(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """What matches the filters and was not drawn at first can be drawn."""
    _set(opened, "from", "2023")
    before = opened.drawn()
    opened.page.get_by_role("button", name="Draw more that match").click()
    added = opened.drawn() - before
    assert len(added) == 150
    assert all(graph.nodes[key]["published"] >= "2023" for key in added if key.startswith("paper/"))
    assert "150 nodes added" in opened.page.locator("#status").inner_text()


def test_hide_and_show_again(opened: MapPage) -> None:
    """What is hidden leaves the map with its lines, is not drawn by opening, and comes back when asked for."""
    key = min(key for key in opened.drawn() if key.startswith("dataset/"))
    opened.select(key)
    opened.page.get_by_role("button", name="Hide", exact=True).click()
    assert key not in opened.drawn()
    assert not any(key in pair for pair in opened.lines())
    opened.select(key)
    assert key not in opened.drawn()
    assert opened.page.get_by_role("button", name="Show on the map").count() == 1
    opened.page.get_by_role("button", name="Show hidden (1)").click()
    assert key in opened.drawn()
    assert not opened.page.locator("#hidden").is_visible()


def test_pin_survives_filters_and_reset(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """A pinned node stays on the map whatever is filtered, and after Reset, even if it was not drawn at first."""
    first = opened.drawn()
    key = min(key for key in graph if key.startswith("method/") and key not in first)
    opened.select(key)
    opened.page.get_by_role("button", name="Pin", exact=True).click()
    opened.page.get_by_label("Method", exact=True).uncheck(force=True)
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("Escape")
    assert {one for one in opened.drawn() if one.startswith("method/")} == {key}
    opened.page.get_by_role("button", name="Reset").click()
    assert opened.drawn() == first | {key}
    assert opened.page.locator("#panel summary", has_text="Pinned").count() == 1
    opened.select(key)
    opened.page.get_by_role("button", name="Unpin").click()
    opened.page.get_by_role("button", name="Reset").click()
    assert opened.drawn() == first


def test_address_keeps_everything(
    opened: MapPage, browser: Browser, written: Path, graph: nx.MultiDiGraph[str]
) -> None:
    """A page opened at the address of another shows the same: selection, filters, pinned, hidden, opened."""
    key = max((key for key in opened.drawn() if key.startswith("method/")), key=graph.degree)
    hidden, pinned = sorted(key for key in opened.drawn() if key.startswith("task/"))[:2]
    for one, action in ((hidden, "Hide"), (pinned, "Pin")):
        opened.select(one)
        opened.page.get_by_role("button", name=action, exact=True).click()
    opened.select(key)
    opened.page.locator("#open").click()
    opened.page.get_by_label("Metric", exact=True).uncheck(force=True)
    opened.page.get_by_role("button", name="Filters").click()
    opened.page.locator("#filters").get_by_label("mentions").uncheck()
    for name, value in (("from", "2020"), ("confidence", "0.5"), ("papers", "2")):
        _set(opened, name, value)
    hash_ = opened.page.evaluate("() => location.hash")
    assert hash_ == opened.page.evaluate("() => kg.address()")
    with MapPage(browser, written) as other:
        other.go(hash_)
        assert other.page.evaluate("() => kg.address()") == hash_
        assert other.selected() == key
        assert hidden not in other.drawn()
        assert pinned in other.drawn()
        assert other.drawn() >= {one for one in opened.drawn() if graph.has_edge(one, key) or graph.has_edge(key, one)}
        assert not any(one.startswith("metric/") for one in other.drawn())
        assert other.page.locator("#filter-from").input_value() == "2020"
        assert not other.page.locator("input[name=role][value=mentions]").is_checked()
        other.check()


@pytest.mark.parametrize("hash_", ["#paper/0007", "#paper%2F0007", "#node=paper/0007&years=1990-2030"])
def test_old_and_new_addresses_lead_to_a_node(opened: MapPage, hash_: str) -> None:
    """A node's key alone is an address, with or without an escaped slash; so is the longer form."""
    opened.go_to(hash_)
    opened.page.wait_for_function("() => kg.selected() === 'paper/0007'")


@pytest.mark.parametrize(
    "hash_",
    ["#%", "#node=%&pin=%E0,x&hide=,,&years=x-y&confidence=NaN", "#types=&roles=nobody&region=99999&tie=a", "#=&&="],
)
def test_wrong_addresses_do_no_harm(opened: MapPage, hash_: str) -> None:
    """What an address says that cannot be meant is passed over."""
    opened.go_to(hash_)
    opened.page.wait_for_function("(hash) => location.hash === hash", arg=hash_)
    assert opened.selected() is None
    assert opened.page.locator("#panel h2").inner_text() == "What these papers are about"


def test_back_undoes_a_choice(opened: MapPage) -> None:
    """Each selection is a step in the browser's history, filters are none."""
    one, two = sorted(key for key in opened.drawn() if key.startswith("task/"))[:2]
    opened.select(one)
    opened.select(two)
    opened.page.get_by_label("Metric", exact=True).uncheck(force=True)
    opened.page.go_back()
    opened.page.wait_for_function("(key) => kg.selected() === key", arg=one)


def test_keyboard_walks_the_map(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """Arrows lead from neighbour to neighbour in their direction, Enter draws more of them, and it is said aloud."""
    press = opened.page.keyboard.press
    press("m")
    assert opened.page.evaluate("() => document.activeElement.id") == "canvas"
    press("ArrowRight")
    here = opened.selected()
    assert here is not None
    moved = False
    for arrow, axis, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowUp", 1, -1), ("ArrowDown", 1, 1)):
        places = {key: opened.where(key) for key in opened.drawn()}
        press(arrow)
        there = opened.selected()
        assert there is not None
        if there != here:
            assert graph.has_edge(here, there) or graph.has_edge(there, here)
            assert (places[there][axis] - places[here][axis]) * sign > 0
            assert graph.nodes[there]["label"][:30] in opened.page.locator("#status").inner_text()
            moved = True
        here = there
    assert moved
    before = opened.drawn()
    opened.select(max(before, key=graph.degree))
    press("m")
    press("Enter")
    added = opened.drawn() - before
    assert 1 <= len(added) <= 60
    assert f"{len(added)} neighbours added" in opened.page.locator("#status").inner_text()


def test_letters_do_what_buttons_do(opened: MapPage) -> None:
    """Letters: h hides, p pins, f opens the filters, ? the help, Esc leaves; in the search they are letters."""
    press = opened.page.keyboard.press
    one, two = sorted(key for key in opened.drawn() if key.startswith("task/"))[:2]
    opened.select(one)
    press("p")
    assert "pin=task/" in opened.page.evaluate("() => kg.address()")
    opened.select(two)
    press("h")
    assert two not in opened.drawn()
    assert opened.selected() is None
    press("f")
    assert opened.page.locator("#filters").is_visible()
    press("Escape")
    assert not opened.page.locator("#filters").is_visible()
    press("?")
    assert opened.page.get_by_role("dialog").is_visible()
    press("Escape")
    assert not opened.page.get_by_role("dialog").is_visible()
    opened.select(one)
    press("/")
    press("h")
    assert opened.page.locator("#search").input_value() == "h"
    assert one in opened.drawn()
    press("Escape")
    press("Escape")
    assert opened.selected() == one
    press("Escape")
    assert opened.selected() is None


def test_everything_is_reached_with_tab(opened: MapPage) -> None:
    """Every button and field that is shown can be reached with the Tab key, the map too."""
    count, place = (
        f"() => {{ const all = [...document.querySelectorAll('{PARTS}')].filter((one) => one.getClientRects().length);"
        f" return {value}; }}"
        for value in ("all.length", "all.indexOf(document.activeElement)")
    )
    wanted = opened.page.evaluate(count)
    reached = set()
    for _ in range(wanted + 60):
        opened.page.keyboard.press("Tab")
        reached.add(opened.page.evaluate(place))
    assert wanted > 15
    assert reached >= set(range(wanted))


def test_all_is_shown_as_dots(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """With All, what is not drawn is a dot, and a click on it selects it."""
    key = min(key for key in graph if key.startswith("method/") and key not in opened.drawn())
    opened.page.get_by_role("button", name="All", exact=True).click()
    assert key not in opened.drawn()
    for _ in range(3):
        opened.page.get_by_role("button", name="Zoom in").click()
    opened.page.evaluate("() => kg.reset()")
    opened.page.get_by_role("button", name="All", exact=True).click()
    opened.page.mouse.click(*opened.where(key))
    opened.page.wait_for_function("() => kg.selected() !== null")
    assert opened.selected() in graph


def test_region_has_a_table_of_results(opened: MapPage) -> None:
    """The results of a region's papers are a table that can be sorted by year."""
    opened.go_to("#region=0")
    opened.page.locator("#panel summary", has_text="Results").click()
    opened.page.locator("#panel .results").get_by_role("button", name="Year").click()
    years = [int(text) for text in opened.page.locator("#panel .results td.year").all_inner_texts()]
    assert len(years) > 20
    assert years == sorted(years, reverse=True)


def test_a_method_tells_within_one_view(opened: MapPage, graph: nx.MultiDiGraph[str]) -> None:
    """Dataset, number, paper, author, year and sentence of a method's result are seen without a further click."""
    methods = {target for _, target, relation in graph.edges(keys=True) if relation == "hasMethod"}
    key = min(methods, key=lambda one: (graph.degree(one), one))
    opened.select(key)
    result = next(source for source, _, relation in graph.in_edges(key, keys=True) if relation == "hasMethod")
    node = graph.nodes[result]
    paper = graph.nodes[node["paper"]]
    text = opened.page.locator("#panel .results").inner_text()
    author = f"{paper['authors'][0].split()[-1]} et al."
    for wanted in (node["value"], node["dataset"], node["metric"], author, paper["published"][:4], paper["title"][:20]):
        assert wanted in text
    box = opened.page.locator("#panel .results mark").first.bounding_box()
    assert box is not None
    assert box["y"] < 900


def test_names_lead_to_the_explorer(browser: Browser, graph: nx.MultiDiGraph[str], tmp_path: Path) -> None:
    """With an explorer, names in the panel also link to its pages; the page opens at the node it should."""
    key = next(key for key in sorted(graph) if key.startswith("method/"))
    path = write_page(graph, tmp_path / "graph.html", shown=60, explorer="/kg/", focus=key)
    with MapPage(browser, path) as page:
        assert page.selected() == key
        link = page.page.get_by_role("link", name="In the explorer ↗")
        assert link.get_attribute("href") == f"/kg/node/{key}"
        assert link.get_attribute("target") == "_top"
        hrefs = page.page.locator("#panel a.there").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
        assert hrefs
        assert all(href.startswith("/kg/node/") for href in hrefs)
        page.check()


@pytest.mark.parametrize("explorer", ["javascript:alert(1)", "//elsewhere.example", "kg", "/a b", "data:text/html,x"])
def test_explorer_must_be_an_address(explorer: str, tmp_path: Path) -> None:
    """What is no path and no web address is refused before anything is written."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    with pytest.raises(ExportError, match="explorer must be"):
        write_page(graph, tmp_path / "graph.html", explorer=explorer)
    with pytest.raises(ExportError, match="no node"):
        write_page(graph, tmp_path / "graph.html", focus="method/x")
    assert not (tmp_path / "graph.html").exists()
