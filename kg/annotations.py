"""Annotated papers and texts, and extractions in the same form, to be measured against them.

A file of annotations is JSON Lines of one of two kinds:

| kind | keys of a line |
|---|---|
| papers | ``id``, ``title``, ``abstract``, and ``entities`` and ``results`` as ``kg extract`` writes them |
| texts | ``id``, ``text``, ``spans``: a list of [start, end, type] in code points of the text, end exclusive |

An annotated entity or result that may be given or left out has ``"optional": true``.

Extractions are read from the output of ``kg extract``; of what stands there only ids, entities, results and mentions
are asked for, so that the output of another program can be measured too.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from kg.errors import InputError
from kg.folder import EXTRACTIONS
from kg.model import ENTITY_TYPES, ROLES, TYPE_OF_SLOT, Extraction, JsonObject, Paper, extraction_to_json
from kg.readers import read

SLOTS: Final = tuple(TYPE_OF_SLOT)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRecord:
    """An entity as annotated or found; ``confidence`` (0 to 1) is None where nothing says it."""

    type: str
    names: tuple[str, ...]
    role: str | None = None
    optional: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRecord:
    """A result as annotated or found; ``slots`` has the names of :data:`SLOTS` that are given.

    ``confidence`` is that of number and kind, ``joint_confidence`` that of all of it.
    """

    value: str
    unit: str | None = None
    kind: str | None = None
    slots: Mapping[str, str]
    optional: bool = False
    confidence: float | None = None
    joint_confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is annotated in, or was found in, one paper; ``spans`` are (start, end, type) in a text."""

    id: str
    entities: tuple[EntityRecord, ...] = ()
    results: tuple[ResultRecord, ...] = ()
    spans: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A file of annotations: by id, what should be found.

    ``of_spans`` tells texts with labelled spans from papers with entities and results; ``texts`` are those texts.
    """

    path: Path
    records: Mapping[str, Record]
    of_spans: bool
    texts: Mapping[str, str]

    def papers(self) -> tuple[Paper, ...]:
        """The papers to extract from, in the order of the file.

        Papers are read as ``kg extract`` reads them; texts are taken as they stand, so that the spans fit. Raises
        InputError where a paper has no title or abstract.
        """
        if self.of_spans:
            return tuple(Paper(id=name, text=text) for name, text in self.texts.items())
        papers = tuple(read(self.path, strict=True, format="jsonl"))
        for paper in papers:
            if paper.id not in self.records:
                raise InputError(f"{self.path}: kg reads an id as {paper.id!r}; give that paper a plainer one")
        return papers


def load_gold(path: Path) -> Gold:
    """Read a file of annotations. Raises InputError with file and line."""
    lines = list(_lines(path))
    if not lines:
        raise InputError(f"{path}: empty; a file of annotations has one JSON object a line")
    of_spans = "spans" in lines[0][1]
    parse = _span_record if of_spans else _gold_record
    records = _by_id((place, _parsed(parse, line, place)) for place, line in lines)
    texts = {line["id"]: line["text"] for _, line in lines} if of_spans else {}
    return Gold(path=path, records=records, of_spans=of_spans, texts=texts)


def load_predictions(path: Path, *, min_confidence: float = 0.0) -> dict[str, Record]:
    """What was found, by id: from a file that ``kg extract`` wrote, or a graph folder.

    Entities, results and mentions of less than ``min_confidence`` (0 to 1) are left out, as ``kg extract`` does.
    Raises InputError with file and line.
    """
    file = path / EXTRACTIONS if path.is_dir() else path
    parse = functools.partial(_found_record, min_confidence=min_confidence)
    return _by_id((place, _parsed(parse, line, place)) for place, line in _lines(file))


def record_of(extraction: Extraction) -> Record:
    """An extraction in the form in which it is measured."""
    return _found_record(extraction_to_json(extraction))


def _lines(path: Path) -> Iterator[tuple[str, JsonObject]]:
    """Every line that is not blank, with its place for messages."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path}:{number}", _object(line, f"{path}:{number}")
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no UTF-8 text; a file of annotations is JSON Lines, not compressed") from error


