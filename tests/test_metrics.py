"""The table of metrics: what it says, how metrics are found in it, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import RuleError
from kg.metrics import METRIC_COLUMNS, METRICS, SHARE, Metric, Metrics, read_metrics
from kg.names import key
from kg.rule_checks import check_rules
from kg.rulebook import Rulebook
from tests.material import ROOT

RULES = (ROOT / "docs" / "rules.md").read_text("utf-8")
HEADER = "\t".join(METRIC_COLUMNS) + "\n"
FEW = Metrics(
    (
        Metric("error", "lower"),
        Metric("tree error", "unknown"),
        Metric("leaf score", "lower"),
        Metric("score", "higher", generic=True),
        Metric("leaves", "higher", SHARE, variants=("LV", "number of leaves")),
    )
)
NAMES = st.text(alphabet="aAbs .-_$%+@(1é", max_size=12)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Error", "error"),
        ("errors", "error"),
        ("lv", "leaves"),
        ("LV score", "leaves"),
        ("LV score scores", "leaves"),
        ("leaf score", "leaf score"),
        ("score", "score"),
        ("number-of-leaves", "leaves"),
        ("mean error", None),
        ("bark score", None),
        ("", None),
        ("@", None),
    ],
)
def test_names_of_a_metric(name: str, known: str | None) -> None:
    """A metric is found by its name and variants, however written; what is generic may stand behind."""
    found = FEW.named(name)
    assert (found and found.name) == known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("mean error", "error"),
        ("mean tree error", "tree error"),
        ("Error@5", "error"),
        ("mean error score", "error"),
        ("bark score", "score"),
        ("bark score@1", "score"),
        ("bark", None),
        ("", None),
        ("@", None),
        ("@5", None),
    ],
)
def test_metrics_that_end_alike(name: str, known: str | None) -> None:
    """A metric that is not known is like what its last words name: the longest, a generic one last of all."""
    found = FEW.like(name)
    assert (found and found.name) == known


@given(name=NAMES)
def test_what_is_named_is_like(name: str) -> None:
    """Any text can be asked for, in any case, and the metric of a name is the one that it is like."""
    named = FEW.named(name)
    assert FEW.named(name.upper().lower()) == FEW.named(name.lower())
    assert named is None or FEW.like(name) == named
    assert FEW.like(f"bark {name} error") is not None


def test_table(rulebook: Rulebook) -> None:
    """The table that comes with kg has more than 150 metrics of the lexicon, and directions of the best-known ones."""
    metrics = rulebook.metrics
    of_lexicon = {
        key(name) for entry in rulebook.lexicon if "Metric" in entry.types for name in (entry.name, *entry.variants)
    }
    known = [one for one in metrics.all if of_lexicon & set(map(key, (one.name, *one.variants)))]
    assert len(known) > 150
    for name in ("accuracy", "F1", "mAP", "BLEU", "PSNR", "Inception Score", "success rate", "throughput"):
        assert (metrics.like(name) or Metric("")).direction == "higher", name
    for name in ("error", "perplexity", "WER", "FID score", "RMSE", "latency", "validation loss", "FLOPs"):
        assert (metrics.like(name) or Metric("")).direction == "lower", name
    assert {one.direction for one in metrics.all} == {"higher", "lower", "unknown"}


def test_reads_a_table() -> None:
    """A line is a metric; comments and empty lines say nothing; an empty table has none."""
    text = f"# Of trees.\n{HEADER}\n# Leaves.\nleaves\thigher\tshare\t\tLV | leaf count\nsay\tunknown\t\tgeneric\t\n"
    assert list(read_metrics(text)) == [
        Metric("leaves", "higher", "share", variants=("LV", "leaf count")),
        Metric("say", generic=True),
    ]
    assert list(read_metrics("")) == []
    assert list(read_metrics("name\tdirection\nbark\tlower\n")) == [Metric("bark", "lower")]


def test_table_of_the_documents() -> None:
    """The lines that docs/rules.md shows can be read."""
    (shown,) = re.findall(rf"^```text\n({HEADER}.*?)^```$", RULES, re.MULTILINE | re.DOTALL)
    assert [metric.direction for metric in read_metrics(shown)] == ["higher", "lower", "higher"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\tway\n", "metrics.tsv:1: the columns must be name, direction, unit, note, variants"),
        (f"# Trees.\n{HEADER}leaves\n", "metrics.tsv:3: a line must give name, direction, unit, note"),
        (f"{HEADER}leaves\tup\t\t\t\n", "metrics.tsv:2: direction is 'up'; it may be higher, lower, unknown"),
        (f"{HEADER}leaves\thigher\t\tvague\t\n", "metrics.tsv:2: note is 'vague'; it may be empty or generic"),
        (f"{HEADER}\thigher\t\t\t\n", "metrics.tsv:2: the name is missing"),
        (
            f"{HEADER}leaves\thigher\t\t\tLV\nlv\tlower\t\t\t\n",
            "metrics.tsv:3: 'lv' is given twice, as 'LV' before",
        ),
        (f"{HEADER}leaves\thigher\t\t\tLeaves\n", "metrics.tsv:2: 'Leaves' is given twice, as 'leaves' before"),
    ],
)
def test_mistakes_have_a_line(text: str, message: str, tmp_path: Path) -> None:
    """A mistake is refused with file and line; ``kg rules check`` goes on after it and names it too."""
    with pytest.raises(RuleError, match=f"^{message}"):
        list(read_metrics(text))
    (tmp_path / METRICS).write_text(text, "utf-8")
    (mistake,) = check_rules([tmp_path]).mistakes
    assert mistake.startswith(f"{tmp_path}/{message}")


def test_table_of_a_folder(tmp_path: Path) -> None:
    """A table in a folder of rules takes the place of ours."""
    (tmp_path / METRICS).write_text(f"{HEADER}accuracy\tlower\t\t\t\n", "utf-8")
    (metric,) = Rulebook(tmp_path).metrics.all
    assert metric == Metric("accuracy", "lower")
