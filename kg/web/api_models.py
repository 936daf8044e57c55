"""What the JSON API answers, as models: they check what is sent, and describe it in the OpenAPI document."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kg.model import EntityType, FieldName, Qualifier, ResultKind, Role
from kg.web.readings import LONGEST_TEXT

Kind = Literal["Paper", "Method", "Dataset", "Metric", "Task", "Result"]
Confidence = Annotated[float, Field(ge=0, le=1, description="how sure it is, 0 to 1")]


class Model(BaseModel):
    """What all models have: they are filled from objects with attributes of their names."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class GraphSummary(Model):
    """What the graph holds."""

    name: str
    kg_version: str = Field(description="the version of kg that built the graph")
    rules_hash: str | None = Field(description="the SHA-256 of the rules that it was built with")
    kinds: dict[str, int] = Field(description="how many nodes of each kind there are")
    relations: dict[str, int] = Field(description="how many edges of each relation there are")
    years: tuple[int, int] | None = Field(description="the years of the first and the last paper")


class NodeSummary(Model):
    """A node in one line."""

    key: str = Field(description="what names the node in the graph; its page is /node/ and the key")
    kind: Kind
    label: str
    papers: int = Field(description="of an entity: how many papers name it")
    degree: int = Field(description="how many edges it has")
    year: int | None = Field(description="of a paper")


class SearchHit(Model):
    """A node that a search finds, and by which of its names."""

    node: NodeSummary
    name: str


class SourceRecord(Model):
    """Where a paper was found: a file, and the number of the record in it."""

    file: str
    record: int


class PaperNode(Model):
    """A paper."""

    key: str
    kind: Literal["Paper"]
    label: str
    title: str | None
    abstract: str | None
    text: str | None = Field(description="of a record that has neither title nor abstract")
    published: str | None = Field(description="an ISO 8601 date, or a part of one")
    authors: list[str]
    author_count: int | None
    venue: str | None
    url: str | None
    identifiers: dict[str, str]
    sources: list[SourceRecord]


class EntityNode(Model):
    """A method, dataset, metric or task that papers name."""

    key: str
    kind: EntityType
    label: str
    names: list[str] = Field(description="all its names, the label first")
    papers: int = Field(description="how many papers name it")
    links: list[str] = Field(description="IRIs of the same thing elsewhere")


class ResultNode(Model):
    """One number that a paper reports, with what it measures."""

    key: str
    kind: Literal["Result"]
    label: str
    value: str = Field(description="as written")
    number: Decimal | None = Field(description="as a decimal, in a string so that no digit is lost; null for a range")
    unit: str | None
    result_kind: ResultKind
    qualifier: Qualifier
    metric: str | None = Field(description="the words of the paper, as those of the next four")
    dataset: str | None
    task: str | None
    method: str | None
    baseline: str | None
    joint_confidence: float | None = Field(description="that all of it is right, together")
    paper: str = Field(description="the key of its paper")


Node = Annotated[PaperNode | EntityNode | ResultNode, Field(discriminator="kind")]


class EdgeSummary(Model):
    """An edge in one line, as seen from one of its ends."""

    source: str
    relation: str
    target: str
    other: NodeSummary = Field(description="the node at the other end")
    confidence: Confidence
    evidence_count: int


class RelationCount(Model):
    """How many edges of a relation a node has, out of it or into it."""

    relation: str
    direction: Literal["out", "in"]
    count: int


class EvidenceItem(Model):
    """The words that an edge rests on; offsets are code points of a field of the paper."""

    paper: str
    field: FieldName
    start: int
    end: int
    text: str
    sentence: str
    sentence_start: int
    rule: str = Field(description="its id; /rules/ and the id is its page")
    confidence: Confidence


class Edge(Model):
    """An edge with everything that it rests on."""

    source: str
    relation: str
    target: str
    confidence: Confidence
    evidence: list[EvidenceItem]
    role_rule: str | None = Field(default=None, description="of edges by role: the rule that decided the role")
    derived_from: list[str] = Field(default=[], description="of derived edges: the keys of the results")
    reason: str | None = Field(default=None, description="of variantOf: what the name adds")


