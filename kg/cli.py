"""The command line: parses words, calls one function, prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import kg
from kg._version import __version__
from kg.analytics_cli import central, communities, gaps, similar, together, trends
from kg.diff_cli import diff
from kg.errors import InputError
from kg.eval_cli import evaluate
from kg.export_cli import export, known_exporters
from kg.formats_cli import formats
from kg.leaderboard_cli import leaderboard
from kg.model import ENTITY_TYPES, Extraction
from kg.options import (
    ALIASES,
    AS_JSON,
    MIN_CONFIDENCE,
    OUTPUT_FILE,
    READING,
    RULES,
    SCHEDULER,
    STORAGE,
    WORKERS_OR_CORES,
)
from kg.query_cli import query
from kg.resolve_cli import resolve
from kg.rules_cli import rules
from kg.serve_cli import serve
from kg.terminal import (
    DONE_WITH_SKIPS,
    STANDARD_STREAM,
    Commands,
    OnProgress,
    count_of,
    mention_terminal,
    progress_bar,
    shown,
)
from kg.update_cli import add, mention_stale, remove

if TYPE_CHECKING:
    from kg.explaining import Explanation

_READING: Final = ("format", "saved_in", "columns", "strict")
EPILOG: Final = "Exit codes: 0 all went well; 1 an error; 2 wrong usage; 3 done, but something was skipped."


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EPILOG
)
@click.version_option(__version__, prog_name="kg", message="%(prog)s %(version)s")
def main() -> None:
    """Reads abstracts of machine-learning papers into a knowledge graph.

    \b
    Start here:
      kg build abstracts.jsonl saved-page.txt -o my-graph/
      kg stats my-graph/
    """


main.add_command(add)
main.add_command(evaluate)
for _command in (central, communities, diff, gaps, similar, together, trends):
    main.add_command(_command)
main.add_command(export)
main.add_command(formats)
main.add_command(leaderboard)
main.add_command(query)
main.add_command(remove)
main.add_command(resolve)
main.add_command(rules)
main.add_command(serve)


def _reading_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("sources", nargs=-1, required=True, metavar="SOURCE..."),
            *READING,
            RULES,
            WORKERS_OR_CORES,
            SCHEDULER,
            MIN_CONFIDENCE,
        )
    ):
        command = option(command)
    return command


@main.command()
@_reading_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Where to build."
)
@click.option(
    "--export",
    "exports",
    multiple=True,
    metavar="NAME",
    callback=known_exporters,
    help="Write this one instead of turtle, html and graphml (of more than 10,000 papers turtle alone); may be "
    "repeated (see kg export --list).",
)
@ALIASES
@click.option("--no-store", "store", flag_value=False, default=True, help="Leave no store to be queried in the folder.")
@click.option(
    "--store-evidence",
    type=click.Choice(("full", "link", "none")),
    default="full",
    show_default=True,
    help="How much evidence the store holds: full (words and sentences), link (which paper and rule), none; exports "
    "are not affected.",
)
@STORAGE
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
def build(sources: tuple[str, ...], output: Path, exports: tuple[str, ...], quiet: bool, **options: Any) -> None:
    """Build a graph folder from files and folders of papers.

    A SOURCE is a file, a folder, a URL, or - for standard input: JSON, CSV, BibTeX, or what else kg formats lists,
    packed or not. The folder is replaced whole or not at all.

    \b
    Example:
      kg build examples/abstracts.jsonl examples/saved-page.txt -o my-graph/
    """
    mention_terminal(sources)
    with progress_bar(shown=not quiet) as (tell, skip):
        report = kg.build_folder(sources, output, exports=exports or None, on_progress=tell, on_skip=skip, **options)
    if not quiet:
        summary = report.summary
        entities = ", ".join(count_of(summary.entities[kind], kind.lower()) for kind in ENTITY_TYPES)
        click.echo(f"papers    {report.papers:,} read, {count_of(report.duplicates, 'duplicate')} merged")
        if report.skipped:
            click.echo(f"skipped   {len(report.skipped):,}, named above and in {shown(output / 'manifest.json')}")
        click.echo(f"entities  {entities}")
        click.echo(f"results   {sum(summary.results.values()):,}")
        click.echo(f"edges     {sum(summary.edges.values()):,}")
        if report.left_out:
            names = " and ".join(report.left_out)
            click.echo(
                f"left out  {names}, of so many papers; ask for them with --export, or see the graph with kg serve"
            )
        click.echo("written   " + "\n          ".join(shown(path) for path in report.files))
        page = next((path for path in report.files if path.suffix == ".html"), None)
        ask = f"kg serve {shown(output)}" if report.left_out else f"kg export {shown(output)} --to html"
        look = f"open {shown(page)} in a browser" if page else ask
        click.echo(f"next      {look}\n          kg stats {shown(output)}")
    if report.skipped:
        sys.exit(DONE_WITH_SKIPS)


@main.command()
@_reading_options
@OUTPUT_FILE
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
def extract(
    sources: tuple[str, ...], output: Path, quiet: bool, workers: int | None, scheduler: str | None, **options: Any
) -> None:
    """Extract entities and results as JSON Lines, one paper a line.

    A SOURCE is as for kg build.

    \b
    Examples:
      kg extract examples/abstracts.jsonl -o extractions.jsonl
      kg extract - < examples/abstracts.jsonl | head -1
    """
    from kg.cluster import check_workers, shared_work  # noqa: PLC0415 - kg --help need not wait for it
    from kg.processes import workers_for  # noqa: PLC0415
    from kg.reading import Reading  # noqa: PLC0415

    to_file = str(output) != STANDARD_STREAM
    options_of_reading = {name: options.pop(name) for name in _READING}
    mention_terminal(sources)
    with (
        progress_bar(shown=not quiet and (to_file or not sys.stdout.isatty())) as (tell, skip),
        shared_work(scheduler, None, workers) as (executor, tasks),
    ):
        check_workers(executor, rules=options["rules"])
        reading = Reading(sources=sources, leave_out=output, on_progress=tell, on_skip=skip, **options_of_reading)
        with reading.streamed() as (found, count, papers):
            extractions = _told(
                kg.extract(papers, workers=workers_for(tasks, count), executor=executor, **options), count, tell
            )
            if to_file:
                kg.write_extractions(extractions, output)
            else:
                for extraction in extractions:
                    click.echo(kg.extraction_line(extraction), nl=False)
    if to_file and not quiet:
        click.echo(f"{count_of(count, 'paper')} written to {shown(output)}", err=True)
    if found.skipped:
        sys.exit(DONE_WITH_SKIPS)


@main.command()
@click.argument("graph", type=click.Path(), metavar="GRAPH")
@click.option(
    "--top", type=click.IntRange(1), metavar="N", default=10, show_default=True, help="How many of each type to name."
)
@AS_JSON
def stats(graph: str, top: int, as_json: bool) -> None:
    """Count what a graph holds, and name the most frequent of each type.

    \b
    Example:
      kg stats my-graph/ --top 5
    """
    summary = kg.graph_summary(kg.load_graph(graph), top=top)
    if Path(graph).is_dir():
        mention_stale(kg.stale_papers(graph), Path(graph))
    if as_json:
        _print_json(asdict(summary))
        return
    click.echo(f"{'papers':14}{summary.papers:>8,}")
    for kind in ENTITY_TYPES:
        click.echo(f"{kind.lower() + 's':14}{summary.entities[kind]:>8,}")
    for name, counts in (("results", summary.results), ("edges", summary.edges)):
        click.echo(f"{name:14}{sum(counts.values()):>8,}")
        for what, count in counts.items():
            click.echo(f"  {what:12}{count:>8,}")
    for kind in ENTITY_TYPES:
        if summary.top[kind]:
            click.echo(f"\n{kind.lower()}s in most papers")
        for label, papers in summary.top[kind]:
            click.echo(f"{papers:>8,}  {label}")


@main.command()
@click.argument("text")
@RULES
@AS_JSON
def explain(text: str, rules: str | None, as_json: bool) -> None:
    """Show which rule matched what in TEXT (- reads standard input), and what lost to it.

    \b
    Example:
      kg explain "We propose FooNet, which reaches 92.3% accuracy on ImageNet."
    """
    if text == STANDARD_STREAM:
        mention_terminal((text,))
        text = sys.stdin.buffer.read().decode(errors="replace")
    text = kg.clean(text)
    if not text:
        raise InputError("there is no text to explain; give one, or - and text on standard input")
    found = kg.explain(text, rules=rules)
    if as_json:
        _print_json([asdict(one) for one in found])
        return
    click.echo(f"{text}\n")
    width = min(max((len(one.text) for one in found), default=0), 40)
    for _, group in groupby(found, key=lambda one: (one.start, one.end)):
        for line in _explained(list(group), width):
            click.echo(line)
    if not found:
        click.echo("no rule matched anything")


def _explained(found: list[Explanation], width: int) -> Iterator[str]:
    """The lines about one place in the text: what was taken and who else says so, then what lost."""
    taken = {one.what for one in found if not one.lost_to}
    for one in found:
        if one.lost_to and one.what in taken:
            continue
        shown = one.text if len(one.text) <= width else one.text[: width - 1] + "…"
        place = f"{one.start}-{one.end}"
        line = f"{'-' if one.lost_to else '+'} {place:<9}  {shown:<{width}}  {one.what:<7}  "
        confidence = f"{one.confidence:.2f}" if one.confidence else "    "
        rule = f"{confidence}  {one.rule}"
        if one.lost_to:
            yield click.style(f"{line}{rule}, lost: {one.lost_to}", dim=True)
            continue
        yield click.style(line, bold=True) + rule
        same = [f"{other.rule} {other.confidence:.2f}" for other in found if other.lost_to and other.what == one.what]
        for more in (one.note, f"also said by {', '.join(same)}" if same else ""):
            if more:
                yield f"{'':13}{more}"


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode())


def _told(extractions: Iterator[Extraction], total: int, tell: OnProgress) -> Iterator[Extraction]:
    tell("extracting", 0, total)
    for number, extraction in enumerate(extractions, start=1):
        yield extraction
        tell("extracting", number, total)
