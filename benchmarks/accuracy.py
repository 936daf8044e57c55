"""How well kg reads annotated abstracts, by the scorer that lies beside them.

    python benchmarks/accuracy.py

Two sets: the 100 annotated papers of ../shared/gold, which the rules were written with, and
benchmarks/annotated.jsonl, 2,385 papers of the conference corpus that were annotated by the same guidelines: each was
read once, by a single reader. They are kept here as ids and names without their texts, which are looked up in
../shared/corpus. Both need the material in ../shared. The weights were fitted to both, which flatters the figures;
fit_weights.py prints what to expect on other papers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import kg

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
DEVELOPED_WITH = SHARED / "gold" / "dev.jsonl"
CORPUS = SHARED / "corpus" / "conference-abstracts.jsonl.gz"
ANNOTATED = Path(__file__).with_name("annotated.jsonl")


def score(gold: Path, title: str, folder: Path) -> None:
    """Extract from the papers of a file of annotations and print what the scorer says."""
    found = folder / "found.jsonl"
    kg.write_extractions(kg.extract(kg.read(gold)), found)
    run_scorer(gold, found, title)


def run_scorer(gold: Path, found: Path, title: str) -> None:
    """Print what the scorer says of extractions."""
    print(f"\n{title}", flush=True)
    subprocess.run([sys.executable, str(SHARED / "gold" / "score.py"), str(gold), str(found)], check=True)  # noqa: S603


def with_texts(annotations: Path, target: Path) -> None:
    """Write the annotations again with the titles and abstracts that the corpus has for their ids."""
    wanted = {record["id"]: record for record in map(json.loads, annotations.read_text("utf-8").splitlines())}
    with target.open("w", encoding="utf-8") as file:
        for paper in kg.read(CORPUS):
            if paper.id in wanted:
                record = {"title": paper.title, "abstract": paper.abstract, **wanted[paper.id]}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


def main() -> None:
    """Score both sets."""
    if not DEVELOPED_WITH.exists() or not CORPUS.exists():
        sys.exit("needs the material in ../shared")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        score(DEVELOPED_WITH, "papers that the rules were written with", folder)
        with_texts(ANNOTATED, folder / "annotated.jsonl")
        score(folder / "annotated.jsonl", "papers of the conference corpus", folder)


if __name__ == "__main__":
    main()
