"""How fast the explorer starts and answers, to one client and to several at a time.

    python benchmarks/serve.py [GRAPH] [--requests 40] [--clients 1 8] [--seed 0] [--browser]

GRAPH is a graph folder; without one, the example papers are built. What is asked for is drawn by chance, half of it
from the hundred most important nodes of a kind and half from all. Whatever else the machine is doing counts in the
times, so beside each median stands how many times that of a static file it is, which is asked for in the same run, and
the time of the processor that the server itself had (on Linux; processes that answer queries are not in it). With
``--browser``, Chromium opens maps, and the times are those until one is drawn and nothing on it moves any more.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Final
from urllib.parse import quote, urlencode

import httpx

from kg.catalogue.opening import open_catalogue
from kg.catalogue.reading import Catalogue, NodeLine
from kg.folder import CATALOGUE
from kg.model import ENTITY_TYPES

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
KG: Final = (sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')")
CHROMIUM: Final = "/usr/bin/chromium"
HUBS: Final = 100
PATIENCE: Final = 60.0
"""Seconds after which an answer is given up."""
STATIC: Final = "static file"
DRAWN: Final = "performance.getEntriesByName('kg-drawn').length > 0"
UNTIL_DRAWN: Final = "performance.timeOrigin + performance.getEntriesByName('kg-drawn')[0].startTime"
UNTIL_STILL: Final = """async () => {
  const [key] = kg.drawn();
  let place = "";
  let since = 0;
  do {
    const now = JSON.stringify(kg.where(key));
    if (now !== place) [place, since] = [now, performance.now()];
    await new Promise(requestAnimationFrame);
  } while (performance.now() - since < 500);
  return performance.timeOrigin + since;
}"""


@dataclass(frozen=True, slots=True)
class Server:
    """An explorer that runs: where it is, its process, and after how many seconds it listened and answered."""

    address: str
    process: int
    started: float


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Serve a graph until it is no longer needed."""
    begun = time.perf_counter()
    command = [*KG, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            said = re.search(r"http://\S+(?=/)", process.stdout.readline())
            if said is None:
                raise SystemExit(f"kg serve did not start: run kg serve {folder}")
            httpx.get(said[0], timeout=PATIENCE).raise_for_status()
            yield Server(said[0], process.pid, time.perf_counter() - begun)
        finally:
            process.terminate()


class Asker:
    """Draws what is asked for, the same for the same seed."""

    def __init__(self, catalogue: Catalogue, seed: int, *, asks_sparql: bool) -> None:
        self._catalogue = catalogue
        self._asks_sparql = asks_sparql
        self._chance = Random(seed)  # noqa: S311 - nothing secret

    def node(self, kind: str) -> NodeLine:
        """A node of a kind: as likely one of the most important ones as any."""
        count = self._catalogue.kinds[kind]
        most = self._chance.choice((min(HUBS, count), count))
        return self._catalogue.top(kind, limit=1, offset=self._chance.randrange(most))[0]

    def addresses(self) -> dict[str, str]:
        """One address for each kind of page that the graph has."""
        kinds = [kind for kind in ("Paper", *ENTITY_TYPES) if kind in self._catalogue.kinds]
        found = {"home": "/"}
        words = self.node(self._chance.choice(kinds)).label.encode(errors="replace").decode().split() or [""]
        first = self._chance.randrange(len(words))
        found["search"] = f"/search?{urlencode({'q': ' '.join(words[first : first + 2])})}"
        found["suggest"] = f"/suggest?{urlencode({'q': words[first][: self._chance.randint(1, 5)]})}"
        for kind in kinds:
            found[kind.lower()] = f"/node/{quote(self.node(kind).key)}"
        thing = self.node(self._chance.choice(kinds[1:])).key
        edges = self._catalogue.edges(thing, direction="in", limit=50)
        if edges:
            edge = self._chance.choice(edges)
            ends = {"source": edge.source, "relation": edge.relation, "target": edge.target}
            found["edge"] = f"/edge?{urlencode(ends)}"
        found["map around a node"] = f"/map/{quote(self.node(self._chance.choice(kinds)).key)}"
        found["map of the graph"] = "/map"
        if self._asks_sparql:
            query = f"SELECT ?paper {{ ?paper ?role <{thing}> }} LIMIT 20"
            found["SPARQL"] = f"/sparql?{urlencode({'query': query})}"
        found["API"] = f"/api/v1/node?{urlencode({'key': self.node(self._chance.choice(kinds)).key})}"
        return found


async def ask(
    server: Server, asked: Sequence[tuple[str, str]], clients: int
) -> tuple[dict[str, list[tuple[float, float]]], float]:
    """The seconds that each answer took, and those of the processor, by kind of page; and how long all took together.

    What the processor did while it answered is known where there is one client. Raises HTTPStatusError where an answer
    is none.
    """
    waiting = deque(asked)
    taken: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)

    async def client(session: httpx.AsyncClient) -> None:
        while waiting:
            kind, path = waiting.popleft()
            before, begun = busy(server.process), time.perf_counter()
            answer = await session.get(path)
            taken[kind].append((time.perf_counter() - begun, busy(server.process) - before))
            answer.raise_for_status()

    begun = time.perf_counter()
    async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE) as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    return taken, time.perf_counter() - begun


