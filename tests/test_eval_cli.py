"""``kg eval``: what it prints, from papers and from predictions, and how it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.annotations import load_gold, load_predictions
from kg.calibration import calibrate
from kg.cli import main
from kg.evaluation import evaluate
from kg.model import ENTITY_TYPES
from tests.built import run
from tests.material import EXAMPLES, ROOT

GOLD = EXAMPLES / "annotated.jsonl"
TEXT = '{"id": "t", "text": "We train BERT on SQuAD.", "spans": [[17, 22, "Dataset"]]}\n'
FOUND = (
    '{"id": "t", "mentions": [{"start": 17, "end": 22, "type": "Dataset"}, {"start": 0, "end": 2, "type": "Task"}]}\n'
)


def invoke(*arguments: str | Path) -> Result:
    """Run kg eval in this process; whatever goes wrong, no exception comes out of it."""
    result = CliRunner().invoke(main, ["eval", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(name="predictions", scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What kg extracts from the annotated examples."""
    file = tmp_path_factory.mktemp("found") / "found.jsonl"
    kg.write_extractions(kg.extract(kg.read(GOLD)), file)
    return file


@pytest.fixture(name="spans")
def labelled(tmp_path: Path) -> Path:
    """A text with a labelled span, and what was found in it."""
    (tmp_path / "found.jsonl").write_text(FOUND)
    (tmp_path / "spans.jsonl").write_text(TEXT)
    return tmp_path / "spans.jsonl"


def test_figures(predictions: Path) -> None:
    """Extracting and reading predictions give the same table, whatever the number of processes."""
    result = invoke(GOLD)
    assert (result.exit_code, result.stderr) == (0, "")
    assert invoke(GOLD, "--predictions", predictions).stdout == result.stdout
    assert invoke(GOLD, "--workers", "2").stdout == result.stdout
    lines = result.stdout.splitlines()
    assert lines[0] == "6 papers"
    figures = evaluate(load_gold(GOLD).records, load_predictions(predictions))
    method = figures.entities["Method"]
    shown = [f"{100 * share:.1f}" for share in (method.precision, method.recall, method.f1)]
    (line,) = (line for line in lines if line.startswith("entities, Method"))
    assert line.split()[2:] == [*shown, f"{method.right}/{method.found}", f"{method.met}/{method.wanted}"]
    assert f"roles {100 * figures.roles.share:31.1f}" in result.stdout
    assert {len(line) for line in lines[2:] if line} == {81, 67}, "the columns do not stand one below another"


def test_json(predictions: Path) -> None:
    """The same as JSON, with differences where they are asked for."""
    found = json.loads(invoke(GOLD, "--predictions", predictions, "--json").stdout)
    assert found["papers"] == 6
    assert list(found["entities"]) == [*ENTITY_TYPES, "all"]
    assert "differences" not in found
    found = json.loads(invoke(GOLD, "--predictions", predictions, "--json", "--errors", "2").stdout)
    assert [list(one) for one in found["differences"]] == [["paper", "what", "kind", "text"]] * 2


def test_errors(predictions: Path) -> None:
    """So many differences as asked for follow the figures, tab-separated."""
    lines = invoke(GOLD, "--predictions", predictions, "--errors", "3").stdout.partition("\n\nalexnet-2012")
    differences = (lines[1].strip() + lines[2]).splitlines()
    assert len(differences) == 3
    assert all(line.split("\t")[1] in {"missed", "extra", "wrong"} for line in differences)


def test_least_confidence(predictions: Path) -> None:
    """Leaving out what is less sure is the same before and after."""
    least = ("--min-confidence", "0.8")
    strict = invoke(GOLD, *least).stdout
    assert strict == invoke(GOLD, "--predictions", predictions, *least).stdout
    assert strict != invoke(GOLD, "--predictions", predictions).stdout


def test_calibration(predictions: Path) -> None:
    """Ten bins and a sum for each type, for all and for results; each line says what it is of."""
    lines = invoke(GOLD, "--calibration").stdout.splitlines()
    tables = calibrate(load_gold(GOLD).records, load_predictions(predictions))
    assert lines[0].split() == ["confidence", "given", "mean", "right"]
    kinds = [table.kind for table in tables for _ in range(11)]
    assert all(line.startswith(f"{kind} ") for line, kind in zip(lines[1:], kinds, strict=True))
    assert sum("expected calibration error" in line for line in lines) == len(tables)
    found = json.loads(invoke(GOLD, "--predictions", predictions, "--calibration", "--json").stdout)
    assert [(one["kind"], one["count"]) for one in found] == [(table.kind, table.whole.count) for table in tables]


