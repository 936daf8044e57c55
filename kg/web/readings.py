"""What is read out of a text that somebody pastes: extracted and explained in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from kg.explanations import Explanation
from kg.model import Extraction, Paper, extraction_from_json, paper_to_json
from kg.process_pool import ProcessPool

LONGEST_TEXT: Final = 20_000
"""Characters of title and text together: ten abstracts."""
SECONDS: Final = 30.0
WAITING: Final = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """What was extracted from a text, and everything that was proposed on the way."""

    extraction: Extraction
    explanations: list[Explanation]


class Readings:
    """Reads texts, one after the other, each within a time; from any thread. Its process starts with the first."""

    def __init__(self) -> None:
        self._pool = ProcessPool("kg.explain_process", {}, what="text", workers=1, waiting=WAITING)

    def start(self) -> None:
        """Let the process start, which takes some seconds, so that the first text finds it ready; returns at once."""
        self._pool.start()

    def read(self, paper: Paper) -> Reading:
        """What the rules that come with kg find in a paper.

        Raises ProcessError where it takes too long or too many wait, as its subclasses tell.
        """
        _, content = self._pool.ask({"paper": paper_to_json(paper)}, SECONDS)
        found = json.loads(content)
        return Reading(extraction_from_json(found["extraction"]), [Explanation(**one) for one in found["explanations"]])

    def close(self) -> None:
        """End the process."""
        self._pool.close()
