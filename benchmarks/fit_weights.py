"""Fits the weights of features (rules/weights.tsv) to annotated papers, and says how well they do on others.

    python benchmarks/fit_weights.py [--write]

The papers are those of ../shared/gold/dev.jsonl and of benchmarks/annotated.jsonl. In five parts, each part is read
with weights fitted to the other four, and the scorer's figures over all parts are printed for both sets: what to expect
on unseen papers. With --write the weights fitted to all papers replace rules/weights.tsv.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from material import FOLDS, PARTS, ROOT, Material
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

import kg
from kg import names
from kg.components.document import paper_fields, paper_text
from kg.components.mentions import Mentions
from kg.components.proposals import NOTHING
from kg.components.weighing import NO_FEATURE, Numbers, Weights
from kg.model import ENTITY_TYPES, Paper
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, LINE_BREAK, WEIGHT_CLASSES, WEIGHTS

INVERSE_REGULARIZATION = 0.3
FEWEST_PAPERS = 3
SMALLEST = 0.1
MOST_ITERATIONS = 1000

Example = tuple[dict[int, float], str]


class Reader:
    """Reads papers up to where mentions are decided, with features numbered as they come."""

    def __init__(self) -> None:
        weights = Weights(Rulebook.load(), learning=True)
        self.features = weights.names
        self._mentions = Mentions(Rulebook.load(), weights)
        self._nlp: Language = kg.pipeline()

    def examples(self, paper: Paper, annotation: Mapping[str, Any]) -> Iterator[Example]:
        """The features of every name in a paper that may be a mention, with the type that the annotation gives it.

        Names of optional entities are left out, for they may be given or not. "ImageNet dataset" is no name where
        "ImageNet" is annotated.
        """
        doc = self._nlp.make_doc(paper_text(paper))
        doc._.kg_fields = paper_fields(paper)
        for name, component in self._nlp.pipeline:
            if name == "kg_mentions":
                break
            doc = component(doc)
        wanted = {
            (entity["type"], names.key(name)): bool(entity.get("optional"))
            for entity in reversed(annotation["entities"])
            for name in entity["names"]
        }
        evidence = self._mentions.gather([doc])
        if evidence is None:
            return
        features = evidence.features()
        for number, told in enumerate(evidence.of(range(len(evidence.names)))):
            texts = sorted({doc[start:end].text for start, end in told.proposals})
            annotated = [
                thing for kind in ENTITY_TYPES for text in texts if (thing := (kind, names.key(text))) in wanted
            ]
            if not any(wanted[thing] for thing in annotated):
                values = values_of(features[evidence.names.places_of(number)], evidence.altogether[number])
                yield values, annotated[0][0] if annotated else NOTHING


def values_of(places: Numbers, altogether: Numbers) -> dict[int, float]:
    """The value of every feature of a name: the mean over its places, or one if it is told of all together."""
    values: defaultdict[int, float] = defaultdict(float)
    for feature in places.ravel().tolist():
        values[feature] += 1 / len(places)
    for feature in altogether.tolist():
        values[feature] += 1
    values.pop(NO_FEATURE, None)
    return dict(values)


def fit(papers: Iterable[Sequence[Example]], names_of: Sequence[str]) -> dict[str, list[float]]:
    """The weights by class of every feature that several papers have, given the examples of each paper."""
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
    classes = [WEIGHT_CLASSES.index(kind) for _, kind in given]
    model = LogisticRegression(C=INVERSE_REGULARIZATION, max_iter=MOST_ITERATIONS).fit(matrix, classes)
    weights = {BIAS: model.intercept_.tolist()}
    found = {names_of[feature]: model.coef_[:, column].tolist() for feature, column in kept.items()}
    return weights | {feature: row for feature, row in sorted(found.items()) if max(map(abs, row)) >= SMALLEST}


def write(weights: Mapping[str, Sequence[float]], target: Path) -> None:
    """Write weights as the rules have them, to two decimals."""
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        table.writerow(["feature", *WEIGHT_CLASSES])
        for feature, row in weights.items():
            shown = feature.replace("\n", LINE_BREAK)
            if shown.isprintable():
                table.writerow([shown, *(f"{value:.2f}" for value in row)])


def main() -> None:
    """Fit in parts, print the figures, and write on demand."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="replace rules/weights.tsv")
    arguments.add_argument("--parts", type=int, default=PARTS, metavar="N", help="how many parts; 0 to leave them out")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        reader = Reader()
        examples = [list(reader.examples(paper, material.annotations[paper.id])) for paper in material.papers]
        names_of = reader.features
        print(f"{len(examples)} papers, {sum(map(len, examples))} names, {len(names_of)} features", flush=True)
        found: list[kg.Extraction] = []
        for part in range(options.parts):
            rules = FOLDS / str(part)
            rules.mkdir(parents=True, exist_ok=True)
            others = (own for index, own in enumerate(examples) if index % options.parts != part)
            write(fit(others, names_of), rules / WEIGHTS)
            found += kg.extract(material.papers[part :: options.parts], rules=rules)
        if found:
            material.report(found, "weights fitted to other papers", calibration=True)
    if options.write:
        write(fit(examples, names_of), ROOT / "rules" / WEIGHTS)


if __name__ == "__main__":
    main()
