"""Frames: their columns, their rows, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx
import pandas as pd
import pytest

import kg.frames
from kg.frames import Frames, frames, leaderboard_frame
from kg.graph import Graph, build_graph
from kg.leaderboard import leaderboards
from tests.boards import Report, graph_of, reporting
from tests.fields import naming
from tests.samples import samples

NAMES = ("papers", "entities", "results", "edges")


@pytest.fixture(name="graph", scope="module")
def made() -> Graph:
    """The graph of the samples."""
    return build_graph(samples())


def documented(name: str) -> Iterator[tuple[str, str]]:
    """The columns and dtypes that the docstring of the module gives for a frame."""
    text = kg.frames.__doc__ or ""
    table = text.split(f"``{name}``\n\n", 1)[1].split("\n\n")[0]
    for line in table.splitlines():
        if line.startswith("``"):
            column, dtype = line.split()[:2]
            yield column.strip("`"), dtype


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_documented(graph: Graph, name: str) -> None:
    """Every column that the docstring shows is there with its dtype, and none is there that it does not name."""
    frame = getattr(frames(graph), name)
    for column, dtype in documented(name):
        assert str(frame[column].dtype) == dtype, column
    assert all(f"``{column}``" in (kg.frames.__doc__ or "") for column in frame.columns)
    assert list(frame.index) == list(range(len(frame)))


@pytest.mark.parametrize("name", NAMES)
def test_empty_graph(graph: Graph, name: str) -> None:
    """The frames of an empty graph have no row, and the same columns and dtypes as any."""
    empty: Graph = nx.MultiDiGraph()
    assert getattr(Frames(empty), name).empty
    pd.testing.assert_series_equal(getattr(Frames(empty), name).dtypes, getattr(Frames(graph), name).dtypes)


def test_a_row_for_each(graph: Graph) -> None:
    """Frames have as many rows as the graph has nodes of the kind, or edges, and in its order."""
    found = frames(graph)
    kinds = dict(graph.nodes(data="kind"))
    assert found.papers["paper"].tolist() == [node for node, kind in kinds.items() if kind == "Paper"]
    assert set(found.entities["entity"]) == {node for node, kind in kinds.items() if kind not in {"Paper", "Result"}}
    assert found.results["result"].tolist() == [node for node, kind in kinds.items() if kind == "Result"]
    assert list(zip(found.edges["source"], found.edges["target"], found.edges["relation"], strict=True)) == [
        (source, target, relation) for source, target, relation in graph.edges(keys=True)
    ]


def test_papers(graph: Graph) -> None:
    """A paper has its year and the first day of its date, if it tells a year, and counts of what it names."""
    papers = frames(graph).papers.set_index("paper")
    harbor, kelp, note = (papers.loc[node] for node in ("paper/2410.00001", "paper/kelp%2F2023", "paper/note-3"))
    assert (harbor["year"], harbor["date"]) == (2024, pd.Timestamp("2024-10-09"))
    assert (note["year"], note["date"]) == (2023, pd.Timestamp("2023-01-01"))
    assert kelp["published"] == "--10-09"
    assert pd.isna(kelp["year"])
    assert pd.isna(kelp["date"])
    assert (harbor["entities"], harbor["results"]) == (6, 3)
    assert harbor["authors"] == ["Ada Example", "Bo Ähnlich"]
    assert pd.isna(kelp["author_count"])


@pytest.mark.parametrize(
    ("published", "year", "day"),
    [
        ("2024", 2024, "2024-01-01"),
        ("2024-10", 2024, "2024-10-01"),
        ("2024-10-09", 2024, "2024-10-09"),
        ("2024-13", None, None),
        ("0000", None, None),
        ("--02-29", None, None),
        (None, None, None),
    ],
)
def test_years(published: str | None, year: int | None, day: str | None) -> None:
    """A date is a year, a month or a day; what is no date has no year."""
    (paper,) = frames(build_graph([naming("a", "m:FooNet", published=published)])).papers.to_dict("records")
    assert (None if pd.isna(paper["year"]) else paper["year"]) == year
    assert (None if pd.isna(paper["date"]) else f"{paper['date']:%Y-%m-%d}") == day


def test_entities(graph: Graph) -> None:
    """An entity has its names, its papers by role, and the years of those that tell one."""
    detr = frames(graph).entities.set_index("entity").loc["method/DETR"]
    assert detr["names"] == graph.nodes["method/DETR"]["names"]
    assert detr[["papers", "introduced", "used", "compared", "mentioned"]].tolist() == [2, 0, 1, 1, 0]
    assert (detr["first_year"], detr["last_year"]) == (2024, 2024)


def test_variants() -> None:
    """What an entity is a variant of stands in its row, and its links elsewhere do."""
    graph = build_graph([naming("a", "m:FooNet", "m:FooNet-50")])
    graph.add_edge(
        "method/FooNet-50", "method/FooNet", key="variantOf", relation="variantOf", confidence=1.0, evidence=[]
    )
    graph.nodes["method/FooNet"]["links"] = ["https://x.org/foo"]
    found = frames(graph).entities.set_index("entity")
    assert found.loc["method/FooNet-50", "variant_of"] == "method/FooNet"
    assert pd.isna(found.loc["method/FooNet", "variant_of"])
    assert found.loc["method/FooNet", "links"] == ["https://x.org/foo"]
    edge = frames(graph).edges.set_index("relation").loc["variantOf"]
    assert (edge["evidence"], pd.isna(edge["rule"])) == (0, True)


def test_results(graph: Graph) -> None:
    """A result has the number to compute with, the value as written, and the nodes that its texts name."""
    first = frames(graph).results.set_index("result").loc["result/2410.00001/1"]
    assert (first["number"], first["value"], first["unit"], first["year"]) == (91.5, "91.5", "%", 2024)
    assert (first["method_key"], first["dataset_key"]) == ("method/HarborNet", "dataset/Gulf_3K")
    assert pd.isna(first["baseline_key"])
    assert "91.5%" in first["sentence"]


def test_named(graph: Graph) -> None:
    """What papers name stands there once for each pair, with the paper's role and year."""
    named = frames(graph).named
    assert not named.duplicated(["paper", "entity"]).any()
    row: Any = named.set_index(["paper", "entity"]).loc[("paper/2410.00001", "method/ResNet-50")]
    assert (row["role"], row["year"]) == ("compared", 2024)


def test_frames_of_frames(graph: Graph) -> None:
    """What are frames already is given back, and each frame is made once."""
    found = frames(graph)
    assert frames(found) is found
    assert found.papers is found.papers


def test_leaderboards() -> None:
    """A row for each entry of each board, with unit and direction of the board beside what the paper writes."""
    graph = graph_of(Report("91.2", "%"), Report("0.95"), Report("2", "points", kind="gain", baseline="BarNet"))
    found = leaderboard_frame(leaderboards(graph))
    assert found["number"].tolist() == [95.0, 91.2, 2.0]
    assert found["rank"].tolist() == [1, 2, pd.NA]
    assert found["converted"].tolist() == [True, False, False]
    assert found["unit"].tolist() == ["%", "%", "%"]
    assert found["kind"].tolist() == ["score", "score", "gain"]
    dated = leaderboard_frame(leaderboards(build_graph([reporting("a", Report("1"), published="2024-10")])))
    assert dated["date"].tolist() == [pd.Timestamp("2024-10-01")]
    pd.testing.assert_series_equal(leaderboard_frame([]).dtypes, found.dtypes)
