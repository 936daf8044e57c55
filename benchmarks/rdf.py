"""How fast kg writes and reads RDF, beside pyoxigraph and rdflib with the same triples.

    python benchmarks/rdf.py [GRAPH] [--papers 1000] [--rounds 5]

GRAPH is a graph folder or a file of extractions; without one, so many papers of the corpus are read first. pyoxigraph's
serializer is given quads that are made already, while the time of kg's exporter includes making the terms of the
graph. The two take turns, each writing to a file, and the fastest turn of each counts, since others
may be using the machine. rdflib, which is many times slower, has one turn, with a part of the triples.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyoxigraph
import rdflib
from throughput import material

import kg

FORMATS = ("nquads", "ntriples", "turtle", "trig", "jsonld", "rdfxml")
FOR_RDFLIB = 50_000
MEGABYTE = 1e6


def seconds(work: Callable[[], object]) -> float:
    """How much of the processor's time some work takes, whatever else the machine is doing."""
    start = time.process_time()
    work()
    return time.process_time() - start


def memory(work: Callable[[], object]) -> float:
    """The most memory that some work holds beside what was there before, in megabytes."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / MEGABYTE


def show(what: str, triples: int, taken: float) -> None:
    """Print one rate."""
    print(f"{what:<44}{triples / taken:>12,.0f} triples/s")


def compare(graph: kg.graph.Graph, file: Path, rounds: int) -> int:
    """Let the exporter and pyoxigraph's serializer write the same quads in turns; returns how many they are."""
    other = file.with_name("other.nq")
    beside = memory(partial(kg.export, graph, "nquads", file))
    quads = list(pyoxigraph.parse(path=file))
    count = len(quads)
    print(f"{count:,} triples, {file.stat().st_size / MEGABYTE:,.0f} MB of N-Quads, {beside:.1f} MB of memory\n")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(seconds(lambda: kg.export(graph, "nquads", file)))
        theirs.append(seconds(lambda: pyoxigraph.serialize(quads, other, pyoxigraph.RdfFormat.N_QUADS)))
    assert file.read_bytes() == other.read_bytes()  # noqa: S101 - or the comparison says nothing
    show("kg export, N-Quads, terms and all", count, min(ours))
    show("pyoxigraph's serializer, quads made already", count, min(theirs))
    print(f"{'time of kg as a multiple of pyoxigraph':<44}{min(ours) / min(theirs):>12.2f}\n")
    triples = pyoxigraph.serialize([quad.triple for quad in quads[:FOR_RDFLIB]], format=pyoxigraph.RdfFormat.N_TRIPLES)
    part = rdflib.Graph().parse(data=triples, format="nt")
    for name in ("nt", "turtle"):
        taken = seconds(partial(part.serialize, format=name))
        show(f"rdflib's serializer, {name}, graph made already", len(part), taken)
    return count


def rates(graph: kg.graph.Graph, folder: Path, count: int) -> None:
    """Print how fast each format is written and read back, and how fast others load the N-Quads."""
    for name in FORMATS:
        file = folder / f"graph{kg.exporter(name).suffix}"
        show(f"kg export, {name}", count, seconds(partial(kg.export, graph, name, file)))
        show(f"kg.import_graph, {name}", count, seconds(partial(kg.import_graph, file, name)))
    file = folder / "graph.nq"
    show("pyoxigraph.parse, N-Quads", count, seconds(lambda: sum(1 for _ in pyoxigraph.parse(path=file))))
    store = pyoxigraph.Store()
    show("pyoxigraph, bulk load into memory", count, seconds(lambda: store.bulk_load(path=file)))


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", nargs="?", help="a graph folder, or a file that kg extract wrote")
    parser.add_argument("--papers", type=int, default=1000, help="how many papers to read where no graph is given")
    parser.add_argument("--rounds", type=int, default=5, help="how often to compare")
    options = parser.parse_args()
    if options.graph:
        graph = kg.load_graph(options.graph)
    else:
        papers, where = material(options.papers)
        print(f"{len(papers):,} papers of {where}")
        graph = kg.build_graph(kg.extract(kg.merge_duplicates(papers)))
    with tempfile.TemporaryDirectory() as folder:
        count = compare(graph, Path(folder, "graph.nq"), options.rounds)
        print()
        rates(graph, Path(folder), count)


if __name__ == "__main__":
    main()
