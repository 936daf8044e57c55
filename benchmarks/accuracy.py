"""How well kg reads annotated abstracts, by the scorer that lies beside them.

    python benchmarks/accuracy.py

Two sets: the 100 annotated papers of ../shared/gold, which the rules were written with, and
benchmarks/annotated.jsonl, 2,385 papers of the conference corpus that were annotated by the same guidelines: each was
read once, by a single reader. They are kept here as ids and names without their texts, which are looked up in
../shared/corpus. Both need the material in ../shared. The weights were fitted to both, which flatters the figures;
fit_weights.py prints what to expect on other papers.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from material import Material

import kg


def main() -> None:
    """Score both sets."""
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        material.report(kg.extract(material.papers), "weights fitted to them")


if __name__ == "__main__":
    main()
