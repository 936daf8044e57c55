"""How long a build takes and how much memory, by the number of papers, beside spaCy's blank tokenizer.

    python benchmarks/scale.py [--sizes 2000 4000 | --all] [--plot scale.svg]

A build goes from a gzip of JSON Lines to a graph folder with Turtle and a store, in a new process, everything counted
from its start to its end. The tokenizer only splits the same texts, which are in memory already, in as many processes,
which have loaded it already. "x" is how many times a build takes what the tokenizer takes right after it: of the time
that passes, and of the processor's time, that of all processes and threads together, on which it tells less what else
the machine is doing.

Memory is read from /proc/PID/status every 0.2 s: of the process that builds and of the largest of its workers the peak
(VmHWM), of all together the largest sum of what each had in memory at one time (VmRSS; libraries that they share count
for each). The stages are those that a build tells of as it goes. Needs Linux and ../shared.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice, pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd
import spacy
from spacy.language import Language
from throughput import CORPUS

import kg
from kg.components.document import paper_text
from kg.plots import growth_plot
from kg.processes import in_batches

ADDED = 100
WORKERS = 2
BATCH = 256
SAMPLE = 0.2
MEGABYTE = 1 << 20
STAGES = {
    "reading": "reading",
    "merging duplicates": "merging",
    "extracting": "extracting",
    "resolving names": "resolving",
    "writing the graph": "writing",
    "filling the store": "store",
    "writing graph.ttl": "joining",
}
"""What a build tells of, and the columns of the table."""


@dataclass
class Measured:
    """What was measured of some work in a process: seconds, also by stage and of the processor, and peaks of memory.

    ``held`` is what the process had in memory when a stage ended.
    """

    seconds: float = 0.0
    processor: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    parent: int = 0
    worker: int = 0
    together: int = 0


def memory(process: int) -> dict[str, int]:
    """What a process has in memory, and had at most, in bytes; nothing where it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split() for line in lines if line.startswith(("VmHWM:", "VmRSS:")))
    return {name.rstrip(":"): int(kilobytes) * 1024 for name, kilobytes, _ in pairs}


def children(process: int) -> list[int]:
    """The processes that a process started."""
    try:
        return [
            int(child)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []


def measured(work: partial[Any]) -> Measured:
    """Do some work in a new process, which calls it with a function to tell of its progress, and look on."""
    ours, theirs = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_told, args=(work, theirs))
    found = Measured()
    process.start()
    theirs.close()
    while not ours.poll(SAMPLE):
        parent = memory(process.pid or 0)
        workers = [memory(one) for one in children(process.pid or 0)]
        found.parent = max(found.parent, parent.get("VmHWM", 0))
        found.worker = max([found.worker, *(one.get("VmHWM", 0) for one in workers)])
        found.together = max(found.together, sum(one.get("VmRSS", 0) for one in (parent, *workers)))
    times: list[tuple[str, float, int]]
    times, found.processor = ours.recv()
    process.join()
    found.seconds = times[-1][1] - times[0][1]
    for (what, start, _), (_, end, held) in pairwise(times):
        found.stages[what] = found.stages.get(what, 0.0) + end - start
        found.held[what] = held
    return found


def _told(work: partial[Any], to: Connection) -> None:
    times: list[tuple[str, float, int]] = []

    def tell(what: str, _done: int, _total: int | None) -> None:
        if not times or what != times[-1][0]:
            times.append((what, time.perf_counter(), memory(os.getpid()).get("VmRSS", 0)))

    tell("start", 0, None)
    before = processor_seconds()
    try:
        work(on_progress=tell)
    finally:
        tell("end", 0, None)
        to.send((times, processor_seconds() - before))


def processor_seconds() -> float:
    """The processor's time of this process and of those that it started and that have ended."""
    usages = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@cache
def tokenizer() -> Language:
    """The blank pipeline, loaded once in a process."""
    return spacy.blank("en")


def tokenize(texts: list[str]) -> float:
    """Split texts; how much of the processor's time it took, in seconds."""
    nlp = tokenizer()
    start = time.process_time()
    for text in texts:
        nlp.make_doc(text)
    return time.process_time() - start


