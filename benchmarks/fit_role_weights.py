"""Fits the weights of what is told of roles (rules/role-weights.tsv), and says how well they do on other papers.

    python benchmarks/fit_role_weights.py [--write]

The same papers as for rules/weights.tsv are read, in as many parts: the entities of each part are found with the
weights that were fitted to the other parts (which fit_weights.py leaves in .cache/folds), and so are their roles, whose
weights are left beside them. At the end the weights are fitted to all papers; --write puts them into
rules/role-weights.tsv. Roles of entities that are annotated as optional, or not at all, are left out.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from fit_weights import Example, values_of
from material import FOLDS, PARTS, ROOT, Material
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

import kg
from kg.annotations import EntityRecord, Record
from kg.components.role_features import END, START, RoleFeatures
from kg.components.roles import Roles, RoleWeights
from kg.components.tokens import token_table
from kg.components.weighing import RULE
from kg.evaluation import match_entities
from kg.extraction import annotate_all
from kg.model import ROLES, Paper
from kg.processes import BATCH_SIZE
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, LINE_BREAK, ROLE_WEIGHTS, WEIGHTS

INVERSE_REGULARIZATION = 0.2
FEWEST_PAPERS = 4
SMALLEST = 0.05
MOST_ITERATIONS = 1000
LATER = ("kg_quantities", "kg_results")


def examples_of(
    nlp: Language, features: RoleFeatures, papers: Sequence[Paper], gold: Mapping[str, Record]
) -> Iterator[list[Example]]:
    """For each paper the features of the entities that are annotated, with their annotated roles."""
    roles = nlp.get_pipe("kg_roles")
    assert isinstance(roles, Roles)  # noqa: S101 - for mypy
    for first in range(0, len(papers), BATCH_SIZE):
        batch = papers[first : first + BATCH_SIZE]
        for paper, doc in zip(batch, annotate_all(nlp, batch, winners_only=True), strict=True):
            gathered = roles.gather(doc)
            records = tuple(EntityRecord(type=entity.type, names=entity.names) for entity in gathered.entities)
            matches = match_entities(gold[paper.id], Record(id=paper.id, entities=records))
            told = features.of([gathered]) if records else None
            found: list[Example] = []
            for number, annotated in sorted(matches.items()):
                if told is not None and not annotated.optional and annotated.role is not None:
                    start = told.starts[number]
                    places = told.of_mentions[start : start + told.counts[number]]
                    found.append((values_of(places, told.altogether[number]), annotated.role))
            yield found


def fit(papers: Iterable[Sequence[Example]], names_of: Sequence[str]) -> dict[str, list[float]]:
    """The weights by role of every feature that several papers have, given the examples of each paper."""
    material = list(papers)
    counted = Counter(
        feature for own in material for feature in {feature for features, _ in own for feature in features}
    )
    kept = {
        feature: column for column, feature in enumerate(sorted(f for f, n in counted.items() if n >= FEWEST_PAPERS))
    }
    given = [example for own in material for example in own]
    rows = [[(kept[feature], value) for feature, value in features.items() if feature in kept] for features, _ in given]
    starts = np.cumsum([0, *map(len, rows)])
    columns, values = np.array([cell for row in rows for cell in row]).T
    matrix = csr_matrix((values, columns.astype(np.int64), starts), shape=(len(rows), len(kept)))
    model = LogisticRegression(C=INVERSE_REGULARIZATION, max_iter=MOST_ITERATIONS)
    model.fit(matrix, [ROLES.index(role) for _, role in given])
    weights = {BIAS: model.intercept_.tolist()}
    found = {names_of[feature]: model.coef_[:, column].tolist() for feature, column in kept.items()}
    return weights | {
        feature: row
        for feature, row in sorted(found.items())
        if max(map(abs, row)) >= SMALLEST
        or feature.startswith(f"{RULE} ")  # one without weights would count by its own
    }


def write(weights: Mapping[str, Sequence[float]], target: Path) -> None:
    """Write weights as the rules have them, to two decimals."""
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        table.writerow(["feature", *ROLES])
        for feature, row in weights.items():
            shown = feature.replace("\n", LINE_BREAK)
            if shown.isprintable():
                table.writerow([shown, *(f"{value:.2f}" for value in row)])


def main() -> None:
    """Fit in parts, print the figures, and write on demand."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="replace rules/role-weights.tsv")
    options = arguments.parse_args()
    folds = [FOLDS / str(part) for part in range(PARTS)]
    missing = next((fold / WEIGHTS for fold in folds if not (fold / WEIGHTS).exists()), None)
    if missing is not None:
        sys.exit(f"{missing} is missing: run benchmarks/fit_weights.py before")
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        rulebook = Rulebook.load()
        weights = RoleWeights(rulebook, learning=True)
        tokenize = kg.pipeline().make_doc
        words = {
            word
            for paper in material.papers
            for _, text in paper.fields()
            for word in token_table(tokenize(text)).lower
        }
        features = RoleFeatures(rulebook, weights, words | {START, END})
        examples: list[list[Example]] = [[] for _ in material.papers]
        for part, rules in enumerate(folds):
            nlp = kg.pipeline(rules)
            nlp.select_pipes(disable=LATER)
            own = material.papers[part::PARTS]
            examples[part::PARTS] = examples_of(nlp, features, own, material.records)
        print(f"{len(examples)} papers, {sum(map(len, examples))} entities", flush=True)
        found: list[kg.Extraction] = []
        for part, rules in enumerate(folds):
            others = (own for index, own in enumerate(examples) if index % PARTS != part)
            write(fit(others, weights.names), rules / ROLE_WEIGHTS)
            Rulebook.load.cache_clear()
            found += kg.extract(material.papers[part::PARTS], rules=rules)
        material.report(found, "weights fitted to other papers")
    if options.write:
        write(fit(examples, weights.names), ROOT / "rules" / ROLE_WEIGHTS)


if __name__ == "__main__":
    main()
