"""``kg add`` and ``kg remove``: a graph folder that grows and shrinks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kg.options import READING, RULES, SCHEDULER, STORAGE, WORKERS_OR_CORES
from kg.terminal import DONE_WITH_SKIPS, count_of, mention_terminal, progress_bar, shown

if TYPE_CHECKING:
    from kg.updating import UpdateReport

_GRAPH: Final = click.argument("target", type=click.Path(path_type=Path), metavar="GRAPH")
_QUIET: Final = click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(READING):
        command = option(command)
    return command


@click.command()
@_GRAPH
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@_reading
@RULES
@WORKERS_OR_CORES
@SCHEDULER
@STORAGE
@click.option("--reextract", is_flag=True, help="Extract all papers again, by the rules as they are now.")
@_QUIET
def add(target: Path, sources: tuple[str, ...], quiet: bool, **options: Any) -> None:  # noqa: FBT001 - of click
    """Add papers to a graph folder, and extract only what is new or changed.

    A SOURCE is as for kg build. What comes out is the same as building from all sources at once, but papers whose
    texts are the same are not extracted again. Where all exports are written piece by piece (--export turtle, trig,
    ntriples, nquads), what did not change in them and in the store is taken over as well.

    \b
    Example:
      kg add my-graph/ examples/saved-page.txt
    """  # noqa: D301 - click reads \b as a sign of its own
    if not sources and not options["reextract"]:
        raise click.UsageError("name a SOURCE to add, or ask for --reextract")
    from kg.updating import add_to_folder  # noqa: PLC0415 - kg --help need not wait for it

    mention_terminal(sources)
    with progress_bar(shown=not quiet) as (tell, skip):
        report = add_to_folder(target, sources, on_progress=tell, on_skip=skip, **options)
    for file in report.unread:
        click.echo(f"kg: {shown(Path(file))} is in the graph and has not changed: not read again", err=True)
    _say(report, target, quiet=quiet)


@click.command()
@_GRAPH
@click.option("--paper", "papers", multiple=True, metavar="ID", help="The id of a paper; may be repeated.")
@click.option(
    "--source", "sources", multiple=True, metavar="FILE", help="A file that the graph was made of; may be repeated."
)
@_QUIET
def remove(target: Path, papers: tuple[str, ...], sources: tuple[str, ...], quiet: bool) -> None:  # noqa: FBT001
    """Remove papers from a graph folder: by their ids, or all that were read from a file and from no other.

    \b
    Example:
      kg remove my-graph/ --paper distilbert-2019
    """  # noqa: D301 - as above
    if not (papers or sources):
        raise click.UsageError("say what to remove: --paper ID or --source FILE")
    from kg.updating import remove_from_folder  # noqa: PLC0415 - as above

    with progress_bar(shown=not quiet) as (tell, _):
        report = remove_from_folder(target, papers=papers, sources=sources, on_progress=tell)
    _say(report, target, quiet=quiet)


def mention_stale(papers: int, target: Path) -> None:
    """Say how many papers of a graph folder were read by other rules, if any, and what to do."""
    if papers:
        click.echo(
            f"kg: {count_of(papers, 'paper')} read by other rules than those in force; "
            f"kg add {shown(target)} --reextract reads all again",
            err=True,
        )


def _say(report: UpdateReport, target: Path, *, quiet: bool) -> None:
    mention_stale(report.stale, target)
    if not quiet:
        parts = ("new", "changed", "unchanged", "removed")
        counts = ", ".join(f"{getattr(report, part):,} {part}" for part in parts if getattr(report, part))
        click.echo(f"papers    {counts}")
        if report.skipped:
            click.echo(f"skipped   {len(report.skipped):,}, named above and in {shown(target / 'manifest.json')}")
        if report.summary is not None:
            click.echo(f"results   {sum(report.summary.results.values()):,}")
            click.echo(f"edges     {sum(report.summary.edges.values()):,}")
    if report.skipped:
        sys.exit(DONE_WITH_SKIPS)
