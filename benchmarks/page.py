"""How soon the page of a graph can be read, beside plain pyvis with the same nodes and edges.

    python benchmarks/page.py [--nodes 340 2000 20000] [--most 60]

The graphs are made up: papers that name things, whose names follow Zipf's law, with one sentence an edge. pyvis gets
nodes with labels and edges, once as it comes (the browser looks for positions) and once with positions given and
physics off; its scripts are in its page, and what it would load from the network is left out. Both open from disk in
headless Chromium, without a graphics card, with the network off. What is told, in seconds:

- write: to write the file;
- drawn: from opening the page until nodes can be seen;
- settled: until nothing moves any more;
- follows: from a move of the mouse that drags the map until the map has followed (the median).

What takes longer than ``--most`` seconds is not waited for. "kg, all" is our page with every node shown, as dots.
Where plotly is installed, what WebGL draws of the same is measured, too.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import networkx as nx
from playwright.sync_api import Error, Page, sync_playwright
from pyvis.network import Network

import kg
from kg.graph import Graph

CHROMIUM: Final = "/usr/bin/chromium"
SIZE: Final = {"width": 1400, "height": 900}
ROLES: Final = ("introduces", "uses", "uses", "comparesWith", "mentions")
ELSEWHERE: Final = re.compile(r"""<link[^>]+href="https?:[^>]*>|<script[^>]+src="https?:[^>]*></script>""", re.DOTALL)
WATCH: Final = """<script>
requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("first")));
network.once("stabilizationIterationsDone", () => performance.mark("computed"));
network.once("stabilized", () => performance.mark("settled"));
</script></body>"""
FRAMES: Final = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


PLOT: Final = """<!doctype html><meta charset="utf-8"><title>plotly</title><div id="plot"></div>
<script type="application/json" id="data">%s</script><script>%s</script><script>
const { x, y, lines } = JSON.parse(document.getElementById("data").textContent);
const layout = { width: 1400, height: 880, dragmode: "pan" };
const traces = [{ ...lines, type: "scattergl", mode: "lines" }, { x, y, type: "scattergl", mode: "markers" }];
Plotly.newPlot("plot", traces, layout)
  .then(() => requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("first"))));
</script>"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds; None for what was not waited for."""

    write: float | None
    drawn: float | None = None
    settled: float | None = None
    follows: float | None = None


