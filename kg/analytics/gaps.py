"""What nobody has tried: methods and datasets that no paper names together, though methods like it were tried there.

Which methods are alike is seen from what is used together with them: the positive pointwise mutual information with
all other methods, datasets and tasks (K. W. Church and P. Hanks, "Word Association Norms, Mutual Information, and
Lexicography", Computational Linguistics 16(1), 1990), compared by cosine. A pair of a method and a dataset is worth
the sum of the likenesses of those among the nearest methods that were tried on the dataset: collaborative filtering by
neighbours (B. Sarwar, G. Karypis, J. Konstan and J. Riedl, "Item-based collaborative filtering recommendation
algorithms", WWW 2001). ``benchmarks/analytics.py`` measures how many of these pairs later papers report.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kg.analytics.namings import WORKED_WITH, Incidence, Matrix, Numbers, entity_named, incidence, namings
from kg.frames import Frames, frame_of, frames
from kg.graph import Graph

Places: TypeAlias = npt.NDArray[np.int64]

MIN_PAPERS: Final = 5
NEIGHBOURS: Final = 20
_FEWEST_NEIGHBOURS: Final = 3
_TRIED_BY: Final = 2
_ROWS_AT_ONCE: Final = 1000
_COLUMNS: Final = {
    "method": "str",
    "dataset": "str",
    "score": "float64",
    "tried_by": "object",
    "method_papers": "int64",
    "dataset_papers": "int64",
    "method_entity": "str",
    "dataset_entity": "str",
}


def gaps(
    graph: Graph | Frames,
    *,
    method: str | None = None,
    dataset: str | None = None,
    since: int | None = None,
    min_papers: int = MIN_PAPERS,
) -> pd.DataFrame:
    """Pairs of a method and a dataset that no paper names, though at least two of the methods most like it were tried.

    Tried means that a paper introduces, uses or compares with both. Only methods and datasets count that at least
    ``min_papers`` papers from the year ``since`` on work with. ``method`` and ``dataset``, names or node keys, leave
    only pairs with them. A paper that names a variant has also named what it is a variant of.

    ==================  =======  ======================================================================================
    column              dtype    meaning
    ==================  =======  ======================================================================================
    ``method``          str      label of the method; ``dataset`` that of the dataset
    ``score``           float64  sum of the likenesses, each from 0 to 1, of the methods in ``tried_by``
    ``tried_by``        object   list of str, the methods that were tried on the dataset, the most like it first
    ``method_papers``   int64    how many papers work with the method; ``dataset_papers`` with the dataset
    ``method_entity``   str      node key of the method; ``dataset_entity`` that of the dataset
    ==================  =======  ======================================================================================

    The most promising comes first. Raises GraphError where the graph holds no such method or dataset.
    """
    made = frames(graph)
    asked_method = None if method is None else entity_named(made, method, "Method")
    asked_dataset = None if dataset is None else entity_named(made, dataset, "Dataset")
    types = ("Method", "Dataset", "Task")
    worked = namings(made, since=since, roles=WORKED_WITH, with_broader=True)
    table = incidence(worked, made, types=types, min_papers=min_papers)
    methods, datasets = (np.flatnonzero((table.entities["type"] == kind).to_numpy()) for kind in ("Method", "Dataset"))
    if not (methods.size and datasets.size):
        return frame_of([], _COLUMNS)
    nearest = _nearest(table, methods)
    tried = ((table.matrix[:, methods].T @ table.matrix[:, datasets]) > 0).astype(np.float64).tocsr()
    known = _known(made, table, methods, datasets)
    scores = nearest @ tried
    scores = scores - scores.multiply(known)
    enough = (nearest > 0).astype(np.float64) @ tried >= _TRIED_BY
    found = scores.multiply(enough).tocoo()
    entities = table.entities["entity"].to_numpy()
    keep = found.data > 0
    if asked_method is not None:
        keep &= entities[methods][found.row] == asked_method
    if asked_dataset is not None:
        keep &= entities[datasets][found.col] == asked_dataset
    return _answer(table, methods, datasets, _Pairs(found.row[keep], found.col[keep], found.data[keep], nearest, tried))


class _Pairs(NamedTuple):
    """Pairs by the places of method and dataset, their scores, and what these are drawn from."""

    rows: Places
    columns: Places
    scores: Numbers
    nearest: Matrix
    tried: Matrix


def _answer(table: Incidence, methods: Places, datasets: Places, pairs: _Pairs) -> pd.DataFrame:
    labels, nodes = table.entities["label"].to_numpy(), table.entities["entity"].to_numpy()
    tried = pairs.tried.tocsc()
    on = [frozenset(tried.indices[start:end]) for start, end in pairwise(tried.indptr)]
    near = [_by_likeness(pairs.nearest, row) for row in range(len(methods))]
    rows = (
        (
            labels[methods[row]],
            labels[datasets[column]],
            score,
            [labels[methods[other]] for other in near[row] if other in on[column]],
            int(table.counts[methods[row]]),
            int(table.counts[datasets[column]]),
            nodes[methods[row]],
            nodes[datasets[column]],
        )
        for row, column, score in zip(pairs.rows, pairs.columns, pairs.scores, strict=True)
    )
    return frame_of(rows, _COLUMNS).sort_values(
        ["score", "method", "dataset", "method_entity", "dataset_entity"],
        ascending=[False, True, True, True, True],
        ignore_index=True,
    )


def _by_likeness(nearest: Matrix, row: int) -> Places:
    """The places of the methods near one, the nearest first."""
    own = slice(*nearest.indptr[row : row + 2])
    places: Places = nearest.indices[own]
    return places[np.lexsort((places, -nearest.data[own]))]


def _nearest(table: Incidence, methods: Places) -> Matrix:
    """For each method the likenesses of the methods most like it, as a sparse matrix.

    They are ``NEIGHBOURS``, or a tenth of all methods if that is less, but at least three.
    """
    together = (table.matrix.T @ table.matrix).tocoo()
    keep = together.row != together.col
    row, column, both = together.row[keep], together.col[keep], together.data[keep]
    information = np.log(both * len(table.papers) / (table.counts[row] * table.counts[column]))
    profile = sparse.csr_matrix((np.maximum(information, 0.0), (row, column)), shape=together.shape)[methods]
    lengths = np.sqrt(np.asarray(profile.multiply(profile).sum(axis=1)).ravel())
    profile = (sparse.diags(1.0 / np.where(lengths > 0, lengths, 1.0)) @ profile).tocsr()
    most = max(_FEWEST_NEIGHBOURS, min(NEIGHBOURS, len(methods) // 10))
    blocks = [
        _largest(profile[start : start + _ROWS_AT_ONCE] @ profile.T, start, most)
        for start in range(0, len(methods), _ROWS_AT_ONCE)
    ]
    return sparse.vstack(blocks).tocsr()


def _largest(likeness: Matrix, start: int, most: int) -> Matrix:
    """The ``most`` largest values of each row, besides that of the row itself: its place plus ``start``."""
    likeness = likeness.tocsr()
    likeness.sort_indices()
    kept: list[tuple[Places, Numbers]] = []
    for place in range(likeness.shape[0]):
        own = slice(*likeness.indptr[place : place + 2])
        columns, values = likeness.indices[own], likeness.data[own]
        other = columns != place + start
        columns, values = columns[other], values[other]
        best = np.sort(np.lexsort((columns, -values))[:most])
        kept.append((columns[best], values[best]))
    ends = np.cumsum([0, *(len(columns) for columns, _ in kept)])
    columns, values = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return sparse.csr_matrix((values, columns, ends), shape=likeness.shape)


def _known(made: Frames, table: Incidence, methods: Places, datasets: Places) -> Matrix:
    """1 for each pair of a method and a dataset that any paper names, in whatever role and year."""
    everything = incidence(namings(made, with_broader=True), made, types=("Method", "Dataset"))
    places = pd.Index(everything.entities["entity"])
    rows, columns = (
        places.get_indexer(pd.Index(table.entities["entity"].to_numpy()[of])) for of in (methods, datasets)
    )
    both: Any = everything.matrix[:, rows].T @ everything.matrix[:, columns]
    return (both > 0).astype(np.float64)