class YearCount(Model):
    """How many papers of a year name an entity."""

    year: int
    papers: int


class Together(Model):
    """An entity that the same papers name."""

    node: NodeSummary
    papers: int = Field(description="how many papers name both")
    lift: float = Field(description="how many times as many as by chance")


class Similar(Model):
    """A node that is like another."""

    node: NodeSummary
    shared: int = Field(description="how many things are shared")
    score: float = Field(description="by which they are ordered")


class BoardEntry(Model):
    """One result on a leaderboard."""

    rank: int | None = Field(description="from 1; null where there is nothing to rank")
    number: Decimal | None = Field(description="in the unit of the board")
    value: str
    unit: str | None
    converted: bool = Field(description="whether a fraction was made per cent")
    kind: ResultKind
    qualifier: Qualifier
    method: str | None
    method_key: str | None
    introduces: bool = Field(description="whether the paper introduces the method")
    baseline: str | None
    task: str | None
    paper: str
    title: str
    published: str | None
    sentence: str
    start: int = Field(description="where the number stands in the sentence, in code points")
    end: int
    confidence: Confidence
    result: str = Field(description="the key of the result")


class Board(Model):
    """What papers report for a dataset and a metric, ranked."""

    dataset: str | None
    metric: str | None
    task: str | None
    unit: str | None
    direction: Literal["higher", "lower", "unknown"] = Field(description="which numbers are better")
    scores: list[BoardEntry]
    changes: list[BoardEntry] = Field(description="gains, reductions and ratios")


class Neighbourhood(Model):
    """A node with its most important neighbours, and all edges among them."""

    nodes: list[NodeSummary]
    edges: list[Link]


class Link(Model):
    """An edge without what it rests on."""

    source: str
    relation: str
    target: str
    confidence: Confidence


class PastedText(BaseModel):
    """A text to extract from; with a title it is an abstract."""

    title: str = Field(default="", max_length=LONGEST_TEXT, examples=["FooNet: A Small Network"])
    text: str = Field(
        default="",
        max_length=LONGEST_TEXT,
        examples=["We propose FooNet, which reaches 92.3% accuracy on ImageNet."],
    )


class ExtractedEntity(Model):
    """One thing that the text names."""

    type: EntityType
    names: list[str] = Field(description="best first")
    role: Role
    role_rule: str
    confidence: Confidence


class ExtractedMention(Model):
    """One place where the text names a thing."""

    entity: int = Field(description="the place of its entity in the list of entities, from 0")
    type: EntityType
    field: FieldName
    start: int
    end: int
    text: str
    rule: str
    confidence: Confidence


class ResultEvidence(Model):
    """The number of a result and the sentence around it."""

    field: FieldName
    start: int
    end: int
    text: str
    sentence_start: int
    sentence_end: int
    rule: str
    confidence: Confidence


class ExtractedResult(Model):
    """One number that the text reports."""

    value: str
    number: Decimal | None
    unit: str | None
    kind: ResultKind
    qualifier: Qualifier
    metric: str | None
    dataset: str | None
    task: str | None
    method: str | None
    baseline: str | None
    joint_confidence: float | None
    evidence: ResultEvidence


class ProposedThing(Model):
    """Something that a rule proposed, and why it was taken or not."""

    what: str = Field(description="a type, Result, or Number")
    text: str
    field: FieldName
    start: int
    end: int
    rule: str
    confidence: float
    lost_to: str = Field(description="why it was not taken; empty where it was")
    note: str


class ExtractedText(Model):
    """What was read out of a text, in the form that kg extract writes, and everything that was proposed on the way."""

    title: str | None = None
    abstract: str | None = None
    text: str | None = None
    entities: list[ExtractedEntity]
    results: list[ExtractedResult]
    mentions: list[ExtractedMention]
    sentences: dict[FieldName, list[tuple[int, int]]]
    explanations: list[ProposedThing]


Neighbourhood.model_rebuild()