def made_graph(nodes: int) -> Graph:
    """A graph of about so many papers and things (three papers in ten nodes), each paper naming four to nine."""
    chance = random.Random(1)  # noqa: S311 - nothing secret
    kinds = ("Method", "Method", "Method", "Dataset", "Task", "Metric")
    things = [(f"{kinds[number % 6].lower()}/thing-{number}", kinds[number % 6]) for number in range(nodes * 7 // 10)]
    reach = list(accumulate(1 / (rank + 1) for rank in range(len(things))))
    graph: Graph = nx.MultiDiGraph(name="Made up")
    for key, kind in things:
        graph.add_node(key, kind=kind, label=key.partition("/")[2], names=[key.partition("/")[2]], papers=0, links=[])
    for number in range(nodes - len(things)):
        paper = f"paper/{number}"
        about = {"authors": ["A. Person"], "author_count": 1, "published": f"{2000 + number % 25}", "url": None}
        graph.add_node(paper, kind="Paper", label=f"Paper {number} on one thing and another", venue=None, **about)
        for _ in range(chance.randint(4, 9)):
            key, kind = things[bisect(reach, chance.random() * reach[-1])]
            name = key.partition("/")[2]
            sentence = f"In paper {number} it is shown what {name} is worth."
            start = sentence.index(name)
            said = {"paper": paper, "field": "abstract", "start": start, "end": start + len(name), "text": name}
            proof = {**said, "sentence": sentence, "sentence_start": 0, "rule": "made-up", "confidence": 0.9}
            relation = ROLES[chance.randrange(len(ROLES))]
            if not graph.has_edge(paper, key):
                graph.nodes[key]["papers"] += 1
                graph.add_edge(paper, key, key=relation, relation=relation, confidence=0.9, evidence=[proof])
    return graph


def write_pyvis(graph: Graph, path: Path, *, physics: bool) -> None:
    """The page that pyvis makes of the same nodes and edges, colours by kind, with its scripts in it."""
    network = Network(directed=True, cdn_resources="in_line", height="860px")
    plain: nx.DiGraph[str] = nx.DiGraph()
    side = 40 * len(graph) ** 0.5
    chance = random.Random(2)  # noqa: S311 - as above
    for key, node in graph.nodes(data=True):
        place = {} if physics else {"x": chance.random() * side, "y": chance.random() * side}
        plain.add_node(key, label=node["label"], group=node["kind"], **place)
    plain.add_edges_from((source, target) for source, target in graph.edges())
    network.from_nx(plain)
    network.toggle_physics(physics)
    page = network.generate_html(notebook=False)
    path.write_text(ELSEWHERE.sub("", page).replace("</body>", WATCH), encoding="utf-8")


def write_plotly(graph: Graph, path: Path) -> None:
    """The same nodes and edges as points and lines that plotly draws with WebGL, nothing to be read or clicked."""
    script = resources.files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
    chance = random.Random(2)  # noqa: S311 - as above
    places = {key: (chance.random(), chance.random()) for key in graph}
    ends = [places[end] if end else (None, None) for pair in graph.edges() for end in (*pair, "")]
    x, y = zip(*places.values(), strict=True)
    lines = {axis: [end[number] for end in ends] for number, axis in enumerate("xy")}
    path.write_text(PLOT % (json.dumps({"x": x, "y": y, "lines": lines}), script), encoding="utf-8")


def contenders(graph: Graph) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """What writes a page, by name."""
    yield "kg", lambda path: kg.export(graph, "html", path)
    yield "kg, all", lambda path: kg.export(graph, "html", path)
    yield "pyvis", lambda path: write_pyvis(graph, path, physics=True)
    yield "pyvis, physics off", lambda path: write_pyvis(graph, path, physics=False)
    if find_spec("plotly"):
        yield "plotly, WebGL", lambda path: write_plotly(graph, path)


def measure(name: str, write: Callable[[Path], None], most: float) -> Measured:
    """Write a page, open it, wait until it is settled, and drag it."""
    settled = follows = None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        begun = time.perf_counter()
        write(path)
        written = time.perf_counter() - begun
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport=SIZE, offline=True)  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(most * 1000)
        try:
            page.goto(path.as_uri(), wait_until="commit")
            ours = name.startswith("kg")
            drawn = _mark(page, "kg-drawn" if ours else "computed" if name == "pyvis" else "first")
            if name == "kg, all":
                begun = time.perf_counter()
                page.get_by_role("button", name="All", exact=True).click()
                page.evaluate(FRAMES)
                drawn += time.perf_counter() - begun
        except Error:
            browser.close()
            return Measured(written)
        with suppress(Error):  # what still moves has no time
            settled = drawn if name != "pyvis" else _mark(page, "settled")
            follows = _dragged(page)
        browser.close()
        return Measured(written, drawn, settled, follows)


def _mark(page: Page, name: str) -> float:
    """Seconds from the opening of the page to a mark of its clock."""
    page.wait_for_function("(name) => performance.getEntriesByName(name).length > 0", arg=name, polling=100)
    return float(page.evaluate("(name) => performance.getEntriesByName(name)[0].startTime", name)) / 1000


def _dragged(page: Page) -> float:
    """The median time from a move of the mouse, which drags the map, until the map has followed, in seconds."""
    page.mouse.move(500, 700)
    page.mouse.down()
    page.mouse.move(520, 690)
    page.evaluate(FRAMES)
    took = []
    for step in range(9):
        begun = time.perf_counter()
        page.mouse.move(530 + 15 * step, 680 - 10 * step)
        page.evaluate(FRAMES)
        took.append(time.perf_counter() - begun)
    page.mouse.up()
    return sorted(took)[len(took) // 2]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[340, 2000, 20_000])
    parser.add_argument("--most", type=float, default=60.0, metavar="SECONDS")
    arguments = parser.parse_args()
    print(f"{'nodes':>6}  {'edges':>6}  {'page':<18}  {'write':>7}  {'drawn':>7}  {'settled':>7}  {'follows':>7}")
    for nodes in arguments.nodes:
        graph = made_graph(nodes)
        for name, write in contenders(graph):
            found = measure(name, write, arguments.most)
            shown: list[Any] = [found.write, found.drawn, found.settled, found.follows]
            cells = [f"> {arguments.most:g}" if value is None else f"{value:.2f}" for value in shown]
            print(f"{nodes:>6}  {graph.number_of_edges():>6}  {name:<18}  " + "  ".join(f"{cell:>7}" for cell in cells))


if __name__ == "__main__":
    main()
