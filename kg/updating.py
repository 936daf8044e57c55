"""A graph folder to which papers are added, or from which they are removed, without extracting the others again.

What comes out is what building from scratch would give, of the old sources and then the new ones: extractions are taken
over where the texts of a paper are the same, names are resolved anew, and of all that is made of these only what is not
as it was is made again (:mod:`kg.piecewise`), unless an exporter needs the whole graph. Where the rules changed since,
papers are read by today's rules only where they are new, unless it is asked to read all of them again; the manifest
says how many are stale.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from kg.cluster import check_workers, shared_work
from kg.completing import (
    SHARDS,
    complete,
    extract_into,
    file_hash,
    input_to_json,
    inputs_to_json,
    load_settings,
    refuse_foreign_store,
    shards_kept,
    skipped_to_json,
)
from kg.errors import GraphError
from kg.folder import EXTRACTIONS, json_line, load_manifest, named_errors, own_files
from kg.model import JsonObject, Paper, Skipped, paper_from_json, paper_to_json
from kg.piecewise import Before
from kg.processes import collector_paused
from kg.readers import merge_duplicates
from kg.readers.sources import Source as ByteSource
from kg.reading import OnProgress, OnSkip, ReadingReport, read_papers, say_nothing
from kg.replacing import replaced
from kg.rulebook import Rulebook
from kg.shards import Entry, load_records
from kg.summary import GraphSummary

_BUFFER: Final = 1 << 20
STALE: Final = "stale_papers"
"""What the manifest says of papers that were read by other rules than the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """What an update did: papers that are new, changed, unchanged and gone, those stale, and what was skipped.

    ``unread`` are files that are in the graph already and have not changed since; ``summary`` is None where nothing
    was to do.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    stale: int = 0
    unread: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    summary: GraphSummary | None = None


def add_to_folder(
    target: Path | str,
    sources: Sequence[ByteSource],
    *,
    rules: Path | str | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    scheduler: str | None = None,
    reextract: bool = False,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
    **reading: Any,
) -> UpdateReport:
    """Add the papers of sources to a graph folder, and extract those that are new or changed.

    Files that the graph was made of and that have not changed are not read again; of one that has, the new version
    takes the place of the old. Who does the work is said as for :func:`kg.build_folder`. ``reextract`` reads all papers
    again by today's rules; it needs no sources. ``reading`` are the options of :func:`kg.read_papers`. Raises
    GraphError where there is no graph folder or it cannot be written, InputError where no paper can be read, RuleError,
    ExportError, and KgError where a cluster cannot do the work.
    """
    target = Path(target)
    tell = on_progress or say_nothing
    manifest, settings = load_settings(target)
    refuse_foreign_store(target)
    rulebook = Rulebook.load(None if rules is None else Path(rules))
    left, unread = _new_among(sources, manifest)
    is_stale = settings.rules_hash != rulebook.hash
    if not left and not reextract:
        papers = manifest["counts"]["papers"]
        stale = papers if is_stale else manifest.get(STALE, 0)
        return UpdateReport(unchanged=papers, stale=stale, unread=tuple(unread))
    found = read_papers(left, on_progress=on_progress, on_skip=on_skip, **reading) if left else None
    files = set(found.files if found else ())
    with (
        shared_work(scheduler, executor, workers) as (others, at_once),
        replaced(target, own_files, kept=[SHARDS]) as part,
        shards_kept(part / SHARDS),
    ):
        check_workers(others, folder=part, rules=rules)
        with collector_paused():
            old = _Old(target / EXTRACTIONS)
            known = [paper for one in old.papers.values() if (paper := _without(one, files)) is not None]
            papers = merge_duplicates([*known, *(found.records if found else ())])
        fresh = [paper for paper in papers if reextract or not old.has_texts_of(paper)]
        options = {"rules": rules, "rules_hash": rulebook.hash, "workers": at_once, "executor": others}
        extracted = extract_into(part, fresh, tell, min_confidence=settings.min_confidence, **options)
        entries = _woven(part / EXTRACTIONS, papers, old, extracted)
        unchanged = len(papers) - len(fresh)
        stale = unchanged if is_stale else min(manifest.get(STALE, 0), unchanged)
        dropped = sum(source.file in files for paper in old.papers.values() for source in paper.sources)
        content = _content(manifest, found, len(papers), dropped, stale)
        settings = replace(settings, rules_hash=rulebook.hash)
        before = Before(target, manifest, old.places())
        summary = complete(
            part,
            target,
            entries,
            settings,
            content=content,
            tell=tell,
            workers=at_once,
            executor=others,
            before=before,
        )
    changed = sum(paper.id in old.papers for paper in fresh)
    return UpdateReport(
        new=len(fresh) - changed,
        changed=changed,
        unchanged=unchanged,
        removed=len(old.papers.keys() - {paper.id for paper in papers}),
        stale=stale,
        unread=tuple(unread),
        skipped=found.skipped if found else (),
        summary=summary,
    )


def stale_papers(target: Path | str) -> int:
    """How many papers of a graph folder were read by other rules than those of kg as they are now.

    Raises GraphError where there is no graph folder.
    """
    manifest = load_manifest(Path(target))
    if manifest.get("rules_hash") != Rulebook.load().hash:
        return int(manifest["counts"]["papers"])
    return int(manifest.get(STALE, 0))


def remove_from_folder(
    target: Path | str,
    *,
    papers: Sequence[str] = (),
    sources: Sequence[str] = (),
    on_progress: OnProgress | None = None,
) -> UpdateReport:
    """Remove papers from a graph folder: those with these ids, and those that were read from these files alone.

    A paper that was read from another file as well stays, with the texts that it has. Raises GraphError where there is
    no graph folder, nothing is called so, nothing would be left, or the folder cannot be written.
    """
    target = Path(target)
    manifest, settings = load_settings(target)
    refuse_foreign_store(target)
    read_from = [one["file"] for one in manifest["inputs"]]
    _check_known(sources, read_from, f"{target} was not made of the file")
    with replaced(target, own_files) as part:
        with collector_paused():
            old = _Old(target / EXTRACTIONS)
        _check_known(papers, old.papers, f"{target} has no paper with the id")
        some = [paper for paper in old.papers.values() if paper.id not in papers]
        kept = [paper for one in some if (paper := _without(one, sources)) is not None]
        if not kept:
            raise GraphError(f"nothing would be left of {target}; remove the folder instead")
        (part / EXTRACTIONS).touch()
        entries = _woven(part / EXTRACTIONS, kept, old, [])
        inputs = [one for one in manifest["inputs"] if one["file"] not in sources]
        skipped = [one for one in manifest["skipped"] if one["file"] not in sources]
        records = sum(max(len(paper.sources), 1) for paper in kept)
        stale = min(manifest.get(STALE, 0), len(kept))
        content = input_to_json(inputs, skipped, records=records, papers=len(kept)) | _said_of_stale(stale)
        tell, before = on_progress or say_nothing, Before(target, manifest, old.places())
        summary = complete(part, target, entries, settings, content=content, tell=tell, before=before)
    removed = len(old.papers) - len(kept)
    return UpdateReport(unchanged=len(kept), removed=removed, stale=stale, summary=summary)


def _check_known(names: Iterable[str], known: Collection[str], complaint: str) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise GraphError(f"{complaint} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


class _Old:
    """The extractions that a graph folder had: what stands where, and the papers, by id and in their order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: dict[str, Entry] = {}
        self.papers: dict[str, Paper] = {}
        for entry, record in load_records(path):
            self.entries[entry.id] = entry
            self.papers[entry.id] = paper_from_json(record)

    def places(self) -> dict[str, tuple[int, int]]:
        """Where the extractions begin and end, by paper."""
        return {entry.id: (entry.start, entry.end) for entry in self.entries.values()}

    def has_texts_of(self, paper: Paper) -> bool:
        """Whether the extraction of a paper would be the one that is there."""
        old = self.papers.get(paper.id)
        return old is not None and (old is paper or list(old.fields()) == list(paper.fields()))

    def lines(self, papers: Iterable[Paper]) -> Iterator[tuple[Entry, bytes]]:
        """The extractions of these papers, which may be known from elsewhere as well by now."""
        with self._path.open("rb", buffering=_BUFFER) as file:
            reached = 0
            for paper in papers:
                entry = self.entries[paper.id]
                if entry.start != reached:
                    file.seek(entry.start)
                line = file.read(entry.end - entry.start)
                reached = entry.end
                yield entry, line if self.papers[paper.id] is paper else _about(paper, line)


