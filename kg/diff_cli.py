"""``kg diff``: what is new, gone or changed between two graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from kg.options import FORMAT, TOP
from kg.tables import FOR_PEOPLE, as_json, for_machines, for_people, limit

if TYPE_CHECKING:
    from kg.analytics import Differences

_KINDS: Final = ("Paper", "Method", "Dataset", "Metric", "Task", "Result", "Edge")
_CHANGES: Final = ("new", "gone", "changed")


@click.command()
@click.argument("before", type=click.Path(), metavar="A")
@click.argument("after", type=click.Path(), metavar="B")
@click.option(
    "--kind", type=click.Choice(_KINDS, case_sensitive=False), help="List only nodes of this kind, or only the edges."
)
@click.option("--change", type=click.Choice(_CHANGES), help="List only what is new, gone or changed.")
@FORMAT
@TOP
def diff(before: str, after: str, *, kind: str | None, change: str | None, form: str, top: int | None) -> None:
    """Show what differs between two graphs.

    A and B are graph folders, or files that kg extract wrote. Shown is what is new in B, gone from A, or in both but
    changed. The exit code is 0 whether they differ or not. Edges are
    counted, and listed with --kind edge; CSV lists everything, JSON has the counts, too.

    \b
    Examples:
      kg diff my-graph/ my-graph/
      kg diff my-graph/ my-graph/ --kind method --change new --format csv
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.analytics import differences  # noqa: PLC0415 - kg --help need not wait for it
    from kg.folder import load_graph  # noqa: PLC0415

    found = differences(load_graph(before), load_graph(after))
    click.echo(_printed(found, kind, change, form, top).encode(errors="replace"), nl=False)


def _printed(found: Differences, kind: str | None, change: str | None, form: str, top: int | None) -> str:
    from kg.frame_tables import records, table_of  # noqa: PLC0415

    changes = found.changes
    if kind is not None:
        changes = changes[changes["node"].isna() if kind == "Edge" else changes["kind"] == kind]
    if change is not None:
        changes = changes[changes["change"] == change]
    if form not in FOR_PEOPLE:
        taken = records(changes.head(limit(top) or len(changes)))
        whole = {"summary": records(found.summary), "changes": taken}
        return as_json(whole) if form == "json" else for_machines(changes.columns, taken, form)
    tables = [table_of(found.summary, 0, {name: name for name in found.summary.columns})]
    for (name, how), rows in changes[changes["node"].notna() | (kind == "Edge")].groupby(
        ["kind", "change"], sort=False
    ):
        columns = {"label": "name"} | ({"before": "before", "after": "after"} if how == "changed" else {})
        tables.append(table_of(rows, top, columns, heading=[f"{name}: {how}"]))
    return for_people([table for table in tables if table], form, [] if found else ["the graphs do not differ"])
