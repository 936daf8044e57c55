"""Fit the weights by which numbers are told to be results and are tied to things, and say how good they are.

    python benchmarks/fit_result_weights.py [--write]

The same papers as for rules/weights.tsv are read, in as many parts: the entities of each part are found with the
weights that were fitted to the other parts (which fit_weights.py leaves in .cache/folds), and so are its results. At
the end the weights are fitted to all papers; --write puts them into rules/result-weights.tsv.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from fitting import write
from material import FOLDS, PARTS, ROOT, Material
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from spacy.language import Language

import kg
from kg.annotations import Record, ResultRecord
from kg.components.options import CHOSEN_SLOTS
from kg.components.reported import unit_of
from kg.components.results import NO_RESULT, NUMBER_KINDS, Question, Results
from kg.evaluation import aliases_of, match_results
from kg.extraction import annotate_all
from kg.likeness import same_slot
from kg.model import Paper
from kg.processes import batches
from kg.rulebook import Rulebook
from kg.ruletables import CHOICE_COLUMNS, RESULT_WEIGHTS

FEWEST_CHOICES = 3
SMALLEST = 0.05
SPREAD_OF_KINDS = 0.2
SPREAD_OF_SLOTS = 0.1
MOST_ITERATIONS = 300

Floats = npt.NDArray[np.float64]
Feature = tuple[str, str]
Alternatives = list[tuple[set[Feature], bool]]
"""What is told of each alternative, with the choice that it is told for, and whether it is right."""


@dataclass
class Choices:
    """The choices of one paper: what kind each number is, and for each slot of each result what fills it."""

    kinds: list[Alternatives] = field(default_factory=list)
    slots: dict[str, list[Alternatives]] = field(default_factory=lambda: defaultdict(list))


def choices_of(nlp: Language, papers: Sequence[Paper], gold: Mapping[str, Record]) -> Iterator[Choices]:
    """The choices in papers. Numbers of optional results are left out, for they may be given or not."""
    results = cast("Results", nlp.get_pipe("kg_results"))
    for batch in batches(papers):
        for paper, doc in zip(batch, annotate_all(nlp, batch, winners_only=True), strict=True):
            questions = list(results.questions(doc))
            by_rules = [record_of(results, question) for question in questions]
            matches = match_results(gold[paper.id], Record(id=paper.id, results=tuple(by_rules)))
            aliases = aliases_of(gold[paper.id].entities)
            found = Choices()
            for number, question in enumerate(questions):
                annotated = matches[number].gold if number in matches else None
                if annotated is None or not annotated.optional:
                    add(found, results, question, annotated, aliases)
            yield found


def record_of(results: Results, question: Question) -> ResultRecord:
    """A number as a result by the rules alone, so that of equal numbers the likeliest is taken for the annotated."""
    quantity = question.asked.quantity
    linked = results.linked_by_rules(question, question.asked.makes)
    slots: dict[str, str] = {slot: name for slot, name in linked.items() if name is not None}
    return ResultRecord(value=quantity.value, unit=unit_of(quantity), kind=question.asked.makes, slots=slots)


def add(
    found: Choices,
    results: Results,
    question: Question,
    annotated: ResultRecord | None,
    aliases: Mapping[str, frozenset[str]],
) -> None:
    """Add the choices that a number asks for, given the result that it is."""
    kind = NO_RESULT if annotated is None else str(annotated.kind)
    if not question.certain:
        told = results.told_of_number(question)
        found.kinds.append([({(one, feature) for feature in told}, one == kind) for one in NUMBER_KINDS])
    if annotated is None:
        return
    linked = results.linked_by_rules(question, kind)
    for slot in CHOSEN_SLOTS:
        options, features = results.told_of_slot(question, kind, slot, linked[slot])
        right = [same_slot(slot, annotated.slots.get(slot), option.name, aliases) for option in options]
        if any(right) and not all(right):
            own: list[set[Feature]] = [{(slot, feature) for feature in told} for told in features]
            found.slots[slot].append(list(zip(own, right, strict=True)))


def fit(choices: Iterable[Alternatives], spread: float) -> dict[Feature, float]:
    """The weights of all features that several choices have.

    They maximize the likelihood that one of the right alternatives is chosen (conditional logit), less the sum of
    their squares over twice the ``spread``.
    """
    given = list(choices)
    counted = Counter(feature for one in given for feature in {feature for told, _ in one for feature in told})
    columns = {f: number for number, f in enumerate(sorted(f for f, n in counted.items() if n >= FEWEST_CHOICES))}
    rows = [[columns[feature] for feature in sorted(told) if feature in columns] for one in given for told, _ in one]
    ends = np.cumsum([0, *map(len, rows)])
    cells = np.array([column for row in rows for column in row])
    matrix = csr_matrix((np.ones(len(cells)), cells, ends), shape=(len(rows), len(columns)))
    right = np.array([good for one in given for _, good in one], dtype=float)
    sizes = np.array([len(one) for one in given])
    starts, choice_of = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(given)), sizes)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = matrix @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[choice_of])
        total = np.add.reduceat(odds, starts)
        good = np.add.reduceat(odds * right, starts)
        surprise = odds / total[choice_of] - odds * right / good[choice_of]
        penalty = float(weights @ weights) / (2 * spread)
        return float(np.sum(np.log(total) - np.log(good))) + penalty, matrix.T @ surprise + weights / spread

    options = {"maxiter": MOST_ITERATIONS}
    fitted = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options=options).x
    return {f: float(fitted[number]) for f, number in columns.items() if abs(fitted[number]) >= SMALLEST}


def fit_all(papers: Iterable[Choices]) -> dict[Feature, float]:
    """The weights for all choices."""
    given = list(papers)
    weights = fit((kind for one in given for kind in one.kinds), SPREAD_OF_KINDS)
    for slot in CHOSEN_SLOTS:
        weights |= fit((choice for one in given for choice in one.slots[slot]), SPREAD_OF_SLOTS)
    return weights


def write_choices(weights: Mapping[Feature, float], target: Path) -> None:
    """Write the weights of features for each choice."""
    write(CHOICE_COLUMNS, ((feature, [weight]) for feature, weight in sorted(weights.items())), target)


def main() -> None:
    """Fit in parts, print the figures, and write on demand."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help=f"replace rules/{RESULT_WEIGHTS}")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        parts = [material.papers[part::PARTS] for part in range(PARTS)]
        choices: list[list[Choices]] = []
        for part, papers in enumerate(parts):
            (FOLDS / str(part) / RESULT_WEIGHTS).unlink(missing_ok=True)
            choices.append(list(choices_of(kg.pipeline(FOLDS / str(part)), papers, material.records)))
        found: list[kg.Extraction] = []
        for part, papers in enumerate(parts):
            others = (one for number, own in enumerate(choices) if number != part for one in own)
            write_choices(fit_all(others), FOLDS / str(part) / RESULT_WEIGHTS)
            Rulebook.load.cache_clear()  # the folder was read before these weights were there
            found += kg.extract(papers, rules=FOLDS / str(part))
        material.report(found, "weights fitted to other papers", calibration=True)
    if options.write:
        write_choices(fit_all(one for own in choices for one in own), ROOT / "rules" / RESULT_WEIGHTS)


if __name__ == "__main__":
    main()
