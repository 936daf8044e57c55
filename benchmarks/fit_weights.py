"""Fits the weights of features (rules/weights.tsv) to annotated papers, and says how well they do on others.

    python benchmarks/fit_weights.py [--write]

The papers are those of ../shared/gold/dev.jsonl and of benchmarks/annotated.jsonl. In five parts, each part is read
with weights fitted to the other four, and the scorer's figures over all parts are printed for both sets: what to expect
on unseen papers. With --write the weights fitted to all papers replace rules/weights.tsv.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fitting import Example, fit, write_classes
from material import FOLDS, PARTS, ROOT, Material
from spacy.language import Language

import kg
from kg import names
from kg.components.document import paper_fields, paper_text
from kg.components.mentions import Mentions
from kg.components.proposals import NOTHING
from kg.components.weighing import NO_FEATURE, Numbers, Weights
from kg.model import ENTITY_TYPES, Paper
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, WEIGHT_CLASSES, WEIGHTS

INVERSE_REGULARIZATION = 0.3
FEWEST_PAPERS = 3
SMALLEST = 0.1


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


def fitted(papers: Iterable[Sequence[Example]], names_of: Sequence[str]) -> dict[str, list[float]]:
    """The weights by class of the features that weigh something, given the examples of each paper."""
    weights = fit(
        papers,
        names_of,
        WEIGHT_CLASSES,
        inverse_regularization=INVERSE_REGULARIZATION,
        fewest_papers=FEWEST_PAPERS,
    )
    return {feature: row for feature, row in weights.items() if feature == BIAS or max(map(abs, row)) >= SMALLEST}


def main() -> None:
    """Fit in parts, print the figures, and write on demand."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="replace rules/weights.tsv")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        reader = Reader()
        examples = [list(reader.examples(paper, material.annotations[paper.id])) for paper in material.papers]
        names_of = reader.features
        print(f"{len(examples)} papers, {sum(map(len, examples))} names, {len(names_of)} features", flush=True)
        found: list[kg.Extraction] = []
        for part in range(PARTS):
            rules = FOLDS / str(part)
            rules.mkdir(parents=True, exist_ok=True)
            others = (own for index, own in enumerate(examples) if index % PARTS != part)
            write_classes(WEIGHT_CLASSES, fitted(others, names_of), rules / WEIGHTS)
            found += kg.extract(material.papers[part::PARTS], rules=rules)
        material.report(found, "weights fitted to other papers", calibration=True)
    if options.write:
        write_classes(WEIGHT_CLASSES, fitted(examples, names_of), ROOT / "rules" / WEIGHTS)


if __name__ == "__main__":
    main()