def _about(paper: Paper, line: bytes) -> bytes:
    """An extraction with another record of its paper, whose texts are the same."""
    record = json.loads(line)
    found = {name: record[name] for name in ("entities", "results", "mentions", "sentences")}
    return json_line({**paper_to_json(paper), **found})


def _woven(path: Path, papers: Sequence[Paper], old: _Old, fresh: Sequence[Entry]) -> list[Entry]:
    """Write the extractions of papers in their order to a file, which holds the fresh ones among them already."""
    aside = path.with_name("fresh.jsonl")
    path.rename(aside)
    there = {entry.id: entry for entry in fresh}
    taken = old.lines(paper for paper in papers if paper.id not in there)
    entries: list[Entry] = []
    with named_errors(path), aside.open("rb") as file, path.open("wb") as whole:
        for paper in papers:
            if paper.id in there:
                entry = there[paper.id]
                file.seek(entry.start)
                line = file.read(entry.end - entry.start)
            else:
                entry, line = next(taken)
            entries.append(replace(entry, start=whole.tell(), end=whole.tell() + len(line)))
            whole.write(line)
    aside.unlink()
    return entries


def _without(paper: Paper, files: Collection[str]) -> Paper | None:
    """A paper as if these files had not been read; None where it is in no other."""
    left = tuple(source for source in paper.sources if source.file not in files)
    if len(left) == len(paper.sources):
        return paper
    return replace(paper, sources=left) if left else None


def _new_among(sources: Sequence[ByteSource], manifest: JsonObject) -> tuple[list[ByteSource], list[str]]:
    """The sources that have to be read, and the files that the graph was made of and that are the same still."""
    known = {one["file"]: one["sha256"] for one in manifest["inputs"]}
    same = {
        os.fspath(source)
        for source in sources
        if isinstance(source, (str, os.PathLike))
        and known.get(os.fspath(source)) is not None
        and file_hash(os.fspath(source)) == known[os.fspath(source)]
    }
    left = [one for one in sources if not (isinstance(one, (str, os.PathLike)) and os.fspath(one) in same)]
    return left, sorted(same)


def _content(manifest: JsonObject, found: ReadingReport | None, papers: int, dropped: int, stale: int) -> JsonObject:
    """What the manifest says of the input: of the old, without what was read again, and then of the new."""
    read = set(found.files if found else ())
    inputs = [one for one in manifest["inputs"] if one["file"] not in read]
    skipped = [one for one in manifest["skipped"] if one["file"] not in read]
    if found is not None:
        inputs = sorted([*inputs, *inputs_to_json(found.files)], key=itemgetter("file"))
        skipped += skipped_to_json(found.skipped)
    records = manifest["counts"]["records"] - dropped + len(found.records if found else ())
    return input_to_json(inputs, skipped, records=records, papers=papers) | _said_of_stale(stale)


def _said_of_stale(papers: int) -> JsonObject:
    return {STALE: papers} if papers else {}
