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
    SMALL_EXPORTS,
    Settings,
    complete,
    default_exports,
    export_files,
    input_to_json,
    inputs_to_json,
    listed,
    load_settings,
    refuse_foreign_store,
    remove_shards,
    shards_kept,
    skipped_to_json,
    told_of_input,
)
from kg.extraction import extract
from kg.folder import EXTRACTIONS, PAPER_TABLE, named_errors, own_files
from kg.gathering import Fresh, gather
from kg.graph import Graph, build_graph
from kg.model import Paper, Skipped
from kg.paper_table import copy_paper_table
from kg.processes import workers_for
from kg.readers import merge_duplicates, read
from kg.readers.records_file import RecordsFile
from kg.readers.sources import Source as ByteSource
from kg.reading import OnProgress, OnSkip, Reading, say_nothing
from kg.replacing import replaced
from kg.resolution.aliases import load_aliases
from kg.resolution.settings import RESOLUTION, ResolutionRules, read_resolution_rules
from kg.rulebook import Rulebook
from kg.summary import GraphSummary

RECORDS: Final = "records.jsonl"
"""The file of what was read, in a graph folder that is being made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did: papers kept, records merged into them as duplicates, what was skipped, files written.

    ``left_out`` are exporters of which a larger graph has no file unless they are asked for.
    """

    papers: int
    duplicates: int
    skipped: tuple[Skipped, ...]
    summary: GraphSummary
    files: tuple[Path, ...]
    left_out: tuple[str, ...] = ()


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
    workers: int | None = 1,
    executor: Executor | None = None,
    scheduler: str | None = None,
    min_confidence: float = 0.0,
    exports: Sequence[str] | None = None,
    aliases: Path | str | None = None,
    store: bool = True,
    store_evidence: str = "full",
    storage: str | None = None,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> BuildReport:
    """Read sources, extract, and write a graph folder, whole or not at all.

    Raises InputError where no paper can be read (or, if ``strict``, anything cannot), RuleError, ExportError,
    GraphError where the folder cannot be written, and KgError where a cluster cannot do the work. ``exports`` are names
    of exporters; without any, the usual three, of a graph of more than 10,000 papers Turtle alone. ``aliases`` is a
    file that overrules which names are one thing (:func:`kg.load_aliases`), of which the folder keeps a copy.

    ``scheduler`` is the address of a Dask cluster that is to do the work, ``executor`` any executor of
    :mod:`concurrent.futures`, ``workers`` at a time (None: one for each core, of 1,000 papers and more); what comes out
    does not depend on them. Those who do it must see the folder that ``target`` is in, or else ``storage``, a folder or
    URL (``s3://bucket/folder``) where they leave what they make until it is fetched. Without ``store`` the folder has
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
        exports=None if exports is None else tuple(export_files(exports)),
        store=store,
        store_evidence=store_evidence,
    )
    with (
        shared_work(scheduler, executor, workers) as (others, tasks),
        replaced(target, own_files, kept=[SHARDS]) as part,
        shards_kept(part / SHARDS, storage) as shards,
    ):
        check_workers(others, storage=shards, rules=rules)
        with named_errors(part), RecordsFile(part / RECORDS) as records:
            reading = Reading(
                sources=sources,
                format=format,
                saved_in=saved_in,
                columns=columns,
                strict=strict,
                on_progress=on_progress,
                on_skip=on_skip,
            ).read_into(records.add)
            papers = records.merge()
            at_once = workers_for(tasks, papers)
            made = gather(
                part,
                (Fresh(records.line(number)) for number in records.papers()),
                shards,
                total=papers,
                tell=tell,
                rules=rules,
                rules_hash=rulebook.hash,
                workers=at_once,
                executor=others,
                min_confidence=min_confidence,
            )
        content = input_to_json(
            inputs_to_json(reading.files), skipped_to_json(reading.skipped), records=reading.records, papers=papers
        )
        summary = complete(
            part,
            target,
            settings,
            content=content,
            tell=tell,
            workers=at_once,
            executor=others,
            storage=shards if storage else None,
        )
        if storage is not None:
            remove_shards(shards, made)
    left_out = SMALL_EXPORTS if exports is None else ()
    return BuildReport(
        papers=papers,
        duplicates=reading.records - papers,
        skipped=reading.skipped,
        summary=summary,
        files=tuple(target / name for name in listed(target)),
        left_out=tuple(name for name in left_out if name not in default_exports(papers)),
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
        with named_errors(part):
            shutil.copyfile(target / EXTRACTIONS, part / EXTRACTIONS)
            copy_paper_table(target, manifest, part / PAPER_TABLE)
        return complete(part, target, settings, content=told_of_input(manifest), tell=tell)


def resolution_of(rulebook: Rulebook) -> ResolutionRules:
    """The rules of resolution in a rulebook."""
    return read_resolution_rules(rulebook.texts[RESOLUTION])


def _rulebook(rules: Path | str | None) -> Rulebook:
    return Rulebook.load(None if rules is None else Path(rules))
