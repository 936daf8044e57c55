"""Take the picture of the page for the README, in headless Chromium with the network off.

    python docs/screenshot.py docs/graph-page.png

The graph is that of the pages in ../shared/seeds where they are there, else that of the examples.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import kg

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1400, "height": 900}


def take(picture: Path) -> None:
    """Build the graph, open its page, and take its picture."""
    sources = [SEEDS] if SEEDS.exists() else [ROOT / "examples" / "abstracts.jsonl"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "graph.html"
        kg.export(kg.build(*sources), "html", page_file)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport=SIZE, offline=True)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_timeout(3000)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
