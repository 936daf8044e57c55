"""Papers like a paper: those that name the same rare things.

Papers are compared by what they name, each thing weighing the more the fewer papers name it (G. Salton and C. Buckley,
"Term-weighting approaches in automatic text retrieval", Information Processing & Management 24(5), 1988), and lengths
are pivoted, so that papers that name one thing only do not come first (A. Singhal, C. Buckley and M. Mitra, "Pivoted
Document Length Normalization", SIGIR 1996). Metrics are left out, because fields share them, and so is what only one
paper names. A variant also counts as what it is a variant of. ``benchmarks/analytics.py`` measures how alike the
abstracts of the papers found are.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse

from kg.analytics.namings import Numbers, incidence, namings
from kg.errors import GraphError
from kg.frames import Frames, frames
from kg.graph import Graph
from kg.iris import slug
from kg.names import key, nearest

_TYPES: Final = ("Method", "Dataset", "Task")
_SHARED_BY: Final = 2
_SLOPE: Final = 0.25


def similar(graph: Graph | Frames, paper: str, *, since: int | None = None) -> pd.DataFrame:
    """The papers that share something with a paper, the most like it first.

    ``paper`` is the id of a paper, its node key, its title, or a part of a title that no other has. Only papers from
    the year ``since`` on are in the answer.

    ==============  =======  ==========================================================================================
    column          dtype    meaning
    ==============  =======  ==========================================================================================
    ``title``       str      title of the paper
    ``year``        Int64    its year
    ``similarity``  float64  0 where nothing is shared; about 1 where both name the same
    ``shared``      object   list of str, the labels of what both name, that which counts most first
    ``url``         str      where the paper is
    ``paper``       str      node key
    ==============  =======  ==========================================================================================

    Raises GraphError where the graph holds no such paper, or several.
    """
    made = frames(graph)
    wanted = paper_named(made, paper)
    found = namings(made, with_broader=True)
    table = incidence(found, made, types=_TYPES, min_papers=_SHARED_BY)
    place = int(table.papers.get_indexer(pd.Index([wanted]))[0])
    about = made.papers.set_index("paper")[["title", "year", "url"]]
    if place < 0:
        return _answer(about.iloc[:0], np.zeros(0), [])
    rarity = np.log(len(made.papers) / table.counts) + 1.0
    weighted = table.matrix @ sparse.diags(rarity)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    pivoted = (1 - _SLOPE) * lengths.mean() + _SLOPE * lengths
    likeness = np.asarray((weighted @ weighted[[place]].T).todense()).ravel() / (pivoted * pivoted[place])
    likeness[place] = 0.0
    others = np.flatnonzero(likeness > 0)
    own = table.matrix[[place]].indices
    by_weight = own[np.lexsort((table.entities["label"].to_numpy()[own], -rarity[own]))]
    has = table.matrix[others][:, by_weight].toarray() > 0
    labels = table.entities["label"].to_numpy()[by_weight]
    shared = [list(dict.fromkeys(labels[row])) for row in has]
    answer = _answer(about.loc[table.papers[others]], likeness[others], shared)
    if since is not None:
        answer = answer[(answer["year"] >= since).fillna(value=False).astype(bool)]
    return answer.sort_values(
        ["similarity", "year", "title", "paper"], ascending=[False, False, True, True], ignore_index=True
    )


def _answer(about: pd.DataFrame, likeness: Numbers, shared: list[list[str]]) -> pd.DataFrame:
    answer = about.reset_index().assign(similarity=likeness, shared=pd.Series(shared, dtype="object"))
    return answer[["title", "year", "similarity", "shared", "url", "paper"]]


def paper_named(frames: Frames, paper: str) -> str:
    """The node key of the paper with this id, node key or title; or with this part of a title, if only one has it.

    Case and hyphens do not count in titles. Raises GraphError where there is none, with the nearest titles, or several.
    """
    papers = frames.papers
    for node in (paper, f"paper/{slug(paper)}"):
        if (papers["paper"] == node).any():
            return node
    wanted = key(paper)
    folded = papers["title"].map(key)
    for found in (papers[folded == wanted], papers[folded.str.contains(wanted, regex=False)]):
        if len(found) == 1:
            return str(found["paper"].iloc[0])
        if len(found) > 1:
            some = " or ".join(map(repr, sorted(found["title"])[:3]))
            raise GraphError(f"{len(found)} papers have {paper!r} in their titles; which of them: {some}?")
    titles = {title: len(papers) - place for place, title in enumerate(papers["title"])}
    raise GraphError(f"the graph holds no paper {paper!r}; {nearest(paper, titles) or 'give its id or title'}")
