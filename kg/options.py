"""Options of the command line that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from kg.tables import FORMATS
from kg.terminal import STANDARD_STREAM

PLOT_FORMATS: Final = (".svg", ".png")

RULES: Final = click.option(
    "--rules", type=click.Path(file_okay=False), metavar="FOLDER", help="A folder of rules laid over those of kg."
)
WORKERS: Final = click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="How many processes share the work.",
)
MIN_CONFIDENCE: Final = click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    metavar="0..1",
    default=0.0,
    show_default=True,
    help="Leave out mentions and results below this.",
)
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
OUTPUT_FILE: Final = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    default=STANDARD_STREAM,
    metavar="FILE",
    help="The file to write, whole or not at all; without it, standard output.",
)
FORMAT: Final = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print it."
)
TOP: Final = click.option(
    "--top",
    type=click.IntRange(0),
    metavar="N",
    help="No more than N rows a table; 0 for all.  [default: 20; all in csv and json]",
)
SINCE: Final = click.option(
    "--since", type=click.IntRange(1000, 9999), metavar="YEAR", help="Take only papers from this year on."
)


def _plot_file(_ctx: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix not in PLOT_FORMATS:
        raise click.BadParameter(f"{path.name} does not end in {' or '.join(PLOT_FORMATS)}")
    return path


PLOT: Final = click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=_plot_file,
    help="Draw it, too, into a file that ends in .svg or .png.",
)
ALIASES: Final = click.option(
    "--aliases",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A YAML file that overrules which names are one thing (docs/resolution.md); the graph keeps a copy.",
)
