"""Options of the command line that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from kg.errors import InputError
from kg.query_forms import MEGABYTES, SECONDS
from kg.tables import FORMATS
from kg.terminal import STANDARD_STREAM

PLOT_FORMATS: Final = (".svg", ".png")
LIKELY: Final = 0.4
"""Of the scores that are as sure as this, more than half have kind, metric, dataset and method as annotated."""

RULES: Final = click.option(
    "--rules", type=click.Path(file_okay=False), metavar="FOLDER", help="A folder of rules laid over those of kg."
)


def _columns(_ctx: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> dict[str, str]:
    """The columns by field, as words like ``title=Titel`` say them."""
    from kg.readers.columns import checked  # noqa: PLC0415 - kg --help need not wait for the readers

    pairs = [word.partition("=") for word in words]
    wrong = next((word for word, (field, _, column) in zip(words, pairs, strict=True) if not (field and column)), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is not FIELD=COLUMN, such as title=Titel")
    try:
        return dict(checked({field.strip(): column.strip() for field, _, column in pairs}))
    except InputError as error:
        raise click.BadParameter(str(error)) from error


MAP: Final = click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    callback=_columns,
    help="The column (of CSV or Parquet) or key (of JSON) that holds title, abstract, authors ...; may be repeated.",
)


def _known_format(_ctx: click.Context, _parameter: click.Parameter, name: str | None) -> str | None:
    from kg.readers import read  # noqa: PLC0415 - as above

    try:
        read(format=name)
    except InputError as error:
        raise click.BadParameter(str(error)) from error
    return name


READING: Final = (
    click.option(
        "--format",
        metavar="NAME",
        callback=_known_format,
        help="Read every source in this format (see kg formats) instead of finding it out.",
    ),
    click.option(
        "--saved-in", type=click.IntRange(1000, 9999), metavar="YEAR", help="The year of dates that give none."
    ),
    MAP,
    click.option("--strict", is_flag=True, help="Stop at the first thing that cannot be read."),
)
"""How sources are read."""
WORKERS: Final = click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="How many processes share the work.",
)
WORKERS_OR_CORES: Final = click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes share the work.  [default: of 1,000 papers and more, one for each core]",
)
SCHEDULER: Final = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let the workers of a Dask cluster do the work, such as tcp://host:8786; --workers does not count then.",
)
STORAGE: Final = click.option(
    "--storage",
    metavar="PLACE",
    help="Where a cluster's workers leave what they make, if they do not see the graph folder: a folder that all "
    "see, or a URL such as s3://bucket/folder.",
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
TIMEOUT: Final = click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    default=SECONDS,
    show_default=True,
    help="End a query after this time.",
)
MAX_SIZE: Final = click.option(
    "--max-size",
    type=click.FloatRange(0, min_open=True),
    metavar="MB",
    default=MEGABYTES,
    show_default=True,
    help="Refuse an answer to a query that is larger.",
)