def measure(server: Server, catalogue: Catalogue, *, requests: int, clients: int, seed: int) -> None:
    """Ask for so many pages of each kind in random order, and print how long they took."""
    answers = httpx.get(f"{server.address}/sparql", params={"query": "ASK {}"}, timeout=PATIENCE)
    has_store = answers.status_code != httpx.codes.SERVICE_UNAVAILABLE
    asker = Asker(catalogue, seed + clients, asks_sparql=has_store)  # another seed, for what was asked may be kept
    static = re.search(r'/static/[^"]+\.css[^"]*', httpx.get(server.address).text)
    asked = [pair for _ in range(requests) for pair in asker.addresses().items()]
    asked += [(STATIC, static[0] if static else "/static/site.css")] * requests
    order = list(dict.fromkeys(kind for kind, _ in asked))
    Random(seed).shuffle(asked)  # noqa: S311 - as above
    taken, whole = asyncio.run(ask(server, asked, clients))
    print(
        f"\n{clients} {'client' if clients == 1 else 'clients at a time'}: {len(asked) / whole:,.0f} answers a second"
    )
    alone = clients == 1
    print(
        f"{'milliseconds':22}{'median':>10}{'95 %':>10}{'most':>10}{'ratio':>10}{'processor':>12}"[
            : 74 if alone else 62
        ]
    )
    unit = median(elapsed for elapsed, _ in taken[STATIC])
    for kind in order:
        times, worked = zip(*taken[kind], strict=True)
        late = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
        shown = "".join(f"{1000 * value:>10,.1f}" for value in (median(times), late, max(times)))
        processor = f"{1000 * median(worked):>12,.1f}" if alone else ""
        print(f"{kind:22}{shown}{median(times) / unit:>10.1f}{processor}")


def busy(process: int) -> float:
    """The seconds that the threads of a process of Linux have had of the processor; 0 elsewhere."""
    files = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(file.read_text("utf-8").split()[0]) for file in files) / 1e9


def memory(process: int) -> Mapping[str, int]:
    """The megabytes that a process of Linux has in memory, now and at most; empty elsewhere."""
    file = Path(f"/proc/{process}/status")
    text = file.read_text("utf-8") if file.exists() else ""
    return {name: int(size) // 1024 for name, size in re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", text)}


def look(server: Server, catalogue: Catalogue, rounds: int) -> None:
    """Open maps in Chromium, and print the times from asking for one until it is drawn, and until it is still."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only needed here

    hubs = {f"around {line.label}": f"/graph/{quote(line.key)}" for line in catalogue.top("Method", 2)}
    print(f"\n{'in a browser, seconds':40}{'until drawn':>12}{'still':>12}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for what, path in {"the whole graph": "/graph", **hubs}.items():
            drawn, still = [], []
            for _ in range(rounds):
                page = browser.new_page()
                page.goto(server.address + path)
                frame = page.frames[1]
                frame.wait_for_function(DRAWN)
                begun = page.evaluate("performance.timeOrigin")
                drawn.append((frame.evaluate(UNTIL_DRAWN) - begun) / 1000)
                still.append((frame.evaluate(UNTIL_STILL) - begun) / 1000)
                page.close()
            print(f"{what[:38]:40}{median(drawn):>12.2f}{median(still):>12.2f}")
        browser.close()


def main() -> None:
    """Take the graph, serve it, ask, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("graph", nargs="?", type=Path, help="a graph folder")
    parser.add_argument("--requests", type=int, default=40, help="so many pages of each kind are asked for")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8], help="so many at a time")
    parser.add_argument("--seed", type=int, default=0, help="what decides which pages")
    parser.add_argument("--browser", action="store_true", help="let Chromium open maps, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = options.graph
        if folder is None:
            folder = Path(place, "graph")
            papers = (EXAMPLES / "abstracts.jsonl", EXAMPLES / "saved-page.txt")
            subprocess.run([*KG, "build", *map(str, papers), "-o", str(folder)], check=True, capture_output=True)  # noqa: S603 - our own
        was_there = (folder / CATALOGUE).exists()
        with serve(folder) as server:
            print(f"started in {server.started:.1f} s{'' if was_there else ', making the catalogue'}", flush=True)
        with serve(folder) as server:
            print(f"started again in {server.started:.1f} s", flush=True)
            catalogue = open_catalogue(folder)
            size = catalogue.path.stat().st_size
            print(f"{sum(catalogue.kinds.values()):,} nodes, {catalogue.kinds.get('Paper', 0):,} of them papers")
            print(f"catalogue: {size / 1e6:,.0f} MB")
            for clients in options.clients:
                measure(server, catalogue, requests=options.requests, clients=clients, seed=options.seed)
            if options.browser:
                look(server, catalogue, rounds=3)
            used = memory(server.process)
            if used:
                print(f"\nmemory of the server: {used['VmRSS']:,} MB, at most {used['VmHWM']:,} MB")


if __name__ == "__main__":
    main()
