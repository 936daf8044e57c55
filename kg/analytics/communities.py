"""The fields that papers fall into: communities of papers and of the things they name.

Papers and entities are the two sides of one network, in which an entity weighs the more the fewer papers name it
(inverse document frequency: K. Spärck Jones, Journal of Documentation 28, 1972). scikit-network divides it by the
method of Louvain (V. D. Blondel, J.-L. Guillaume, R. Lambiotte and E. Lefebvre, "Fast unfolding of communities in large
networks", Journal of Statistical Mechanics, 2008), with the modularity of M. J. Barber ("Modularity and community
detection in bipartite networks", Physical Review E 76, 2007). Metrics are left out, because fields share them, and so
is what only one paper names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sknetwork.clustering import Louvain

from kg.analytics.namings import WORKED_WITH, Incidence, Numbers, incidence, namings
from kg.frames import Frames, frame_of, frames
from kg.graph import Graph
from kg.names import key, words

RESOLUTION: Final = 1.0
MIN_PAPERS: Final = 2
_TYPES: Final = ("Method", "Dataset", "Task")
_IN_A_LABEL: Final = 3
_NAMED: Final = 5
_SMALLEST: Final = 2
"""How many papers a community has at least, and how many of them name what it is called by."""

_OVERVIEW: Final = {
    "community": "int64",
    "label": "str",
    "papers": "int64",
    "entities": "int64",
    "methods": "object",
    "datasets": "object",
    "tasks": "object",
    "median_year": "Float64",
}
_PER_YEAR: Final = {"community": "int64", "label": "str", "year": "int64", "papers": "int64", "share": "float64"}
_MEMBERS: Final = {
    "community": "int64",
    "node": "str",
    "kind": "str",
    "label": "str",
    "papers": "int64",
    "own": "float64",
}


@dataclass(frozen=True, slots=True)
class Communities:
    """The communities of a graph: ``overview`` has a row for each, ``members`` one for each node that is in one.

    ``overview``, that of the most papers first:

    ===============  =======  =========================================================================================
    ``community``    int64    its number, from 1
    ``label``        str      the names most its own, such as "visual tracking · OTB-2015"
    ``papers``       int64    how many papers are in it; ``entities`` likewise
    ``methods``      object   list of str, the labels of up to five methods most its own; ``datasets`` and ``tasks``
                              likewise
    ``median_year``  Float64  half of its papers are older; missing where none has a year
    ===============  =======  =========================================================================================

    ``members``, by community, entities before papers, what is most its own first:

    ===============  =======  =========================================================================================
    ``community``    int64    its number
    ``node``         str      node key
    ``kind``         str      Paper, Method, Dataset or Task
    ``label``        str      label of the node
    ``papers``       int64    of an entity: how many papers of the community name it; of a paper 1
    ``own``          float64  of an entity: how much it tells the community from the others (see :func:`communities`);
                              of a paper the sum of what its entities tell
    ===============  =======  =========================================================================================
    """

    overview: pd.DataFrame
    members: pd.DataFrame


def communities(
    graph: Graph | Frames,
    *,
    since: int | None = None,
    resolution: float = RESOLUTION,
    min_papers: int = MIN_PAPERS,
) -> Communities:
    """The communities of papers from the year ``since`` on and of what they introduce, use or compare with.

    A larger ``resolution`` gives more and smaller ones. What fewer than ``min_papers`` papers name is left out, and so
    are papers that name nothing else. A thing tells a community from the others by n·log(n/e), where n papers of the
    community name it and e would by chance: its part in the divergence of S. Kullback and R. A. Leibler ("On
    Information and Sufficiency", Annals of Mathematical Statistics 22, 1951).
    """
    made = frames(graph)
    table = incidence(namings(made, since=since, roles=WORKED_WITH), made, types=_TYPES, min_papers=min_papers)
    if not table.matrix.nnz:
        return Communities(frame_of([], _OVERVIEW), frame_of([], _MEMBERS))
    rarity = np.log1p(len(table.papers) / np.maximum(table.counts, 1.0))
    divided = Louvain(resolution=resolution, random_state=0)
    divided.fit((table.matrix @ sparse.diags(rarity)).tocsr(), force_bipartite=True)
    of_papers, of_entities = _by_size(divided.labels_row_, divided.labels_col_)
    members = _members(table, made, of_papers, of_entities)
    return Communities(_overview(members, made), members)


def communities_per_year(graph: Graph | Frames, found: Communities) -> pd.DataFrame:
    """How many papers of each year are in each community of a graph, that of the most papers first.

    Columns: ``community`` (int64), ``label`` (str), ``year`` (int64), ``papers`` (int64) and ``share`` (float64, per
    cent of the year's papers; missing for a year without papers). Empty where no paper has a year.
    """
    years = frames(graph).papers.set_index("paper")["year"].dropna().astype("int64")
    if years.empty:
        return frame_of([], _PER_YEAR)
    span = pd.RangeIndex(years.min(), years.max() + 1)
    total = years.value_counts().reindex(span, fill_value=0)
    members = found.members[found.members["kind"] == "Paper"]
    dated = members.assign(year=members["node"].map(years)).dropna(subset=["year"])
    counts = dated.groupby(["community", "year"]).size()
    rows = (
        (
            number,
            label,
            year,
            counts.get((number, year), 0),
            100.0 * counts.get((number, year), 0) / of_year if of_year else None,
        )
        for number, label in zip(found.overview["community"], found.overview["label"], strict=True)
        for year, of_year in total.items()
    )
    return frame_of(rows, _PER_YEAR)


def _by_size(
    rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The communities of papers and of entities numbered anew from 1, that of the most papers first.

    Those with fewer than two papers, or without an entity, become 0: none.
    """
    many = int(max(rows.max(), columns.max())) + 1
    papers, entities = np.bincount(rows, minlength=many), np.bincount(columns, minlength=many)
    order = np.lexsort((np.arange(many), -entities, -papers))
    kept = [one for one in order if papers[one] >= _SMALLEST and entities[one]]
    number = np.zeros(many, dtype=np.int64)
    number[kept] = np.arange(1, len(kept) + 1)
    return number[rows], number[columns]


def _members(
    table: Incidence, made: Frames, of_papers: npt.NDArray[np.int64], of_entities: npt.NDArray[np.int64]
) -> pd.DataFrame:
    matrix = table.matrix.tocoo()
    inside = of_papers[matrix.row] == of_entities[matrix.col]
    here = np.bincount(matrix.col[inside], minlength=len(of_entities)).astype(float)
    sizes = np.bincount(of_papers, minlength=of_entities.max() + 1).astype(float)
    own = _telling(here, table.counts * sizes[of_entities] / len(of_papers))
    told = np.bincount(matrix.row[inside], weights=own[matrix.col[inside]], minlength=len(of_papers))
    papers = made.papers.set_index("paper")["title"].reindex(table.papers)
    found = pd.concat(
        [
            pd.DataFrame(
                {
                    "community": of_entities,
                    "node": table.entities["entity"],
                    "kind": table.entities["type"],
                    "label": table.entities["label"],
                    "papers": here.astype("int64"),
                    "own": own,
                }
            ),
            pd.DataFrame(
                {
                    "community": of_papers,
                    "node": table.papers,
                    "kind": "Paper",
                    "label": papers.to_numpy(),
                    "papers": 1,
                    "own": told,
                }
            ),
        ],
        ignore_index=True,
    )
    found = found.assign(last=found["kind"] == "Paper")
    found = found[found["community"] > 0]
    found = found.sort_values(
        ["community", "last", "own", "label", "node"], ascending=[True, True, False, True, True], ignore_index=True
    )
    return found[list(_MEMBERS)].astype({name: dtype for name, dtype in _MEMBERS.items() if dtype != "str"})


def _telling(here: Numbers, by_chance: Numbers) -> Numbers:
    return np.where(here > 0, here * np.log(np.maximum(here, 1.0) / np.maximum(by_chance, 1e-9)), 0.0)


def _overview(members: pd.DataFrame, made: Frames) -> pd.DataFrame:
    years = made.papers.set_index("paper")["year"]
    aliases = made.entities.set_index("entity")["names"]
    rows = []
    for number, of_one in members.groupby("community"):
        papers = of_one[of_one["kind"] == "Paper"]
        things = of_one[of_one["kind"] != "Paper"]
        telling = _distinct(things[(things["papers"] >= _SMALLEST) & (things["own"] > 0)], aliases)
        telling = telling or [(str(things["kind"].iloc[0]), str(things["label"].iloc[0]))]
        median = years.reindex(papers["node"]).dropna().median()
        rows.append(
            (
                number,
                " · ".join(label for _, label in telling[:_IN_A_LABEL]),
                len(papers),
                len(things),
                *([label for kind, label in telling if kind == wanted][:_NAMED] for wanted in _TYPES),
                None if pd.isna(median) else float(median),
            )
        )
    return frame_of(rows, _OVERVIEW)


def _distinct(things: pd.DataFrame, aliases: pd.Series[str]) -> list[tuple[str, str]]:
    """The first of a community's entities as (type, label), without those that say again what others say.

    That is: those that share a name, or of whose labels one has all words of the other.
    """
    found: list[tuple[str, str]] = []
    said: set[str] = set()
    labels: list[frozenset[str]] = []
    rest = dict.fromkeys(_TYPES, _NAMED)
    for node, kind, label in zip(things["node"], things["kind"], things["label"], strict=True):
        if not any(rest.values()):
            break
        names = {key(name) for name in aliases[node]}
        own = frozenset(words(label))
        if rest[kind] and said.isdisjoint(names) and not any(own <= other or other <= own for other in labels):
            said |= names
            labels.append(own)
            found.append((kind, label))
            rest[kind] -= 1
    return found
