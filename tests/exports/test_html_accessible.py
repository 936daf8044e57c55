"""The page as axe-core sees it: nothing serious or critical in light and dark, wide and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import PHONE, serious_findings
from tests.exports.map_page import MapPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(
    scope="module", params=[("wide", "light"), ("wide", "dark"), ("phone", "light"), ("phone", "dark")], ids="-".join
)
def page(browser: Browser, written: Path, request: pytest.FixtureRequest) -> Iterator[MapPage]:
    """The page on one sort of screen; the policy is set aside, for it would keep axe out as it keeps out everybody."""
    size, scheme = request.param
    options = PHONE if size == "phone" else {}
    with MapPage(browser, written, color_scheme=scheme, bypass_csp=True, **options) as opened:
        yield opened


def test_overview(page: MapPage) -> None:
    """The overview, with the filters open."""
    page.start_anew()
    page.page.get_by_role("button", name="Filters").click()
    assert serious_findings(page.page) == []


def test_selection(page: MapPage) -> None:
    """A method with its results and sentences, a type switched off, something pinned and something hidden."""
    page.start_anew()
    page.go_to("#node=method/QuillNet&types=Method,Dataset,Paper&hide=dataset/QuillBench&pin=task/Leaf_Counting")
    page.page.wait_for_function("() => kg.selected() === 'method/QuillNet'")
    page.page.locator("#panel .value").first.click()
    assert serious_findings(page.page) == []


def test_search_and_help(page: MapPage) -> None:
    """What the search offers, and the help."""
    page.start_anew()
    page.page.get_by_role("combobox").fill("quill")
    assert serious_findings(page.page) == []
    page.page.get_by_role("combobox").fill("")
    page.page.keyboard.press("Escape")
    page.page.get_by_role("button", name="Help").click()
    assert serious_findings(page.page) == []
    page.page.keyboard.press("Escape")
