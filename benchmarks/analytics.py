"""How long analyses take beside loading the graph, and what their answers are worth.

    python benchmarks/analytics.py [EXTRACTIONS] [--papers 20000] [--split YEAR]

EXTRACTIONS is a file that kg extract wrote; without it, the first papers of ../shared/corpus are read. Times are those
of the processor: they depend on the machine, their ratios to that of building the graph hardly do. Then two questions
are asked of the answers:

- Gaps: of the method-dataset pairs that are gaps in the papers up to a year (that up to which seven tenths of
  them were published), how many do later papers work with? Beside them stand the pairs of the methods and datasets that
  most papers work with, and all pairs that might have been gaps.
- Similar papers: how alike are the abstracts of a paper and of the five most like it, by the cosine of TF-IDF of their
  words, which kg.analytics does not look at? Beside them stand five papers by chance, and the five with the most
  alike abstracts.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from material import CORPUS
from sklearn.feature_extraction.text import TfidfVectorizer

import kg
from kg import analytics
from kg.analytics.gaps import MIN_PAPERS
from kg.analytics.namings import WORKED_WITH, namings
from kg.frames import Frames
from kg.model import Extraction

SPLIT: Final = 0.7
MOST: Final = 300
ASKED: Final = 100
NEAREST: Final = 5
FIRST: Final = (50, 100, 1000)
COMMON_WORDS: Final = 0.2
RARE_WORDS: Final = 5


def extractions(file: Path | None, papers: int) -> list[Extraction]:
    """Those of a file, or of the first papers of the corpus."""
    if file is not None:
        return list(kg.load_extractions(file))
    if not CORPUS.exists():
        sys.exit("needs a file of extractions, or the material in ../shared")
    return list(kg.extract(list(islice(kg.read(CORPUS), papers)), workers=2))


def timed(name: str, work: Callable[[], Any], unit: float | None = None) -> tuple[Any, float]:
    """What some work gives and the processor time that it takes, printed as a share of the unit."""
    start = time.process_time()
    answer = work()
    took = time.process_time() - start
    print(f"{name:22}{took:8.2f} s" + (f"{took / unit:8.3f}" if unit else "   1"))
    return answer, took


def times(found: Sequence[Extraction]) -> Frames:
    """Print how long everything takes beside building the graph."""
    graph, building = timed("building the graph", lambda: kg.build_graph(found))
    frames = Frames(graph)
    timed("frames", lambda: [frames.papers, frames.entities, frames.results, frames.edges, frames.named], building)
    thing = frames.entities.nlargest(1, "papers")["entity"].iloc[0]
    paper = frames.papers.nlargest(1, "entities")["paper"].iloc[0]
    for name, work in {
        "trends": lambda: analytics.trends(frames),
        "together": lambda: analytics.together(frames, thing),
        "pairs": lambda: analytics.pairs(frames),
        "central": lambda: analytics.central(frames),
        "communities": lambda: analytics.communities(frames),
        "similar": lambda: analytics.similar(frames, paper),
        "gaps": lambda: analytics.gaps(frames),
        "differences": lambda: analytics.differences(graph, graph),
    }.items():
        timed(name, work, building)
    print(f"{graph.number_of_nodes():,} nodes, {graph.number_of_edges():,} edges")
    return frames


def judge_gaps(frames: Frames, split: int | None) -> None:
    """Print how many of the gaps up to a year later papers work with."""
    last = int(frames.papers["year"].dropna().quantile(SPLIT)) if split is None else split
    early = Frames(kg.select(frames.graph, until=last))
    later = worked(frames, since=last + 1)
    tried = worked(early, roles=None)
    gaps = analytics.gaps(early)
    frequent = early.entities[early.entities["papers"] >= MIN_PAPERS].sort_values("papers", ascending=False)
    methods, datasets = (frequent[frequent["type"] == kind] for kind in ("Method", "Dataset"))
    pairs = methods.head(MOST).merge(datasets.head(MOST), how="cross")
    pairs = pairs.assign(size=pairs["papers_x"] * pairs["papers_y"]).sort_values("size", ascending=False)
    common = [pair for pair in zip(pairs["entity_x"], pairs["entity_y"], strict=True) if pair not in tried]
    found = list(zip(gaps["method_entity"], gaps["dataset_entity"], strict=True))
    print(f"\n{len(found):,} gaps in papers up to {last}; those that later papers work with, in per cent")
    for first in FIRST:
        shares = [100 * sum(pair in later for pair in ranked[:first]) / first for ranked in (found, common)]
        print(f"  first {first:5,}: gaps {shares[0]:5.1f}   most frequent pairs {shares[1]:5.1f}")
    known = set(frequent["entity"])
    new = sum(set(pair) <= known for pair in later - tried)
    print(f"  all pairs: {100 * new / (len(methods) * len(datasets)):.2f}")


def worked(
    frames: Frames, *, since: int | None = None, roles: Collection[str] | None = WORKED_WITH
) -> set[tuple[str, str]]:
    """The pairs of a method and a dataset that papers from a year on name in one of the roles."""
    named = namings(frames, since=since, roles=roles, with_broader=True)
    named = named.merge(frames.entities[["entity", "type"]], on="entity")[["paper", "entity", "type"]]
    sides = [named[named["type"] == kind] for kind in ("Method", "Dataset")]
    both = sides[0].merge(sides[1], on="paper")
    return set(zip(both["entity_x"], both["entity_y"], strict=True))


def judge_similar(frames: Frames) -> None:
    """Print how alike the words of similar papers are."""
    texts = frames.papers["title"] + " " + frames.papers["abstract"].fillna("")
    words = TfidfVectorizer(min_df=RARE_WORDS, max_df=COMMON_WORDS, sublinear_tf=True).fit_transform(texts)
    place_of = pd.Series(range(len(texts)), index=frames.papers["paper"])
    several = frames.papers[frames.papers["entities"] >= MIN_PAPERS]["paper"].tolist()
    chance = random.Random(0)  # noqa: S311 - nothing secret
    found: dict[str, list[float]] = {"similar": [], "by chance": [], "most alike": []}
    for paper in chance.sample(several, min(ASKED, len(several))):
        alike = np.asarray((words @ words[[place_of[paper]]].T).todense()).ravel()
        alike[place_of[paper]] = 0.0
        near = analytics.similar(frames, paper)["paper"].head(NEAREST)
        found["similar"].append(float(alike[place_of[near]].mean()) if len(near) else 0.0)
        found["by chance"].append(float(alike[chance.sample(range(len(alike)), NEAREST)].mean()))
        found["most alike"].append(float(np.sort(alike)[-NEAREST:].mean()))
    print("\ncosine of the words of a paper and of five others")
    for name, values in found.items():
        print(f"  {name:12}{np.mean(values):.3f}")


def main() -> None:
    """Read what is asked for, and print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, metavar="EXTRACTIONS")
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--split", type=int, metavar="YEAR")
    asked = parser.parse_args()
    found = extractions(asked.file, asked.papers)
    print(f"{len(found):,} papers")
    frames = times(found)
    judge_gaps(frames, asked.split)
    judge_similar(frames)


if __name__ == "__main__":
    main()
