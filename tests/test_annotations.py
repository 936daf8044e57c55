"""Files of annotations and of what was found: what they may say, and what is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.annotations import EntityRecord, Record, ResultRecord, load_gold, load_predictions, record_of
from kg.errors import InputError
from tests.material import EXAMPLES
from tests.samples import HARBOR, entity, extraction, result

PAPER: dict[str, Any] = {"id": "p", "title": "FooNet", "abstract": "We use BERT.", "entities": [], "results": []}
TEXT: dict[str, Any] = {"id": "t", "text": "We  use BERT.", "spans": [[8, 12, "Method"]]}


def written(folder: Path, *lines: dict[str, Any] | str) -> Path:
    """A file with these lines."""
    file = folder / "gold.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return file


def test_papers(tmp_path: Path) -> None:
    """A paper is annotated with entities and results; blank lines are passed over."""
    paper = PAPER | {
        "entities": [{"type": "Method", "names": ["BERT", "Bert"], "role": "used", "optional": True}],
        "results": [{"value": "3", "unit": None, "kind": "score", "metric": "F1", "dataset": None}],
    }
    gold = load_gold(written(tmp_path, "", paper))
    assert gold.records == {
        "p": Record(
            id="p",
            entities=(EntityRecord(type="Method", names=("BERT", "Bert"), role="used", optional=True),),
            results=(ResultRecord(value="3", kind="score", slots={"metric": "F1"}),),
        )
    }
    assert not gold.of_spans
    assert [(one.id, one.title, one.abstract) for one in gold.papers()] == [("p", "FooNet", "We use BERT.")]


def test_texts(tmp_path: Path) -> None:
    """A text is taken sign by sign as it stands, so that its spans fit."""
    gold = load_gold(written(tmp_path, TEXT))
    assert gold.of_spans
    assert gold.records["t"].spans == ((8, 12, "Method"),)
    (paper,) = gold.papers()
    assert paper.field_text("text")[8:12] == "BERT"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "gold.jsonl: empty"),
        (["oops"], "gold.jsonl:1: no JSON; a line is one paper"),
        (["[]"], "gold.jsonl:1: no JSON object"),
        ([PAPER, "", PAPER], "gold.jsonl:3: the id 'p' is given twice"),
        ([{"id": "p", "title": "x"}], "gold.jsonl:1: 'entities' is missing"),
        ([PAPER | {"id": 3}], "gold.jsonl:1: id is no text: 3"),
        ([PAPER | {"entities": [{"type": "Model", "names": ["x"]}]}], "the type 'Model' is none of Method, Dataset"),
        ([PAPER | {"entities": [{"type": "Task", "names": ["x"], "role": "own"}]}], "the role 'own' is none of"),
        ([PAPER | {"entities": [{"type": "Task"}]}], "'name' is missing"),
        ([PAPER | {"entities": [{"type": "Task", "names": [7]}]}], "a name is no text: 7"),
        ([PAPER | {"entities": 7}], "gold.jsonl:1: "),
        ([PAPER | {"results": [{"unit": "%"}]}], "'value' is missing"),
        ([TEXT | {"spans": [[1, 2]]}], "gold.jsonl:1: not enough values"),
        ([TEXT | {"spans": [[1, 2, "x"]]}], "the type 'x' is none of"),
        ([TEXT, {"id": "u", "spans": []}], "gold.jsonl:2: 'text' is missing"),
    ],
)
def test_mistakes(lines: list[dict[str, Any] | str], message: str, tmp_path: Path) -> None:
    """What is no annotation is refused in one line, with file and line."""
    with pytest.raises(InputError) as raised:
        load_gold(written(tmp_path, *lines))
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is missing, or is no text, is named."""
    with pytest.raises(InputError, match=r"gone\.jsonl: cannot be opened"):
        load_gold(tmp_path / "gone.jsonl")
    (tmp_path / "packed").write_bytes(b"\x1f\x8b\x08\xff")
    with pytest.raises(InputError, match="packed: no UTF-8 text"):
        load_gold(tmp_path / "packed")


def test_annotations_without_texts(tmp_path: Path) -> None:
    """Annotations without title and abstract can be measured against, but not extracted from."""
    gold = load_gold(written(tmp_path, {"id": "p", "entities": [], "results": []}))
    with pytest.raises(InputError):
        gold.papers()


def test_predictions_are_what_kg_writes(tmp_path: Path) -> None:
    """A file of kg extract, the folder of kg build and the extractions themselves say the same."""
    extractions = list(kg.extract(kg.read(EXAMPLES / "annotated.jsonl")))
    kg.write_extractions(extractions, tmp_path / "found.jsonl")
    kg.build_folder([EXAMPLES / "annotated.jsonl"], tmp_path / "graph", exports=["graphml"])
    expected = {one.paper.id: record_of(one) for one in extractions}
    assert load_predictions(tmp_path / "found.jsonl") == expected
    assert load_predictions(tmp_path / "graph") == expected
    assert any(record.results for record in expected.values())
    assert all(
        one.confidence is not None for record in expected.values() for one in (*record.entities, *record.results)
    )


@pytest.mark.parametrize("least", [0.0, 0.4, 0.7, 1.0])
def test_least_confidence_of_predictions(least: float, tmp_path: Path) -> None:
    """Leaving out afterwards what has less confidence is as if it had not been extracted."""
    papers = list(kg.read(EXAMPLES / "annotated.jsonl"))
    kg.write_extractions(kg.extract(papers), tmp_path / "found.jsonl")
    expected = {one.paper.id: record_of(one) for one in kg.extract(papers, min_confidence=least)}
    assert load_predictions(tmp_path / "found.jsonl", min_confidence=least) == expected


def test_confidence_of_entities(tmp_path: Path) -> None:
    """An entity without a confidence has that of its surest mention; one without mentions has none and always stays."""
    found = extraction(HARBOR, [entity(HARBOR, "Method", "HarborNet", confidence=0.6)], [])
    assert record_of(found).entities[0].confidence == 0.6
    line = kg.extraction_to_json(found)
    del line["entities"][0]["confidence"]
    line["entities"].append({"type": "Task", "name": "counting"})
    (record,) = load_predictions(written(tmp_path, line)).values()
    assert [(one.names, one.confidence) for one in record.entities] == [(("HarborNet",), 0.6), (("counting",), None)]
    (record,) = load_predictions(written(tmp_path, line), min_confidence=0.9).values()
    assert [one.names for one in record.entities] == [("counting",)]


def test_confidence_of_results() -> None:
    """A result has the confidence of its evidence."""
    words = next(word for word in HARBOR.field_text("abstract").split() if word[0].isdigit())
    found = record_of(extraction(HARBOR, [], [result(HARBOR, words, "1", confidence=0.3)]))
    assert found.results[0].confidence == 0.3
