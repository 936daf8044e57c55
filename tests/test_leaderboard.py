"""Leaderboards: which there are, how scores are made comparable and ranked, and what is asked for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import GraphError
from kg.graph import build_graph
from kg.leaderboard import Leaderboard, LeaderboardEntry, leaderboards
from tests.boards import Report, graph_of, reporting
from tests.samples import samples

PERCENT = Report("91.2", "%")
SHARES = st.decimals(min_value=0, max_value=1, places=3, allow_nan=False)
PERCENTS = st.decimals(min_value=0, max_value=100, places=2, allow_nan=False)


def only(*reports: Report, rules: Path | None = None) -> Leaderboard:
    """The one board of some reports."""
    (board,) = leaderboards(graph_of(*reports), rules=rules)
    return board


def numbers(board: Leaderboard) -> list[str]:
    """The numbers of the scores, in their order."""
    return ["-" if entry.number is None else f"{entry.number:f}" for entry in board.scores]


def about(board: Leaderboard) -> tuple[str | None, ...]:
    """What a board is of."""
    return board.dataset, board.metric, board.task, board.unit


def test_entry() -> None:
    """An entry has what the graph says of a result: number, method, paper, date, and the sentence."""
    graph = build_graph(samples())
    (board,) = leaderboards(graph, dataset="gulf 3k", metric="ACCURACY")
    (entry,) = board.scores
    assert about(board) == ("Gulf 3K", "accuracy", None, "%")
    assert (entry.rank, entry.number, entry.method, entry.introduces) == (1, Decimal("91.5"), "HarborNet", True)
    assert (entry.published, entry.url) == ("2024-10-09", "https://example.org/harbor")
    assert entry.title == "HarborNet: Counting Ships with Few Labels"
    assert entry.sentence[entry.start : entry.end] == "91.5%"
    assert graph.nodes[entry.paper]["kind"] == "Paper"
    assert graph.nodes[entry.result]["value"] == "91.5"
    assert board.best == entry
    (gain,) = board.changes
    assert (gain.kind, gain.rank, gain.value, gain.unit, gain.baseline) == ("gain", None, "2.4", "points", "ResNet-50")
    assert board.papers == 1


@pytest.mark.parametrize(
    ("metric", "direction", "first"),
    [("accuracy", "higher", "90"), ("error", "lower", "80"), ("bark", "unknown", "90")],
)
def test_direction(metric: str, direction: str, first: str) -> None:
    """The best comes first, by what the table says of the metric; the highest where it says nothing."""
    board = only(*(Report(value, "%", metric) for value in ("85", "90", "80")))
    assert board.direction == direction
    assert numbers(board)[0] == first
    assert [entry.rank for entry in board.scores] == [1, 2, 3]


def test_direction_holds_for_the_unit_of_the_metric() -> None:
    """An accuracy in millimetres is no share, and nobody says that a higher one is better."""
    assert only(Report("0.5", "mm")).direction == "unknown"
    assert only(Report("0.5", "mm", "error")).direction == "lower"


def test_table_of_metrics_of_a_folder(tmp_path: Path) -> None:
    """The table of metrics may be another."""
    (tmp_path / "metrics.tsv").write_text("name\tdirection\tunit\tnote\tvariants\nbark\tlower\t\t\t\n", "utf-8")
    assert only(Report("1", metric="bark"), rules=tmp_path).direction == "lower"


def test_fraction_beside_per_cent() -> None:
    """A fraction beside per cent is shown in per cent, and marked; as is one beside bare numbers above one."""
    board = only(Report("0.923"), PERCENT)
    assert numbers(board) == ["92.3", "91.2"]
    assert board.unit == "%"
    assert [entry.converted for entry in board.scores] == [True, False]
    assert (board.scores[0].value, board.scores[0].unit) == ("0.923", None)
    board = only(Report("0.923"), Report("91.2"))
    assert (numbers(board), board.unit) == (["92.3", "91.2"], None)


def test_fractions_alone_stay() -> None:
    """Where nobody writes per cent, fractions are left as they are; one per cent is no fraction."""
    board = only(Report("0.923"), Report("0.9"), Report("1"))
    assert (numbers(board), board.unit) == (["1", "0.923", "0.9"], None)
    assert not any(entry.converted for entry in board.scores)
    assert numbers(only(Report("0.9", "%"), Report("0.9", "points"))) == ["0.9", "0.9"]


def test_bare_numbers_have_the_usual_unit() -> None:
    """A bare word error rate is in per cent, also below one; a bare PSNR is in dB."""
    board = only(Report("0.9", metric="WER"), Report("4.1", "%", metric="word error rate"))
    assert (about(board), numbers(board)) == (("Meadow", "word error rate", None, "%"), ["0.9", "4.1"])
    board = only(Report("30", metric="PSNR"), Report("31", "dB", metric="PSNR"))
    assert (board.unit, numbers(board)) == ("dB", ["31", "30"])


def test_what_cannot_be_compared_is_apart() -> None:
    """Scores in seconds and in milliseconds are on two boards; gains and so on are on the larger one."""
    change = Report("3", "x", "latency", kind="ratio")
    graph = graph_of(
        *(Report(value, unit, "latency") for value, unit in (("2", "s"), ("5", "ms"), ("4", "ms"))), change
    )
    boards = leaderboards(graph)
    assert [(board.unit, numbers(board), len(board.changes)) for board in boards] == [
        ("ms", ["4", "5"], 1),
        ("s", ["2"], 0),
    ]


def test_names_of_one_metric() -> None:
    """Names that the table takes for one metric are one, described or named; a unit may say the metric, too."""
    board = only(Report("90", "%", "F1"), Report("91", "%", "F-measure"), Report("92", "%", "F1 score", named=False))
    assert about(board) == ("Meadow", "F1", None, "%")
    assert len(board.scores) == 3
    board = only(Report("30", "FPS", None), Report("31", "fps", "frame rate"), Report("32", None, "frames per second"))
    assert (about(board), numbers(board)) == (("Meadow", "frame rate", None, "fps"), ["32", "31", "30"])


def test_without_metric() -> None:
    """Scores without a metric are on a board of their own, after all others, of unknown direction."""
    boards = leaderboards(graph_of(*(replace(PERCENT, metric=None) for _ in range(3)), PERCENT))
    assert [(board.metric, board.direction, len(board.scores)) for board in boards] == [
        ("accuracy", "higher", 1),
        (None, "unknown", 3),
    ]


def test_without_method() -> None:
    """A score without a method stands for its paper; one whose method is only described has the words of the paper."""
    board = only(replace(PERCENT, method=None), replace(PERCENT, value="90", named=False, method="our best"))
    assert [(entry.method, entry.method_key, entry.introduces) for entry in board.scores] == [
        (None, None, False),
        ("our best", None, False),
    ]
    assert board.scores[0].title == "On a"


def test_without_dataset() -> None:
    """Results without a dataset are left out, unless a task is asked for."""
    free = replace(PERCENT, dataset=None, task="tree counting")
    graph = graph_of(free, replace(PERCENT, task="tree counting"), replace(PERCENT, task="planting"))
    assert [about(board) for board in leaderboards(graph)] == [("Meadow", "accuracy", None, "%")]
    assert [(about(board), len(board.scores)) for board in leaderboards(graph, task="Tree-counting")] == [
        (("Meadow", "accuracy", "tree counting", "%"), 1),
        ((None, "accuracy", "tree counting", "%"), 1),
    ]
    assert len(leaderboards(graph, task="tree counting", dataset="Meadow")) == 1


def test_ranges_have_no_rank() -> None:
    """What is no single number comes last and has no rank, nor is it the best."""
    board = only(Report("80-90", "%"), PERCENT)
    assert [(entry.value, entry.rank) for entry in board.scores] == [("91.2", 1), ("80-90", None)]
    assert only(Report("80-90", "%")).best is None


def test_ties_share_a_rank() -> None:
    """Equal numbers share a rank, the earlier paper first, and the next ranks are left out."""
    papers = [reporting(name, PERCENT, published=date) for name, date in (("a", None), ("b", "2020"), ("c", "2019-02"))]
    (board,) = leaderboards(build_graph([*papers, reporting("d", Report("90", "%"))]))
    assert [(entry.rank, entry.published) for entry in board.scores] == [
        (1, "2019-02"),
        (1, "2020"),
        (1, None),
        (4, None),
    ]


def test_changes_are_by_kind_and_unit() -> None:
    """Gains come before reductions and ratios, each by unit, the largest first."""
    board = only(
        PERCENT,
        Report("2", "x", kind="ratio"),
        Report("3", "%", kind="reduction"),
        Report("1", "points", kind="gain"),
        Report("4", "%", kind="gain"),
        Report("7", "%", kind="gain"),
        Report("7-9", "%", kind="gain"),
    )
    assert [(entry.kind, entry.value) for entry in board.changes] == [
        ("gain", "7"),
        ("gain", "4"),
        ("gain", "7-9"),
        ("gain", "1"),
        ("reduction", "3"),
        ("ratio", "2"),
    ]


def test_the_largest_board_is_first() -> None:
    """Boards are sorted by how much is on them."""
    reports = [replace(PERCENT, dataset=name) for name in ("Brook", "Meadow", "Meadow", "Acre")]
    assert [board.dataset for board in leaderboards(graph_of(*reports))] == ["Meadow", "Acre", "Brook"]


def test_other_names_of_a_node() -> None:
    """A thing may be asked for by any of its names; its label counts first."""
    graph = graph_of(PERCENT)
    graph.nodes["dataset/Meadow"]["names"].append("Wide Green")
    assert leaderboards(graph, dataset="wide-green") == leaderboards(graph, dataset="meadow") == leaderboards(graph)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"dataset": "Medow"}, "no result of the graph is about the dataset 'Medow'; did you mean 'Meadow'?"),
        ({"dataset": "Green Meadow"}, "did you mean 'Meadow'?"),
        ({"metric": "acuracy"}, "no result of the graph is about the metric 'acuracy'; did you mean 'accuracy'?"),
        ({"task": "xyz"}, "about the task 'xyz'; leave it out to see what there is"),
        ({"dataset": "Meadow", "metric": "F1"}, "no result about the dataset 'Meadow' is about the metric 'F1'; "),
    ],
)
def test_what_there_is_nothing_of(asked: dict[str, str], message: str) -> None:
    """What no result is about is an error that names the nearest."""
    graph = graph_of(PERCENT, Report("1", metric="F1", dataset="Brook"))
    with pytest.raises(GraphError) as error:
        leaderboards(graph, **asked)
    assert message in str(error.value)


def test_empty_graph() -> None:
    """A graph without results has no boards."""
    assert leaderboards(build_graph([])) == ()


def test_examples(tmp_path: Path) -> None:
    """The public function works on what the pipeline reads."""
    boards = kg.leaderboards(kg.build_graph(kg.extract("We propose FooNet, which reaches 92.3% accuracy on ImageNet.")))
    ((board, entry),) = [(board, entry) for board in boards for entry in board.scores]
    assert (about(board), entry.method) == (("ImageNet", "accuracy", None, "%"), "FooNet")
    assert kg.leaderboards(kg.load_graph(_extractions(tmp_path)))[0].metric == "accuracy"


def _extractions(folder: Path) -> Path:
    kg.write_extractions([reporting("a", PERCENT)], folder / "e.jsonl")
    return folder / "e.jsonl"


@given(shares=st.lists(SHARES, max_size=4), percents=st.lists(PERCENTS, min_size=1, max_size=4))
def test_shares_and_percents_are_ranked_as_one(shares: list[Decimal], percents: list[Decimal]) -> None:
    """Whatever is written as a fraction ranks where its per cent would, and no digit is lost."""
    board = only(*(Report(f"{share:f}") for share in shares), *(Report(f"{number:f}", "%") for number in percents))
    found = [entry.number for entry in board.scores]
    assert found == sorted((*(100 * share for share in shares), *percents), reverse=True)
    assert sum(entry.converted for entry in board.scores) == len(shares)
    for entry in board.scores:
        scale = 100 if entry.converted else 1
        assert entry.number == scale * Decimal(entry.value)


def _ranks(entries: tuple[LeaderboardEntry, ...]) -> list[tuple[Decimal, int]]:
    return [(entry.number, entry.rank) for entry in entries if entry.number is not None and entry.rank is not None]


@given(values=st.lists(PERCENTS, min_size=1, max_size=7), metric=st.sampled_from(("accuracy", "error", "bark")))
def test_ranks(values: list[Decimal], metric: str) -> None:
    """The rank of a score is one more than the number of better ones, whatever the order of the papers."""
    reports = [Report(f"{value:f}", "%", metric) for value in values]
    board = only(*reports)
    for number, rank in _ranks(board.scores):
        better = [value for value in values if (value < number if metric == "error" else value > number)]
        assert rank == len(better) + 1
    assert [rank for _, rank in _ranks(board.scores)] == sorted(rank for _, rank in _ranks(board.scores))
    assert numbers(board) == numbers(only(*reversed(reports)))
