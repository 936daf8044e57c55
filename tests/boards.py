"""Papers with results, made by hand, of which leaderboards are made."""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph import Graph, build_graph
from kg.model import EntityType, Extraction, Paper, Qualifier, ResultKind, Role
from tests.samples import entity, extraction, result


@dataclass(frozen=True)
class Report:
    """One number that a paper reports; the names are those of entities, if ``named``."""

    value: str
    unit: str | None = None
    metric: str | None = "accuracy"
    dataset: str | None = "Meadow"
    method: str | None = "FooNet"
    baseline: str | None = None
    task: str | None = None
    kind: ResultKind = "score"
    qualifier: Qualifier = "exact"
    named: bool = True


def reporting(paper_id: str, *reports: Report, published: str | None = None, role: Role = "used") -> Extraction:
    """A paper that reports these numbers, one a sentence; its methods have the role."""
    sentences = [
        f"Here {one.method or 'it'} beats {one.baseline or 'all'} by {place} or {one.value} {one.unit or ''} "
        f"{one.metric} on {one.dataset} for {one.task}."
        for place, one in enumerate(reports)
    ]
    paper = Paper(
        id=paper_id,
        title=f"On {paper_id}",
        abstract=" ".join(sentences),
        published=published,
        url=f"https://x.org/{paper_id}",
    )
    things: dict[tuple[EntityType, str], Role] = {}
    for one in filter(lambda one: one.named, reports):
        slots: tuple[tuple[EntityType, str | None], ...] = (
            ("Metric", one.metric),
            ("Dataset", one.dataset),
            ("Task", one.task),
            ("Method", one.baseline),
            ("Method", one.method),
        )
        for kind, name in slots:
            if name:
                things[kind, name] = role if kind == "Method" else "used"
    entities = [entity(paper, kind, name, role=given) for (kind, name), given in things.items()]
    results = [
        result(
            paper,
            f"{place} or {one.value}",
            one.value,
            one.unit,
            kind=one.kind,
            qualifier=one.qualifier,
            metric=one.metric,
            dataset=one.dataset,
            task=one.task,
            method=one.method,
            baseline=one.baseline,
        )
        for place, one in enumerate(reports)
    ]
    return extraction(paper, entities, results)


def graph_of(*reports: Report) -> Graph:
    """The graph of papers that report one number each: a, b, c and so on."""
    return build_graph(reporting(chr(ord("a") + place), one) for place, one in enumerate(reports))
