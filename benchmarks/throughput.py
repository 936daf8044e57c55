"""How fast kg reads abstracts, beside spaCy's blank tokenizer on the same texts, and where the time goes.

    python benchmarks/throughput.py [--papers 3000] [--rounds 5]

Speeds in abstracts per second depend on the machine; their ratio hardly does. Both pipelines are warmed up on some of
the papers. Then they take turns: in each round both read the same papers, which neither has seen before (unless only
the examples are there, which are read over and over), and each round gives a ratio, of which the median is printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from itertools import cycle, islice, pairwise
from pathlib import Path
from statistics import median
from typing import TypeAlias

import spacy
from spacy.language import Language

import kg
from kg.completing import SMALL_EXPORTS
from kg.components.document import paper_fields, paper_text
from kg.extraction import annotate_all
from kg.model import Paper
from kg.processes import batches
from kg.rulebook import Rulebook
from kg.ruletables import lexicon_text
from kg.store import write_store

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "conference-abstracts.jsonl.gz"
EXAMPLES = ROOT / "examples" / "abstracts.jsonl"
LOADS = 5
Work: TypeAlias = Callable[[Sequence[Paper]], None]
CLOCK = "import resource, time; start = time.perf_counter()"
MEASURES = "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def material(count: int) -> tuple[list[Paper], str]:
    """So many papers, and a word on where they are from."""
    if CORPUS.exists():
        return list(islice(kg.read(CORPUS), count)), CORPUS.name
    return list(islice(cycle(kg.read(EXAMPLES)), count)), f"{EXAMPLES.name}, repeated"


def seconds(work: Work, papers: Sequence[Paper]) -> float:
    """How long some work on papers takes."""
    start = time.perf_counter()
    work(papers)
    return time.perf_counter() - start


def read_in_batches(nlp: Language, papers: Sequence[Paper]) -> None:
    """Read papers as extraction does."""
    for batch in batches(papers):
        annotate_all(nlp, batch, winners_only=True)


def compare_processes() -> None:
    """Print how long a new process takes to load what it needs, and how much memory it has then."""
    for what, program in (("spaCy", "import spacy; spacy.blank('en')"), ("kg", "import kg; kg.pipeline()")):
        command = [sys.executable, "-c", f"{CLOCK}; {program}; {MEASURES}"]
        printed = [subprocess.check_output(command, text=True).split() for _ in range(LOADS)]  # noqa: S603 - our own
        quickest, kilobytes = min((float(taken), int(size)) for taken, size in printed)
        print(f"loading {what}: {quickest:.2f} s, {kilobytes / 1024:.0f} MB")
    print()


def compare(ours: Language, theirs: Language, portions: Sequence[Sequence[Paper]]) -> None:
    """Let both read each portion of the papers, the first one first in every other round."""
    read_with_kg = partial(read_in_batches, ours)

    def tokenize(papers: Sequence[Paper]) -> None:
        for paper in papers:
            theirs.make_doc(paper_text(paper))

    print(f"{'round':>14}{'kg':>10}{'tokenizer':>12}{'ratio':>8}   abstracts per second")
    speeds: list[tuple[float, float]] = []
    for number, papers in enumerate(portions):
        turns: list[Work] = [read_with_kg, tokenize] if number % 2 else [tokenize, read_with_kg]
        taken = {turn: seconds(turn, papers) for turn in turns}
        if number == 0:
            continue  # the warm-up
        speeds.append((len(papers) / taken[read_with_kg], len(papers) / taken[tokenize]))
        kg_speed, tokenizer_speed = speeds[-1]
        print(f"{number:>14}{kg_speed:>10,.0f}{tokenizer_speed:>12,.0f}{kg_speed / tokenizer_speed:>8.3f}")
    kg_speed, tokenizer_speed = (median(column) for column in zip(*speeds, strict=True))
    ratio = median(one / other for one, other in speeds)
    print(f"{'median':>14}{kg_speed:>10,.0f}{tokenizer_speed:>12,.0f}{ratio:>8.3f}\n")


def compare_lexicons(papers: Sequence[Paper], rounds: int) -> None:
    """Let a pipeline whose lexicon holds twice as many names read beside the usual one, in turns."""
    entries = Rulebook.load().lexicon
    others = [
        entry._replace(name=f"{entry.name} {following.name}") for entry, following in pairwise((*entries, entries[0]))
    ]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "lexicon-more.tsv").write_text(lexicon_text(others), "utf-8")
        usual, larger = kg.pipeline(), kg.pipeline(folder)
    ratios = []
    for number in range(rounds + 1):
        turns = [usual, larger] if number % 2 else [larger, usual]
        taken = {id(nlp): seconds(partial(read_in_batches, nlp), papers) for nlp in turns}
        ratios.append(taken[id(usual)] / taken[id(larger)])
    share = median(ratios[1:])
    size = len(entries)
    print(f"with {size + len(others):,} names in the lexicon instead of {size:,}: {share:.3f} of the speed\n")


def time_by_component(nlp: Language, papers: Sequence[Paper]) -> None:
    """Print what each part of the pipeline takes."""
    taken = {"tokenizer": 0.0, **{name: 0.0 for name, _ in nlp.pipeline}}
    for batch in batches(papers):
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
        for name in SMALL_EXPORTS:
            start = time.perf_counter()
            kg.export(graph, name, Path(folder) / f"graph{kg.exporter(name).suffix}")
            done(name)
        write_store(graph, Path(folder) / "store")
        done("store")
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
    compare_processes()
    nlp = kg.pipeline()
    compare(nlp, spacy.blank("en"), portions[: options.rounds + 1])
    compare_lexicons(portions[-1], options.rounds)
    time_by_component(nlp, portions[options.rounds + 1])
    time_by_stage(len(papers))


if __name__ == "__main__":
    main()
