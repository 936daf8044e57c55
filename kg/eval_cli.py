"""The command ``kg eval``: measures extractions against annotations, and prints the figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import kg
from kg.errors import InputError
from kg.model import ENTITY_TYPES
from kg.options import AS_JSON, MIN_CONFIDENCE, RULES, WORKERS
from kg.terminal import count_of, progress_bar

if TYPE_CHECKING:
    from kg.annotations import Gold, Record
    from kg.calibration import Calibration
    from kg.evaluation import Agreement, Difference, PaperFigures, Share, SpanFigures

SPAN_TYPES: Final = ("Task", "Dataset", "Metric")
_HEADER: Final = f"{'':28}{'precision':>9}{'recall':>8}{'F1':>8}{'right':>14}{'met':>14}"


def _types(_ctx: click.Context, _parameter: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    types = tuple(part.strip() for part in given.split(","))
    for kind in types:
        if kind not in ENTITY_TYPES:
            raise click.BadParameter(f"{kind!r} is no type; types are {', '.join(ENTITY_TYPES)}")
    return types


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path, dir_okay=False), metavar="GOLD")
@RULES
@WORKERS
@MIN_CONFIDENCE
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Measure what kg extract wrote, or a graph folder holds, instead of extracting.",
)
@click.option("--calibration", is_flag=True, help="Print how often what has which confidence is right, instead.")
@click.option(
    "--types",
    metavar="TYPE,...",
    callback=_types,
    help=f"The types that labelled spans are measured for.  [default: {','.join(SPAN_TYPES)}]",
)
@click.option(
    "--errors", type=click.IntRange(0), metavar="N", default=0, help="Name so many differences after the figures."
)
@AS_JSON
def evaluate(
    *,
    gold: Path,
    rules: str | None,
    workers: int,
    min_confidence: float,
    predictions: Path | None,
    calibration: bool,
    types: tuple[str, ...] | None,
    errors: int,
    as_json: bool,
) -> None:
    """Measure extractions against the annotations of GOLD: precision, recall and F1.

    GOLD is JSON Lines, one paper a line, with id, title, abstract, entities and results in the shape that kg extract
    writes ("optional": true marks what may be given or left out), or with id, text and spans, a list of
    [start, end, type]. Spans that are annotated only in part say nothing about precision, and papers with which rules
    or weights were made flatter them.

    \b
    Examples:
      kg eval examples/annotated.jsonl
      kg eval examples/annotated.jsonl --calibration
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.annotations import load_gold  # noqa: PLC0415 - kg --help need not wait for it

    if rules is not None and predictions is not None:
        raise click.UsageError("--predictions are there already; --rules is for extracting")
    annotated = load_gold(gold)
    if annotated.of_spans and calibration:
        raise click.UsageError(f"--calibration is for papers with entities, and {gold} has spans")
    if types is not None and not annotated.of_spans:
        raise click.UsageError(f"--types is for labelled spans, and {gold} has entities")
    if predictions is None:
        found = _extracted(annotated, rules, workers, min_confidence)
    else:
        found = _predicted(annotated, predictions, min_confidence)
    if calibration:
        _print_calibration(annotated, found, as_json=as_json)
    else:
        _print_figures(annotated, found, types or SPAN_TYPES, errors, as_json=as_json)


def _extracted(gold: Gold, rules: str | None, workers: int, min_confidence: float) -> dict[str, Record]:
    from kg.annotations import record_of  # noqa: PLC0415

    papers = gold.papers()
    found: dict[str, Record] = {}
    with progress_bar(shown=True) as (tell, _):
        tell("extracting", 0, len(papers))
        for extraction in kg.extract(papers, rules=rules, workers=workers, min_confidence=min_confidence):
            found[extraction.paper.id] = record_of(extraction)
            tell("extracting", len(found), len(papers))
    return found


def _predicted(gold: Gold, file: Path, min_confidence: float) -> dict[str, Record]:
    from kg.annotations import load_predictions  # noqa: PLC0415

    found = load_predictions(file, min_confidence=min_confidence)
    missing = len(gold.records.keys() - found.keys())
    if missing:
        click.echo(f"kg: {file} lacks {missing:,} of {count_of(len(gold.records), 'paper')}: taken for empty", err=True)
    return found


