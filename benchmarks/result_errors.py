"""What goes wrong with results, by cause: a table over the annotated papers of the conference corpus.

    python benchmarks/result_errors.py [--list CAUSE]

Each paper is read with the weights that were fitted to the other parts, which fit_weights.py, fit_role_weights.py and
fit_result_weights.py leave in .cache/folds: run these first. Optional annotations count neither for nor against.
--list prints, instead of the tables, every case of one cause with its sentence, to be read by eye.

A number that is missed was not read as a quantity at all, was read in another unit, or was taken for no result, by a
rule that is certain or by the weights. Of the numbers rightly found, a slot is right, or another name is given than
the one annotated, or none where there is one, or one where there is none. Of the former two it is told how often the
right one was among the options at all: where it was not, better weights could not have found it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from material import FOLDS, PARTS, Material
from spacy.tokens import Doc

import kg
from kg import likeness
from kg.annotations import SLOTS, Record, ResultRecord, record_of
from kg.components.options import CHOSEN_SLOTS
from kg.components.reported import unit_of
from kg.components.results import NUMBER_KINDS, Question, Results
from kg.components.tokens import token_table
from kg.evaluation import ResultMatch, aliases_of, match_results
from kg.extraction import annotate_all, to_extraction
from kg.model import TYPE_OF_SLOT, Paper
from kg.processes import batches
from kg.ruletables import RESULT_WEIGHTS

KINDS = NUMBER_KINDS[1:]
MISSED = ("not read", "in another unit", "certainly none", "weighed as none")
SLOT_CAUSES = (
    "another given",
    "another given, never an option",
    "none given",
    "none given, never an option",
    "given where none is",
)


class Case(NamedTuple):
    """One number: what became of it, the paper, its sentence, and what was given and annotated."""

    cause: str
    paper: str
    sentence: str
    given: str
    annotated: str


def cases_of(results: Results, doc: Doc, paper: Paper, gold: Record) -> Iterator[Case]:
    """What became of every number of a paper that is annotated as a result or given as one."""
    found = record_of(to_extraction(doc, paper))
    starts = [result.quantity.start for result in doc._.kg_results or ()]
    questions = {question.asked.quantity.start: question for question in results.questions(doc)}
    matches = match_results(gold, found)
    for index, result in enumerate(found.results):
        match, question = matches.get(index), questions[starts[index]]
        if match is None:
            yield _case(f"extra {result.kind}", paper, question, result, None)
        elif not match.gold.optional:
            yield _case(f"kind {match.gold.kind} as {result.kind}", paper, question, result, match.gold)
            for slot in SLOTS:
                cause = _slot_cause(results, question, slot, match, given=result, gold=gold)
                yield _case(f"{slot}: {cause}", paper, question, result, match.gold)
    met = {id(match.gold) for match in matches.values()}
    taken = {starts[index] for index in matches}
    free = [question for start, question in questions.items() if start not in taken]
    for wanted in gold.results:
        if id(wanted) not in met and not wanted.optional:
            cause, missed = _missed(doc, wanted, free)
            yield _case(f"missed: {cause}", paper, missed, None, wanted)


def _missed(doc: Doc, wanted: ResultRecord, free: Sequence[Question]) -> tuple[str, Question | None]:
    """Why an annotated number was not given, and the question that asked for it, if one did."""
    for question in free:
        quantity = question.asked.quantity
        if likeness.same_quantity((wanted.value, wanted.unit), (quantity.value, unit_of(quantity))):
            return "certainly none" if question.certain else "weighed as none", question
    alike = (q for q in doc._.kg_quantities or () if likeness.number(q.value) == likeness.number(wanted.value))
    return "in another unit" if next(alike, None) else "not read", None


def _slot_cause(
    results: Results, question: Question, slot: str, match: ResultMatch, *, given: ResultRecord, gold: Record
) -> str:
    annotated = match.gold.slots.get(slot)
    if slot in match.slots:
        return "right" if annotated else "rightly none"
    if not annotated:
        return "given where none is"
    cause = "another given" if given.slots.get(slot) else "none given"
    if slot in CHOSEN_SLOTS:
        by_rules = results.linked_by_rules(question, str(given.kind))[slot]
        options = [option.name for option in results.told_of_slot(question, str(given.kind), slot, by_rules)[0]]
    else:
        options = [thing.name for thing in question.entities if thing.type == TYPE_OF_SLOT[slot]]
    aliases = aliases_of(gold.entities)
    there = any(likeness.same_slot(slot, annotated, name, aliases) for name in options)
    return cause if there else f"{cause}, never an option"


def _case(
    cause: str, paper: Paper, question: Question | None, given: ResultRecord | None, annotated: ResultRecord | None
) -> Case:
    scene = question.asked.scene if question else None
    sentence = scene.between(scene.start, scene.end) if scene else f"{paper.title}\n{paper.abstract}"
    return Case(cause, paper.id, " ".join(sentence.split()), _shown(given), _shown(annotated))


def _shown(result: ResultRecord | None) -> str:
    if result is None:
        return "-"
    quantity = f"{result.value} {result.unit}" if result.unit else result.value
    return ", ".join([f"{quantity} ({result.kind})", *(f"{slot} {name}" for slot, name in result.slots.items())])


def read(material: Material, papers: Sequence[Paper]) -> Iterator[Case]:
    """The cases of all papers, each read with the weights that were fitted to other parts."""
    wanted = {paper.id for paper in papers}
    for part in range(PARTS):
        if not (FOLDS / str(part) / RESULT_WEIGHTS).exists():
            sys.exit("run benchmarks/fit_weights.py, fit_role_weights.py and fit_result_weights.py first")
        nlp = kg.pipeline(FOLDS / str(part))
        results = cast("Results", nlp.get_pipe("kg_results"))
        own = [paper for paper in material.papers[part::PARTS] if paper.id in wanted]
        for batch in batches(own):
            for paper, doc in zip(batch, annotate_all(nlp, batch, winners_only=True), strict=True):
                token_table(doc)
                yield from cases_of(results, doc, paper, material.records[paper.id])


def print_tables(counts: Counter[str]) -> None:
    """Print how many numbers were missed and given too many, which kinds are confused, and the slots by cause."""
    confused = {pair: counts[f"kind {pair[0]} as {pair[1]}"] for pair in ((a, b) for a in KINDS for b in KINDS)}
    found = sum(confused.values())
    missed = sum(counts[f"missed: {cause}"] for cause in MISSED)
    print(f"numbers annotated {found + missed:,}, found {found:,}\n")
    print(f"{'missed':<36}{missed:>6}")
    for cause in MISSED:
        print(f"  {cause:<34}{counts[f'missed: {cause}']:>6}")
    print(f"{'too many':<36}{sum(counts[f'extra {kind}'] for kind in KINDS):>6}")
    for kind in KINDS:
        print(f"  {f'as {kind}':<34}{counts[f'extra {kind}']:>6}")
    print(f"\n{'annotated as':<12}{'given as':>10}" + "".join(f"{kind:>10}" for kind in KINDS[1:]))
    print(f"{'':<12}" + "".join(f"{kind:>10}" for kind in KINDS))
    for one in KINDS:
        print(f"{one:<12}" + "".join(f"{confused[one, other]:>10}" for other in KINDS))
    print(f"\n{'of those found':<36}" + "".join(f"{slot:>10}" for slot in SLOTS))
    for cause in ("right", "rightly none", *SLOT_CAUSES):
        print(f"{cause:<36}" + "".join(f"{counts[f'{slot}: {cause}']:>10}" for slot in SLOTS))


def main() -> None:
    """Read the papers and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", metavar="CAUSE", help="print the cases of a cause: 'missed', 'kind gain as score', …")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        counts: defaultdict[str, list[Case]] = defaultdict(list)
        for case in read(material, material.conference_papers):
            counts[case.cause].append(case)
    if options.list is None:
        print_tables(Counter({cause: len(cases) for cause, cases in counts.items()}))
        return
    for cause in sorted(counts):
        for case in counts[cause] if cause.startswith(options.list) else ():
            print(f"{cause} | {case.paper}\n  {case.sentence}\n  given: {case.given}\n  annotated: {case.annotated}\n")


if __name__ == "__main__":
    main()
