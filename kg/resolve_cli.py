"""``kg resolve``: which names of a graph are one thing, why, and otherwise if a file says so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kg.errors import GraphError
from kg.model import ENTITY_TYPES
from kg.options import ALIASES, AS_JSON
from kg.terminal import count_of, progress_bar, shown

if TYPE_CHECKING:
    from kg.resolution.explaining import IdentityAccount, MergeAccount, NameUse
    from kg.resolution.identities import Identities, Merge, Refusal

_PAPERS: Final = 3
_LINES: Final = 12


@click.command("resolve")
@click.argument("graph", type=click.Path(), metavar="GRAPH")
@click.option("--list", "listing", is_flag=True, help="List every merge, by reason.")
@click.option("--refused", is_flag=True, help="List what was refused, and why.")
@click.option("--explain", "name", metavar="NAME", help="Explain which things go by a name, and why.")
@ALIASES
@click.option("--type", "type_", type=click.Choice(ENTITY_TYPES), help="List things of this type only.")
@AS_JSON
def resolve(
    graph: str,
    *,
    listing: bool,
    refused: bool,
    name: str | None,
    aliases: Path | None,
    type_: str | None,
    as_json: bool,
) -> None:
    """Show which names of a graph are one thing, or overrule it.

    GRAPH is a graph folder, or a file that kg extract wrote. With --aliases, the names of a graph folder are resolved
    again, without extracting, and the folder is written anew, whole or not at all.

    \b
    Examples:
      kg resolve my-graph/
      kg resolve my-graph/ --list --type Method
      kg resolve my-graph/ --explain ResNet
      kg resolve my-graph/ --aliases examples/aliases.yaml
    """  # noqa: D301 - click reads \b as a sign of its own
    if sum((listing, refused, name is not None, aliases is not None)) > 1:
        raise click.UsageError("ask for one of --list, --refused, --explain and --aliases at a time")
    if aliases is not None:
        _overrule(graph, aliases)
        return
    from kg.folder import load_extractions, load_resolution  # noqa: PLC0415 - kg --help need not wait for it
    from kg.resolution.resolving import resolve as resolved  # noqa: PLC0415

    kept, rules = load_resolution(graph)
    extractions = list(load_extractions(graph))
    identities = resolved(extractions, aliases=kept, rules=rules)
    if name is not None:
        from kg.resolution.explaining import account_to_json, explain_identities  # noqa: PLC0415

        accounts = explain_identities(identities, extractions, name)
        accounts = tuple(one for one in accounts if type_ in (None, one.identity.type))
        if not accounts:
            raise GraphError(f"nothing in the graph is called {name!r}; {_nearest(identities, name)}")
        _print([account_to_json(one) for one in accounts] if as_json else _accounts(accounts))
    elif listing or refused:
        listed = identities.merges if listing else identities.refusals
        chosen = [one for one in listed if type_ in (None, one.type)]
        _print([asdict(one) for one in chosen] if as_json else _lines(chosen))
    else:
        summary = _summary(identities)
        _print(summary if as_json else _summary_lines(summary))


def _overrule(graph: str, aliases: Path) -> None:
    from kg.building import resolve_folder  # noqa: PLC0415

    with progress_bar(shown=True) as (tell, _):
        summary = resolve_folder(graph, aliases=aliases, on_progress=tell)
    entities = ", ".join(count_of(summary.entities[kind], kind.lower()) for kind in ENTITY_TYPES)
    click.echo(f"entities  {entities}")
    click.echo(f"written   {shown(Path(graph))}")


def _print(value: Any) -> None:
    if isinstance(value, Iterator):
        for line in value:
            click.echo(line.encode(errors="replace"))
    else:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode(errors="replace"))


def _summary(identities: Identities) -> dict[str, Any]:
    return {
        "things": dict(Counter(one.type for one in identities.all)),
        "merges": dict(sorted(Counter(one.reason for one in identities.merges).items(), key=lambda pair: -pair[1])),
        "refusals": len(identities.refusals),
        "variants": len(identities.variants),
    }


def _summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    from kg.resolution.identities import REASONS  # noqa: PLC0415

    yield "things    " + ", ".join(f"{count:,} {kind}" for kind, count in summary["things"].items())
    for place, (reason, count) in enumerate(summary["merges"].items()):
        yield f"{'' if place else 'merges':10}{count:>8,}  {reason:18} {REASONS[reason]}"
    yield f"refused   {summary['refusals']:>8,}  kg resolve GRAPH --refused"
    yield f"variants  {summary['variants']:>8,}  members of a family, which stay apart"


def _lines(listed: Sequence[Merge | Refusal]) -> Iterator[str]:
    """One line for each merge (type, label, reason, papers, names) or refusal (the same, with why for the label)."""
    from kg.resolution.identities import Merge  # noqa: PLC0415

    for one in listed:
        if isinstance(one, Merge):
            columns = (one.label, one.reason, count_of(one.papers, "paper"), " = ".join(one.members))
        else:
            columns = (one.why, one.reason, f"{one.papers} for, {one.against} against", " ≠ ".join(one.members))
        yield "\t".join((one.type, *columns))


def _accounts(accounts: Sequence[IdentityAccount]) -> Iterator[str]:
    for place, one in enumerate(accounts):
        thing = one.identity
        if place:
            yield ""
        yield f"{thing.type} {thing.label!r}, in {count_of(thing.papers, 'paper')}"
        yield from _block("link", thing.links)
        yield from _block("called", [_use(use) for use in one.names])
        yield from _block("joined", [_merge(account) for account in one.merges])
        yield from _block(
            "refused",
            [
                f"{no.members[0]!r} ≠ {no.members[1]!r}: {no.why} ({no.papers} for, {no.against} against)"
                for no in one.refusals
            ],
        )
        yield from _block("variant of", [f"{family.of.label!r} ({family.reason})" for family in one.variant_of])
        yield from _block("variants", [f"{family.variant.label!r} ({family.reason})" for family in one.variants])


def _use(use: NameUse) -> str:
    return f"{use.name!r} by {'; '.join(f'{_some(papers)} as {kind}' for kind, papers in use.papers.items())}"


def _merge(account: MergeAccount) -> str:
    from kg.resolution.identities import REASONS  # noqa: PLC0415

    merge = account.merge
    borne_out = f"{count_of(merge.papers, 'paper')}" + (f": {_some(account.papers)}" if account.papers else "")
    return f"{' = '.join(map(repr, merge.members))}: {REASONS[merge.reason]}" + (
        f" ({borne_out})" if merge.papers else ""
    )


def _block(title: str, lines: Sequence[str]) -> Iterator[str]:
    for place, line in enumerate(lines[:_LINES]):
        yield f"  {'' if place else title:11}{line}"
    if len(lines) > _LINES:
        yield f"  {'':11}… and {len(lines) - _LINES} more (--json shows all)"


def _some(papers: Sequence[str]) -> str:
    more = f" and {len(papers) - _PAPERS} more" if len(papers) > _PAPERS else ""
    return ", ".join(papers[:_PAPERS]) + more


def _nearest(identities: Identities, name: str) -> str:
    from kg.names import nearest  # noqa: PLC0415

    counts: dict[str, int] = {}
    for one in identities.all:
        counts[one.label] = max(one.papers, counts.get(one.label, 0))
    return nearest(name, counts) or "kg stats GRAPH shows the most frequent things"
