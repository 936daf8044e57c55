"""What stands at the centre, and what stands between fields."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sknetwork.ranking import PageRank

from kg.analytics.communities import communities
from kg.analytics.namings import WORKED_WITH, Matrix, Numbers, incidence, namings
from kg.frames import Frames, frames
from kg.graph import Graph
from kg.model import EntityType

By: TypeAlias = Literal["pagerank", "bridging"]

MIN_PAPERS: Final = 3
_DAMPING: Final = 0.85
_MOST_STEPS: Final = 100
_NEAR_ENOUGH: Final = 1e-9


def central(
    graph: Graph | Frames,
    *,
    type: EntityType | None = None,  # noqa: A002 - the glossary's word
    since: int | None = None,
    min_papers: int = MIN_PAPERS,
    by: By = "pagerank",
) -> pd.DataFrame:
    """How central things are among all that papers from the year ``since`` on introduce, use or compare with.

    Two things are connected where a paper works with both; a paper with n things gives each of its pairs the weight
    1/(n-1), so that no paper counts more for naming more (M. E. J. Newman, "Scientific collaboration networks. II",
    Physical Review E 64, 2001). Things that fewer than ``min_papers`` papers name are left out of the answer.

    =============  =======  ===========================================================================================
    column         dtype    meaning
    =============  =======  ===========================================================================================
    ``type``       str      Method, Dataset, Metric or Task
    ``label``      str      its best name
    ``papers``     int64    how many papers work with it
    ``neighbours`` int64    how many other things papers work with beside it
    ``pagerank``   float64  how often a walk along the connections passes here, per 1,000 steps (L. Page, S. Brin,
                            R. Motwani and T. Winograd, "The PageRank Citation Ranking", 1999)
    ``bridging``   float64  0 where all its connections lie within one community, near 1 where they are spread evenly
                            over many: the participation coefficient (R. Guimerà and L. A. N. Amaral, "Functional
                            cartography of complex metabolic networks", Nature 433, 2005)
    ``community``  str      label of its community; missing where it is in none
    ``entity``     str      node key
    =============  =======  ===========================================================================================

    What is most central comes first, by ``pagerank`` or by ``bridging``.
    """
    made = frames(graph)
    found = namings(made, since=since, roles=WORKED_WITH)
    table = incidence(found, made)
    several = sparse.diags(1.0 / np.maximum(np.asarray(table.matrix.sum(axis=1)).ravel() - 1.0, 1.0))
    links = table.matrix.T @ (several @ table.matrix)
    links = (links - sparse.diags(links.diagonal())).tocsr()
    links.eliminate_zeros()
    links.sort_indices()
    answer = table.entities.drop(columns="names").assign(papers=table.counts.astype("int64"))
    answer["neighbours"] = np.diff(links.indptr).astype("int64")
    walk = PageRank(damping_factor=_DAMPING, n_iter=_MOST_STEPS, tol=_NEAR_ENOUGH)
    answer["pagerank"] = 1000.0 * walk.fit_predict(links) if links.nnz else 0.0
    grouped = communities(made, since=since)
    members = grouped.members[grouped.members["kind"] != "Paper"].set_index("node")["community"]
    own = answer["entity"].map(members)
    answer["bridging"] = _participation(links, own.fillna(0).to_numpy(dtype="int64"))
    answer["community"] = own.map(grouped.overview.set_index("community")["label"]).astype("str")
    answer = answer[answer["papers"] >= min_papers]
    if type is not None:
        answer = answer[answer["type"] == type]
    answer = answer.sort_values(
        [by, "papers", "label", "entity"], ascending=[False, False, True, True], ignore_index=True
    )
    return answer[["type", "label", "papers", "neighbours", "pagerank", "bridging", "community", "entity"]]


def _participation(links: Matrix, own: npt.NDArray[np.int64]) -> Numbers:
    """The participation coefficient of every node, given the community of each; 0 stands for none and is left out."""
    places = (np.arange(len(own)), own)
    members = sparse.csr_matrix((np.ones(len(own)), places), shape=(len(own), int(own.max(initial=0)) + 1))
    by_community = (links @ members).tocsr()[:, 1:]
    total = np.asarray(by_community.sum(axis=1)).ravel()
    squares = np.asarray(by_community.multiply(by_community).sum(axis=1)).ravel()
    return np.where(total > 0, 1.0 - squares / np.where(total > 0, total, 1.0) ** 2, 0.0)
