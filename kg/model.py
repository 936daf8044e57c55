"""The records that flow through kg, and their JSON form.

Everything here is frozen, and nothing here imports another room. Offsets are Unicode code points into the
stored text of one field of one paper, end exclusive, so that ``field_text[start:end] == text`` always holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, cast

EntityType = Literal["Method", "Dataset", "Metric", "Task"]
Role = Literal["introduced", "used", "compared", "mentioned"]
ResultKind = Literal["score", "gain", "reduction", "ratio"]
Qualifier = Literal["exact", "up to", "over", "about"]
Slot = Literal["metric", "dataset", "task", "method", "baseline"]
FieldName = Literal["title", "abstract", "text"]
JsonObject: TypeAlias = dict[str, Any]

ENTITY_TYPES: Final[tuple[EntityType, ...]] = ("Method", "Dataset", "Metric", "Task")
TYPE_OF_SLOT: Final[Mapping[str, EntityType]] = {
    "metric": "Metric",
    "dataset": "Dataset",
    "task": "Task",
    "method": "Method",
    "baseline": "Method",
}
"""What may fill each slot of a result."""
ROLES: Final[tuple[Role, ...]] = ("introduced", "used", "compared", "mentioned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a record was found: the file as the user named it and the record's number in it, from 1.

    For line-based formats the number is the line's.
    """

    file: str
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A record (or a whole file, when ``record`` is None) that was not read, and why."""

    file: str
    record: int | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.record is None else f"{self.file}:{self.record}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper as a reader found it.

    A record has ``title`` and ``abstract``, or only ``text``; absent ones are None. Texts are stored after
    Unicode NFC, entity decoding and white-space folding, and every offset indexes them as stored.
    ``published`` is an ISO 8601 date or a part of one: ``2024-10-09``, ``2024-10``, ``2024``, or
    ``--10-09`` (xsd:gMonthDay) where a page gives no year. ``extra`` keeps, as found, what has no field.
    """

    id: str
    title: str | None = None
    abstract: str | None = None
    text: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: str | None = None
    venue: str | None = None
    url: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def fields(self) -> Iterator[tuple[FieldName, str]]:
        """The texts that offsets may index, in reading order: title, abstract, text; absent ones left out."""
        names: tuple[FieldName, ...] = ("title", "abstract", "text")
        for name in names:
            value = self.field_text(name)
            if value:
                yield name, value

    def field_text(self, name: FieldName) -> str:
        """The stored text of one field, empty where the paper has none."""
        return cast("str | None", getattr(self, name)) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where a text names a thing; ``text`` is exactly what stands there."""

    type: EntityType
    field: FieldName
    start: int
    end: int
    text: str
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One thing that a paper names: its names (best first), the paper's role towards it, where it stands.

    ``role_rule`` is the id of the rule that decided the role.
    """

    type: EntityType
    names: tuple[str, ...]
    role: Role
    role_rule: str
    mentions: tuple[Mention, ...]

    @property
    def name(self) -> str:
        """The best name."""
        return self.names[0]

    @property
    def confidence(self) -> float:
        """The confidence of the surest mention, 0 to 1."""
        return max((mention.confidence for mention in self.mentions), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words a statement rests on, the sentence around them, and the rule that read them.

    ``start`` and ``end`` bound the words, ``sentence_start`` and ``sentence_end`` their sentence, all in the
    same field.
    """

    field: FieldName
    start: int
    end: int
    text: str
    sentence_start: int
    sentence_end: int
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One reported number with what it measures.

    ``value`` is the number as written, ``number`` its decimal (None for a range or words). ``metric``,
    ``dataset``, ``task``, ``method`` and ``baseline`` are names of entities of the same paper, or text where
    the thing is only described, or None where the paper does not say. The confidence of the ``evidence`` is that the
    number is a result of this kind; ``joint_confidence`` is how sure it is that metric, dataset, method and baseline
    are right besides, all together (0 to 1; None where nothing says it).
    """

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
    evidence: Evidence
    joint_confidence: float | None = None


@dataclass(slots=True, kw_only=True)
class GraphFacts:
    """What can be told of a graph without having it in memory, counted piece by piece.

    ``nodes`` are counted by kind, ``results`` by kind of result, ``edges`` by relation; ``rules`` are the ids of all
    rules that stand in evidence or decided a role, ``example`` is the node key of the first paper.
    """

    name: str | None = None
    kg_version: str | None = None
    rules_hash: str | None = None
    nodes: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)
    rules: set[str] = field(default_factory=set)
    example: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that was read out of one paper.

    ``sentences`` holds the bounds (start, end) of every sentence by field.
    """

    paper: Paper
    entities: tuple[Entity, ...]
    results: tuple[Result, ...]
    sentences: Mapping[FieldName, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def sentence_of(self, field_name: FieldName, start: int) -> tuple[int, int]:
        """The bounds of the sentence in which the character at ``start`` stands; the whole field if unknown."""
        for first, last in self.sentences.get(field_name, ()):
            if first <= start < last:
                return first, last
        return 0, len(self.paper.field_text(field_name))


def _without_empty(record: JsonObject) -> JsonObject:
    return {key: value for key, value in record.items() if value not in (None, (), [], {})}


def paper_to_json(paper: Paper) -> JsonObject:
    """A paper as a JSON object; absent fields are left out."""
    return _without_empty(
        {
            "id": paper.id,
            "title": paper.title,
            "abstract": paper.abstract,
            "text": paper.text,
            "authors": list(paper.authors),
            "author_count": paper.author_count,
            "published": paper.published,
            "venue": paper.venue,
            "url": paper.url,
            "identifiers": dict(paper.identifiers),
            "sources": [{"file": source.file, "record": source.record} for source in paper.sources],
            "extra": dict(paper.extra),
        }
    )


def paper_from_json(record: JsonObject) -> Paper:
    """The inverse of :func:`paper_to_json`; keys that are no paper's are ignored.

    Raises KeyError where the id is missing.
    """
    return Paper(
        id=record["id"],
        title=record.get("title"),
        abstract=record.get("abstract"),
        text=record.get("text"),
        authors=tuple(record.get("authors", ())),
        author_count=record.get("author_count"),
        published=record.get("published"),
        venue=record.get("venue"),
        url=record.get("url"),
        identifiers=record.get("identifiers", {}),
        sources=tuple(Source(**source) for source in record.get("sources", ())),
        extra=record.get("extra", {}),
    )


def extraction_to_json(extraction: Extraction) -> JsonObject:
    """An extraction as one JSON object.

    The paper's own fields, ``entities`` and ``results`` in the shape of the annotation guidelines (with
    ``confidence`` and ``evidence`` beside), ``mentions`` as a flat list in reading order whose ``entity`` is
    an index into ``entities``, and ``sentences``.
    """
    record = paper_to_json(extraction.paper)
    record["entities"] = [
        {"type": e.type, "names": list(e.names), "role": e.role, "role_rule": e.role_rule, "confidence": e.confidence}
        for e in extraction.entities
    ]
    record["results"] = [
        {
            "value": r.value,
            "number": None if r.number is None else str(r.number),
            "unit": r.unit,
            "kind": r.kind,
            "qualifier": r.qualifier,
            "metric": r.metric,
            "dataset": r.dataset,
            "task": r.task,
            "method": r.method,
            "baseline": r.baseline,
            "joint_confidence": r.joint_confidence,
            "evidence": {name: getattr(r.evidence, name) for name in Evidence.__slots__},
        }
        for r in extraction.results
    ]
    reading_order = {name: rank for rank, (name, _) in enumerate(extraction.paper.fields())}
    mentions = [(index, m) for index, e in enumerate(extraction.entities) for m in e.mentions]
    mentions.sort(key=lambda pair: (reading_order[pair[1].field], pair[1].start, pair[1].end, pair[0]))
    record["mentions"] = [
        {**{name: getattr(m, name) for name in Mention.__slots__}, "entity": index} for index, m in mentions
    ]
    record["sentences"] = {name: [list(bounds) for bounds in spans] for name, spans in extraction.sentences.items()}
    return record


def extraction_from_json(record: JsonObject) -> Extraction:
    """The inverse of :func:`extraction_to_json`.

    Raises KeyError or TypeError where the object is not one that it wrote.
    """
    mentions: list[list[Mention]] = [[] for _ in record["entities"]]
    for mention in record["mentions"]:
        mentions[mention["entity"]].append(Mention(**{name: mention[name] for name in Mention.__slots__}))
    entities = tuple(
        Entity(type=e["type"], names=tuple(e["names"]), role=e["role"], role_rule=e["role_rule"], mentions=tuple(found))
        for e, found in zip(record["entities"], mentions, strict=True)
    )
    results = tuple(
        Result(
            **{
                **{name: r[name] for name in Result.__slots__ if name != "joint_confidence"},
                "joint_confidence": r.get("joint_confidence"),
                "number": None if r["number"] is None else Decimal(r["number"]),
                "evidence": Evidence(**r["evidence"]),
            }
        )
        for r in record["results"]
    )
    sentences = {
        name: tuple((start, end) for start, end in spans) for name, spans in record.get("sentences", {}).items()
    }
    return Extraction(
        paper=paper_from_json(record),
        entities=entities,
        results=results,
        sentences=cast("Mapping[FieldName, tuple[tuple[int, int], ...]]", sentences),
    )
