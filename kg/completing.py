"""What a graph folder holds besides its extractions, made of them: exports, store and manifest.

Whoever makes a graph folder anew, or changes one, writes its extractions and leaves the rest to :func:`complete`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg._version import __version__
from kg.assembling import Assembled
from kg.errors import ExportError, GraphError
from kg.exporting import export, exporter, piece_writer
from kg.folder import (
    ALIASES,
    EXTRACTIONS,
    GRAPH,
    MANIFEST,
    PAPER_TABLE,
    STORE,
    graph_name,
    load_manifest,
    load_resolution,
    named_errors,
    own_files,
    sha256,
    write_manifest,
    write_resolution,
)
from kg.model import GraphFacts, JsonObject, Skipped
from kg.paper_namings import opened_namings
from kg.piece_index import INDEX
from kg.piecewise import Before, PiecewiseMaker
from kg.processes import collector_paused
from kg.readers.sources import STANDARD_INPUT
from kg.reading import OnProgress
from kg.resolution.aliases import Aliases
from kg.resolution.resolving import resolve_namings
from kg.resolution.settings import RESOLUTION, ResolutionRules
from kg.shards import SUFFIX
from kg.storage import Storage, storage_at
from kg.summary import GraphSummary, graph_summary

SHARDS: Final = "extracted"
"""The folder of the shards in a graph folder that is being made."""
SMALL_EXPORTS: Final = ("turtle", "html", "graphml")
LARGE_EXPORTS: Final = ("turtle",)
MOST_PAPERS: int = 10_000
"""How many papers a graph may have to be small."""
_WORTH_KEEPING: Final = 2
_WAITING: Final = "waiting"
"""The folder of what does not fit the memory, while names are resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a graph folder is made of its extractions.

    ``rules_hash`` is that of the rules by which they were made, ``min_confidence`` the least that mentions and results
    in them have; ``exports`` are the names of the exporters that were asked for, if any were; ``store`` says whether
    there is one, and ``store_evidence`` how much evidence is in it: "full", "link" or "none".
    """

    rules_hash: str | None
    min_confidence: float
    aliases: Aliases | None
    resolution: ResolutionRules | None
    exports: tuple[str, ...] | None
    store: bool
    store_evidence: str = "full"


@contextmanager
def shards_kept(shards: Path, place: str | None = None) -> Iterator[Storage]:
    """The storage of shards: a folder, or at another ``place``.

    They are removed when all went well, and also where there are hardly any, so that a small build leaves nothing.
    """
    found = storage_at(shards if place is None else place)
    try:
        yield found
    except BaseException:
        if len(list(shards.glob(f"*{SUFFIX}"))) < _WORTH_KEEPING:
            shutil.rmtree(shards, ignore_errors=True)
        raise
    shutil.rmtree(shards, ignore_errors=True)


def remove_shards(shards: Storage, names: Iterable[str]) -> None:
    """Remove shards that are of no more use, as far as the storage lets us: what they were for is done."""
    with suppress(OSError):
        for name in names:
            shards.remove(name)


@collector_paused()
def complete(
    part: Path,
    target: Path,
    settings: Settings,
    *,
    content: JsonObject,
    tell: OnProgress,
    workers: int = 1,
    executor: Executor | None = None,
    storage: Storage | None = None,
    before: Before | None = None,
) -> GraphSummary:
    """Make all else of the extractions in a new folder and their table, which will take the place of ``target``.

    ``content`` is what the manifest says besides. Where all exporters can write piece by piece, the graph is never in
    memory, and ``workers`` processes, or those of ``executor``, share the work, and leave files for each other in
    ``storage``, if not in the folder. What is told of papers and things as it was told ``before`` is taken over from
    there; the outcome is the same. Raises GraphError where two papers have one id, the aliases contradict each other or
    nothing can be written, and ExportError.
    """
    write_resolution(part, settings.aliases, settings.resolution)
    tell("resolving names", 0, None)
    said: JsonObject = {"rules_hash": settings.rules_hash, "min_confidence": settings.min_confidence, **content}
    if settings.store:
        from kg.store import namespaces, namespaces_to_json  # noqa: PLC0415 - kg extract has no store

        said[STORE] = {**namespaces_to_json(namespaces()), "evidence": settings.store_evidence}
    with named_errors(part), opened_namings(part / PAPER_TABLE, part / _WAITING, threads=workers) as namings:
        identities = resolve_namings(namings, aliases=settings.aliases, rules=settings.resolution)
        assembled = Assembled(part / EXTRACTIONS, namings, identities)
        files = export_files(settings.exports or default_exports(len(namings)))
        maker = _Maker(part, assembled, settings, files, graph_name(target), tell, workers, executor, storage, before)
        try:
            summary = maker.make()
        except ExportError as error:
            raise ExportError(str(error).replace(str(part), str(target))) from error
        mentions = namings.mentions()
    counts = {
        **content["counts"],
        "papers": summary.papers,
        "mentions": mentions,
        "entities": dict(summary.entities),
        "results": sum(summary.results.values()),
        "edges": dict(summary.edges),
    }
    said |= {"exports": list(files), "exports_asked": settings.exports is not None}
    write_manifest(part, {**said, "counts": counts})
    return summary


@dataclass(slots=True)
class _Maker:
    """Makes the exports and the store of a graph folder."""

    part: Path
    assembled: Assembled
    settings: Settings
    files: dict[str, str]
    name: str
    tell: OnProgress
    workers: int
    executor: Executor | None
    storage: Storage | None
    before: Before | None

    def make(self) -> GraphSummary:
        """Make them piece by piece where all can be made so, otherwise of the graph in memory."""
        keys = self.assembled.keys()
        found = {name: piece_writer(name, keys) for name in self.files}
        if self.settings.store:
            from kg.store import NQUADS  # noqa: PLC0415 - kg extract has no store

            found[STORE] = piece_writer(NQUADS, keys, evidence=self.settings.store_evidence)
        writers = {name: writer for name, writer in found.items() if writer is not None}
        if len(writers) < len(found):
            return self._whole()
        piecewise = PiecewiseMaker(
            part=self.part,
            assembled=self.assembled,
            writers=writers,
            files=self.files,
            about=GraphFacts(
                name=self.name,
                kg_version=__version__,
                rules_hash=self.settings.rules_hash,
                example=next(iter(keys), None),
            ),
            tell=self.tell,
            workers=self.workers,
            executor=self.executor,
            storage=self.storage,
            before=self.before,
        )
        return self.assembled.summary(piecewise.make())

    def _whole(self) -> GraphSummary:
        self.tell("assembling the graph", 0, None)
        graph = self.assembled.graph(name=self.name, rules_hash=self.settings.rules_hash)
        for name, file in self.files.items():
            self.tell(f"writing {file}", 0, None)
            export(graph, name, self.part / file)
        if self.settings.store:
            from kg.store import write_store  # noqa: PLC0415 - as above

            self.tell("filling the store", 0, None)
            write_store(graph, self.part / STORE, evidence=self.settings.store_evidence)
        return graph_summary(graph)


def load_settings(folder: Path) -> tuple[JsonObject, Settings]:
    """The manifest of a graph folder, and how it was made. Raises GraphError where there is none."""
    manifest = load_manifest(folder)
    aliases, resolution = load_resolution(folder)
    return manifest, Settings(
        rules_hash=manifest.get("rules_hash"),
        min_confidence=manifest.get("min_confidence", 0.0),
        aliases=aliases,
        resolution=resolution,
        exports=tuple(manifest["exports"]) if manifest.get("exports_asked", True) else None,
        store=STORE in manifest,
        store_evidence=manifest.get(STORE, {}).get("evidence", "full"),
    )


def told_of_input(manifest: JsonObject) -> JsonObject:
    """What a manifest says of the input, which stays when the rest is made anew."""
    counted = {name: manifest["counts"][name] for name in ("records", "duplicates_merged", "skipped")}
    return {"inputs": manifest["inputs"], "counts": counted, "skipped": manifest["skipped"]}


def listed(folder: Path) -> list[str]:
    """The names of the files of a graph folder that kg wrote: extractions first, the manifest last."""
    files = own_files(folder)
    first = [name for name in (EXTRACTIONS, PAPER_TABLE, ALIASES, RESOLUTION) if name in files]
    last = [name for name in (INDEX, STORE, MANIFEST) if name in files]
    return [*first, *(name for name in sorted(files) if name.startswith(f"{GRAPH}.")), *last]


def refuse_foreign_store(target: Path) -> None:
    """Raise GraphError where a folder holds a store that kg did not make."""
    store = target / STORE
    if own_files(target) and store.exists() and STORE not in own_files(target):
        raise GraphError(f"{store} is none that kg made; move it, or build without a store (--no-store)")


def default_exports(papers: int) -> tuple[str, ...]:
    """The exporters of a graph of so many papers where none are asked for: of a large one only what is made of pieces.

    The others need the whole graph in memory, and a page of so many nodes tells nobody anything.
    """
    return SMALL_EXPORTS if papers <= MOST_PAPERS else LARGE_EXPORTS


def export_files(exports: Iterable[str]) -> dict[str, str]:
    """The file of each exporter in a graph folder. Raises ExportError where two of them write the same."""
    files = {name: f"{GRAPH}{exporter(name).suffix}" for name in exports}
    for name, file in files.items():
        other = next(one for one, its_file in files.items() if its_file == file)
        if other != name:
            raise ExportError(f"exporters {other!r} and {name!r} both write {file}; ask for one of them")
    return files


def input_to_json(inputs: list[JsonObject], skipped: list[JsonObject], *, records: int, papers: int) -> JsonObject:
    """What the manifest says of the input, of so many records that are so many papers."""
    counts = {"records": records, "duplicates_merged": records - papers, "skipped": len(skipped)}
    return {"inputs": inputs, "counts": counts, "skipped": skipped}


def inputs_to_json(files: Iterable[str]) -> list[JsonObject]:
    """Files that were read, as the manifest names them: with the SHA-256 of each, None for what is no file."""
    return [{"file": file, "sha256": file_hash(file)} for file in files]


def skipped_to_json(skipped: Iterable[Skipped]) -> list[JsonObject]:
    """What was skipped, as the manifest names it."""
    return [{"file": one.file, "record": one.record, "reason": one.reason} for one in skipped]


def file_hash(file: str) -> str | None:
    """The SHA-256 of an input; None for what is no file (standard input, an address) or cannot be read."""
    try:
        return sha256(Path(file)) if file != STANDARD_INPUT and Path(file).is_file() else None
    except OSError:
        return None
