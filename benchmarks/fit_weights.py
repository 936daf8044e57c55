"""Fits the weights of features (rules/weights.tsv) to annotated papers, and says how well they do on others.

    python benchmarks/fit_weights.py [--write]

The papers are those of ../shared/gold/dev.jsonl and of benchmarks/annotated.jsonl. In five parts, each part is read
with weights fitted to the other four, and the scorer's figures over all parts are printed for both sets: what to expect
on unseen papers. With --write the weights fitted to all papers replace rules/weights.tsv.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from accuracy import ANNOTATED, CORPUS, DEVELOPED_WITH, ROOT, run_scorer, with_texts
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

import kg
from kg import names
from kg.components.document import paper_fields, paper_text
from kg.components.mentions import Mentions
from kg.components.proposals import NOTHING
from kg.model import ENTITY_TYPES, Paper
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, WEIGHT_CLASSES, WEIGHTS

PARTS = 5
INVERSE_REGULARIZATION = 1.0
FEWEST_PAPERS = 3
SMALLEST = 0.02

Example = tuple[frozenset[str], str]


def examples(nlp: Language, paper: Paper, annotation: Mapping[str, Any]) -> Iterator[Example]:
    """The features of every name that something proposes in a paper, with the type that the annotation gives it.

    Names of optional entities are left out, for they may be given or not.
    """
    doc = nlp.make_doc(paper_text(paper))
    doc._.kg_fields = paper_fields(paper)
    mentions = None
    for name, component in nlp.pipeline:
        if name == "kg_mentions":
            mentions = component
            break
        doc = component(doc)
    if not isinstance(mentions, Mentions):
        raise TypeError("the pipeline has no component kg_mentions")
    heads = {kind: Rulebook.load().words(f"empty_heads_of_{kind.lower()}s") for kind in ENTITY_TYPES}
    wanted = {
        (entity["type"], names.key(name, heads[entity["type"]])): bool(entity.get("optional"))
        for entity in reversed(annotation["entities"])
        for name in entity["names"]
    }
    arbiter = mentions.arbiter(doc)
    for name, told in arbiter.gather(mentions.proposals(doc)).items():
        texts = {doc[start:end].text for start, end in told.spans}
        annotated = [(kind, names.key(text, heads[kind])) for kind in ENTITY_TYPES for text in sorted(texts)]
        annotated = [thing for thing in annotated if thing in wanted]
        if any(wanted[thing] for thing in annotated) or not set(told.rules) - {NOTHING}:
            continue
        yield frozenset(arbiter.features(name, told)), annotated[0][0] if annotated else NOTHING


def fit(papers: Iterable[Sequence[Example]]) -> dict[str, list[float]]:
    """The weights by class of every feature that several papers have, given the examples of each paper."""
    material = list(papers)
    counted = Counter(feature for own in material for feature in set().union(*(features for features, _ in own)))
    given = [example for own in material for example in own]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(
        [{f: 1 for f in features if counted[f] >= FEWEST_PAPERS} for features, _ in given]
    )
    classes = [WEIGHT_CLASSES.index(kind) for _, kind in given]
    model = LogisticRegression(C=INVERSE_REGULARIZATION, max_iter=5000).fit(matrix, classes)
    weights = {BIAS: model.intercept_.tolist()}
    for feature, column in sorted(vectorizer.vocabulary_.items()):
        row = model.coef_[:, column].tolist()
        if max(map(abs, row)) >= SMALLEST:
            weights[feature] = row
    return weights


def write(weights: Mapping[str, Sequence[float]], target: Path) -> None:
    """Write weights as the rules have them, to three decimals."""
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        table.writerow(["feature", *WEIGHT_CLASSES])
        table.writerows([feature, *(f"{value:.3f}" for value in row)] for feature, row in weights.items())


def main() -> None:
    """Fit in parts, print the figures, and write on demand."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="replace rules/weights.tsv")
    options = arguments.parse_args()
    if not DEVELOPED_WITH.exists() or not CORPUS.exists():
        sys.exit("needs the material in ../shared")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with_texts(ANNOTATED, folder / "annotated.jsonl")
        sets = {
            "papers that the rules were written with": DEVELOPED_WITH,
            "papers of the conference corpus": folder / "annotated.jsonl",
        }
        papers = [paper for file in sets.values() for paper in kg.read(file)]
        annotations = {
            record["id"]: record
            for file in sets.values()
            for record in map(json.loads, file.read_text("utf-8").splitlines())
        }
        nlp = kg.pipeline()
        material = [list(examples(nlp, paper, annotations[paper.id])) for paper in papers]
        found: list[kg.Extraction] = []
        for part in range(PARTS):
            rules = folder / f"rules-{part}"
            rules.mkdir()
            write(fit(own for index, own in enumerate(material) if index % PARTS != part), rules / WEIGHTS)
            found += kg.extract(papers[part::PARTS], rules=rules)
        kg.write_extractions(found, folder / "found.jsonl")
        for title, file in sets.items():
            run_scorer(file, folder / "found.jsonl", f"{title}, weights fitted to other papers")
    if options.write:
        write(fit(material), ROOT / "rules" / WEIGHTS)


if __name__ == "__main__":
    main()