def _object(line: str, place: str) -> JsonObject:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: no JSON; a line is one paper as a JSON object") from error
    if not isinstance(found, dict):
        raise InputError(f"{place}: no JSON object; a line is one paper")
    return found


def _by_id(records: Iterator[tuple[str, Record]]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for place, record in records:
        if record.id in found:
            raise InputError(f"{place}: the id {record.id!r} is given twice")
        found[record.id] = record
    return found


def _parsed(parse: Callable[[JsonObject], T], line: JsonObject, place: str) -> T:
    try:
        return parse(line)
    except KeyError as error:
        raise InputError(f"{place}: {error.args[0]!r} is missing; see kg eval --help") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{place}: {error or 'not an annotated paper'}; see kg eval --help") from error


def _gold_record(line: JsonObject) -> Record:
    return Record(
        id=_string(line["id"], "id"),
        entities=tuple(_entity(entity) for entity in line["entities"]),
        results=tuple(_result(result) for result in line["results"]),
    )


def _found_record(line: JsonObject, min_confidence: float = 0.0) -> Record:
    mentions = line.get("mentions", ())
    surest: dict[int, float] = {}
    for mention in mentions:
        if "entity" in mention and "confidence" in mention:
            index = mention["entity"]
            surest[index] = max(surest.get(index, 0.0), float(mention["confidence"]))
    entities = (_entity(entity, surest.get(index)) for index, entity in enumerate(line.get("entities", ())))
    results = (_result(result) for result in line.get("results", ()))
    return Record(
        id=_string(line["id"], "id"),
        entities=tuple(entity for entity in entities if _is_sure(entity.confidence, min_confidence)),
        results=tuple(result for result in results if _is_sure(result.confidence, min_confidence)),
        spans=tuple(
            (int(mention["start"]), int(mention["end"]), _type(mention["type"]))
            for mention in mentions
            if _is_sure(mention.get("confidence"), min_confidence)
        ),
    )


def _is_sure(confidence: float | None, least: float) -> bool:
    return confidence is None or confidence >= least


def _span_record(line: JsonObject) -> Record:
    _string(line["text"], "text")
    return Record(
        id=_string(line["id"], "id"),
        spans=tuple((int(start), int(end), _type(kind)) for start, end, kind in line["spans"]),
    )


def _entity(entity: JsonObject, surest: float | None = None) -> EntityRecord:
    names = entity.get("names") or [entity["name"]]
    role = entity.get("role")
    if role is not None and role not in ROLES:
        raise ValueError(f"the role {role!r} is none of {', '.join(ROLES)}")
    confidence = entity.get("confidence")
    return EntityRecord(
        type=_type(entity["type"]),
        names=tuple(_string(name, "a name") for name in names),
        role=role,
        optional=bool(entity.get("optional")),
        confidence=surest if confidence is None else float(confidence),
    )


def _result(result: JsonObject) -> ResultRecord:
    confidence = result.get("confidence", (result.get("evidence") or {}).get("confidence"))
    joint = result.get("joint_confidence")
    return ResultRecord(
        value=str(result["value"]),
        unit=result.get("unit"),
        kind=result.get("kind"),
        slots={slot: _string(result[slot], slot) for slot in SLOTS if result.get(slot)},
        optional=bool(result.get("optional")),
        confidence=None if confidence is None else float(confidence),
        joint_confidence=None if joint is None else float(joint),
    )


def _type(kind: Any) -> str:
    if kind not in ENTITY_TYPES:
        raise ValueError(f"the type {kind!r} is none of {', '.join(ENTITY_TYPES)}")
    return str(kind)


def _string(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is no text: {value!r}")
    return value