def test_spans(spans: Path) -> None:
    """Texts with labelled spans are measured by span, for the types asked for."""
    lines = invoke(spans, "--predictions", spans.with_name("found.jsonl"), "--errors", "9").stdout.splitlines()
    assert lines[0] == "1 text"
    by_label = {line[:28].strip(): line[28:].split() for line in lines[3:11]}
    assert by_label["strict, Dataset"] == ["100.0", "100.0", "100.0", "1/1", "1/1"]
    assert by_label["overlap, all"] == ["50.0", "100.0", "66.7", "1/2", "1/1"]
    assert lines[-1] == "t\textra\tTask\tWe"
    found = json.loads(
        invoke(spans, "--predictions", spans.with_name("found.jsonl"), "--types", "Dataset", "--json").stdout
    )
    assert list(found["strict"]) == ["Dataset", "all"]
    assert found["strict"]["all"]["f1"] == 1.0
    assert invoke(spans).exit_code == 0


def test_missing_predictions(tmp_path: Path) -> None:
    """Papers that the predictions lack count as empty, and it is said how many they are."""
    (tmp_path / "found.jsonl").write_text('{"id": "gcn-2016"}\n')
    result = invoke(GOLD, "--predictions", tmp_path / "found.jsonl")
    assert result.exit_code == 0
    assert result.stderr == f"kg: {tmp_path}/found.jsonl lacks 5 of 6 papers: taken for empty\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument"),
        ((GOLD, "--types", "Task"), "--types is for labelled spans"),
        (("spans.jsonl", "--types", "Model"), "'Model' is no type; types are Method"),
        (("spans.jsonl", "--calibration"), "--calibration is for papers with entities"),
        ((GOLD, "--rules", "x", "--predictions", "y"), "--rules is for extracting"),
        ((GOLD, "--errors", "-1"), "--errors"),
    ],
)
def test_wrong_usage(
    arguments: tuple[str | Path, ...], message: str, spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong usage is exit code 2 and a message that says what is right."""
    monkeypatch.chdir(spans.parent)
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone.jsonl",), "kg: gone.jsonl: cannot be opened (No such file or directory)"),
        (("found.jsonl",), "kg: found.jsonl:1: 'entities' is missing; see kg eval --help"),
        ((GOLD, "--predictions", "gone"), "kg: gone: cannot be opened"),
        ((GOLD, "--rules", "gone"), "kg: gone: no such folder of rules"),
        ((GOLD, "--predictions", "found.jsonl", "--calibration"), "kg: nothing that was found has a confidence"),
    ],
)
def test_errors_are_one_line(
    arguments: tuple[str | Path, ...], message: str, spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is exit code 1 and one line on standard error."""
    monkeypatch.chdir(spans.parent)
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert result.stderr.splitlines()[-1].startswith("kg: ")
    assert result.stderr.count("\n") <= 2


def test_same_bytes() -> None:
    """The figures do not depend on the order in which Python keeps sets."""
    outputs = {run("eval", GOLD, "--json", "--errors", "99", seed=seed).stdout for seed in ("1", "2")}
    assert len(outputs) == 1
    assert outputs != {b""}


def test_annotated_examples_are_the_examples() -> None:
    """Each annotated example has the text of the example with its id, and every name and value stands in it."""
    texts = {paper.id: (paper.title, paper.abstract) for paper in kg.read(EXAMPLES / "abstracts.jsonl")}
    for line in GOLD.read_text("utf-8").splitlines():
        record = json.loads(line)
        assert (record["title"], record["abstract"]) == texts[record["id"]]
        text = f"{record['title']}\n{record['abstract']}"
        assert all(name in text for entity in record["entities"] for name in entity["names"])
        assert all(result["value"] in text for result in record["results"])


def test_help_waits_for_nothing() -> None:
    """To show the help, neither spaCy nor rdflib is imported."""
    code = "import sys; from kg.cli import main; print({'spacy', 'rdflib', 'networkx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "set()\n"
