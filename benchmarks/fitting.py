"""Fits log-linear weights by class, and writes tables of weights."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kg.ruletables import BIAS, LINE_BREAK

MOST_ITERATIONS = 1000

Example = tuple[dict[int, float], str]
"""The values of features by number, and the right class."""


def fit(
    papers: Iterable[Sequence[Example]],
    names_of: Sequence[str],
    classes: Sequence[str],
    *,
    inverse_regularization: float,
    fewest_papers: int,
) -> dict[str, list[float]]:
    """The weights by class of all features that so many papers have, after the bias, given the examples of papers."""
    material = list(papers)
    counted = Counter(
        feature for own in material for feature in {feature for features, _ in own for feature in features}
    )
    kept = {
        feature: column for column, feature in enumerate(sorted(f for f, n in counted.items() if n >= fewest_papers))
    }
    given = [example for own in material for example in own]
    rows = [[(kept[feature], value) for feature, value in features.items() if feature in kept] for features, _ in given]
    starts = np.cumsum([0, *map(len, rows)])
    columns, values = np.array([cell for row in rows for cell in row]).T
    matrix = csr_matrix((values, columns.astype(np.int64), starts), shape=(len(rows), len(kept)))
    model = LogisticRegression(C=inverse_regularization, max_iter=MOST_ITERATIONS)
    model.fit(matrix, [classes.index(right) for _, right in given])
    found = {names_of[feature]: model.coef_[:, column].tolist() for feature, column in kept.items()}
    return {BIAS: model.intercept_.tolist()} | dict(sorted(found.items()))


def write(header: Sequence[str], rows: Iterable[tuple[Sequence[str], Sequence[float]]], target: Path) -> None:
    """Write a table of weights as the rules have them: what they are of, and the weights to two decimals."""
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        table.writerow(header)
        for names, weights in rows:
            shown = [name.replace("\n", LINE_BREAK) for name in names]
            if "".join(shown).isprintable():
                table.writerow([*shown, *(f"{weight:.2f}" for weight in weights)])


def write_classes(classes: Sequence[str], weights: Mapping[str, Sequence[float]], target: Path) -> None:
    """Write the weights of features by class."""
    write(["feature", *classes], (([feature], row) for feature, row in weights.items()), target)
