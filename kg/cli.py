"""The command line: parses words, calls one function, prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import IO, Any, Final, ParamSpec

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import kg
from kg._version import __version__
from kg.errors import ExportError, KgError
from kg.model import ENTITY_TYPES, Skipped

DONE_WITH_ERROR: Final = 1
DONE_WITH_SKIPS: Final = 3
P = ParamSpec("P")

EPILOG: Final = "Exit codes: 0 all went well; 1 an error; 2 wrong usage; 3 done, but something was skipped."


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EPILOG)
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Reads abstracts of machine-learning papers into a knowledge graph.

    \b
    Start here:
      kg build abstracts.jsonl saved-page.txt -o my-graph/
      kg stats my-graph/
    """


def _errors_in_one_line(command: Callable[P, None]) -> Callable[P, None]:
    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KgError as error:
            click.echo(f"kg: {error}", err=True)
            sys.exit(DONE_WITH_ERROR)

    return wrapped


_RULES_OPTION: Final = click.option(
    "--rules", type=click.Path(file_okay=False), metavar="FOLDER", help="A folder of rules laid over those of kg."
)
_EXTRACTION_OPTIONS: Final = (
    _RULES_OPTION,
    click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="How many processes extract."),
    click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        default=0.0,
        show_default=True,
        help="Leave out mentions and results below this.",
    ),
)


def _reading_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("sources", nargs=-1, required=True, metavar="SOURCE..."),
            click.option(
                "--format", metavar="NAME", help="Read every source in this format instead of finding it out."
            ),
            click.option("--saved-in", type=int, metavar="YEAR", help="The year of dates that give none."),
            click.option("--strict", is_flag=True, help="Stop at the first thing that cannot be read."),
            *_EXTRACTION_OPTIONS,
        )
    ):
        command = option(command)
    return command


@main.command()
@_reading_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Where to build."
)
@click.option("--export", "exports", multiple=True, metavar="NAME", help="Exports to write (see kg export --list).")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
@_errors_in_one_line
def build(sources: tuple[str, ...], output: Path, exports: tuple[str, ...], quiet: bool, **options: Any) -> None:
    """Build a graph folder from files and folders of papers.

    A SOURCE is a file, a folder, or - for standard input: a page pasted from Hugging Face papers, or JSON or JSON
    Lines (gzip or not) with title and abstract, or text. The folder is replaced whole or not at all.

    \b
    Example:
      kg build examples/abstracts.jsonl examples/saved-page.txt -o my-graph/
    """
    with _progress(shown=not quiet) as tell:
        report = kg.build_folder(sources, output, exports=exports or None, on_progress=tell, **options)
    _name_skipped(report.skipped)
    if not quiet:
        counts = ", ".join(f"{report.summary.entities[kind]:,} {kind.lower()}s" for kind in ENTITY_TYPES)
        click.echo(f"papers    {report.papers:,} read, {report.duplicates:,} duplicates merged")
        click.echo(f"entities  {counts}")
        click.echo(f"results   {sum(report.summary.results.values()):,}")
        click.echo(f"edges     {sum(report.summary.edges.values()):,}")
        click.echo("written   " + "\n          ".join(str(path) for path in report.files))
        page = next((path for path in report.files if path.suffix == ".html"), None)
        click.echo(f"next      open {page} in a browser" if page else f"next      kg export {output} --list")
        click.echo(f"          kg stats {output}")
    if report.skipped:
        sys.exit(DONE_WITH_SKIPS)


@main.command()
@_reading_options
@click.option(
    "-o", "--output", type=click.File("w", "utf-8", lazy=False, atomic=True), default="-", help="File; - prints."
)
@_errors_in_one_line
def extract(
    sources: tuple[str, ...],
    output: IO[str],
    format: str | None,  # noqa: A002 - the option's name
    saved_in: int | None,
    strict: bool,
    **options: Any,
) -> None:
    """Extract entities and results as JSON Lines, one paper a line.

    \b
    Example:
      kg extract examples/abstracts.jsonl -o extractions.jsonl
    """
    skipped: list[Skipped] = []
    papers = kg.merge_duplicates(
        kg.read(*sources, format=format, saved_in=saved_in, strict=strict, on_skip=skipped.append)
    )
    with _progress(shown=output is not sys.stdout) as tell:
        for number, extraction in enumerate(kg.extract(papers, **options), start=1):
            output.write(
                json.dumps(kg.extraction_to_json(extraction), ensure_ascii=False, separators=(",", ":")) + "\n"
            )
            tell("extracting", number, len(papers))
    _name_skipped(skipped)
    if skipped:
        sys.exit(DONE_WITH_SKIPS)


