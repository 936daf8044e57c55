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
    from kg.building import BuildReport, ReadingReport, build, build_folder, read_papers
    from kg.conflicts import ScoreConflict, score_conflicts
    from kg.errors import ExportError, GraphError, InputError, KgError, RuleError
    from kg.explaining import Explanation, explain
    from kg.exporting import export, exporter, exporters
    from kg.extraction import extract, pipeline
    from kg.folder import extraction_line, load_extractions, load_graph, load_manifest, write_extractions
    from kg.graph import GraphSummary, build_graph, graph_summary
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
    from kg.readers import formats, merge_duplicates, read
    from kg.readers.text import clean
    from kg.resolve import resolve

__all__ = [
    "BuildReport",
    "Entity",
    "Evidence",
    "Explanation",
    "ExportError",
    "Extraction",
    "GraphError",
    "GraphSummary",
    "InputError",
    "KgError",
    "Leaderboard",
    "LeaderboardEntry",
    "Mention",
    "Paper",
    "ReadingReport",
    "Result",
    "RuleError",
    "ScoreConflict",
    "Skipped",
    "Source",
    "__version__",
    "build",
    "build_folder",
    "build_graph",
    "clean",
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
    "leaderboards",
    "load_extractions",
    "load_graph",
    "load_manifest",
    "merge_duplicates",
    "pipeline",
    "read",
    "read_papers",
    "resolve",
    "score_conflicts",
    "write_extractions",
]

_ROOM_OF: Final = {
    "BuildReport": "building",
    "ReadingReport": "building",
    "build": "building",
    "build_folder": "building",
    "read_papers": "building",
    "ScoreConflict": "conflicts",
    "score_conflicts": "conflicts",
    "Explanation": "explaining",
    "explain": "explaining",
    "export": "exporting",
    "exporter": "exporting",
    "exporters": "exporting",
    "extract": "extraction",
    "pipeline": "extraction",
    "extraction_line": "folder",
    "load_extractions": "folder",
    "load_graph": "folder",
    "load_manifest": "folder",
    "write_extractions": "folder",
    "GraphSummary": "graph",
    "build_graph": "graph",
    "graph_summary": "graph",
    "Leaderboard": "leaderboard",
    "LeaderboardEntry": "leaderboard",
    "leaderboards": "leaderboard",
    "formats": "readers",
    "merge_duplicates": "readers",
    "read": "readers",
    "clean": "readers.text",
    "resolve": "resolve",
}
_ERRORS: Final = ("ExportError", "GraphError", "InputError", "KgError", "RuleError")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    room = _ROOM_OF.get(name, "errors" if name in _ERRORS else "model")
    value = getattr(import_module(f"kg.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