def seconds_to_tokenize(texts: list[str], workers: int) -> tuple[float, float]:
    """How long so many processes take to split texts, once they have loaded what they need; also of the processor."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        list(processes.map(tokenize, [texts[:1000]] * workers))
        start = time.perf_counter()
        processor = sum(in_batches(tokenize, texts, workers=workers, size=BATCH, executor=processes))
        return time.perf_counter() - start, processor


def first_lines(count: int, target: Path, *, after: int = 0) -> Path:
    """So many lines of the corpus, after some others, as a gzip of their own."""
    with gzip.open(CORPUS, "rb") as file, gzip.open(target, "wb", compresslevel=1) as stream:
        stream.writelines(islice(file, after, after + count))
    return target


class Scale:
    """The measurements, in a folder for what they leave."""

    def __init__(self, place: Path, sizes: list[int]) -> None:
        self._place = place
        self._sizes = sizes
        self.rows: list[dict[str, Any]] = []

    def _build(self, source: Path, size: int, workers: int, evidence: str = "full") -> Measured:
        target = self._place / f"{size}-{workers}-{evidence}"
        work = partial(
            kg.build_folder, [str(source)], target, workers=workers, exports=["turtle"], store_evidence=evidence
        )
        found = measured(work)
        texts = list(map(paper_text, kg.read_papers([str(source)]).papers))
        beside, processor = seconds_to_tokenize(texts, workers)
        store = sum(path.stat().st_size for path in (target / "store").iterdir())
        row = {
            "papers": len(texts),
            "workers": workers,
            "evidence": evidence,
            "seconds": found.seconds,
            "papers/s": len(texts) / found.seconds,
            "x": found.seconds / beside,
            "x processor": found.processor / processor,
            "processor ms": 1000 * found.processor / len(texts),
            "parent MB": found.parent / MEGABYTE,
            "worker MB": found.worker / MEGABYTE,
            "all MB": found.together / MEGABYTE,
            "Turtle MB": (target / "graph.ttl").stat().st_size / MEGABYTE,
            "store MB": store / MEGABYTE,
            **{f"{name} %": 100 * found.stages.get(what, 0.0) / found.seconds for what, name in STAGES.items()},
        }
        self.rows.append(row)
        if not (size == self._sizes[-1] and workers == WORKERS and evidence == "full"):
            shutil.rmtree(target)  # that one is added to
        print(
            ", ".join(
                f"{name} {value:,.0f}" if isinstance(value, float) else f"{name} {value}"
                for name, value in islice(row.items(), 9)
            ),
            flush=True,
        )
        return found

    def run(self) -> None:
        """Build all sizes with two workers, the largest also with one, and with less evidence; then add some."""
        source = self._place / "papers.jsonl.gz"
        for size in self._sizes:
            largest = self._build(first_lines(size, source), size, WORKERS)
        alone = self._build(source, size, 1)
        print(f"\n{WORKERS} workers are {alone.seconds / largest.seconds:.2f} times as fast as one", flush=True)
        for evidence in ("link", "none"):
            self._build(source, size, WORKERS, evidence)
        largest_folder = self._place / f"{size}-{WORKERS}-full"
        print(f"\nwhat the process that builds of {size:,} papers has in memory, in MB, when it is done with")
        for what, held in largest.held.items():
            print(f"  {what:20}{held / MEGABYTE:>8,.0f}")
        new = first_lines(ADDED, self._place / "new.jsonl.gz", after=size)
        work = partial(kg.add_to_folder, largest_folder, [str(new)], workers=WORKERS)
        adding = measured(work)
        share, processor = adding.seconds / largest.seconds, adding.processor / largest.processor
        print(
            f"\nadding {ADDED} papers to {size:,}: {share:.0%} of the time of building them, {processor:.0%} of the "
            "processor's"
        )

    def tables(self) -> Iterator[str]:
        """What was measured, in the order in which it was."""
        table = pd.DataFrame(self.rows)
        shown = [name for name in self.rows[0] if not name.endswith("%")]
        yield 'A build ("processor ms" are a paper), and how many times (x) it takes what the tokenizer takes'
        yield table[shown].to_string(index=False, float_format="{:,.1f}".format)
        yield "Where the time goes, as shares of the build"
        stages = [name for name in self.rows[0] if name.endswith("%")]
        yield table[["papers", "workers", "evidence", *stages]].to_string(index=False, float_format="{:.1f}".format)
        grown = self.growth()
        first, last = grown.iloc[0], grown.iloc[-1]
        if len(grown) > 1:
            times = last["papers"] / first["papers"]
            more = last["parent MB"] - first["parent MB"]
            each = 1024 * more / (last["papers"] - first["papers"])
            yield (
                f"{times:.1f} times the papers take {last['seconds'] / first['seconds']:.1f} times the time; "
                f"the process that builds holds {each:.1f} kB more for each paper more"
            )

    def growth(self) -> pd.DataFrame:
        """The builds of all sizes that differ in nothing else."""
        table = pd.DataFrame(self.rows)
        return table[(table["workers"] == WORKERS) & (table["evidence"] == "full")].sort_values("papers")


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 4000], help="how many papers to build of")
    parser.add_argument("--all", action="store_true", help="10,000, 20,000, 40,000, and the whole corpus")
    parser.add_argument("--plot", type=Path, help="draw time and memory by size into a file (.svg or .png)")
    parser.add_argument("--folder", type=Path, help="where to build (default: the system's folder for such)")
    options = parser.parse_args()
    if not CORPUS.exists():
        print(f"skipped: needs {CORPUS}", file=sys.stderr)
        return
    if not Path("/proc/self/status").exists():
        print("skipped: needs /proc, which Linux has", file=sys.stderr)
        return
    with gzip.open(CORPUS, "rb") as file:
        lines = sum(1 for _ in file)
    sizes = [10_000, 20_000, 40_000, lines - ADDED] if options.all else sorted(options.sizes)
    if sizes[0] < 1 or sizes[-1] > lines - ADDED:
        parser.error(f"sizes are 1 to {lines - ADDED:,}, for {ADDED} papers are added afterwards")
    print(f"kg {kg.__version__}, {os.cpu_count()} cores\n", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        scale = Scale(Path(place), sizes)
        scale.run()
    print("", *scale.tables(), sep="\n\n")
    if options.plot:
        growth_plot(
            scale.growth(),
            options.plot,
            title="A build with two workers, by the number of papers",
            over="papers",
            left=("seconds", "seconds"),
            right=("parent MB", "peak memory of the process that builds, MB"),
        )


if __name__ == "__main__":
    main()
