"""``kg formats``: which formats of papers can be read."""

from __future__ import annotations

import click

from kg.options import AS_JSON
from kg.tables import as_json as in_json


@click.command()
@AS_JSON
def formats(*, as_json: bool) -> None:
    """List the formats that kg build and kg extract read.

    The format of a file is found from what it contains; --format NAME overrules that.

    \b
    Example:
      kg formats | grep XML
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.readers import formats as readable  # noqa: PLC0415 - kg --help need not wait for the readers

    found = readable()
    if as_json:
        click.echo(in_json([form._asdict() for form in found]).encode(), nl=False)
        return
    width = max(len(form.name) for form in found)
    for form in found:
        click.echo(f"{form.name:<{width}}  {form.description}")
