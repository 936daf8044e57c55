"""``kg export``: a graph, or a part of it, in another format."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import kg
from kg.errors import ExportError
from kg.model import ENTITY_TYPES
from kg.options import MIN_CONFIDENCE
from kg.terminal import STANDARD_STREAM, shown

if TYPE_CHECKING:
    from kg.exporting import Exporter

_OPTION_TYPES: Final[dict[type, Any]] = {bool: click.BOOL, int: click.INT, float: click.FLOAT}
_YEARS: Final = click.IntRange(1000, 9999)


def known_exporters(_ctx: click.Context, _parameter: click.Parameter, given: Any) -> Any:
    """What was given for an option of click, if all of it are names of exporters; click.BadParameter otherwise."""
    try:
        for name in (given,) if isinstance(given, str) else given or ():
            kg.exporter(name)
    except ExportError as error:
        raise click.BadParameter(str(error)) from error
    return given


@click.command()
@click.argument("graph", required=False, type=click.Path(), metavar="[GRAPH]")
@click.option("--to", "name", metavar="NAME", callback=known_exporters, help="The exporter, one of those of --list.")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="FILE",
    help="The file to write; - prints; FOLDER/ unpacks what would be a ZIP file.  "
    "[default: graph and the exporter's suffix, in this folder]",
)
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the exporter.")
@click.option(
    "--about",
    multiple=True,
    metavar="NAME",
    help="Only papers that name this thing, however it is written, and what belongs to them; may be repeated.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice(ENTITY_TYPES, case_sensitive=False),
    help="Only things of this type, and those of --about; may be repeated.",
)
@click.option("--since", type=_YEARS, metavar="YEAR", help="Only papers of this year or later.")
@click.option("--until", type=_YEARS, metavar="YEAR", help="Only papers of this year or earlier.")
@MIN_CONFIDENCE
@click.option("--list", "listing", is_flag=True, help="List the exporters and their options.")
def export(
    graph: str | None, *, name: str | None, output: str | None, options: tuple[str, ...], listing: bool, **asked: Any
) -> None:
    """Write a built graph, or a part of it, in another format.

    GRAPH is a graph folder, or a file that kg extract wrote.

    \b
    Examples:
      kg export --list
      kg export my-graph/ --to turtle -o graph.ttl --option evidence=none
      kg export my-graph/ --to bibtex --about ImageNet --since 2015 -o -
      kg export my-graph/ --to parquet -o tables/
    """  # noqa: D301 - click reads \b as a sign of its own
    if listing:
        for line in _listed(kg.exporters()):
            click.echo(line)
        return
    if graph is None or name is None:
        raise click.UsageError("name a GRAPH and an exporter (--to NAME), or ask for --list")
    chosen = kg.exporter(name)
    given = dict(_key_and_value(option, chosen) for option in options)
    loaded = kg.load_graph(graph)
    if any(asked.values()):
        loaded = kg.select(loaded, **asked)
    if output == STANDARD_STREAM:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"graph{chosen.suffix}")
            kg.export(loaded, name, file, **given)
            with file.open("rb") as written:
                shutil.copyfileobj(written, sys.stdout.buffer)
        return
    target = output or f"graph{chosen.suffix}"
    kg.export(loaded, name, target, **given)
    click.echo(f"written   {shown(Path(target))}")


def _listed(exporters: dict[str, Exporter]) -> Iterator[str]:
    """A line an exporter: name, suffix, options with their defaults, description; two spaces or more between them."""
    from kg.exporting import exporter_options  # noqa: PLC0415 - kg --help need not wait for it

    rows = [
        (name, one.suffix, ",".join(f"{key}={_plain(value)}" for key, value in exporter_options(one).items()) or "-")
        for name, one in exporters.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, one in zip(rows, exporters.values(), strict=True):
        aligned = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"{aligned}  {one.description}"


def _plain(value: Any) -> str:
    """The default of an option as it would be typed."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _key_and_value(option: str, exporter: Exporter) -> tuple[str, Any]:
    """An exporter's option; its value is a number or a truth where that of its default is."""
    from kg.exporting import exporter_options  # noqa: PLC0415

    key, equals, value = option.partition("=")
    if not (equals and key):
        raise click.UsageError(f"--option {option!r} is not of the form KEY=VALUE")
    kind = type(exporter_options(exporter).get(key))
    if kind in _OPTION_TYPES:
        return key, _OPTION_TYPES[kind].convert(value, None, None)
    return key, value
