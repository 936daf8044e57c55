"""Options of the command line that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from kg.terminal import STANDARD_STREAM

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
