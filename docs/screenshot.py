"""Take the pictures for the README, in headless Chromium: of the page, with the network off, and of the explorer.

    python docs/screenshot.py docs/graph-page.png docs/explorer-page.png

The graph is that of the pages in ../shared/seeds where they are there, else that of the examples.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import kg

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1400, 900
EXPLORED = "node/dataset/ImageNet"


def take(page_picture: Path, explorer_picture: Path) -> None:
    """Build the graph, and take the pictures of its page and of the explorer."""
    sources = [SEEDS] if SEEDS.exists() else [ROOT / "examples" / "abstracts.jsonl"]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place, "kg")
        kg.build_folder(sources, folder, exports=["html"], store=False)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _take(browser, (folder / "graph.html").as_uri(), page_picture, offline=True)
        command = (sys.executable, "-c", "from kg.cli import main; main()", "serve", str(folder), "--port", "0")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
            try:
                said = "" if server.stdout is None else server.stdout.readline()
                address = next(word for word in said.split() if word.startswith("http"))
                _take(browser, f"{address}{EXPLORED}", explorer_picture, offline=False)
            finally:
                server.terminate()
        browser.close()


def _take(browser: Browser, address: str, picture: Path, *, offline: bool) -> None:
    page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=offline).new_page()
    page.goto(address)
    page.wait_for_timeout(3000)
    page.screenshot(path=picture)


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
