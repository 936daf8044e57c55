"""Papers made by hand that name things, of which analyses are made."""

from __future__ import annotations

from typing import get_args

from kg.graph import Graph, build_graph
from kg.model import EntityType, Extraction, Paper, Role
from tests.samples import entity, extraction

TYPE_OF: dict[str, EntityType] = {type_[0].lower(): type_ for type_ in get_args(EntityType) if type_ != "Metric"}
TYPE_OF["x"] = "Metric"


def naming(
    paper_id: str,
    *things: str,
    published: str | None = None,
    venue: str | None = None,
    role: Role = "used",
    title: str | None = None,
) -> Extraction:
    """A paper that names things, each written as "m:FooNet" (m, d, t for its type, x for a metric)."""
    pairs = [(TYPE_OF[thing[0]], thing[2:]) for thing in things]
    paper = Paper(
        id=paper_id,
        title=title or f"About {paper_id}",
        abstract="Here stand " + "; ".join(name for _, name in pairs) + ".",
        published=published,
        venue=venue,
    )
    return extraction(paper, [entity(paper, type_, name, role=role) for type_, name in pairs])


def graph_of(*extractions: Extraction) -> Graph:
    """Their graph."""
    return build_graph(extractions)


def two_fields() -> Graph:
    """Four papers on trees and four on ships, and one that ties them together by a metric."""
    trees = [naming(f"t{n}", "m:LeafNet", "d:Meadow", "t:tree counting", published=f"{2018 + n}") for n in range(4)]
    ships = [naming(f"s{n}", "m:HullNet", "d:Harbor", "t:ship finding", published=f"{2019 + n}") for n in range(4)]
    return graph_of(*trees, *ships, naming("b", "m:LeafNet", "m:HullNet", "x:accuracy", published="2022"))
