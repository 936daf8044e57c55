"""What extracts from a text and explains it in a process of its own, so that a long one holds up nobody else.

Run as ``python -m kg.explain_process``, as :mod:`kg.process_pool` describes. It has no settings. A question has
``paper``, as :func:`kg.model.paper_from_json` reads it; the answer is JSON with the ``extraction`` of
:func:`kg.model.extraction_to_json` and the list of ``explanations``, each with the fields of
:class:`kg.explaining.Explanation`.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from kg.explaining import extract_and_explain
from kg.extraction import pipeline
from kg.model import JsonObject, extraction_to_json, paper_from_json
from kg.process_pool import Told, serve


class _Answers:
    """Reads texts with one pipeline."""

    def __init__(self, _settings: JsonObject) -> None:
        self._nlp = pipeline()

    def __call__(self, question: JsonObject) -> Told:
        extraction, explanations = extract_and_explain(self._nlp, paper_from_json(question["paper"]))
        answer = {"extraction": extraction_to_json(extraction), "explanations": [asdict(one) for one in explanations]}
        return {}, json.dumps(answer).encode()


if __name__ == "__main__":
    serve(_Answers)
