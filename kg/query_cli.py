"""``kg query``: SPARQL on a graph, and the competency queries that come with kg."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.errors import QueryError
from kg.options import MAX_SIZE, TIMEOUT
from kg.query_forms import FORMS, TABLE
from kg.terminal import STANDARD_STREAM, mention_terminal, shown

if TYPE_CHECKING:
    from kg.competency import CompetencyQuery

_ALL: Final = ""
_OF_EVIDENCE: Final = re.compile(r"\bGRAPH\b", re.IGNORECASE)
"""Evidence is found in its named graph only."""
_MISSING: Final = {
    "link": "which papers and rules speak for an edge, but not their words; kg build without --store-evidence has them",
    "none": "no evidence, so none is found; kg build without --store-evidence has it",
}


@click.command()
@click.argument("graph", required=False, type=click.Path(path_type=Path), metavar="[GRAPH]")
@click.argument("file", required=False, type=click.Path(), metavar="[FILE]")
@click.option("-q", "--query", "text", metavar="SPARQL", help="The query itself, in place of a FILE.")
@click.option("--example", "name", metavar="NAME", help="A competency query that comes with kg, one of --list.")
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the example; may be repeated."
)
@click.option(
    "--list", "listed", is_flag=False, flag_value=_ALL, metavar="[NAME]", help="List the examples, or show one."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default=TABLE,
    show_default=True,
    help="How to print the answer; triples (of CONSTRUCT) are printed as turtle or ntriples.",
)
@TIMEOUT
@MAX_SIZE
def query(
    graph: Path | None,
    file: str | None,
    *,
    text: str | None,
    name: str | None,
    given: tuple[str, ...],
    listed: str | None,
    form: str,
    timeout: float,
    max_size: float,
) -> None:
    """Ask a graph in SPARQL.

    GRAPH is a graph folder, or a file that kg extract wrote; FILE holds the query, - reads it from standard input.
    The usual prefixes (kgo:, rdfs:, skos:, …) need not be declared, and <method/BERT> is relative to the graph's base.
    Queries only read, and ask no other machine.

    \b
    Examples:
      kg query my-graph/ --example methods-on-dataset --set dataset=cifar-10
      kg query my-graph/ -q 'SELECT ?label { ?paper kgo:uses <dataset/ImageNet> ; rdfs:label ?label }'
      kg query my-graph/ --example neighbourhood --set thing=U-Net --format ntriples
      kg query --list methods-outperforming
    """  # noqa: D301 - click reads \b as a sign of its own
    if listed is not None:
        click.echo(_listing() if listed == _ALL else _shown(listed))
        return
    if graph is None or sum(one is not None for one in (file, text, name)) != 1:
        raise click.UsageError("name a GRAPH and one query: a FILE, -q SPARQL or --example NAME (see --list)")
    if given and name is None:
        raise click.UsageError("--set gives the parameters of an --example")
    asked = _example(name, given) if name is not None else text if text is not None else _read(file or STANDARD_STREAM)
    _answer(graph, asked, form, timeout, max_size)


def _answer(graph: Path, asked: str, form: str, timeout: float, max_size: float) -> None:
    from kg.querying import query_store  # noqa: PLC0415 - kg --help need not wait for it
    from kg.store import store_folder, stored_evidence  # noqa: PLC0415

    with store_folder(graph) as (store, namespaces, was_there):
        if not was_there:
            click.echo(f"kg: {shown(graph)} has no store; one was made for this query (kg build leaves one)", err=True)
        elif _OF_EVIDENCE.search(asked) and (missing := _MISSING.get(stored_evidence(graph))):
            click.echo(f"kg: the store of {shown(graph)} holds {missing}", err=True)
        found = query_store(store, asked, namespaces, form=form, seconds=timeout, megabytes=max_size)
    sys.stdout.buffer.write(found.content)
    if form in {"json", "xml"} or (found.kind == "truth" and form != "table"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _example(name: str, given: tuple[str, ...]) -> str:
    from kg.competency import competency_query  # noqa: PLC0415

    values = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not (equals and key):
            raise click.UsageError(f"--set {one!r} is not of the form NAME=VALUE")
        values[key] = value
    return competency_query(name).with_values(values)


def _listing() -> str:
    from kg.competency import competency_queries  # noqa: PLC0415

    lines = []
    for one in competency_queries():
        parameters = ", ".join(f"{parameter.name}={parameter.shown_default}" for parameter in one.parameters)
        lines += [one.name, f"    {one.question}", *([f"    {parameters}"] if parameters else [])]
    return "\n".join(lines)


def _shown(name: str) -> str:
    from kg.competency import competency_query  # noqa: PLC0415

    found: CompetencyQuery = competency_query(name)
    return found.text.rstrip("\n")


def _read(file: str) -> str:
    if file == STANDARD_STREAM:
        mention_terminal((file,))
        content = sys.stdin.buffer.read()
    else:
        try:
            content = Path(file).read_bytes()
        except OSError as error:
            raise QueryError(f"cannot read {file}: {error.strerror or error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{file} is no text in UTF-8: {error.reason} at byte {error.start}") from error