@main.command()
@click.argument("graph", required=False, type=click.Path(), metavar="[GRAPH]")
@click.option("--to", "name", metavar="NAME", help="The exporter, one of those of --list.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="The file to write.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the exporter.")
@click.option("--list", "listing", is_flag=True, help="List the exporters.")
@_errors_in_one_line
def export(
    graph: str | None,
    name: str | None,
    output: Path | None,
    options: tuple[str, ...],
    listing: bool,
) -> None:
    """Write a built graph in another format.

    GRAPH is a graph folder, or a file that kg extract wrote.

    \b
    Examples:
      kg export --list
      kg export my-graph/ --to turtle -o graph.ttl --option evidence=none
    """
    if listing:
        for key, one in kg.exporters().items():
            click.echo(f"{key:10} {one.suffix:10} {one.description}")
        return
    if graph is None or name is None:
        raise click.UsageError("name a GRAPH and an exporter (--to NAME), or ask for --list")
    given = dict(_key_and_value(option) for option in options)
    target = output or Path(f"graph{kg.exporter(name).suffix}")
    kg.export(kg.load_graph(graph), name, target, **given)
    click.echo(str(target))


@main.command()
@click.argument("graph", type=click.Path(), metavar="GRAPH")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="How many of each type to name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_errors_in_one_line
def stats(graph: str, top: int, as_json: bool) -> None:
    """Count what a graph holds, and name the most frequent of each type.

    \b
    Example:
      kg stats my-graph/ --top 5
    """
    summary = kg.graph_summary(kg.load_graph(graph), top=top)
    if as_json:
        click.echo(json.dumps(asdict(summary), ensure_ascii=False, indent=2))
        return
    click.echo(f"{'papers':14}{summary.papers:>8,}")
    for kind in ENTITY_TYPES:
        click.echo(f"{kind.lower() + 's':14}{summary.entities[kind]:>8,}")
    click.echo(f"{'results':14}{sum(summary.results.values()):>8,}")
    for relation, count in summary.edges.items():
        click.echo(f"  {relation:12}{count:>8,}")
    for kind in ENTITY_TYPES:
        click.echo(f"\n{kind.lower()}s in most papers")
        for label, papers in summary.top[kind]:
            click.echo(f"{papers:>8,}  {label}")


@main.command()
@click.argument("text")
@_RULES_OPTION
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_errors_in_one_line
def explain(text: str, rules: str | None, as_json: bool) -> None:
    """Show which rule matched what in TEXT (- reads standard input), and what lost to it.

    \b
    Example:
      kg explain "We propose FooNet, which reaches 92.3% accuracy on ImageNet."
    """
    found = kg.explain(sys.stdin.read() if text == "-" else text, rules=rules)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        mark = "  lost" if one.lost_to else "taken "
        click.echo(f"{mark} {one.start:>5}-{one.end:<5} {one.what:8}{one.confidence:>5.2f}  {one.rule:28} {one.text!r}")
        if one.lost_to or one.note:
            click.echo(f"{'':21}{'to ' + one.lost_to if one.lost_to else one.note}")
    if not found:
        click.echo("no rule matched anything")


def _key_and_value(option: str) -> tuple[str, Any]:
    key, equals, value = option.partition("=")
    if not equals:
        raise ExportError(f"--option {option!r} is not of the form KEY=VALUE")
    return key, int(value) if value.isdecimal() else value


def _name_skipped(skipped: tuple[Skipped, ...] | list[Skipped]) -> None:
    for one in skipped:
        click.echo(f"kg: skipped {one}", err=True)


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress bar on standard error, where that is a terminal."""
    if not shown or not sys.stderr.isatty():
        yield _say_nothing
        return

    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield tell


def _say_nothing(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody sees."""
