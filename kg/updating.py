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

import pyarrow as pa
from pyarrow import compute

from kg.building import RECORDS
from kg.cluster import check_workers, shared_work
from kg.completing import (
    SHARDS,
    complete,
    file_hash,
    input_to_json,
    inputs_to_json,
    load_settings,
    refuse_foreign_store,
    remove_shards,
    shards_kept,
    skipped_to_json,
)
from kg.errors import GraphError
from kg.folder import EXTRACTIONS, PAPER_TABLE, json_line, load_manifest, named_errors, own_files
from kg.gathering import Fresh, Item, Kept, Older, gather
from kg.model import JsonObject, Paper, Skipped, paper_from_json, paper_to_json
from kg.paper_table import copy_paper_table, paper_row, read_paper_table, table_of
from kg.piecewise import Before
from kg.processes import workers_for
from kg.readers.records_file import RecordsFile, paper_line
from kg.readers.sources import Source as ByteSource
from kg.reading import OnProgress, OnSkip, Read, Reading, say_nothing
from kg.replacing import replaced
from kg.rulebook import Rulebook
from kg.storage import storage_at
from kg.summary import GraphSummary

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
    workers: int | None = 1,
    executor: Executor | None = None,
    scheduler: str | None = None,
    storage: str | None = None,
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
    with (
        shared_work(scheduler, executor, workers) as (others, tasks),
        replaced(target, own_files, kept=[SHARDS]) as part,
        shards_kept(part / SHARDS, storage) as shards,
    ):
        check_workers(others, storage=shards, rules=rules)
        with named_errors(part), RecordsFile(part / RECORDS) as records:
            old = _Old(target, manifest, part / PAPER_TABLE)
            records.take(target / EXTRACTIONS, old.known())
            given = Reading(sources=left, on_progress=on_progress, on_skip=on_skip, **reading)
            found = given.read_into(records.add) if left else Read((), 0, ())
            dropped = old.forget(records, found.files)
            papers = records.merge()
            at_once = workers_for(tasks, papers)
            update = _Update(old, records, reextract=reextract)
            made = gather(
                part,
                update.items(),
                shards,
                total=None,
                tell=tell,
                older=old.older,
                min_confidence=settings.min_confidence,
                rules=rules,
                rules_hash=rulebook.hash,
                workers=at_once,
                executor=others,
            )
        unchanged = papers - update.new - update.changed
        stale = unchanged if is_stale else min(manifest.get(STALE, 0), unchanged)
        summary = complete(
            part,
            target,
            replace(settings, rules_hash=rulebook.hash),
            content=_content(manifest, found, papers, dropped, stale),
            tell=tell,
            workers=at_once,
            executor=others,
            storage=shards if storage else None,
            before=Before(target, manifest, old.place_of),
        )
        if storage is not None:
            remove_shards(shards, made)
    return UpdateReport(
        new=update.new,
        changed=update.changed,
        unchanged=unchanged,
        removed=len(old) - update.still_there,
        stale=stale,
        unread=tuple(unread),
        skipped=found.skipped,
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
        with named_errors(part):
            old = _Old(target, manifest, part / PAPER_TABLE)
            _check_known(papers, old.rows, f"{target} has no paper with the id")
            items = list(old.without(frozenset(papers), frozenset(sources)))
            if not items:
                raise GraphError(f"nothing would be left of {target}; remove the folder instead")
            unread = {"rules": None, "rules_hash": settings.rules_hash or ""}
            gather(part, items, storage_at(part / SHARDS), total=0, tell=say_nothing, older=old.older, **unread)
        inputs = [one for one in manifest["inputs"] if one["file"] not in sources]
        skipped = [one for one in manifest["skipped"] if one["file"] not in sources]
        stale = min(manifest.get(STALE, 0), len(items))
        records = old.records(items)
        content = input_to_json(inputs, skipped, records=records, papers=len(items)) | _said_of_stale(stale)
        tell, before = on_progress or say_nothing, Before(target, manifest, old.place_of)
        summary = complete(part, target, settings, content=content, tell=tell, before=before)
    removed = len(old) - len(items)
    return UpdateReport(unchanged=len(items), removed=removed, stale=stale, summary=summary)


def _check_known(names: Iterable[str], known: Collection[str], complaint: str) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise GraphError(f"{complaint} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


class _Old:
    """The extractions that a graph folder had, in their order, and what its table says of them; copied to ``path``."""

    def __init__(self, folder: Path, manifest: JsonObject, path: Path) -> None:
        copy_paper_table(folder, manifest, path)
        self.older = Older(folder / EXTRACTIONS, read_paper_table(path))
        self.rows = {id_: row for row, id_ in enumerate(self.older.rows["id"].to_pylist())}

    def __len__(self) -> int:
        return len(self.rows)

    def known(self) -> Iterator[tuple[int, int, list[int]]]:
        """Where the extractions begin and end, and by what the papers may be known."""
        rows = self.older.rows
        return zip(*(rows[name].to_pylist() for name in ("start", "end", "keys")), strict=True)

    def place_of(self, paper: str) -> tuple[int, int]:
        """Where the extraction of a paper begins and ends."""
        row = self.rows.get(paper)
        return (0, 0) if row is None else (int(self.older.starts[row]), int(self.older.ends[row]))

    def paper(self, row: int) -> Paper:
        """The paper of a row."""
        return paper_from_json(json.loads(self.older.line(row)))

    def read_from(self, files: Collection[str]) -> list[int]:
        """The rows of papers that were read from one of these files, ascending, once for each time that they were."""
        lists = self.older.rows["files"].combine_chunks()
        among = compute.is_in(lists.flatten(), pa.array(sorted(files), pa.string()))
        rows: list[int] = lists.value_parent_indices().filter(among).to_pylist()
        return rows

    def forget(self, records: RecordsFile, files: Collection[str]) -> int:
        """Have the papers stand among records as if these files had not been read; how many records that leaves out."""
        rows = self.read_from(files)
        for row in dict.fromkeys(rows):
            records.replace(row, _without(self.paper(row), files))
        return len(rows)

    def kept(self, row: int, paper: Paper) -> Kept:
        """The extraction of a row with another record of its paper, whose texts are the same."""
        own = self.older.rows.slice(row, 1).to_pylist()[0]
        return Kept(row, _about(paper, self.older.line(row)), table_of([{**own, **paper_row(paper)}]))

    def without(self, papers: Collection[str], files: Collection[str]) -> Iterator[Kept]:
        """What is left without these papers and, of the others, those that were read from these files alone."""
        read = set(self.read_from(files))
        for id_, row in self.rows.items():
            if id_ in papers:
                continue
            paper = _without(self.paper(row), files) if row in read else None
            if paper is not None:
                yield self.kept(row, paper)
            elif row not in read:
                yield Kept(row)

    def records(self, kept: Iterable[Kept]) -> int:
        """How many records were merged into papers."""
        counts = compute.list_value_length(self.older.rows["files"]).to_pylist()
        return sum(max(len(one.values["files"][0]) if one.values else counts[one.row], 1) for one in kept)


class _Update:
    """What is to become of merged records, of which the first are the extractions that a folder had."""

    def __init__(self, old: _Old, records: RecordsFile, *, reextract: bool) -> None:
        self._old = old
        self._records = records
        self._reextract = reextract
        self.new = self.changed = self.still_there = 0

    def items(self) -> Iterator[Item]:
        """What is taken over, and what is to be extracted; counted as it comes."""
        for number in self._records.papers():
            is_old = number < len(self._old) and not self._records.is_changed(number)
            if is_old and not self._reextract:
                self.still_there += 1
                yield Kept(number)
            else:
                yield self._item(self._records.paper(number))

    def _item(self, paper: Paper) -> Item:
        row = self._old.rows.get(paper.id)
        if row is None:
            self.new += 1
            return Fresh(paper_line(paper))
        self.still_there += 1
        if not self._reextract and list(self._old.paper(row).fields()) == list(paper.fields()):
            return self._old.kept(row, paper)
        self.changed += 1
        return Fresh(paper_line(paper))


def _about(paper: Paper, line: bytes) -> bytes:
    """An extraction with another record of its paper, whose texts are the same."""
    record = json.loads(line)
    found = {name: record[name] for name in ("entities", "results", "mentions", "sentences")}
    return json_line({**paper_to_json(paper), **found})


def _without(paper: Paper, files: Collection[str]) -> Paper | None:
    """A paper as if these files had not been read; None where it is in no other."""
    left = tuple(source for source in paper.sources if source.file not in files)
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


def _content(manifest: JsonObject, found: Read, papers: int, dropped: int, stale: int) -> JsonObject:
    """What the manifest says of the input: of the old, without what was read again, and then of the new."""
    inputs = [one for one in manifest["inputs"] if one["file"] not in found.files]
    skipped = [one for one in manifest["skipped"] if one["file"] not in found.files]
    inputs = sorted([*inputs, *inputs_to_json(found.files)], key=itemgetter("file"))
    skipped += skipped_to_json(found.skipped)
    records = manifest["counts"]["records"] - dropped + found.records
    return input_to_json(inputs, skipped, records=records, papers=papers) | _said_of_stale(stale)


def _said_of_stale(papers: int) -> JsonObject:
    return {STALE: papers} if papers else {}
