"""Fits the weights of what is told of roles (rules/role-weights.tsv), and says how well they do on other papers.

    python benchmarks/fit_role_weights.py [--write]

The same papers as for rules/weights.tsv are read, in as many parts: the entities of each part are found with the
weights that were fitted to the other parts (which fit_weights.py leaves in .cache/folds), and so are their roles, whose
weights are left beside them. At the end the weights are fitted to all papers; --write puts them into
rules/role-weights.tsv. Roles of entities that are annotated as optional, or not at all, are left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from fit_weights import values_of
from fitting import Example, fit, write_classes
from material import FOLDS, PARTS, ROOT, Material
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
from kg.processes import batches
from kg.rulebook import Rulebook
from kg.ruletables import BIAS, ROLE_WEIGHTS, WEIGHTS

INVERSE_REGULARIZATION = 0.2
FEWEST_PAPERS = 4
SMALLEST = 0.05
LATER = ("kg_quantities", "kg_results")


def examples_of(
    nlp: Language, features: RoleFeatures, papers: Sequence[Paper], gold: Mapping[str, Record]
) -> Iterator[list[Example]]:
    """For each paper the features of the entities that are annotated, with their annotated roles."""
    roles = nlp.get_pipe("kg_roles")
    assert isinstance(roles, Roles)  # noqa: S101 - for mypy
    for batch in batches(papers):
        for paper, doc in zip(batch, annotate_all(nlp, batch, winners_only=True), strict=True):
            (gathered,) = roles.gather([doc])
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


def fitted(papers: Iterable[Sequence[Example]], names_of: Sequence[str]) -> dict[str, list[float]]:
    """The weights by role of what weighs something, and of all rules, which would count by their own without."""
    weights = fit(papers, names_of, ROLES, inverse_regularization=INVERSE_REGULARIZATION, fewest_papers=FEWEST_PAPERS)
    return {
        feature: row
        for feature, row in weights.items()
        if feature == BIAS or feature.startswith(f"{RULE} ") or max(map(abs, row)) >= SMALLEST
    }


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
            write_classes(ROLES, fitted(others, weights.names), rules / ROLE_WEIGHTS)
            Rulebook.load.cache_clear()
            found += kg.extract(material.papers[part::PARTS], rules=rules)
        material.report(found, "weights fitted to other papers")
    if options.write:
        write_classes(ROLES, fitted(examples, weights.names), ROOT / "rules" / ROLE_WEIGHTS)


if __name__ == "__main__":
    main()
