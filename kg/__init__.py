"""A knowledge-graph extractor for the machine-learning literature.

>>> import kg
>>> papers = kg.merge_duplicates(kg.read("page1.txt", "abstracts.jsonl.gz"))
>>> extractions = list(kg.extract(papers))
>>> graph = kg.build("page1.txt", "abstracts.jsonl.gz")   # a plain networkx.MultiDiGraph
>>> kg.export(graph, "turtle", "graph.ttl")

Names are loaded when they are first used, so that importing kg costs little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from kg._version import __version__

if TYPE_CHECKING:
    from kg.building import BuildReport, build, build_folder, resolve_folder
    from kg.competency import CompetencyQuery, competency_queries, competency_query
    from kg.conflicts import ScoreConflict, score_conflicts
    from kg.errors import ExportError, GraphError, InputError, KgError, QueryError, RuleError
    from kg.explaining import Explanation, explain
    from kg.exporting import export, exporter, exporters, import_graph
    from kg.extraction import extract, pipeline
    from kg.folder import extraction_line, load_extractions, load_graph, load_manifest, write_extractions
    from kg.frames import Frames, leaderboard_frame
    from kg.graph import build_graph
    from kg.leaderboard import Leaderboard, LeaderboardEntry, leaderboards
    from kg.model import (
        Entity,
        Evidence,
        Extraction,
        Mention,
        Paper,
        Result,
        Skipped,
        Source,
        extraction_from_json,
        extraction_to_json,
    )
    from kg.opening import OpenGraph, open  # noqa: A004 - kg.open, as gzip.open
    from kg.readers import formats, merge_duplicates, read
    from kg.readers.text import clean
    from kg.reading import ReadingReport, read_papers
    from kg.resolution.aliases import load_aliases
    from kg.resolution.resolving import resolve
    from kg.selection import select
    from kg.showing import show
    from kg.summary import GraphSummary, graph_summary
    from kg.updating import UpdateReport, add_to_folder, remove_from_folder, stale_papers

__all__ = [
    "BuildReport",
    "CompetencyQuery",
    "Entity",
    "Evidence",
    "Explanation",
    "ExportError",
    "Extraction",
    "Frames",
    "GraphError",
    "GraphSummary",
    "InputError",
    "KgError",
    "Leaderboard",
    "LeaderboardEntry",
    "Mention",
    "OpenGraph",
    "Paper",
    "QueryError",
    "ReadingReport",
    "Result",
    "RuleError",
    "ScoreConflict",
    "Skipped",
    "Source",
    "UpdateReport",
    "__version__",
    "add_to_folder",
    "build",
    "build_folder",
    "build_graph",
    "clean",
    "competency_queries",
    "competency_query",
    "explain",
    "export",
    "exporter",
    "exporters",
    "extract",
    "extraction_from_json",
    "extraction_line",
    "extraction_to_json",
    "formats",
    "graph_summary",
    "import_graph",
    "leaderboard_frame",
    "leaderboards",
    "load_aliases",
    "load_extractions",
    "load_graph",
    "load_manifest",
    "merge_duplicates",
    "open",
    "pipeline",
    "read",
    "read_papers",
    "remove_from_folder",
    "resolve",
    "resolve_folder",
    "score_conflicts",
    "select",
    "show",
    "stale_papers",
    "write_extractions",
]

_ROOM_OF: Final = {
    "BuildReport": "building",
    "ReadingReport": "reading",
    "build": "building",
    "build_folder": "building",
    "read_papers": "reading",
    "CompetencyQuery": "competency",
    "competency_queries": "competency",
    "competency_query": "competency",
    "ScoreConflict": "conflicts",
    "score_conflicts": "conflicts",
    "Explanation": "explaining",
    "explain": "explaining",
    "export": "exporting",
    "exporter": "exporting",
    "exporters": "exporting",
    "import_graph": "exporting",
    "extract": "extraction",
    "pipeline": "extraction",
    "extraction_line": "folder",
    "load_extractions": "folder",
    "load_graph": "folder",
    "load_manifest": "folder",
    "write_extractions": "folder",
    "Frames": "frames",
    "leaderboard_frame": "frames",
    "GraphSummary": "summary",
    "build_graph": "graph",
    "graph_summary": "summary",
    "Leaderboard": "leaderboard",
    "LeaderboardEntry": "leaderboard",
    "leaderboards": "leaderboard",
    "OpenGraph": "opening",
    "open": "opening",
    "formats": "readers",
    "merge_duplicates": "readers",
    "read": "readers",
    "clean": "readers.text",
    "load_aliases": "resolution.aliases",
    "resolve": "resolution.resolving",
    "resolve_folder": "building",
    "select": "selection",
    "show": "showing",
    "UpdateReport": "updating",
    "add_to_folder": "updating",
    "remove_from_folder": "updating",
    "stale_papers": "updating",
}
_ERRORS: Final = ("ExportError", "GraphError", "InputError", "KgError", "QueryError", "RuleError")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    room = _ROOM_OF.get(name, "errors" if name in _ERRORS else "model")
    value = getattr(import_module(f"kg.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
