"""Which paper names what, as a table of rows and as a sparse matrix; and how a thing is found by its name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kg.errors import GraphError
from kg.frames import Frames
from kg.graph import Graph
from kg.model import ENTITY_TYPES, EntityType
from kg.names import key, nearest

WORKED_WITH: Final = frozenset({"introduced", "used", "compared"})
"""The roles of what a paper works with, and does not only mention."""

Matrix = Any
Numbers = npt.NDArray[np.float64]


def namings(
    frames: Frames, *, since: int | None = None, roles: Collection[str] | None = None, with_broader: bool = False
) -> pd.DataFrame:
    """The rows of :attr:`kg.frames.Frames.named` of papers from the year ``since`` on, of these roles only.

    A pair of paper and entity stands once. With ``with_broader``, a paper that names a variant also names, in the same
    role, what this is a variant of, and so on upwards.
    """
    found = frames.named
    if since is not None:
        found = found[(found["year"] >= since).fillna(value=False).astype(bool)]
    if roles is not None:
        found = found[found["role"].isin(roles)]
    if with_broader:
        found = _with_broader(found, frames)
    return found.reset_index(drop=True)


def _with_broader(found: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    entities = frames.entities.dropna(subset=["variant_of"])
    broader = dict(zip(entities["entity"], entities["variant_of"], strict=True))
    step, rows = found, [found]
    for _ in broader:
        step = step[step["entity"].isin(broader)]
        if step.empty:
            break
        step = step.assign(entity=step["entity"].map(broader).astype(found["entity"].dtype))
        rows.append(step)
    return pd.concat(rows).drop_duplicates(["paper", "entity"])


@dataclass(frozen=True, slots=True)
class Incidence:
    """Papers and the entities that they name, as a matrix.

    ``matrix`` (scipy, compressed rows, float64) has a row for each of ``papers`` (node keys, sorted) and a column for
    each row of ``entities`` (columns ``entity``, ``type``, ``label`` and ``names`` as in
    :attr:`kg.frames.Frames.entities`, sorted by node key); 1 where the paper names the entity. ``counts`` says how many
    of the papers name each entity.
    """

    papers: pd.Index[str]
    entities: pd.DataFrame
    matrix: Matrix
    counts: Numbers


def incidence(
    found: pd.DataFrame, frames: Frames, *, types: Collection[str] = ENTITY_TYPES, min_papers: int = 1
) -> Incidence:
    """The matrix of these namings, for entities of these types that at least ``min_papers`` of the papers name."""
    entities = frames.entities[["entity", "type", "label", "names"]]
    often = entities["entity"].map(found["entity"].value_counts()) >= min_papers
    kept = entities[often & entities["type"].isin(types)].sort_values("entity", ignore_index=True)
    columns = pd.Index(kept["entity"]).get_indexer(pd.Index(found["entity"]))
    named_by = pd.Index(found["paper"])[columns >= 0]
    papers: pd.Index[str] = named_by.unique().sort_values()
    places = (papers.get_indexer(named_by), columns[columns >= 0])
    shape = (len(papers), len(kept))
    matrix = sparse.csr_matrix((np.ones(len(named_by)), places), shape=shape)
    matrix.sort_indices()
    return Incidence(papers, kept, matrix, np.asarray(matrix.sum(axis=0)).ravel())


def entity_named(frames: Frames, name: str, type_: EntityType | None = None) -> str:
    """The node key of the thing of this name, or of this node key; the one that most papers name, if several have it.

    A label counts before other names; case and hyphens do not count. Raises GraphError, with the nearest names, where
    there is none.
    """
    entities = frames.entities if type_ is None else frames.entities[frames.entities["type"] == type_]
    if (entities["entity"] == name).any():
        return name
    wanted = key(name)
    ordered = entities.sort_values(["papers", "label", "entity"], ascending=[False, True, True])
    for column in ("label", "names"):
        for node, given in zip(ordered["entity"], ordered[column], strict=True):
            if wanted in map(key, [given] if column == "label" else given):
                return str(node)
    what = "thing" if type_ is None else type_.lower()
    frequent = dict(zip(ordered["label"][::-1], ordered["papers"][::-1], strict=True))
    raise GraphError(
        f"the graph holds no {what} {name!r}; {nearest(name, frequent) or 'kg stats names the frequent ones'}"
    )


def frames_with_years(graph: Graph | Frames) -> tuple[Frames, pd.DataFrame]:
    """The frames of a graph, and the rows of its papers that have a year. Raises GraphError where none has."""
    made = graph if isinstance(graph, Frames) else Frames(graph)
    dated = made.papers.dropna(subset=["year"])
    if dated.empty:
        raise GraphError("no paper of the graph has a year; add published to the records, and build it again")
    return made, dated
