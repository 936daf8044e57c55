"""What is used together: pairs of things that papers name more often than chance would have it.

The measure is that of :mod:`kg.association`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from kg.analytics.namings import WORKED_WITH, Incidence, entity_named, incidence, namings
from kg.association import association_measures
from kg.errors import GraphError
from kg.frames import Frames, frames
from kg.graph import Graph
from kg.model import EntityType

MIN_PAPERS: Final = 2


def together(
    graph: Graph | Frames,
    name: str,
    *,
    type: EntityType | None = None,  # noqa: A002 - the glossary's word
    since: int | None = None,
    min_papers: int = MIN_PAPERS,
) -> pd.DataFrame:
    """What papers use together with the thing of this name, the closest first.

    ``name`` is a name or a node key; of several things with one name it is the one that most papers name. Only what
    papers introduce, use or compare with counts, in papers from the year ``since`` on; ``type`` leaves only things of
    that type, ``min_papers`` those that at least so many papers use together with it.

    ===============  =======  =========================================================================================
    column           dtype    meaning
    ===============  =======  =========================================================================================
    ``type``         str      Method, Dataset, Metric or Task
    ``label``        str      its best name
    ``papers``       int64    how many papers use both
    ``share``        float64  per cent of the papers with the thing asked for that also use this one
    ``times``        float64  how many times as often as if the two had nothing to do with each other
    ``association``  float64  log-likelihood ratio; above 10.8, chance alone would do it once in 1,000 cases
    ``entity``       str      node key
    ===============  =======  =========================================================================================

    Raises GraphError where the graph holds no such thing.
    """
    made = frames(graph)
    node = entity_named(made, name)
    found = namings(made, since=since, roles=WORKED_WITH)
    table = incidence(found, made)
    place = np.flatnonzero((table.entities["entity"] == node).to_numpy())
    both = np.zeros(len(table.entities))
    own = 0.0
    if place.size:
        column = table.matrix[:, place]
        both = np.asarray((column.T @ table.matrix).todense()).ravel()
        own = float(table.counts[place[0]])
        both[place] = 0
    answer = table.entities.drop(columns="names").assign(papers=both.astype("int64"))
    answer["share"] = 100.0 * both / max(own, 1.0)
    answer["times"], answer["association"] = association_measures(
        both, np.full(len(both), own), table.counts, len(table.papers)
    )
    answer = answer[answer["papers"] >= max(min_papers, 1)]
    if type is not None:
        answer = answer[answer["type"] == type]
    ordered = answer.sort_values(
        ["association", "papers", "label", "entity"], ascending=[False, False, True, True], ignore_index=True
    )
    return ordered[["type", "label", "papers", "share", "times", "association", "entity"]]


def pairs(
    graph: Graph | Frames,
    one: EntityType = "Method",
    other: EntityType = "Dataset",
    *,
    since: int | None = None,
    min_papers: int = MIN_PAPERS,
) -> pd.DataFrame:
    """Which things of two types, such as methods and datasets, are used together by at least ``min_papers`` papers.

    Columns: ``one`` and ``other`` (str, labels), ``papers`` (int64), ``times`` and ``association`` (float64) as those
    of :func:`together`, ``one_entity`` and ``other_entity`` (str, node keys); the closest first. The two types may be
    one: then every pair stands once. Raises GraphError where a type is none of the graph's.
    """
    made = frames(graph)
    table = incidence(namings(made, since=since, roles=WORKED_WITH), made, types={one, other}, min_papers=min_papers)
    rows, columns = (_of_type(table, kind) for kind in (one, other))
    counted = (table.matrix[:, rows].T @ table.matrix[:, columns]).tocoo()
    row, column, both = rows[counted.row], columns[counted.col], counted.data
    keep = (both >= min_papers) & ((row < column) if one == other else True)
    row, column, both = row[keep], column[keep], both[keep]
    labels, nodes = table.entities["label"].to_numpy(), table.entities["entity"].to_numpy()
    times, association = association_measures(both, table.counts[row], table.counts[column], len(table.papers))
    answer = pd.DataFrame(
        {
            "one": pd.Series(labels[row], dtype="str"),
            "other": pd.Series(labels[column], dtype="str"),
            "papers": both.astype("int64"),
            "times": times,
            "association": association,
            "one_entity": pd.Series(nodes[row], dtype="str"),
            "other_entity": pd.Series(nodes[column], dtype="str"),
        }
    )
    return answer.sort_values(
        ["association", "papers", "one", "other", "one_entity", "other_entity"],
        ascending=[False, False, True, True, True, True],
        ignore_index=True,
    )


def pair_counts(
    graph: Graph | Frames, rows: Iterable[str], columns: Iterable[str], *, since: int | None = None
) -> pd.DataFrame:
    """How many papers introduce, use or compare with both a thing of ``rows`` and one of ``columns`` (node keys).

    A frame of int64 with the labels of ``rows`` as its index and those of ``columns`` as its columns, each once, in
    the order in which they are given.
    """
    made = frames(graph)
    table = incidence(namings(made, since=since, roles=WORKED_WITH), made)
    places = pd.Index(table.entities["entity"])
    labels = made.entities.set_index("entity")["label"]
    sides = [list(dict.fromkeys(side)) for side in (rows, columns)]
    found = [places.get_indexer(pd.Index(side, dtype="str")) for side in sides]
    chosen = [table.matrix[:, np.maximum(side, 0)] @ sparse.diags((side >= 0).astype(float)) for side in found]
    counts = (chosen[0].T @ chosen[1]).toarray().astype("int64")
    return pd.DataFrame(counts, index=labels[sides[0]].to_numpy(), columns=labels[sides[1]].to_numpy())


def _of_type(table: Incidence, kind: str) -> Any:
    found = np.flatnonzero((table.entities["type"] == kind).to_numpy())
    if not found.size:
        raise GraphError(f"no {kind.lower()} is in so many papers of the graph; ask for fewer")
    return found
