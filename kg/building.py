"""From sources to a graph, in memory or as a graph folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.cluster import check_workers, shared_work
from kg.completing import (
    SHARDS,
    Settings,
    complete,
    export_files,
    extract_into,
    input_to_json,
    inputs_to_json,
    listed,
    load_settings,
    refuse_foreign_store,
    shards_kept,
    skipped_to_json,
    told_of_input,
)
from kg.extraction import extract
from kg.folder import EXTRACTIONS, own_files
from kg.graph import Graph, build_graph
from kg.model import Paper, Skipped
from kg.readers import merge_duplicates, read
from kg.readers.sources import Source as ByteSource
from kg.reading import OnProgress, OnSkip, read_papers, say_nothing
from kg.replacing import replaced
from kg.resolution.aliases import load_aliases
from kg.resolution.settings import RESOLUTION, ResolutionRules, read_resolution_rules
from kg.rulebook import Rulebook
from kg.shards import load_entries
from kg.summary import GraphSummary

DEFAULT_EXPORTS: Final = ("turtle", "html", "graphml")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did: papers kept, records merged into them as duplicates, what was skipped, files written."""

    papers: int
    duplicates: int
    skipped: tuple[Skipped, ...]
    summary: GraphSummary
    files: tuple[Path, ...]


def build(
    *sources: ByteSource | Paper,
    format: str | None = None,  # noqa: A002 - the word of kg.read
    saved_in: int | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    rules: Path | str | None = None,
    workers: int = 1,
    min_confidence: float = 0.0,
    aliases: Path | str | None = None,
) -> Graph:
    """Read sources (or take papers), extract, and return the graph as a plain ``networkx.MultiDiGraph``.

    The arguments are those of :func:`kg.read` and :func:`kg.extract`, and so are the errors; ``aliases`` is a file that
    overrules which names are one thing (:func:`kg.load_aliases`). What cannot be read is logged as a warning.
    """
    overruled = None if aliases is None else load_aliases(aliases)
    papers: list[Paper] = []
    for source in sources:
        if isinstance(source, Paper):
            papers.append(source)
        else:
            papers += read(source, format=format, saved_in=saved_in, columns=columns, strict=strict)
    extractions = extract(merge_duplicates(papers), rules=rules, workers=workers, min_confidence=min_confidence)
    rulebook = _rulebook(rules)
    return build_graph(extractions, rules_hash=rulebook.hash, aliases=overruled, resolution=resolution_of(rulebook))


def build_folder(
    sources: Sequence[ByteSource],
    target: Path | str,
    *,
    format: str | None = None,  # noqa: A002 - the word of kg.read
    saved_in: int | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    rules: Path | str | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    scheduler: str | None = None,
    min_confidence: float = 0.0,
    exports: Sequence[str] | None = None,
    aliases: Path | str | None = None,
    store: bool = True,
    store_evidence: str = "full",
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> BuildReport:
    """Read sources, extract, and write a graph folder, whole or not at all.

    Raises InputError where no paper can be read (or, if ``strict``, anything cannot), RuleError, ExportError,
    GraphError where the folder cannot be written, and KgError where a cluster cannot do the work. ``exports`` are names
    of exporters; without any, the usual three. ``aliases`` is a file that overrules which names are one thing
    (:func:`kg.load_aliases`), of which the folder keeps a copy. ``scheduler`` is the address of a Dask cluster that is
    to do the work, ``executor`` any executor of :mod:`concurrent.futures`, ``workers`` at a time; those who do it must
    see the folder that ``target`` is in, and what comes out does not depend on them. Without ``store`` the folder has
    no store to be queried; ``store_evidence`` ("full", "link" or "none") says how much evidence is in it, as the option
    of the exporters of RDF does.
    """
    target = Path(target)
    tell = on_progress or say_nothing
    rulebook = _rulebook(rules)
    overruled = None if aliases is None else load_aliases(aliases)
    if store:
        refuse_foreign_store(target)
    settings = Settings(
        rules_hash=rulebook.hash,
        min_confidence=min_confidence,
        aliases=overruled,
        resolution=resolution_of(rulebook),
        exports=export_files(exports or DEFAULT_EXPORTS),
        store=store,
        store_evidence=store_evidence,
    )
    with (
        shared_work(scheduler, executor, workers) as (others, at_once),
        replaced(target, own_files, kept=[SHARDS]) as part,
        shards_kept(part / SHARDS),
    ):
        check_workers(others, folder=part, rules=rules)
        reading = read_papers(
            sources,
            format=format,
            saved_in=saved_in,
            columns=columns,
            strict=strict,
            on_progress=on_progress,
            on_skip=on_skip,
        )
        content = input_to_json(
            inputs_to_json(reading.files),
            skipped_to_json(reading.skipped),
            records=len(reading.records),
            papers=len(reading.papers),
        )
        entries = extract_into(
            part,
            reading.papers,
            tell,
            rules=rules,
            rules_hash=rulebook.hash,
            workers=at_once,
            executor=others,
            min_confidence=min_confidence,
        )
        summary = complete(
            part, target, entries, settings, content=content, tell=tell, workers=at_once, executor=others
        )
    return BuildReport(
        papers=len(reading.papers),
        duplicates=reading.duplicates,
        skipped=reading.skipped,
        summary=summary,
        files=tuple(target / name for name in listed(target)),
    )


def resolve_folder(
    target: Path | str, *, aliases: Path | str | None = None, on_progress: OnProgress | None = None
) -> GraphSummary:
    """Resolve the names of a graph folder again, without extracting, and write it anew, whole or not at all.

    ``aliases`` is a file that takes the place of the one that the folder keeps, if any; without it, that one is kept.
    Raises GraphError where there is no graph folder, where the aliases say something they may not, or where the folder
    cannot be written; ExportError where an exporter of the folder is gone.
    """
    target = Path(target)
    tell = on_progress or say_nothing
    manifest, settings = load_settings(target)
    if aliases is not None:
        settings = replace(settings, aliases=load_aliases(aliases))
    with replaced(target, own_files) as part:
        shutil.copyfile(target / EXTRACTIONS, part / EXTRACTIONS)
        entries = list(load_entries(part / EXTRACTIONS))
        return complete(part, target, entries, settings, content=told_of_input(manifest), tell=tell)


def resolution_of(rulebook: Rulebook) -> ResolutionRules:
    """The rules of resolution in a rulebook."""
    return read_resolution_rules(rulebook.texts[RESOLUTION])


def _rulebook(rules: Path | str | None) -> Rulebook:
    return Rulebook.load(None if rules is None else Path(rules))
