"""From sources to a graph, in memory or as a graph folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from kg.errors import ExportError, InputError
from kg.exporting import export, exporter
from kg.extraction import extract
from kg.folder import EXTRACTIONS, GRAPH, MANIFEST, graph_name, own_files, sha256, write_extractions, write_manifest
from kg.graph import Graph, GraphSummary, build_graph, graph_summary
from kg.model import Extraction, JsonObject, Paper, Skipped
from kg.readers import merge_duplicates, read
from kg.readers.sources import STANDARD_INPUT
from kg.readers.sources import Source as ByteSource
from kg.replacing import replaced
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
) -> Graph:
    """Read sources (or take papers), extract, and return the graph as a plain ``networkx.MultiDiGraph``.

    The arguments are those of :func:`kg.read` and :func:`kg.extract`, and so are the errors. What cannot be read is
    logged as a warning.
    """
    papers: list[Paper] = []
    for source in sources:
        if isinstance(source, Paper):
            papers.append(source)
        else:
            papers += read(source, format=format, saved_in=saved_in, strict=strict)
    extractions = extract(merge_duplicates(papers), rules=rules, workers=workers, min_confidence=min_confidence)
    return build_graph(extractions, rules_hash=_rulebook(rules).hash)


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
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> BuildReport:
    """Read sources, extract, and write a graph folder, whole or not at all.

    Raises InputError where no paper can be read (or, if ``strict``, anything cannot), RuleError, ExportError, and
    GraphError where the folder cannot be written. ``exports`` are names of exporters; without any, the usual three.
    """
    target = Path(target)
    tell = on_progress or _say_nothing
    rulebook = _rulebook(rules)
    files = {name: f"{GRAPH}{exporter(name).suffix}" for name in exports or DEFAULT_EXPORTS}
    _refuse_shared_names(files)
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
        tell("assembling the graph", 0, None)
        graph = build_graph(extractions, name=graph_name(target), rules_hash=rulebook.hash)
        for name, file in files.items():
            tell(f"writing {file}", 0, None)
            try:
                export(graph, name, part / file)
            except ExportError as error:
                raise ExportError(str(error).replace(str(part), str(target))) from error
        summary = graph_summary(graph)
        write_manifest(part, {"rules_hash": rulebook.hash, **_manifest(reading, extractions, summary)})
    return BuildReport(
        papers=len(reading.papers),
        duplicates=reading.duplicates,
        skipped=reading.skipped,
        summary=summary,
        files=tuple(target / name for name in (EXTRACTIONS, *files.values(), MANIFEST)),
    )


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


def _refuse_shared_names(files: dict[str, str]) -> None:
    for name, file in files.items():
        other = next(one for one, its_file in files.items() if its_file == file)
        if other != name:
            raise ExportError(f"exporters {other!r} and {name!r} both write {file}; ask for one of them")


def _manifest(reading: ReadingReport, extractions: Sequence[Extraction], summary: GraphSummary) -> JsonObject:
    return {
        "inputs": [{"file": file, "sha256": _hash(file)} for file in reading.files],
        "counts": {
            "records": len(reading.records),
            "papers": len(extractions),
            "duplicates_merged": reading.duplicates,
            "skipped": len(reading.skipped),
            "mentions": sum(len(entity.mentions) for one in extractions for entity in one.entities),
            "entities": dict(summary.entities),
            "results": sum(summary.results.values()),
            "edges": dict(summary.edges),
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
