"""The annotated papers to which weights are fitted, in parts, and how extractions from them are judged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import kg
from kg.annotations import Record, load_gold
from kg.cli import main as kg_command

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
DEVELOPED_WITH = SHARED / "gold" / "dev.jsonl"
CORPUS = SHARED / "corpus" / "conference-abstracts.jsonl.gz"
ANNOTATED = Path(__file__).with_name("annotated.jsonl")
PARTS = 5
FOLDS = ROOT / ".cache" / "folds"
"""Where the weights lie that were fitted to all papers but those of one part: a folder of rules for each part."""


class Material:
    """The annotated papers, those of ../shared/gold/dev.jsonl first.

    ``annotations`` are as the files have them, ``records`` as :mod:`kg.annotations` reads them, both by id. The texts
    lie in ``folder`` for as long as that is there. Ends the program where ../shared is missing.
    """

    def __init__(self, folder: Path) -> None:
        if not DEVELOPED_WITH.exists() or not CORPUS.exists():
            sys.exit("needs the material in ../shared")
        self._folder = folder
        with_texts(ANNOTATED, folder / "annotated.jsonl")
        self._sets = {
            "papers that the rules were written with": DEVELOPED_WITH,
            "papers of the conference corpus": folder / "annotated.jsonl",
        }
        files = self._sets.values()
        self.papers = [paper for file in files for paper in kg.read(file)]
        lines = (line for file in files for line in file.read_text("utf-8").splitlines())
        self.annotations: dict[str, dict[str, Any]] = {record["id"]: record for record in map(json.loads, lines)}
        self.records: dict[str, Record] = {}
        for file in files:
            self.records |= load_gold(file).records

    @property
    def conference_papers(self) -> list[kg.Paper]:
        """The papers of the conference corpus alone, with which no rule was written."""
        return list(kg.read(self._sets["papers of the conference corpus"]))

    def report(self, found: Iterable[kg.Extraction], how: str, *, calibration: bool = False) -> None:
        """Print what the scorer says of extractions from the papers of each set."""
        target = self._folder / "found.jsonl"
        kg.write_extractions(found, target)
        for title, file in self._sets.items():
            run_scorer(file, target, f"{title}, {how}")
            if calibration:
                command = ["eval", str(file), "--predictions", str(target), "--calibration"]
                kg_command(command, standalone_mode=False)


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
