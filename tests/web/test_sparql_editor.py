"""The editor of queries in a real browser: completion, keys, and a way out for the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.browser import Opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator


@pytest.fixture
def opened(browser: Browser, examples_served: str) -> Iterator[Opened]:
    """The page, opened; afterwards the browser must have had nothing to complain about, nor asked anybody else."""
    with Opened(browser, examples_served) as page:
        page.go("/query")
        yield page
        page.check()


def written(opened: Opened, text: str) -> Locator:
    """The editor, into which a text was typed in place of what was there."""
    editor = opened.page.get_by_label("Query", exact=True)
    editor.fill("")
    editor.press_sequentially(text)
    return editor


def test_words_are_completed_by_the_keyboard(opened: Opened) -> None:
    """What is typed is looked up among terms and keywords; arrows choose, Enter takes, and undo gives back."""
    editor = written(opened, "SELECT ?s { ?s kgo:us")
    option = opened.page.get_by_role("option", name="kgo:uses")
    option.wait_for()
    opened.page.keyboard.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    assert editor.get_attribute("aria-activedescendant") == option.get_attribute("id")
    opened.page.keyboard.press("Enter")
    assert editor.input_value() == "SELECT ?s { ?s kgo:uses"
    assert not opened.page.get_by_role("listbox").is_visible()
    opened.page.keyboard.press("Control+z")
    assert editor.input_value() == "SELECT ?s { ?s kgo:us"


def test_variables_of_the_query_are_completed(opened: Opened) -> None:
    """A variable is offered where another begins alike, by a click as well."""
    editor = written(opened, "SELECT ?dataset { ?paper kgo:uses ?da")
    opened.page.get_by_role("option", name="?dataset").click()
    assert editor.input_value() == "SELECT ?dataset { ?paper kgo:uses ?dataset"


def test_enter_without_a_choice_is_a_line_break(opened: Opened) -> None:
    """Words that are offered are in nobody's way: Enter breaks the line and keeps its indentation."""
    editor = written(opened, "SELECT ?s {\n  ?s a kgo:Da")
    opened.page.get_by_role("option", name="kgo:Dataset").first.wait_for()
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.type("}")
    assert editor.input_value() == "SELECT ?s {\n  ?s a kgo:Da\n  }"


def test_the_keyboard_gets_out(opened: Opened) -> None:
    """Tab indents where somebody types; after Escape, and where nothing was typed, it leaves the editor."""
    editor = written(opened, "ASK {}")
    editor.press("Tab")
    assert editor.input_value() == "ASK {}  "
    editor.press("Escape")
    editor.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Run"
    opened.page.keyboard.press("Shift+Tab")
    assert opened.page.evaluate("document.activeElement.id") == "query"
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Run"


def test_control_and_enter_run(opened: Opened) -> None:
    """The query is run without the mouse."""
    written(opened, "ASK {}").press("Control+Enter")
    opened.page.get_by_text("Yes", exact=True).wait_for()
    assert opened.page.url.endswith(f"/query?{urlencode({'query': 'ASK {}'})}")


def test_a_mistake_is_where_one_goes_on(browser: Browser, examples_served: str) -> None:
    """After a mistake the editor has the focus, and what is wrong is chosen in it."""
    with Opened(browser, examples_served) as opened:
        opened.go(f"/query?{urlencode({'query': 'SELECT ?s {' + chr(10) + ' ?s foo:bar 1 }'})}")
        assert opened.page.evaluate("document.activeElement.id") == "query"
        chosen = opened.page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]")
        assert chosen == [23, 24]


def test_it_does_without_a_script(browser: Browser, examples_served: str) -> None:
    """Forms and links alone ask, and show charts."""
    with Opened(browser, examples_served, java_script_enabled=False) as opened:
        opened.go("/query")
        opened.page.get_by_role("link", name="Which things of a type do most papers name?").click()
        opened.page.get_by_role("textbox", name="type").fill("Task")
        opened.page.get_by_role("button", name="Ask").click()
        opened.page.get_by_role("link", name="Bars").click()
        opened.page.get_by_role("img", name="papers by thing, as bars").wait_for()
        assert opened.page.get_by_role("textbox", name="type").input_value() == "Task"
        opened.check()
