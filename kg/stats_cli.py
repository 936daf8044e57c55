"""The command ``kg rules stats``: what every rule contributes on annotated papers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kg.options import AS_JSON, RULES, WORKERS
from kg.terminal import progress_bar

if TYPE_CHECKING:
    from kg.ablation import RuleStatistics

_NONE: Final = "-"
_ORDERS: Final[dict[str, Callable[[RuleStatistics], tuple[float, ...]]]] = {
    "loss": lambda one: (one.change is None, one.own_change),
    "hits": lambda one: (-(one.hits or 0), one.own_change),
    "precision": lambda one: (one.precision is None, one.precision or 0.0, -one.judged),
    "file": lambda _: (),
}


@click.command("stats")
@click.argument("gold", type=click.Path(path_type=Path, dir_okay=False), metavar="GOLD")
@RULES
@WORKERS
@click.option(
    "--sort",
    type=click.Choice(list(_ORDERS)),
    default="loss",
    show_default=True,
    help="What comes first: the rules without which most is lost, those that decide most, those that are right least "
    "often, or those that stand first in the files.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Print so many rules only.")
@AS_JSON
def stats(*, gold: Path, rules: str | None, workers: int, sort: str, limit: int | None, as_json: bool) -> None:
    """Measure what every rule contributes on the annotated papers of GOLD.

    GOLD is as for kg eval. HITS are the mentions, roles or results that a rule decided, ALSO the mentions that it
    proposed and another rule decided, RIGHT the share of the hits that the annotations bear out. Then all is read again
    without the rule: by how many percentage points F1 of the entities, the share of right roles, and F1 of the results
    (value, unit and kind) change. What helps has a minus there.

    \b
    Example:
      kg rules stats examples/annotated.jsonl --limit 10
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.ablation import rule_statistics, statistics_to_json  # noqa: PLC0415 - kg --help need not wait for it
    from kg.annotations import load_gold  # noqa: PLC0415

    annotated = load_gold(gold)
    if annotated.of_spans:
        raise click.UsageError(f"rules are measured on papers with entities, and {gold} has spans")
    with progress_bar(shown=True) as (tell, _):
        folder = None if rules is None else Path(rules)
        found = rule_statistics(annotated, rules=folder, workers=workers, on_progress=tell)
    chosen = sorted(found, key=_ORDERS[sort])[:limit]
    if as_json:
        click.echo(json.dumps(statistics_to_json(chosen), ensure_ascii=False, indent=2).encode())
        return
    for line in _lines(chosen):
        click.echo(line)


def _lines(statistics: list[RuleStatistics]) -> Iterator[str]:
    width = max((len(one.id) for one in statistics), default=0)
    changes = f"{'entities':>10}{'roles':>8}{'results':>9}"
    yield f"{'rule':{width}}  {'kind':8}{'makes':10}{'hits':>6}{'also':>6}{'right':>8}{changes}"
    for one in statistics:
        counts = f"{_shown(one.hits, 'd'):>6}{_shown(one.supported, 'd'):>6}"
        right = _shown(None if one.precision is None else 100 * one.precision, ".1f")
        changed = one.change and (one.change.entities, one.change.roles, one.change.results)
        entities, roles, results = (_shown(100 * share + 0.0, "+.2f") for share in changed) if changed else (_NONE,) * 3
        yield (
            f"{one.id:{width}}  {one.kind:8}{one.makes or _NONE:10}{counts}{right:>8}"
            f"{entities:>10}{roles:>8}{results:>9}"
        )


def _shown(value: Any, form: str) -> str:
    """A number in a form; a dash for none; no sign before what is rounded to nothing."""
    if value is None:
        return _NONE
    text = f"{value:{form}}"
    return text.lstrip("+-") if form.startswith("+") and not float(text) else text
