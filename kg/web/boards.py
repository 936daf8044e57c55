"""The leaderboards that an entity's page shows, kept for a while: those of a large dataset take time to rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.catalogue.reading import Catalogue
from kg.errors import GraphError
from kg.leaderboard import Leaderboard, leaderboards
from kg.options import LIKELY

_KEPT: Final = 128


@dataclass(frozen=True, slots=True)
class Boards:
    """The boards of an entity, and the keys of the datasets and metrics on them by their kind and label."""

    boards: tuple[Leaderboard, ...]
    keys: Mapping[tuple[str, str], str]


class BoardsOf:
    """Finds the boards of entities in a catalogue, and remembers them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept = lru_cache(maxsize=_KEPT)(self._boards)

    def __call__(self, key: str, least: float = LIKELY) -> Boards:
        """The boards of a dataset, a metric or a task, of the results that are at least so sure (0 to 1)."""
        return self._kept(key, least)

    def _boards(self, key: str, least: float) -> Boards:
        graph = self._catalogue.results_of(key)
        if key not in graph:
            return Boards((), {})
        asked = graph.nodes[key]["label"] if graph.nodes[key]["kind"] == "Task" else None
        try:
            boards = leaderboards(graph, task=asked, min_confidence=least)
        except GraphError:  # no result is about the task
            return Boards((), {})
        keys = {
            (node["kind"], node["label"]): one
            for one, node in graph.nodes(data=True)
            if node["kind"] in {"Dataset", "Metric"}
        }
        return Boards(boards, keys)
