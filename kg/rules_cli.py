"""The commands ``kg rules …``: harvest a lexicon, check rule files, test and measure rules."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import kg
from kg.errors import InputError, RuleError
from kg.options import OUTPUT_FILE, RULES, WORKERS
from kg.stats_cli import stats
from kg.terminal import (
    DONE_WITH_ERROR,
    DONE_WITH_SKIPS,
    STANDARD_STREAM,
    count_of,
    mention_terminal,
    progress_bar,
)

if TYPE_CHECKING:
    from kg.ruletables import LexiconEntry

_EXISTING: Final = click.Path(exists=True, path_type=Path)
_EXISTING_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def rules() -> None:
    """Check, test and measure rules, and harvest names for the lexicon.

    \b
    Examples:
      kg rules harvest examples/abstracts.jsonl -o lexicon.tsv
      kg rules test --rule method.family
    """  # noqa: D301 - click reads \b as a sign of its own


rules.add_command(stats)


@rules.command()
@click.argument("sources", nargs=-1, required=True, metavar="CORPUS...")
@OUTPUT_FILE
@click.option(
    "--lexicon",
    type=_EXISTING_FILE,
    metavar="FILE",
    help="The lexicon whose read names stay as they are.  [default: that of the rules]",
)
@click.option(
    "--min-papers",
    type=click.IntRange(1),
    metavar="N",
    default=3,
    show_default=True,
    help="In how many papers a name must stand.",
)
@click.option(
    "--min-cues",
    type=click.IntRange(1),
    metavar="N",
    default=2,
    show_default=True,
    help="In how many of them a cue must speak of it.",
)
@click.option(
    "--min-rate",
    type=click.FloatRange(0, 1),
    metavar="0..1",
    default=0.33,
    show_default=True,
    help="In what part of them at least.",
)
@click.option(
    "--min-share",
    type=click.FloatRange(0.5, 1),
    metavar="0.5..1",
    default=0.8,
    show_default=True,
    help="What part of the cues must agree.",
)
@click.option(
    "--exclude",
    type=_EXISTING_FILE,
    multiple=True,
    metavar="GOLD",
    help="JSON Lines with the ids or titles of papers that do not count; may be repeated.",
)
@RULES
@WORKERS
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
def harvest(
    *,
    sources: tuple[str, ...],
    output: Path,
    lexicon: Path | None,
    exclude: tuple[Path, ...],
    rules: str | None,
    workers: int,
    quiet: bool,
    **thresholds: Any,
) -> None:
    """Harvest names and their types from the papers of a CORPUS, by cues, as a lexicon.

    CORPUS is files and folders of papers, as for kg build. Names that somebody has read (status "read") keep what was
    decided about them, and get the counts and spellings of this corpus. Of the others, those come in that cues such as
    "datasets such as X" settle.

    \b
    Example:
      kg rules harvest examples/abstracts.jsonl -o lexicon.tsv
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.harvesting import HeldOut, Thresholds  # noqa: PLC0415 - kg --help need not wait for spaCy
    from kg.harvesting import harvest as harvested  # noqa: PLC0415
    from kg.replacing import file_replaced  # noqa: PLC0415
    from kg.rulebook import Rulebook  # noqa: PLC0415
    from kg.ruletables import lexicon_text, read_lexicon  # noqa: PLC0415

    known = Rulebook.load(Path(rules) if rules else None).lexicon
    if lexicon is not None:
        known = tuple(read_lexicon(str(lexicon), _text_of(lexicon)))
    held_out = HeldOut(exclude)
    mention_terminal(sources)
    with progress_bar(shown=not quiet) as (tell, skip):
        found = kg.read_papers(sources, leave_out=output, on_progress=tell, on_skip=skip)
        papers = [paper for paper in found.papers if paper not in held_out]
        entries = harvested(
            papers,
            known,
            rules=rules,
            workers=workers,
            thresholds=Thresholds(**thresholds),
            on_progress=lambda done: tell("harvesting", done, len(papers)),
        )
    content = lexicon_text(entries).encode()
    if str(output) == STANDARD_STREAM:
        click.echo(content, nl=False)
    else:
        with file_replaced(output) as part:
            part.write_bytes(content)
        for line in () if quiet else _summary(entries, len(papers), len(found.papers) - len(papers)):
            click.echo(line)
    if found.skipped:
        sys.exit(DONE_WITH_SKIPS)


def _summary(entries: list[LexiconEntry], papers: int, held_out: int) -> list[str]:
    """How many papers were read, and how many names of which type there are by whose decision."""
    lines = [f"papers    {papers:,} read, {held_out:,} held out"]
    for status in ("read", "cues"):
        counts = Counter("/".join(entry.types) or "none" for entry in entries if entry.status == status)
        told = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
        lines.append(f"by {status}   {count_of(sum(counts.values()), 'name')}{': ' if told else ''}{told}")
    return lines


@rules.command()
@click.argument("paths", nargs=-1, required=True, type=_EXISTING, metavar="FILE|FOLDER...")
def check(paths: tuple[Path, ...]) -> None:
    """Read rule files as kg would, and name every mistake with its file and line.

    The files are laid over the rules that come with kg, all together.

    \b
    Example:
      kg rules check my-rules/
    """  # noqa: D301
    from kg.rule_checks import check_rules  # noqa: PLC0415 - kg --help need not wait for spaCy

    found = check_rules(paths)
    for mistake in found.mistakes:
        click.echo(mistake)
    if found.mistakes:
        click.echo(f"kg: {count_of(len(found.mistakes), 'mistake')}", err=True)
        sys.exit(DONE_WITH_ERROR)
    read = (count_of(found.rules, "rule"), count_of(found.lists, "word list"), count_of(found.names, "name"))
    click.echo(f"{count_of(found.files, 'file')} with {', '.join(read[:2])} and {read[2]} of the lexicon: all is well")


@rules.command()
@click.argument(
    "folder",
    required=False,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="[FOLDER]",
)
@click.option("--rule", "wanted", metavar="ID", help="Run the examples of this rule only.")
def test(folder: Path | None, wanted: str | None) -> None:
    """Run the examples of the token, mention, cue and role rules, and name those that do not hold.

    FOLDER is a folder of rules, laid over those of kg. A rule without examples of what it matches and of what it
    ignores fails.

    \b
    Examples:
      kg rules test
      kg rules test my-rules/ --rule method.family
    """  # noqa: D301
    from kg.rule_examples import Examples  # noqa: PLC0415 - kg --help need not wait for spaCy
    from kg.rulebook import Rulebook  # noqa: PLC0415
    from kg.rulefiles import nearest  # noqa: PLC0415

    examples = Examples(Rulebook.load(folder))
    known = list(examples.rules())
    chosen = [rule for rule in known if wanted in (None, rule.id)]
    if wanted is not None and not chosen:
        raise RuleError(
            f"no rule with examples has the id {wanted!r}; {nearest(wanted, {one.id: one for one in known})}"
        )
    failed = 0
    for rule in chosen:
        failures = [*examples.lacking(rule), *examples.failures(rule)]
        failed += bool(failures)
        for failure in failures:
            click.echo(str(failure))
    number = sum(len(rule.matches) + len(rule.ignores) for rule in chosen)
    outcome = f"{failed:,} failed" if failed else "all hold"
    click.echo(f"{count_of(len(chosen), 'rule')} with {count_of(number, 'example')}: {outcome}", err=bool(failed))
    if failed:
        sys.exit(DONE_WITH_ERROR)


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no UTF-8 text") from error
