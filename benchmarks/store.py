"""How fast a graph is loaded into the store and asked, beside rdflib with the same triples.

    python benchmarks/store.py [GRAPH] [--papers 1000] [--rounds 3]

GRAPH is a graph folder or a file of extractions; without one, so many papers of the corpus are read first. Both are
given the same file of N-Quads. Loading is done once by each. The queries are joins; both must give the same answer, the
store reading it from the disk as ``kg query`` does, and the median of some rounds counts. What is measured is the
processor's time, that of all threads together, whatever else the machine is doing.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median

import rdflib
from throughput import material

import kg
from kg.sparql import Namespaces, open_store, solve
from kg.store import namespaces, write_store

QUERIES = {
    "methods on datasets": """
        SELECT (COUNT(*) AS ?n) WHERE {
          ?paper kgo:uses ?method ; kgo:evaluatesOn ?dataset .
          ?method rdfs:label ?label .
          ?dataset rdfs:label ?dataset_label .
        }""",
    "datasets used with ImageNet": """
        SELECT ?label (COUNT(DISTINCT ?paper) AS ?n) WHERE {
          ?dataset rdfs:label "ImageNet" .
          ?paper kgo:evaluatesOn ?dataset , ?other .
          FILTER (?other != ?dataset)
          ?other rdfs:label ?label .
        } GROUP BY ?label ORDER BY DESC(?n) ?label""",
}


def seconds(work: Callable[[], object]) -> float:
    """How much of the processor's time some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def rows_of_store(folder: Path, query: str, names: Namespaces) -> list[list[str]]:
    """The answer of a store that is opened for this query."""
    return [[term.value for term in row] for row in solve(open_store(folder), query, names)]  # type: ignore[union-attr]


def compare(nquads: Path, folder: Path, graph: kg.graph.Graph, rounds: int) -> None:
    """Load a file into both, ask both, and print the times and their ratios."""
    print(f"{nquads.stat().st_size / 1e6:,.0f} MB of N-Quads\n\n{'':30}{'store':>12}{'rdflib':>12}{'ratio':>10}")
    dataset = rdflib.Dataset()
    ours = seconds(lambda: write_store(graph, folder, nquads=nquads))
    theirs = seconds(lambda: dataset.parse(nquads, format="nquads"))
    show("load", ours, theirs)
    names = namespaces()
    for what, query in QUERIES.items():
        expected = [[str(term) for term in row] for row in dataset.query(query, initNs=dict(names.prefixes))]  # type: ignore[union-attr]
        if rows_of_store(folder, query, names) != expected:
            raise SystemExit(f"{what}: the answers differ")
        ours = median(seconds(lambda: rows_of_store(folder, query, names)) for _ in range(rounds))  # noqa: B023
        theirs = median(
            seconds(lambda: list(dataset.query(query, initNs=dict(names.prefixes))))  # noqa: B023
            for _ in range(rounds)
        )
        show(what, ours, theirs)
    print(f"\n{len(open_store(folder)):,} triples")


def show(what: str, ours: float, theirs: float) -> None:
    """Print two times in seconds, and how often the store's goes into rdflib's."""
    print(f"{what:30}{ours:>10.3f} s{theirs:>10.3f} s{theirs / ours:>10.1f}")


def main() -> None:
    """Take the graph, write its N-Quads, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("graph", nargs="?", help="a graph folder, or a file of extractions")
    parser.add_argument("--papers", type=int, default=1000, help="at most so many papers are taken")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many rounds counts")
    options = parser.parse_args()
    warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's, of itself
    logging.disable(logging.WARNING)
    if options.graph:
        extractions = list(islice(kg.load_extractions(options.graph), options.papers))
    else:
        extractions = list(kg.extract(material(options.papers)[0]))
    graph = kg.build_graph(extractions)
    print(f"{len(extractions):,} papers", end=", ")
    with tempfile.TemporaryDirectory() as place:
        nquads = Path(place, "graph.nq")
        kg.export(graph, "nquads", nquads)
        compare(nquads, Path(place, "store"), graph, options.rounds)


if __name__ == "__main__":
    main()
