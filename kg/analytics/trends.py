"""What rises and falls: how often papers of the last years name a thing, beside those before.

A corpus is seldom the same from year to year: a conference is missing, another one is new. So like is compared with
like: within each venue, the share of the last years' namings that are of the thing, with the share of the namings
before; the venues are then taken together by the test of Cochran, Mantel and Haenszel with its correction for
continuity (N. Mantel and W. Haenszel, "Statistical Aspects of the Analysis of Data From Retrospective Studies of
Disease", Journal of the National Cancer Institute 22(4), 1959). A venue that has papers on one side only says nothing;
where such venues hold most of the last years' namings, all papers are taken as if they were of one venue. Shares are of
namings, not of papers, because newer abstracts name more things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from kg.analytics.namings import frames_with_years, namings
from kg.frames import Frames
from kg.graph import Graph
from kg.model import EntityType

Order: TypeAlias = Literal["rising", "falling", "new"]

RECENT: Final = 3
MIN_PAPERS: Final = 3
_ORDERS: Final[Mapping[Order, tuple[list[str], list[bool]]]] = {
    "rising": (["rising", "papers"], [False, False]),
    "falling": (["rising", "papers"], [True, False]),
    "new": (["recent", "rising"], [False, False]),
}
_COLUMNS: Final = (
    "type", "label", "papers", "recent", "recent_share", "earlier_share", "times", "rising", "first_year", "peak_year",
    "first_paper", "entity",
)  # fmt: skip
_CONTINUITY: Final = 0.5
_ENOUGH: Final = 0.5


def trends(
    graph: Graph | Frames,
    *,
    type: EntityType | None = None,  # noqa: A002 - the glossary's word
    since: int | None = None,
    recent: int = RECENT,
    min_papers: int = MIN_PAPERS,
    order: Order = "rising",
) -> pd.DataFrame:
    """How the naming of every thing has changed, what rises most first.

    The last ``recent`` years that the graph has papers of are compared with those before, from ``since`` on. Things
    that fewer than ``min_papers`` papers of these years name are left out. ``order`` puts what rises or falls most
    first, or leaves only what the last years named first, that of the most papers at the top.

    =================  =======  =======================================================================================
    column             dtype    meaning
    =================  =======  =======================================================================================
    ``type``           str      Method, Dataset, Metric or Task
    ``label``          str      its best name
    ``papers``         int64    how many papers name it
    ``recent``         int64    how many of them are of the last years
    ``recent_share``   float64  per cent of the papers of the last years that name it
    ``earlier_share``  float64  per cent of the papers before that name it; missing where there are none
    ``times``          float64  common odds ratio of the venues, by Mantel and Haenszel: how many times as often as
                                before; missing where no venue named it before
    ``rising``         float64  the test statistic, in standard deviations: above 2 hardly by chance, below 0 it falls;
                                missing where there are papers on one side only
    ``first_year``     Int64    year of the first paper that names it; ``peak_year`` the year of the largest share
    ``first_paper``    str      title of the first paper that names it, one that introduces it before others
    ``entity``         str      node key
    =================  =======  =======================================================================================

    Raises GraphError where no paper has a year.
    """
    frames, papers = frames_with_years(graph)
    first_of_last = int(papers["year"].max()) - recent + 1
    papers = papers if since is None else papers[papers["year"] >= since]
    found = namings(frames, since=since).dropna(subset=["year"])
    found = found.merge(papers[["paper", "venue", "title"]], on="paper")
    found["recent"] = (found["year"] >= first_of_last).astype(bool)
    table = frames.entities.set_index("entity")[["type", "label"]]
    table = table.join(_shares(found, papers["year"] >= first_of_last), how="inner").join(_changes(found))
    table = table.join(_firsts(found)).join(_peaks(found, papers))
    table = table[table["papers"] >= min_papers]
    if type is not None:
        table = table[table["type"] == type]
    if order == "new":
        table = table[table["first_year"] >= first_of_last]
    by, ascending = _ORDERS[order]
    table = (
        table.rename_axis("entity")
        .reset_index()
        .sort_values(
            [*by, "label", "entity"], ascending=[*ascending, True, True], ignore_index=True, na_position="last"
        )
    )
    return table[list(_COLUMNS)]


def papers_per_year(
    graph: Graph | Frames,
    entities: Sequence[str],
    *,
    since: int | None = None,
) -> pd.DataFrame:
    """How many papers name things, given by node keys, in each year from the first to the last of the graph.

    Columns: ``entity`` and ``label`` (str), ``year`` (int64), ``papers`` (int64), ``share`` (float64, per cent of the
    year's papers; missing for a year without papers); in the order of ``entities``, then of years. Raises GraphError
    where no paper has a year.
    """
    frames, dated = frames_with_years(graph)
    first, last = int(dated["year"].min()), int(dated["year"].max())
    years = pd.RangeIndex(max(first, since or first), last + 1, name="year")
    total = dated["year"].astype("int64").value_counts().reindex(years, fill_value=0)
    named = frames.named.dropna(subset=["year"])
    named = named[named["entity"].isin(entities)].astype({"year": "int64"})
    counted = named.groupby(["entity", "year"]).size()
    labels = frames.entities.set_index("entity")["label"]
    places = pd.MultiIndex.from_product([list(entities), years], names=["entity", "year"])
    table = counted.reindex(places, fill_value=0).rename("papers").reset_index()
    table["share"] = 100.0 * table["papers"] / table["year"].map(total).where(lambda papers: papers > 0)
    table.insert(1, "label", table["entity"].map(labels))
    return table


def _shares(found: pd.DataFrame, of_last: pd.Series[bool]) -> pd.DataFrame:
    """How many papers name an entity, and what share of the last and the earlier papers; ``of_last`` has them all."""
    grouped = found.groupby("entity")["recent"]
    counted = pd.DataFrame({"papers": grouped.size(), "recent": grouped.sum()}).astype("int64")
    last = int(of_last.sum())
    earlier = len(of_last) - last
    return counted.assign(
        recent_share=counted["recent"] * (100.0 / last) if last else np.nan,
        earlier_share=(counted["papers"] - counted["recent"]) * (100.0 / earlier) if earlier else np.nan,
    )


def _changes(found: pd.DataFrame) -> pd.DataFrame:
    """Odds ratio and test statistic of every entity, over the venues that have papers on both sides."""
    found = found.assign(venue=_comparable_venues(found))
    sizes = _two_columns(found.groupby(["venue", "recent"]).size())
    cells = _two_columns(found.groupby(["entity", "venue", "recent"]).size()).reset_index()
    cells = cells.join(sizes.add_suffix("_all"), on="venue")
    cells = cells[(cells["before_all"] > 0) & (cells["after_all"] > 0)]
    total = cells["before_all"] + cells["after_all"]
    own = cells["before"] + cells["after"]
    sums = pd.DataFrame(
        {
            "entity": cells["entity"],
            "excess": cells["after"] - own * cells["after_all"] / total,
            "variance": own * (total - own) * cells["before_all"] * cells["after_all"] / (total**2 * (total - 1)),
            "for": cells["after"] * (cells["before_all"] - cells["before"]) / total,
            "against": cells["before"] * (cells["after_all"] - cells["after"]) / total,
        }
    )
    sums = sums.groupby("entity").sum()
    excess = np.sign(sums["excess"]) * (sums["excess"].abs() - _CONTINUITY).clip(lower=0.0)
    return pd.DataFrame(
        {
            "times": sums["for"] / sums["against"].where(sums["against"] > 0),
            "rising": excess / np.sqrt(sums["variance"].where(sums["variance"] > 0)),
        }
    )


def _comparable_venues(found: pd.DataFrame) -> pd.Series[str]:
    """The venue of each naming; the same for all where most of the last years' have no like before."""
    venues = found["venue"].fillna("")
    of_last = found["recent"]
    known = venues[of_last].isin(venues[~of_last].unique())
    return venues if known.mean() > _ENOUGH else pd.Series("", index=found.index, dtype="str")


def _two_columns(counts: pd.Series[int]) -> pd.DataFrame:
    """Counts by ``recent``, the last level of their index, as two columns."""
    wide = counts.unstack(fill_value=0).reindex(columns=[False, True], fill_value=0)  # noqa: PD010 - a series
    return wide.set_axis(["before", "after"], axis="columns")


def _firsts(found: pd.DataFrame) -> pd.DataFrame:
    """The first year of every entity, and the title of the first paper; the one that introduces it counts as first."""
    ordered = found.assign(other=found["role"] != "introduced").sort_values(["year", "other", "title", "paper"])
    firsts = ordered.groupby("entity")[["year", "title"]].first()
    return firsts.rename(columns={"year": "first_year", "title": "first_paper"})


def _peaks(found: pd.DataFrame, papers: pd.DataFrame) -> pd.Series[int]:
    """The year in which the largest share of papers names an entity, the latest if there are several."""
    counts = found.groupby(["entity", "year"]).size().rename("share").reset_index()
    counts["share"] = counts["share"] / counts["year"].map(papers["year"].value_counts())
    ordered = counts.sort_values(["share", "year"])
    return ordered.groupby("entity")["year"].last().rename("peak_year")
