"""From sources to a graph, in memory or as a graph folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from kg.errors import ExportError, GraphError, InputError
from kg.exporting import export, exporter
from kg.extraction import extract
from kg.folder import (
    ALIASES,
    EXTRACTIONS,
    GRAPH,
    MANIFEST,
    STORE,
    graph_name,
    load_extractions,
    load_manifest,
    load_resolution,
    own_files,
    sha256,
    write_extractions,
    write_manifest,
    write_resolution,
)
from kg.graph import Graph, GraphSummary, build_graph, graph_summary
from kg.model import Extraction, JsonObject, Paper, Skipped
from kg.readers import merge_duplicates, read
from kg.readers.sources import STANDARD_INPUT
from kg.readers.sources import Source as ByteSource
from kg.replacing import replaced
from kg.resolution.aliases import load_aliases
from kg.resolution.settings import RESOLUTION, ResolutionRules, read_resolution_rules
from kg.rulebook import Rulebook

DEFAULT_EXPORTS: Final = ("turtle", "html", "graphml")
T = TypeVar("T")
OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None where nobody knows)."""
OnSkip = Callable[[Skipped], None]
"""Called with each file and record that cannot be read, when it is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport:
    """What was read: the files, records as they were found, the papers that they are, and what was skipped."""

    files: tuple[str, ...]
    records: tuple[Paper, ...]
    papers: tuple[Paper, ...]
    skipped: tuple[Skipped, ...]

    @property
    def duplicates(self) -> int:
        """How many records were merged into papers that had been read before."""
        return len(self.records) - len(self.papers)


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
            papers += read(source, format=format, saved_in=saved_in, strict=strict)
    extractions = extract(merge_duplicates(papers), rules=rules, workers=workers, min_confidence=min_confidence)
    rulebook = _rulebook(rules)
    return build_graph(extractions, rules_hash=rulebook.hash, aliases=overruled, resolution=_resolution(rulebook))


def read_papers(
    sources: Sequence[ByteSource],
    *,
    format: str | None = None,  # noqa: A002 - the word of kg.read
    saved_in: int | None = None,
    strict: bool = False,
    leave_out: Path | None = None,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> ReadingReport:
    """Read sources and merge what is one paper.

    Of a folder, files that ``kg build`` wrote and the file ``leave_out`` are left out, so that output that lies among
    the input is not read back. Raises InputError where no paper can be read or, if ``strict``, anything cannot.
    """
    files = _Files(sources, leave_out)
    skipped: list[Skipped] = []

    def skip(one: Skipped) -> None:
        skipped.append(one)
        if on_skip is not None:
            on_skip(one)

    found = read(*sources, format=format, saved_in=saved_in, strict=strict, on_skip=skip, wanted=files.is_wanted)
    records = tuple(_counted(found, "reading", None, on_progress or _say_nothing))
    if not records:
        reason = f": {skipped[0]}" if len(skipped) == 1 else " from any source"
        raise InputError(f"no paper could be read{reason}, so nothing was written")
    return ReadingReport(
        files=tuple(sorted({*files.read, *(one.file for one in skipped)})),
        records=records,
        papers=tuple(merge_duplicates(records)),
        skipped=tuple(skipped),
    )


def build_folder(
    sources: Sequence[ByteSource],
    target: Path | str,
    *,
    format: str | None = None,  # noqa: A002 - the word of kg.read
    saved_in: int | None = None,
    strict: bool = False,
    rules: Path | str | None = None,
    workers: int = 1,
    min_confidence: float = 0.0,
    exports: Sequence[str] | None = None,
    aliases: Path | str | None = None,
    store: bool = True,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> BuildReport:
    """Read sources, extract, and write a graph folder, whole or not at all.

    Raises InputError where no paper can be read (or, if ``strict``, anything cannot), RuleError, ExportError, and
    GraphError where the folder cannot be written. ``exports`` are names of exporters; without any, the usual three.
    ``aliases`` is a file that overrules which names are one thing (:func:`kg.load_aliases`), of which the folder keeps
    a copy. Without ``store`` the folder has no store to be queried.
    """
    target = Path(target)
    tell = on_progress or _say_nothing
    rulebook = _rulebook(rules)
    resolution = _resolution(rulebook)
    overruled = None if aliases is None else load_aliases(aliases)
    files = _export_files(exports or DEFAULT_EXPORTS)
    if store:
        _refuse_foreign_store(target)
    with replaced(target, own_files) as part:
        reading = read_papers(
            sources, format=format, saved_in=saved_in, strict=strict, on_progress=on_progress, on_skip=on_skip
        )
        extractions = list(
            _counted(
                extract(reading.papers, rules=rules, workers=workers, min_confidence=min_confidence),
                "extracting",
                len(reading.papers),
                tell,
            )
        )
        write_extractions(extractions, part / EXTRACTIONS)
        write_resolution(part, overruled, resolution)
        tell("assembling the graph", 0, None)
        name = graph_name(target)
        graph = build_graph(extractions, name=name, rules_hash=rulebook.hash, aliases=overruled, resolution=resolution)
        content = {"rules_hash": rulebook.hash, **_manifest(reading, extractions), **({STORE: {}} if store else {})}
        summary = _write_graph(graph, part, target, files=files, content=content, tell=tell)
    return BuildReport(
        papers=len(reading.papers),
        duplicates=reading.duplicates,
        skipped=reading.skipped,
        summary=summary,
        files=tuple(target / name for name in _listed(target)),
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
    tell = on_progress or _say_nothing
    manifest = load_manifest(target)
    kept, resolution = load_resolution(target)
    overruled = kept if aliases is None else load_aliases(aliases)
    files = _export_files(manifest.get("exports", DEFAULT_EXPORTS))
    with replaced(target, own_files) as part:
        tell("assembling the graph", 0, None)
        extractions = load_extractions(target)
        graph = build_graph(
            extractions,
            name=graph_name(target),
            rules_hash=manifest.get("rules_hash"),
            aliases=overruled,
            resolution=resolution,
        )
        shutil.copyfile(target / EXTRACTIONS, part / EXTRACTIONS)
        write_resolution(part, overruled, resolution)
        content = {key: value for key, value in manifest.items() if key not in ("kg_version", "files")}
        return _write_graph(graph, part, target, files=files, content=content, tell=tell)


def _write_graph(
    graph: Graph, part: Path, target: Path, *, files: Mapping[str, str], content: JsonObject, tell: OnProgress
) -> GraphSummary:
    """Write the exports, store and manifest of a graph into a new folder, which will take the place of ``target``.

    ``files`` are the exports by exporter, ``content`` is what the manifest says besides what the graph tells; there is
    a store if it says so.
    """
    for name, file in files.items():
        tell(f"writing {file}", 0, None)
        try:
            export(graph, name, part / file)
        except ExportError as error:
            raise ExportError(str(error).replace(str(part), str(target))) from error
    if STORE in content:
        from kg.store import NQUADS, namespaces, namespaces_to_json, write_store  # noqa: PLC0415 - kg extract has no store

        tell("filling the store", 0, None)
        write_store(graph, part / STORE, nquads=part / files[NQUADS] if NQUADS in files else None)
        content = {**content, STORE: namespaces_to_json(namespaces())}
    summary = graph_summary(graph)
    counts = {
        **content["counts"],
        "entities": dict(summary.entities),
        "results": sum(summary.results.values()),
        "edges": dict(summary.edges),
    }
    write_manifest(part, {**content, "exports": list(files), "counts": counts})
    return summary


def _listed(folder: Path) -> list[str]:
    """The files of a graph folder that kg wrote: extractions first, the manifest last."""
    files = own_files(folder)
    first = [name for name in (EXTRACTIONS, ALIASES, RESOLUTION) if name in files]
    last = [name for name in (STORE, MANIFEST) if name in files]
    return [*first, *(name for name in sorted(files) if name.startswith(f"{GRAPH}.")), *last]


def _refuse_foreign_store(target: Path) -> None:
    store = target / STORE
    if own_files(target) and store.exists() and STORE not in own_files(target):
        raise GraphError(f"{store} is none that kg made; move it, or build without a store (--no-store)")


class _Files:
    """The files that are read; a file met in a folder is not where it is output of kg, one that was named always is."""

    def __init__(self, sources: Sequence[ByteSource], leave_out: Path | None) -> None:
        paths = (Path(source) for source in sources if isinstance(source, (str, os.PathLike)))
        self._named = {os.path.realpath(path) for path in paths if not path.is_dir()}
        self._leave_out = None if leave_out is None else os.path.realpath(leave_out)
        self._outputs: dict[str, frozenset[str]] = {}
        self.read: set[str] = set()

    def is_wanted(self, file: str) -> bool:
        real = os.path.realpath(file)
        wanted = file == STANDARD_INPUT or real in self._named or not self._is_output(real)
        if wanted:
            self.read.add(file)
        return wanted

    def _is_output(self, real: str) -> bool:
        folder, name = os.path.split(real)
        if folder not in self._outputs:
            self._outputs[folder] = own_files(Path(folder))
        return real == self._leave_out or name in self._outputs[folder]


def _export_files(exports: Iterable[str]) -> dict[str, str]:
    """The file of each exporter in a graph folder. Raises ExportError where two of them write the same."""
    files = {name: f"{GRAPH}{exporter(name).suffix}" for name in exports}
    for name, file in files.items():
        other = next(one for one, its_file in files.items() if its_file == file)
        if other != name:
            raise ExportError(f"exporters {other!r} and {name!r} both write {file}; ask for one of them")
    return files


def _resolution(rulebook: Rulebook) -> ResolutionRules:
    return read_resolution_rules(rulebook.texts[RESOLUTION])


def _manifest(reading: ReadingReport, extractions: Sequence[Extraction]) -> JsonObject:
    return {
        "inputs": [{"file": file, "sha256": _hash(file)} for file in reading.files],
        "counts": {
            "records": len(reading.records),
            "papers": len(extractions),
            "duplicates_merged": reading.duplicates,
            "skipped": len(reading.skipped),
            "mentions": sum(len(entity.mentions) for one in extractions for entity in one.entities),
        },
        "skipped": [{"file": one.file, "record": one.record, "reason": one.reason} for one in reading.skipped],
    }


def _hash(file: str) -> str | None:
    """The SHA-256 of an input; None for what is no file (standard input) or cannot be read."""
    try:
        return sha256(Path(file)) if file != STANDARD_INPUT and Path(file).is_file() else None
    except OSError:
        return None


def _rulebook(rules: Path | str | None) -> Rulebook:
    return Rulebook.load(None if rules is None else Path(rules))


def _counted(items: Iterable[T], what: str, total: int | None, tell: OnProgress) -> Iterator[T]:
    tell(what, 0, total)
    for done, item in enumerate(items, start=1):
        yield item
        tell(what, done, total)


def _say_nothing(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody asked for."""
