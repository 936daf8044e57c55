"""The answers that competency queries must give on the graph of the examples, kept in ``tests/data/queries/``.

``python -m tests.competency`` writes them anew; look at what has changed, by eye, before you keep it.
"""

from __future__ import annotations

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Final

import pyoxigraph

from kg.building import build_folder
from kg.competency import CompetencyQuery, competency_queries
from kg.sparql import open_store
from tests.built import example_files
from tests.engines import Answer, in_store
from tests.material import ROOT

EXPECTED: Final = ROOT / "tests" / "data" / "queries"
TRIPLE: Final = ("subject", "predicate", "object")


def expected(query: CompetencyQuery) -> list[dict[str, str]]:
    """The rows that are kept for a query; what is empty is left out of them."""
    with (EXPECTED / f"{query.name}.csv").open(encoding="utf-8", newline="") as file:
        return [{name: text for name, text in row.items() if text} for row in csv.DictReader(file)]


def in_rows(answer: Answer) -> list[dict[str, str]]:
    """An answer as rows of texts: a truth under "answer", triples sorted."""
    if isinstance(answer, bool):
        return [{"answer": str(answer).lower()}]
    if isinstance(answer, set):
        found = (dict(zip(TRIPLE, triple, strict=True)) for triple in answer)
        return sorted(({name: _text(term[1]) for name, term in row.items()} for row in found), key=str)
    rows = ({name: _text(term[1]) for name, term in row.items()} for row in answer)
    return [{name: text for name, text in row.items() if text} for row in rows]


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def main() -> None:
    """Write what the store of the examples answers."""
    EXPECTED.mkdir(exist_ok=True)
    for old in EXPECTED.glob("*.csv"):
        old.unlink()
    with tempfile.TemporaryDirectory() as place:
        build_folder(example_files(), Path(place, "g"), exports=["nquads"])
        store = open_store(Path(place, "g", "store"))
        for query in competency_queries():
            found = store.query(query.text)
            names: tuple[str, ...] = ("answer",)
            if isinstance(found, pyoxigraph.QueryTriples):
                names = TRIPLE
            elif isinstance(found, pyoxigraph.QuerySolutions):
                names = tuple(variable.value for variable in found.variables)
            out = io.StringIO()
            table = csv.DictWriter(out, names, lineterminator="\n")
            table.writeheader()
            table.writerows(in_rows(in_store(store)(query.text)))
            (EXPECTED / f"{query.name}.csv").write_text(out.getvalue(), "utf-8")


if __name__ == "__main__":
    main()
