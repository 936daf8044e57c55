"""The figures of kg eval: what they count, and that they are those of the scorers that lie beside the checkout."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.annotations import SLOTS, EntityRecord, Record, ResultRecord, load_gold, load_predictions, record_of
from kg.evaluation import (
    ALL,
    RESULT_FIGURES,
    Agreement,
    Difference,
    PaperFigures,
    evaluate,
    evaluate_spans,
    figures_to_json,
    match_results,
)
from kg.model import ENTITY_TYPES, ROLES
from tests.material import SHARED, needs_shared

GOLD = SHARED / "gold"
PART = 400
KINDS = ("score", "gain", "reduction", "ratio")


def entity(kind: str, *names: str, role: str = "used", optional: bool = False) -> EntityRecord:
    """An entity by its names."""
    return EntityRecord(type=kind, names=names, role=role, optional=optional)


def result(
    value: str, unit: str | None = None, kind: str = "score", *, optional: bool = False, **slots: str
) -> ResultRecord:
    """A result by what it says."""
    return ResultRecord(value=value, unit=unit, kind=kind, slots=slots, optional=optional)


def figures_of(gold: Record, found: Record) -> PaperFigures:
    """The figures of one paper."""
    return evaluate({gold.id: gold}, {found.id: found})


def shares(one: Agreement) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    return one.precision, one.recall, one.f1


def counts(one: Agreement) -> tuple[int, int, int]:
    """How many are right, how many were found, how many are wanted; what is right on one side is so on the other."""
    assert one.right == one.met
    return one.right, one.found, one.wanted


@pytest.mark.parametrize(
    ("gold", "found", "strict", "relaxed"),
    [
        ([entity("Method", "FooNet")], [entity("Method", "the FooNet model")], (1, 1, 1), (1, 1, 1)),
        ([entity("Method", "Foo Network", "FN")], [entity("Method", "FN")], (1, 1, 1), (1, 1, 1)),
        ([entity("Method", "FooNet")], [entity("Method", "FooNet"), entity("Method", "FOONET")], (1, 2, 1), (1, 2, 1)),
        ([entity("Method", "deep FooNet")], [entity("Method", "FooNet")], (0, 1, 1), (1, 1, 1)),
        ([entity("Method", "FooNet")], [entity("Dataset", "FooNet")], (0, 1, 1), (0, 1, 1)),
        ([entity("Method", "FooNet", optional=True)], [entity("Method", "FooNet")], (0, 0, 0), (0, 0, 0)),
        ([entity("Method", "FooNet", optional=True)], [], (0, 0, 0), (0, 0, 0)),
        ([entity("Method", "A", optional=True), entity("Method", "A")], [entity("Method", "A")], (1, 1, 1), (1, 1, 1)),
        ([], [entity("Method", "FooNet")], (0, 1, 0), (0, 1, 0)),
        ([entity("Method", "$")], [entity("Method", "$")], (0, 1, 1), (0, 1, 1)),
    ],
)
def test_entities(
    gold: list[EntityRecord],
    found: list[EntityRecord],
    strict: tuple[int, int, int],
    relaxed: tuple[int, int, int],
) -> None:
    """Entities match one to one by type and name, strictly or by a name within a name; optional ones count nowhere."""
    figures = figures_of(Record(id="p", entities=tuple(gold)), Record(id="p", entities=tuple(found)))
    assert counts(figures.entities[ALL]) == strict
    assert counts(figures.relaxed[ALL]) == relaxed


def test_any_type_roles_and_introduced() -> None:
    """A wrong type is right where types are ignored; roles are judged where the entity is right."""
    gold = (
        entity("Method", "FooNet", role="introduced"),
        entity("Method", "BarNet", role="introduced"),
        entity("Task", "parsing"),
    )
    found = (entity("Method", "FooNet", role="introduced"), entity("Method", "BarNet"), entity("Metric", "parsing"))
    figures = figures_of(Record(id="p", entities=gold), Record(id="p", entities=found))
    assert counts(figures.any_type) == (3, 3, 3)
    assert counts(figures.entities[ALL]) == (2, 3, 3)
    assert counts(figures.introduced_methods) == (1, 1, 2)
    assert (figures.roles.right, figures.roles.of, figures.roles.share) == (1, 2, 0.5)


def test_results() -> None:
    """Of two results with the same number the likelier one is taken; the tuple asks for all but the task."""
    gold = Record(
        id="p",
        entities=(entity("Metric", "accuracy"), entity("Dataset", "ImageNet", "IN")),
        results=(
            result("92.3", "%", metric="accuracy", dataset="ImageNet", task="classification"),
            result("3", "x", "ratio", metric="speed"),
            result("7", optional=True),
        ),
    )
    found = Record(
        id="p",
        results=(
            result("92.3", "%", "gain"),
            result("92.3", "%", metric="top-1 accuracy", dataset="IN"),
            result("3", "times", "reduction", metric="speed"),
            result("7"),
            result("8"),
        ),
    )
    assert sorted(match_results(gold, found)) == [1, 2, 3]
    figures = figures_of(gold, found)
    assert [counts(figures.results[name]) for name in RESULT_FIGURES] == [(2, 4, 2), (1, 4, 2), (1, 4, 2)]
    assert {slot: share.right for slot, share in figures.slots.items()} == {
        "metric": 2,
        "dataset": 2,
        "task": 1,
        "method": 2,
        "baseline": 2,
    }
    assert {share.of for share in figures.slots.values()} == {2}


def test_differences() -> None:
    """Whatever is not agreed on is named: missed, extra, or wrong in part; optional things are not."""
    gold = Record(
        id="p",
        entities=(entity("Method", "FooNet", "FN"), entity("Task", "x", optional=True)),
        results=(result("1", metric="F1"), result("2", optional=True), result("4", "%")),
    )
    found = Record(id="p", entities=(entity("Task", "parsing"),), results=(result("1"), result("3"), result("2")))
    assert figures_of(gold, found).differences == [
        Difference("p", "missed", "Method", "FooNet | FN"),
        Difference("p", "extra", "Task", "parsing"),
        Difference("p", "missed", "Result", "4 % (score)"),
        Difference("p", "wrong", "Result", "1 (score); annotated: 1 (score), metric F1"),
        Difference("p", "extra", "Result", "3 (score)"),
    ]


def test_spans() -> None:
    """Spans are right as they stand, or, by overlap, where they share a character with one of the same type."""
    gold = {"t": Record(id="t", spans=((0, 4, "Task"), (10, 14, "Task"), (20, 24, "Metric")))}
    found = {"t": Record(id="t", spans=((0, 4, "Task"), (9, 11, "Task"), (13, 15, "Task"), (24, 26, "Metric")))}
    figures = evaluate_spans(gold, found, ("Task", "Metric", "Task"), {"t": "abcdefghijklmnopqrstuvwxyz"})
    assert counts(figures.strict["Task"]) == (1, 3, 2)
    task = figures.overlap["Task"]
    assert (task.right, task.found, task.met, task.wanted) == (3, 3, 2, 2)
    assert counts(figures.overlap["Metric"]) == (0, 1, 1)
    assert counts(figures.strict[ALL]) == (1, 4, 3)
    assert figures.differences[0] == Difference("t", "missed", "Task", "klmn")
    assert list(evaluate_spans(gold, found, ("Metric",), {}).strict) == ["Metric", ALL]


WORDS = st.sampled_from(
    ("foo", "net", "Foo-Net", "model", "the", "data", "set", "top-1", "accuracy", "tasks", "(", "BN")
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
ENTITIES = st.builds(
    EntityRecord,
    type=st.sampled_from(ENTITY_TYPES),
    names=st.lists(NAMES, min_size=1, max_size=3).map(tuple),
    role=st.sampled_from(ROLES),
    optional=st.booleans(),
)
RESULTS = st.builds(
    ResultRecord,
    value=st.sampled_from(("1", "1.0", "2", "15-20", "twice", "1,000")),
    unit=st.sampled_from((None, "%", "percent", "x", "times", "hours", "points", "percentage points")),
    kind=st.sampled_from(KINDS),
    slots=st.dictionaries(st.sampled_from(SLOTS), NAMES, max_size=4),
    optional=st.booleans(),
)
RECORDS = st.builds(
    Record,
    id=st.just("p"),
    entities=st.lists(ENTITIES, max_size=6).map(tuple),
    results=st.lists(RESULTS, max_size=5).map(tuple),
)
PAPERS = st.lists(RECORDS, max_size=4).map(
    lambda records: {f"p{number}": replace(record, id=f"p{number}") for number, record in enumerate(records)}
)


@st.composite
def plain_records(draw: st.DrawFn) -> Record:
    """A record in which no two entities share a word and no two results a number."""
    drawn = draw(st.lists(ENTITIES, max_size=6))
    entities = tuple(replace(one, names=(f"thing{number}", f"t{number}x")) for number, one in enumerate(drawn))
    numbers = enumerate(draw(st.lists(RESULTS, max_size=5)))
    return Record(id="p", entities=entities, results=tuple(replace(one, value=f"{n}.5") for n, one in numbers))


def all_agreements(figures: PaperFigures) -> list[Agreement]:
    """Every row that has precision and recall."""
    tables = (figures.entities, figures.relaxed, figures.results)
    return [*(one for table in tables for one in table.values()), figures.any_type, figures.introduced_methods]


@given(record=plain_records())
def test_perfect(record: Record) -> None:
    """What repeats the annotation is all right: every figure of which there is something to find is 1."""
    figures = figures_of(record, record)
    assert all(shares(one) == (1.0, 1.0, 1.0) for one in all_agreements(figures) if one.wanted)
    assert all(one.found == one.wanted for one in all_agreements(figures))
    assert all(share.right == share.of for share in (figures.roles, *figures.slots.values()))
    assert figures.differences == []


@given(gold=PAPERS)
def test_nothing(gold: dict[str, Record]) -> None:
    """Where nothing is found every figure is 0, whether the papers are there or not."""
    missing = evaluate(gold, {})
    assert all(shares(one) == (0.0, 0.0, 0.0) for one in all_agreements(missing))
    assert all(share.share == 0.0 for share in (missing.roles, *missing.slots.values()))
    assert evaluate(gold, {name: Record(id=name) for name in gold}) == missing


@given(gold=PAPERS, found=PAPERS)
def test_bounds(gold: dict[str, Record], found: dict[str, Record]) -> None:
    """Right are never more than found or wanted, and relaxed at least as many as a single strict match gives."""
    figures = evaluate(gold, found)
    for one in all_agreements(figures):
        assert 0 <= one.right == one.met <= min(one.found, one.wanted)
        assert all(0.0 <= share <= 1.0 for share in shares(one))
    assert figures.results["tuple"].right <= figures.results["kind"].right <= figures.results["number"].right
    assert sum(figures.entities[kind].right for kind in ENTITY_TYPES) == figures.entities[ALL].right == figures.roles.of


@given(gold=PAPERS, found=PAPERS, data=st.data())
def test_order_of_papers(gold: dict[str, Record], found: dict[str, Record], data: st.DataObject) -> None:
    """In which order papers come does not matter, nor do papers that nobody annotated."""
    other = dict(data.draw(st.permutations(list(gold.items()))))
    extra = {"strange": Record(id="strange", entities=(entity("Method", "foo"),))}
    assert figures_to_json(evaluate(other, dict(reversed(found.items())) | extra)) == figures_to_json(
        evaluate(gold, found)
    )


@given(gold=plain_records(), found=plain_records(), data=st.data())
def test_order_of_things(gold: Record, found: Record, data: st.DataObject) -> None:
    """Where names and numbers tell things apart, the order of entities and results does not matter."""

    def shuffled(record: Record) -> Record:
        entities = data.draw(st.permutations(record.entities))
        return replace(record, entities=tuple(entities), results=tuple(data.draw(st.permutations(record.results))))

    expected = figures_to_json(figures_of(gold, found))
    assert figures_to_json(figures_of(shuffled(gold), shuffled(found))) == expected


@given(gold=plain_records(), found=plain_records(), kind=st.sampled_from(ENTITY_TYPES), role=st.sampled_from(ROLES))
def test_optional_things_neither_gain_nor_cost(gold: Record, found: Record, kind: str, role: str) -> None:
    """With an optional entity and an optional result more, found or not, all figures stay."""
    thing, number = entity(kind, "borderline", role=role), result("99.5", "%")
    extended = replace(
        gold,
        entities=(replace(thing, optional=True), *gold.entities),
        results=(replace(number, optional=True), *gold.results),
    )
    given_too = replace(found, entities=(thing, *found.entities), results=(number, *found.results))
    expected = figures_of(gold, found)
    assert figures_of(extended, found) == expected
    assert figures_of(extended, given_too) == expected


def scorer() -> ModuleType:
    """The scorer beside the checkout."""
    spec = importlib.util.spec_from_file_location("score", GOLD / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_shape_of_scorer(figures: PaperFigures) -> dict[str, Any]:
    """The figures under the names that the scorer has for them."""
    return {
        "papers": figures.papers,
        "entity": {kind: shares(figures.entities[kind]) for kind in ENTITY_TYPES},
        "entity_all": shares(figures.entities[ALL]),
        "entity_relaxed": {kind: shares(figures.relaxed[kind]) for kind in ENTITY_TYPES},
        "entity_relaxed_all": shares(figures.relaxed[ALL]),
        "entity_any_type": shares(figures.any_type),
        "introduced_method": shares(figures.introduced_methods),
        "role_accuracy": figures.roles.share,
        "result": {name: shares(one) for name, one in figures.results.items()},
        "slots": {slot: share.share for slot, share in figures.slots.items()},
    }


def as_json(record: Record) -> dict[str, Any]:
    """A record as the scorer reads it."""
    return {
        "id": record.id,
        "entities": [
            {"type": one.type, "names": list(one.names), "role": one.role, "optional": one.optional}
            for one in record.entities
        ],
        "results": [
            {
                "value": one.value,
                "unit": one.unit,
                "kind": one.kind,
                "optional": one.optional,
                **{slot: one.slots.get(slot) for slot in SLOTS},
            }
            for one in record.results
        ],
    }


@needs_shared
@given(gold=PAPERS, found=PAPERS)
def test_equals_the_scorer_on_anything(gold: dict[str, Record], found: dict[str, Record]) -> None:
    """Every figure is the scorer's, to the last digit, on whatever papers and extractions."""
    theirs = scorer().score(*({name: as_json(one) for name, one in side.items()} for side in (gold, found)))
    assert in_shape_of_scorer(evaluate(gold, found)) == theirs


