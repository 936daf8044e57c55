"""How fast kg reads abstracts, beside spaCy's blank tokenizer on the same texts, and where the time goes.

    python benchmarks/throughput.py [--papers 3000] [--rounds 5]

Speeds in abstracts per second depend on the machine; their ratio hardly does. Both pipelines are warmed up on some of
the papers. Then they take turns: in each round both read the same papers, which neither has seen before (unless only
the examples are there, which are read over and over), and each round gives a ratio, of which the median is printed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import spacy
from spacy.language import Language

import kg
from kg.building import DEFAULT_EXPORTS
from kg.components.document import paper_fields, paper_text
from kg.extraction import SMALL_BATCH_SIZE, annotate_all
from kg.model import Paper

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "conference-abstracts.jsonl.gz"
EXAMPLES = ROOT / "examples" / "abstracts.jsonl"


def material(count: int) -> tuple[list[Paper], str]:
    """So many papers, and a word on where they are from."""
    if CORPUS.exists():
        return list(islice(kg.read(CORPUS), count)), CORPUS.name
    return list(islice(cycle(kg.read(EXAMPLES)), count)), f"{EXAMPLES.name}, repeated"


def seconds(work: Callable[[Sequence[Paper]], None], papers: Sequence[Paper]) -> float:
    """How long some work on papers takes."""
    start = time.perf_counter()
    work(papers)
    return time.perf_counter() - start


def in_batches(papers: Sequence[Paper]) -> Iterator[Sequence[Paper]]:
    """The papers as extraction takes them, a few at a time."""
    for first in range(0, len(papers), SMALL_BATCH_SIZE):
        yield papers[first : first + SMALL_BATCH_SIZE]


def compare(ours: Language, theirs: Language, portions: Sequence[Sequence[Paper]]) -> None:
    """Let both read each portion of the papers, the first one first in every other round."""

    def read_with_kg(papers: Sequence[Paper]) -> None:
        for batch in in_batches(papers):
            annotate_all(ours, batch, winners_only=True)

    def tokenize(papers: Sequence[Paper]) -> None:
        for paper in papers:
            theirs.make_doc(paper_text(paper))

    print(f"{'round':>14}{'kg':>10}{'tokenizer':>12}{'ratio':>8}   abstracts per second")
    speeds: list[tuple[float, float]] = []
    for number, papers in enumerate(portions):
        turns = [read_with_kg, tokenize] if number % 2 else [tokenize, read_with_kg]
        taken = {turn: seconds(turn, papers) for turn in turns}
        if number == 0:
            continue  # the warm-up
        speeds.append((len(papers) / taken[read_with_kg], len(papers) / taken[tokenize]))
        kg_speed, tokenizer_speed = speeds[-1]
        print(f"{number:>14}{kg_speed:>10,.0f}{tokenizer_speed:>12,.0f}{kg_speed / tokenizer_speed:>8.3f}")
    kg_speed, tokenizer_speed = (median(column) for column in zip(*speeds, strict=True))
    ratio = median(one / other for one, other in speeds)
    print(f"{'median':>14}{kg_speed:>10,.0f}{tokenizer_speed:>12,.0f}{ratio:>8.3f}\n")


def time_by_component(nlp: Language, papers: Sequence[Paper]) -> None:
    """Print what each part of the pipeline takes."""
    taken = {"tokenizer": 0.0, **{name: 0.0 for name, _ in nlp.pipeline}}
    for batch in in_batches(papers):
        start = time.perf_counter()
        docs = []
        for paper in batch:
            docs.append(nlp.make_doc(paper_text(paper)))
            docs[-1]._.kg_fields = paper_fields(paper)
            docs[-1]._.kg_winners_only = True
        for name, component in (("tokenizer", None), *nlp.pipeline):
            pipe = getattr(component, "pipe", None)
            if pipe is not None:
                docs = list(pipe(docs))
            elif component is not None:
                docs = list(map(component, docs))
            end = time.perf_counter()
            taken[name] += end - start
            start = end
    print_shares("component", taken, len(papers))


def time_by_stage(papers: int) -> None:
    """Print what each stage of a build takes, from files to files."""
    taken: dict[str, float] = {}
    start = time.perf_counter()

    def done(stage: str) -> None:
        nonlocal start
        taken[stage] = time.perf_counter() - start
        start = time.perf_counter()

    read = kg.merge_duplicates(material(papers)[0])
    done("reading")
    list(kg.extract(""))
    done("loading the rules")
    extractions = list(kg.extract(read))
    done("extracting")
    graph = kg.build_graph(extractions)
    done("graph")
    with tempfile.TemporaryDirectory() as folder:
        for name in DEFAULT_EXPORTS:
            start = time.perf_counter()
            kg.export(graph, name, Path(folder) / f"graph{kg.exporter(name).suffix}")
            done(name)
    print_shares("stage of a build", taken, len(read))


def print_shares(what: str, taken: dict[str, float], papers: int) -> None:
    """Print times as milliseconds a paper and as shares of the whole."""
    total = sum(taken.values())
    print(f"{what:<20}{'ms a paper':>12}{'share':>8}   of {total:.1f} s for {papers:,} papers")
    for name, time_taken in taken.items():
        print(f"{name:<20}{1000 * time_taken / papers:>12.3f}{time_taken / total:>8.1%}")
    print()


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=3000, help="how many papers to use in all")
    parser.add_argument("--rounds", type=int, default=5, help="how often to compare")
    options = parser.parse_args()
    papers, where = material(options.papers)
    size = len(papers) // (options.rounds + 2)
    if size == 0 or options.rounds < 1:
        parser.error("give at least one round, and two papers more than rounds")
    portions = [papers[index : index + size] for index in range(0, len(papers), size)]
    print(f"{len(papers):,} papers of {where}; kg {kg.__version__}, spaCy {version('spacy')}\n")
    nlp = kg.pipeline()
    compare(nlp, spacy.blank("en"), portions[: options.rounds + 1])
    time_by_component(nlp, portions[options.rounds + 1])
    time_by_stage(len(papers))


if __name__ == "__main__":
    main()
