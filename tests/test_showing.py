"""A graph in a notebook: what kg.show gives is run in a real kernel and opened in a real browser."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

import kg
from tests.browser import Opened
from tests.exports.made_graph import HOSTILE, hostile_graph, made_graph
from tests.material import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame

CELL = """
import kg
from tests.exports.made_graph import made_graph
kg.show(made_graph(20, 90), shown=40, height=500, focus="paper/0003")
"""
DRAWN = "performance.getEntriesByName('kg-drawn').length > 0"


def _frame(opened: Opened) -> Frame:
    """The frame of the page, once it is drawn."""
    frame = opened.page.frames[1]
    frame.wait_for_function(DRAWN)
    return frame


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a notebook keeps as the HTML of the cell."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(ROOT))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
        folder = tmp_path_factory.mktemp("notebook")
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    (shown,) = notebook.cells[0].outputs
    assert shown.data["text/plain"].startswith("<page of the graph 'Made-up papers'")
    return shown.data["text/html"]


def test_notebook_draws_the_page(output: str, browser: Browser, tmp_path: Path) -> None:
    """The page draws within its frame, without a request, a complaint, or an address to keep anything in."""
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>A notebook</title>{output}", "utf-8")
    with Opened(browser, path) as opened:
        frame = _frame(opened)
        assert frame.evaluate("kg.selected()") == "paper/0003"
        assert 40 <= len(frame.evaluate("kg.drawn()")) < 60
        frame.get_by_role("combobox").fill("quill")
        frame.get_by_role("combobox").press("Enter")
        assert frame.evaluate("kg.selected()") != "paper/0003"
        frame.get_by_role("button", name="Pin", exact=True).click()
        frame.get_by_label("Metric", exact=True).uncheck(force=True)
        assert "pin=" in frame.evaluate("kg.address()")
        assert frame.evaluate("self.origin") == "null"
        box = opened.page.locator("iframe").bounding_box()
        assert box is not None
        assert box["height"] >= 500
        opened.check()


class _Frames(HTMLParser):
    """Collects the elements outside the frame, and what the frame is given."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_hostile_names_stay_in_the_frame(browser: Browser, tmp_path: Path) -> None:
    """Whatever a graph and its nodes are called, the notebook gets one frame and nothing else."""
    graph = hostile_graph()
    graph.graph["name"] = HOSTILE[4]
    shown = kg.show(graph)
    ((tag, attributes),) = _Frames(shown._repr_html_()).found
    assert tag == "iframe"
    assert attributes["title"] == HOSTILE[4]
    assert attributes["srcdoc"] == shown.page
    assert "allow-same-origin" not in (attributes["sandbox"] or "")
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{shown._repr_html_()}", "utf-8")
    with Opened(browser, path) as opened:
        frame = _frame(opened)
        for text in HOSTILE:
            frame.evaluate("(key) => kg.select(key)", f"method/{text}")
        assert frame.evaluate("window.pwned") is None
        opened.check()


def test_every_way_to_give_a_graph(tmp_path: Path) -> None:
    """A graph, a path, and what kg.open gives show the same page."""
    file = tmp_path / "some.jsonl"
    kg.write_extractions([kg.Extraction(paper=kg.Paper(id="one", title="FooNet"), entities=(), results=())], file)
    by_path: Any = kg.show(file)
    with kg.open(file) as opened:
        assert kg.show(opened).page == by_path.page
        assert kg.show(opened.graph).page == by_path.page
    assert kg.show(str(file), height=300)._repr_html_().count('height="300"') == 1


def test_fewer_can_be_drawn_at_first() -> None:
    """The number of nodes drawn at first, and what is not there, are left to the exporter."""
    graph = made_graph(20, 90)
    assert len(kg.show(graph, shown=20).page) < len(kg.show(graph).page)
    with pytest.raises(kg.ExportError, match="no node"):
        kg.show(graph, focus="method/nowhere")