@needs_shared
def test_equals_the_scorer_on_papers(tmp_path: Path) -> None:
    """Every figure is the scorer's on the annotated papers, read from the file of kg extract or extracted anew."""
    gold, found = load_gold(GOLD / "dev.jsonl"), tmp_path / "found.jsonl"
    extractions = list(kg.extract(gold.papers()))
    kg.write_extractions(extractions, found)
    module = scorer()
    theirs = module.score(module.load(GOLD / "dev.jsonl"), module.load(found))
    assert theirs["papers"] == 100
    assert theirs["result"]["number"][2] > 0.5
    assert in_shape_of_scorer(evaluate(gold.records, load_predictions(found))) == theirs
    anew = {extraction.paper.id: record_of(extraction) for extraction in extractions}
    assert in_shape_of_scorer(evaluate(gold.records, anew)) == theirs


@needs_shared
@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("tdmsci-train.jsonl", ("Task", "Dataset", "Metric")),
        ("tdmsci-train.jsonl", ("Metric",)),
        ("pwc-dev.jsonl", ("Task", "Method")),
    ],
)
def test_equals_the_scorer_on_spans(name: str, types: Sequence[str], tmp_path: Path) -> None:
    """Every figure that the scorer of spans prints is ours, on texts with labelled spans."""
    part, found = tmp_path / "gold.jsonl", tmp_path / "found.jsonl"
    part.write_text("".join((GOLD / name).read_text("utf-8").splitlines(keepends=True)[:PART]), "utf-8")
    gold = load_gold(part)
    kg.write_extractions(kg.extract(gold.papers()), found)
    command = [sys.executable, str(GOLD / "score_spans.py"), str(part), str(found), "--types", ",".join(types)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    figures = evaluate_spans(gold.records, load_predictions(found), types, gold.texts)
    expected = {
        line.split()[0]: re.findall(r"[\d.]+", line.replace("F1", "").partition("strict")[2])
        for line in printed.splitlines()
    }
    assert list(expected) == [*types, ALL]
    ours = {
        kind: [
            *(f"{100 * share:.1f}" for one in (figures.strict[kind], figures.overlap[kind]) for share in shares(one)),
            str(figures.strict[kind].found),
            str(figures.strict[kind].wanted),
        ]
        for kind in expected
    }
    assert ours == expected
    assert figures.strict[ALL].right > 0


def test_figures_as_json() -> None:
    """The JSON has shares and the counts they come from, and nothing that JSON lacks."""
    found = figures_to_json(figures_of(Record(id="p"), Record(id="p", entities=(entity("Task", "parsing"),))))
    assert found["entities"]["Task"] == {
        "precision": 0.0,
        "recall": 0.0,
        "f1": 0.0,
        "right": 0,
        "found": 1,
        "met": 0,
        "wanted": 0,
    }
    assert list(found["entities"]) == [*ENTITY_TYPES, ALL]
    assert json.loads(json.dumps(found)) == found
