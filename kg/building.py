"""From sources to a graph, in memory or as a graph folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from kg.exporting import export, exporter
from kg.extraction import extract
from kg.folder import EXTRACTIONS, GRAPH, MANIFEST, replaced, sha256, write_extractions, write_manifest
from kg.graph import Graph, GraphSummary, build_graph, graph_summary
from kg.model import Extraction, JsonObject, Paper, Skipped
from kg.readers import merge_duplicates, read
from kg.readers.sources import Source as ByteSource
from kg.rulebook import Rulebook

DEFAULT_EXPORTS: Final = ("turtle", "html", "graphml")
T = TypeVar("T")
OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None where nobody knows)."""


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
    papers = [source for source in sources if isinstance(source, Paper)]
    others = [source for source in sources if not isinstance(source, Paper)]
    if others:
        papers += read(*others, format=format, saved_in=saved_in, strict=strict)
    extractions = extract(merge_duplicates(papers), rules=rules, workers=workers, min_confidence=min_confidence)
    return build_graph(extractions, rules_hash=_rulebook(rules).hash)


def build_folder(
    sources: Sequence[ByteSource],
    target: Path,
    *,
    format: str | None = None,  # noqa: A002 - the word of kg.read
    saved_in: int | None = None,
    strict: bool = False,
    rules: Path | str | None = None,
    workers: int = 1,
    min_confidence: float = 0.0,
    exports: Sequence[str] | None = None,
    on_progress: OnProgress | None = None,
) -> BuildReport:
    """Read sources, extract, and write a graph folder, whole or not at all.

    Raises InputError where nothing can be read (or, if ``strict``, anything cannot), RuleError, ExportError, and
    GraphError where the folder cannot be written. ``exports`` are names of exporters; without any, the usual three.
    """
    tell = on_progress or _say_nothing
    rulebook = _rulebook(rules)
    suffixes = {name: exporter(name).suffix for name in exports or DEFAULT_EXPORTS}
    skipped: list[Skipped] = []
    with replaced(target) as part:
        found = list(
            _counted(
                read(*sources, format=format, saved_in=saved_in, strict=strict, on_skip=skipped.append),
                "reading",
                None,
                tell,
            )
        )
        papers = merge_duplicates(found)
        extractions = list(
            _counted(
                extract(papers, rules=rules, workers=workers, min_confidence=min_confidence),
                "extracting",
                len(papers),
                tell,
            )
        )
        write_extractions(extractions, part / EXTRACTIONS)
        tell("assembling the graph", 0, None)
        graph = build_graph(extractions, name=target.resolve().name, rules_hash=rulebook.hash)
        for name, suffix in suffixes.items():
            tell(f"writing {name}", 0, None)
            export(graph, name, part / f"{GRAPH}{suffix}")
        summary = graph_summary(graph)
        counted = _manifest(found, skipped, extractions, summary)
        write_manifest(part, {"rules_hash": rulebook.hash, **counted})
        files = (EXTRACTIONS, *(f"{GRAPH}{suffix}" for suffix in suffixes.values()), MANIFEST)
    return BuildReport(
        papers=len(papers),
        duplicates=len(found) - len(papers),
        skipped=tuple(skipped),
        summary=summary,
        files=tuple(target / name for name in files),
    )


def _manifest(
    found: Sequence[Paper], skipped: Sequence[Skipped], extractions: Sequence[Extraction], summary: GraphSummary
) -> JsonObject:
    files = sorted({source.file for paper in found for source in paper.sources} | {one.file for one in skipped})
    return {
        "inputs": [{"file": file, "sha256": sha256(Path(file)) if Path(file).is_file() else None} for file in files],
        "counts": {
            "records": len(found),
            "papers": len(extractions),
            "duplicates_merged": len(found) - len(extractions),
            "skipped": len(skipped),
            "mentions": sum(len(entity.mentions) for one in extractions for entity in one.entities),
            "entities": dict(summary.entities),
            "results": sum(summary.results.values()),
            "edges": dict(summary.edges),
        },
        "skipped": [{"file": one.file, "record": one.record, "reason": one.reason} for one in skipped],
    }


def _rulebook(rules: Path | str | None) -> Rulebook:
    return Rulebook.load(None if rules is None else Path(rules))


def _counted(items: Iterable[T], what: str, total: int | None, tell: OnProgress) -> Iterator[T]:
    for done, item in enumerate(items, start=1):
        yield item
        tell(what, done, total)


def _say_nothing(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody asked for."""