def _print_figures(
    gold: Gold, found: Mapping[str, Record], types: tuple[str, ...], errors: int, *, as_json: bool
) -> None:
    from kg.evaluation import evaluate, evaluate_spans, figures_to_json  # noqa: PLC0415

    figures: PaperFigures | SpanFigures
    if gold.of_spans:
        figures = spans = evaluate_spans(gold.records, found, types, gold.texts)
        lines = _span_lines(spans)
    else:
        figures = papers = evaluate(gold.records, found)
        lines = _paper_lines(papers)
    named = figures.differences[:errors]
    if as_json:
        differences = [{name: getattr(one, name) for name in type(one).__slots__} for one in named]
        _print_json(figures_to_json(figures) | ({"differences": differences} if errors else {}))
        return
    for line in lines:
        click.echo(line)
    for line in _difference_lines(named):
        click.echo(line)


def _paper_lines(figures: PaperFigures) -> Iterator[str]:
    yield count_of(figures.papers, "paper")
    yield ""
    yield _HEADER
    for what, table in (("entities", figures.entities), ("relaxed", figures.relaxed)):
        for kind, agreement in table.items():
            yield _agreement_line(f"{what}, {kind}", agreement)
    yield _agreement_line("entities, type ignored", figures.any_type)
    yield _agreement_line("introduced methods", figures.introduced_methods)
    for name, agreement in figures.results.items():
        yield _agreement_line(f"results, {name}", agreement)
    yield ""
    yield f"{'':28}{'share':>9}{'right':>30}"
    yield _share_line("roles", figures.roles)
    for slot, share in figures.slots.items():
        yield _share_line(f"{slot} of results", share)


def _span_lines(figures: SpanFigures) -> Iterator[str]:
    yield count_of(figures.texts, "text")
    yield ""
    yield _HEADER
    for what, table in (("strict", figures.strict), ("overlap", figures.overlap)):
        for kind, agreement in table.items():
            yield _agreement_line(f"{what}, {kind}", agreement)


def _agreement_line(label: str, one: Agreement) -> str:
    shares = f"{100 * one.precision:>9.1f}{100 * one.recall:>8.1f}{100 * one.f1:>8.1f}"
    return f"{label:28}{shares}{f'{one.right}/{one.found}':>14}{f'{one.met}/{one.wanted}':>14}"


def _share_line(label: str, one: Share) -> str:
    return f"{label:28}{100 * one.share:>9.1f}{f'{one.right}/{one.of}':>30}"


def _difference_lines(differences: Iterable[Difference]) -> Iterator[str]:
    for number, one in enumerate(differences):
        if not number:
            yield ""
        yield f"{one.paper}\t{one.what}\t{one.kind}\t{one.text}"


def _print_calibration(gold: Gold, found: Mapping[str, Record], *, as_json: bool) -> None:
    from kg.calibration import calibrate, calibration_to_json  # noqa: PLC0415

    tables = calibrate(gold.records, found)
    if not tables:
        raise InputError("nothing that was found has a confidence; measure what kg extract writes")
    if as_json:
        _print_json(calibration_to_json(tables))
        return
    click.echo(f"{'':10}{'confidence':>12}{'given':>8}{'mean':>8}{'right':>8}")
    for table in tables:
        for line in _calibration_lines(table):
            click.echo(line)


def _calibration_lines(table: Calibration) -> Iterator[str]:
    for one in table.bins:
        shares = f"{100 * one.confidence:>8.1f}{100 * one.precision:>8.1f}" if one.count else f"{'-':>8}{'-':>8}"
        yield f"{table.kind:10}{f'{one.low:.1f}-{one.high:.1f}':>12}{one.count:>8,}{shares}"
    whole = f"{table.whole.count:>8,}{100 * table.whole.confidence:>8.1f}{100 * table.whole.precision:>8.1f}"
    yield f"{table.kind:10}{'0.0-1.0':>12}{whole}   expected calibration error {100 * table.error:.1f}"


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode())
