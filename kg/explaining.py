"""Why a text was read as it was: every candidate with the rule that proposed it, winners and losers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import field_at, fields_of
from kg.components.reported import to_result
from kg.components.tokens import token_table
from kg.explanations import Explanation
from kg.extraction import annotate, pipeline, to_extraction
from kg.model import Extraction, Paper
from kg.readers.text import clean

__all__ = ["Explanation", "explain", "extract_and_explain"]


def explain(text: str | Paper, *, rules: Path | str | None = None) -> list[Explanation]:
    """Every proposal for a text (or a paper), in reading order, the taken one before those that lost to it.

    A text is cleaned as readers clean it (:func:`kg.readers.text.clean`), and offsets index what comes of that.
    Raises RuleError where a rule is wrong.
    """
    paper = text if isinstance(text, Paper) else Paper(id="text", text=clean(text))
    return _explained(annotate(pipeline(rules), paper))


def extract_and_explain(nlp: Language, paper: Paper) -> tuple[Extraction, list[Explanation]]:
    """What a pipeline reads out of a paper, and what :func:`explain` gives for it."""
    doc = annotate(nlp, paper)
    return to_extraction(doc, paper), _explained(doc)


def _explained(doc: Doc) -> list[Explanation]:
    found = [*_mentions(doc), *_results(doc), *_other_numbers(doc)]
    order = {field.name: rank for rank, field in enumerate(fields_of(doc))}
    return sorted(found, key=lambda one: (order[one.field], one.start, -one.end, bool(one.lost_to)))  # type: ignore[index]


def _mentions(doc: Doc) -> Iterator[Explanation]:
    notes = {
        id(mention): f"{entity.name}: {entity.role} ({entity.role_rule})"
        for entity in doc._.kg_entities or ()
        for mention in entity.mentions
    }
    fields, text = fields_of(doc), token_table(doc).text
    for candidate in doc._.kg_candidates or ():
        field = field_at(fields, candidate.start_char)
        yield Explanation(
            what=candidate.type,
            text=text[candidate.start_char : candidate.end_char],
            field=field.name,
            start=candidate.start_char - field.start,
            end=candidate.end_char - field.start,
            rule=candidate.rule,
            confidence=candidate.confidence,
            lost_to=candidate.lost_to,
            note=notes.get(id(candidate), ""),
        )


def _results(doc: Doc) -> Iterator[Explanation]:
    for found in doc._.kg_results or ():
        result = to_result(doc, found)
        slots = ("metric", "dataset", "task", "method", "baseline")
        linked = [f"{slot} {getattr(result, slot)}" for slot in slots if getattr(result, slot)]
        yield Explanation(
            what="Result",
            text=result.evidence.text,
            field=result.evidence.field,
            start=result.evidence.start,
            end=result.evidence.end,
            rule=result.evidence.rule,
            confidence=result.evidence.confidence,
            lost_to="",
            note=f"{result.kind}; " + ", ".join(linked) if linked else result.kind,
        )


def _other_numbers(doc: Doc) -> Iterator[Explanation]:
    taken = {id(found.quantity) for found in doc._.kg_results or ()}
    fields = fields_of(doc)
    for quantity in doc._.kg_quantities or ():
        if id(quantity) not in taken:
            field = field_at(fields, quantity.start)
            yield Explanation(
                what="Number",
                text=quantity.text,
                field=field.name,
                start=quantity.start - field.start,
                end=quantity.end - field.start,
                rule=quantity.rule,
                confidence=0.0,
                lost_to="no rule takes it for a result",
                note="",
            )
