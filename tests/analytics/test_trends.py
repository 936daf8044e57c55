"""Trends: what rises, what falls, what is new."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from kg import analytics
from kg.errors import GraphError
from kg.graph import Graph
from tests.fields import graph_of, naming


def papers_of(venue: str, year: int, counts: dict[str, int]) -> list[object]:
    """So many papers of a venue and a year that name each thing."""
    return [
        naming(f"{venue}-{year}-{thing[2:]}-{number}", thing, published=str(year), venue=venue)
        for thing, count in counts.items()
        for number in range(count)
    ]


@pytest.fixture(name="graph", scope="module")
def made() -> Graph:
    """At one venue NewNet takes the place of OldNet, SameNet stays; another venue is there in the last year only."""
    return graph_of(
        *papers_of("A", 2018, {"m:OldNet": 8, "m:SameNet": 4}),  # type: ignore[arg-type]
        *papers_of("A", 2022, {"m:OldNet": 2, "m:SameNet": 4, "m:NewNet": 6}),  # type: ignore[arg-type]
        *papers_of("B", 2022, {"t:tree counting": 5}),  # type: ignore[arg-type]
    )


def test_rising_and_falling(graph: Graph) -> None:
    """What takes a larger share than before rises, what takes a smaller one falls; the rest is near none."""
    found = analytics.trends(graph).set_index("label")
    assert found.index.tolist()[:2] == ["NewNet", "SameNet"]
    assert found.loc["NewNet", "rising"] > 2
    assert found.loc["OldNet", "rising"] < -1.5
    assert found.loc["SameNet", "rising"] == 0
    assert analytics.trends(graph, order="falling")["label"].iloc[0] == "OldNet"


def test_measures_by_hand(graph: Graph) -> None:
    """OldNet stands in 8 of 12 namings and then in 2 of 12: 1/10 of the odds; z = (|2 - 5| - 1/2) / sqrt(variance)."""
    found = analytics.trends(graph).set_index("label").loc["OldNet"]
    assert found["times"] == pytest.approx((2 * 4 / 24) / (8 * 10 / 24))
    assert found["rising"] == pytest.approx(-(3 - 0.5) / math.sqrt(10 * 14 * 12 * 12 / (24**2 * 23)))
    assert (found["papers"], found["recent"]) == (10, 2)
    assert found["recent_share"] == pytest.approx(100 * 2 / 17)
    assert found["earlier_share"] == pytest.approx(100 * 8 / 12)
    assert (found["first_year"], found["peak_year"]) == (2018, 2018)


def test_a_new_venue_raises_nothing(graph: Graph) -> None:
    """What only a venue without earlier papers names is not said to rise."""
    found = analytics.trends(graph).set_index("label")
    assert pd.isna(found.loc["tree counting", "rising"])
    assert pd.isna(found.loc["NewNet", "times"])


def test_without_comparable_venues() -> None:
    """Where no venue has papers on both sides, all papers are compared."""
    graph = graph_of(
        *papers_of("A", 2018, {"m:OldNet": 8, "m:SameNet": 4}),  # type: ignore[arg-type]
        *papers_of("B", 2022, {"m:NewNet": 8, "m:SameNet": 4}),  # type: ignore[arg-type]
    )
    assert analytics.trends(graph)["label"].tolist() == ["NewNet", "SameNet", "OldNet"]


def test_new(graph: Graph) -> None:
    """Only what the last years named first is new, that of the most papers first."""
    assert analytics.trends(graph, order="new")["label"].tolist() == ["NewNet", "tree counting"]


def test_filters(graph: Graph) -> None:
    """A type, a first year, a length of the last years and a least number of papers narrow the answer."""
    assert analytics.trends(graph, type="Task")["label"].tolist() == ["tree counting"]
    assert "OldNet" not in set(analytics.trends(graph, since=2019)["label"])
    assert set(analytics.trends(graph, min_papers=8)["label"]) == {"OldNet", "SameNet"}
    assert analytics.trends(graph, recent=10)["rising"].isna().all()
    assert analytics.trends(graph, since=2023).empty


def test_first_paper() -> None:
    """The first paper is that of the first year; of several, one that introduces the thing."""
    graph = graph_of(
        naming("a", "m:FooNet", published="2020", title="A user"),
        naming("b", "m:FooNet", published="2020", title="Its maker", role="introduced"),
        naming("c", "m:FooNet", published="2021", title="A later one"),
        naming("d", "m:FooNet", title="Without a year"),
    )
    (found,) = analytics.trends(graph).to_dict("records")
    assert (found["first_paper"], found["first_year"], found["papers"]) == ("Its maker", 2020, 3)


def test_papers_per_year(graph: Graph) -> None:
    """Years without a paper count as well, and have no share."""
    found = analytics.papers_per_year(graph, ["method/OldNet", "method/NewNet"], since=2017)
    old = found[found["label"] == "OldNet"].set_index("year")
    assert old["papers"].to_dict() == {2018: 8, 2019: 0, 2020: 0, 2021: 0, 2022: 2}
    assert old.loc[2018, "share"] == pytest.approx(100 * 8 / 12)
    assert pd.isna(old.loc[2020, "share"])
    assert found["label"].unique().tolist() == ["OldNet", "NewNet"]


def test_without_years() -> None:
    """Where no paper has a year, this is said."""
    with pytest.raises(GraphError, match="no paper of the graph has a year"):
        analytics.trends(graph_of(naming("a", "m:FooNet")))
