"""Extractions made by hand, in our own words, for tests that need some without running the pipeline.

Offsets are found in the texts, never typed, so that they are right by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from kg.model import (
    Entity,
    EntityType,
    Evidence,
    Extraction,
    FieldName,
    Mention,
    Paper,
    Qualifier,
    Result,
    ResultKind,
    Role,
    Source,
)

SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s)|$)", re.DOTALL)


def sentences_of(paper: Paper) -> dict[FieldName, tuple[tuple[int, int], ...]]:
    """The bounds of the sentences of every field, cut where a full stop is followed by space."""
    return {name: tuple(found.span() for found in SENTENCE.finditer(text)) for name, text in paper.fields()}


def places(paper: Paper, name: str) -> Iterator[tuple[FieldName, int, int]]:
    """Where a name stands in a paper's fields, as a whole word."""
    for field, text in paper.fields():
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?![\w+])", text):
            yield field, *found.span()


def entity(paper: Paper, type_: EntityType, *names: str, role: Role = "used", confidence: float = 0.9) -> Entity:
    """An entity with a mention wherever one of its names stands in the paper."""
    mentions = tuple(
        Mention(
            type=type_,
            field=field,
            start=start,
            end=end,
            text=name,
            rule=f"{type_.lower()}-list",
            confidence=confidence,
        )
        for name in names
        for field, start, end in places(paper, name)
    )
    return Entity(type=type_, names=names, role=role, role_rule=f"role-{role}", mentions=mentions)


def result(
    paper: Paper,
    words: str,
    value: str,
    unit: str | None = None,
    *,
    kind: ResultKind = "score",
    qualifier: Qualifier = "exact",
    metric: str | None = None,
    dataset: str | None = None,
    task: str | None = None,
    method: str | None = None,
    baseline: str | None = None,
    confidence: float = 0.8,
) -> Result:
    """A result whose evidence is the first place where ``words`` stand."""
    field, start, end = next(places(paper, words))
    inside = [bounds for bounds in sentences_of(paper)[field] if bounds[0] <= start < bounds[1]]
    return Result(
        value=value,
        number=Decimal(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None,
        unit=unit,
        kind=kind,
        qualifier=qualifier,
        metric=metric,
        dataset=dataset,
        task=task,
        method=method,
        baseline=baseline,
        evidence=Evidence(
            field=field,
            start=start,
            end=end,
            text=words,
            sentence_start=inside[0][0],
            sentence_end=inside[0][1],
            rule="number-unit",
            confidence=confidence,
        ),
    )


def extraction(paper: Paper, entities: Sequence[Entity] = (), results: Sequence[Result] = ()) -> Extraction:
    """An extraction with the sentences of its paper."""
    return Extraction(paper=paper, entities=tuple(entities), results=tuple(results), sentences=sentences_of(paper))


def named(paper_id: str, *things: tuple[EntityType, tuple[str, ...]]) -> Extraction:
    """An extraction of a paper that does nothing but use these things, given as (type, names)."""
    text = ". ".join("; ".join(names) for _, names in things) + "."
    paper = Paper(id=paper_id, text=text)
    return extraction(paper, [entity(paper, type_, *names) for type_, names in things])


HARBOR = Paper(
    id="2410.00001",
    title="HarborNet: Counting Ships with Few Labels",
    abstract=(
        "Counting ships in satellite images is slow work. We present HarborNet, a detection transformer (DETR) "
        "that needs few labels. On the Gulf-3K benchmark HarborNet reaches 91.5% accuracy, 2.4 points above "
        "ResNet-50. It is also 3.2 times faster than ResNet-50."
    ),
    authors=("Ada Example", "Bo Ähnlich"),
    author_count=2,
    published="2024-10-09",
    venue="Made-up Conference 2024",
    url="https://example.org/harbor",
    identifiers={"arxiv": "2410.00001"},
    sources=(Source(file="page1.txt", record=1),),
)

KELP = Paper(
    id="kelp/2023",
    title="Kelp++ <b>beats</b> Kelp on “tides” & more",
    abstract=(
        "We compare Kelp++ with DETR for tide prediction. Kelp++ lowers the error to 0.0430 on Gulf 3K; "
        "Kelp stays at 15-20. Ship counting is left for later."
    ),
    published="--10-09",
    sources=(Source(file="page1.txt", record=2), Source(file="page2.txt", record=7)),
)

NOTE = Paper(
    id="note-3",
    text="A note \u200fwith a right-to-left mark: Größenmaß and Kelp are used for ship counting. C\\D is not C/D.",
    published="2023",
)


def harbor() -> Extraction:
    """A paper that introduces a method and reports three results, two of them against a baseline."""
    paper = HARBOR
    return extraction(
        paper,
        [
            entity(paper, "Method", "HarborNet", role="introduced", confidence=0.95),
            entity(paper, "Method", "DETR", "detection transformer"),
            entity(paper, "Method", "ResNet-50", role="compared"),
            entity(paper, "Dataset", "Gulf-3K"),
            entity(paper, "Metric", "accuracy"),
            entity(paper, "Task", "Counting Ships", "Counting ships"),
        ],
        [
            result(paper, "91.5%", "91.5", "%", metric="accuracy", dataset="Gulf-3K", method="HarborNet"),
            result(
                paper,
                "2.4 points",
                "2.4",
                "points",
                kind="gain",
                metric="accuracy",
                dataset="Gulf-3K",
                method="HarborNet",
                baseline="ResNet-50",
            ),
            result(
                paper, "3.2 times", "3.2", "x", kind="ratio", metric="speed", method="HarborNet", baseline="ResNet-50"
            ),
        ],
    )


def kelp() -> Extraction:
    """A paper whose names need escaping, with a range, a described baseline and a date without a year."""
    paper = KELP
    return extraction(
        paper,
        [
            entity(paper, "Method", "Kelp++", role="introduced"),
            entity(paper, "Method", "Kelp", role="compared"),
            entity(paper, "Method", "DETR", role="compared"),
            entity(paper, "Dataset", "Gulf 3K"),
            entity(paper, "Metric", "error"),
            entity(paper, "Task", "tide prediction"),
            entity(paper, "Task", "Ship counting", role="mentioned"),
        ],
        [
            result(
                paper, "0.0430", "0.0430", metric="error", dataset="Gulf 3K", method="Kelp++", baseline="last year's"
            ),
            result(paper, "15-20", "15-20", metric="error", method="Kelp", qualifier="about"),
        ],
    )


def note() -> Extraction:
    """A record that has only a text, with letters and marks from outside ASCII."""
    paper = NOTE
    return extraction(
        paper,
        [
            entity(paper, "Metric", "Größenmaß"),
            entity(paper, "Method", "Kelp"),
            entity(paper, "Method", "C\\D", role="mentioned"),
            entity(paper, "Method", "C/D", role="mentioned"),
            entity(paper, "Task", "ship counting"),
        ],
    )


def samples() -> list[Extraction]:
    """All of them."""
    return [harbor(), kelp(), note()]
