"""Papers in, extractions out: the pipeline put together, and run in batches."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import DocumentEntity, Field, field_at, fields_of, paper_fields, paper_text
from kg.components.reported import to_result
from kg.components.tokenizing import adapt_tokenizer
from kg.components.tokens import sentence_bounds, token_table
from kg.errors import KgError
from kg.model import Entity, Extraction, FieldName, Mention, Paper
from kg.processes import collector_paused, in_batches
from kg.rulebook import Rulebook

COMPONENTS: Final = (
    "kg_sentences",
    "kg_abbreviations",
    "kg_mentions",
    "kg_entities",
    "kg_roles",
    "kg_quantities",
    "kg_results",
)
WITHOUT_RULES: Final = frozenset({"kg_abbreviations"})
MOST_WORDS: int = 100_000
"""How many different words a pipeline may have met (some 15,000 abstracts) before a new one takes its place.

spaCy keeps every word, and kg what it has found out about it, which otherwise grows as long as there are new words.
"""
_READING: Final = threading.Lock()
"""One thread of a process reads at a time, with the one pipeline that the process has: spaCy's are not for several."""


def pipeline(rules: Path | str | None = None) -> Language:
    """A spaCy pipeline that reads abstracts: our components on a blank English one.

    ``rules`` is a folder laid over the rules that come with kg. Raises RuleError where a rule is wrong.
    """
    folder = None if rules is None else Path(rules)
    with collector_paused():
        nlp = spacy.blank("en")
        adapt_tokenizer(nlp, Rulebook.load(folder))
        for name in COMPONENTS:
            config = {} if name in WITHOUT_RULES else {"rules": None if folder is None else str(folder)}
            nlp.add_pipe(name, config=config)
    return nlp


def extract(
    papers: Iterable[Paper] | str,
    *,
    rules: Path | str | None = None,
    workers: int = 1,
    min_confidence: float = 0.0,
    executor: Executor | None = None,
) -> Iterator[Extraction]:
    """Read papers, or one text, and yield an extraction for each, in the order given.

    ``workers`` processes share the work; what comes out does not depend on their number. ``executor`` is any executor
    of :mod:`concurrent.futures` that is to do it instead, with a few more tasks than ``workers`` waiting at a time; it
    is left running (threads are taken, but only one of a process reads at a time). Mentions and results of less than
    ``min_confidence`` (0 to 1) are left out. Raises RuleError where a rule is wrong, and KgError where a process is
    killed.
    """
    if isinstance(papers, str):
        papers = [Paper(id="text", text=papers)]
    folder = None if rules is None else str(rules)
    if workers > 1 or executor is not None:
        _pipeline(folder)  # a mistake in the rules shows here, before any process is started
    if folder is not None and executor is not None:
        folder = os.path.abspath(folder)  # noqa: PTH100 - who does the work may be elsewhere; links stay
    work = partial(_extract_batch, folder=folder, min_confidence=min_confidence)
    for batch in in_batches(work, papers, workers=workers, executor=executor):
        yield from batch


def extract_one(nlp: Language, paper: Paper, min_confidence: float = 0.0) -> Extraction:
    """Read one paper with a pipeline that :func:`pipeline` made.

    Raises KgError that names the paper where a component fails on it.
    """
    try:
        return to_extraction(annotate(nlp, paper, winners_only=True), paper, min_confidence)
    except Exception as error:
        raise KgError(f"cannot extract from paper {paper.id!r}: {type(error).__name__}: {error}") from error


def annotate(nlp: Language, paper: Paper, *, winners_only: bool = False) -> Doc:
    """The Doc of a paper with everything that the components leave on it; on demand without candidates that lost."""
    return annotate_all(nlp, [paper], winners_only=winners_only)[0]


def annotate_all(nlp: Language, papers: Sequence[Paper], *, winners_only: bool = False) -> list[Doc]:
    """The Docs of papers, read together: what :func:`annotate` gives for each, but faster."""
    docs = []
    with collector_paused():
        for paper in papers:
            text = paper_text(paper)
            doc = nlp.make_doc(text)
            doc._.kg_fields = paper_fields(paper)
            doc._.kg_winners_only = winners_only
            token_table(doc, text)
            docs.append(doc)
        for _, component in nlp.pipeline:
            pipe = getattr(component, "pipe", None)
            docs = list(map(component, docs)) if pipe is None else list(pipe(docs))
    return docs


def to_extraction(doc: Doc, paper: Paper, min_confidence: float = 0.0) -> Extraction:
    """The extraction that a Doc holds, with offsets into the fields of its paper."""
    fields = fields_of(doc)
    sentences: dict[FieldName, list[tuple[int, int]]] = {field.name: [] for field in fields}
    for first, last in sentence_bounds(doc):
        field = field_at(fields, first)
        start, end = first - field.start, min(last, field.end) - field.start
        if start < end:
            sentences[field.name].append((start, end))
    text = token_table(doc).text
    entities = (_to_entity(entity, fields, text, min_confidence) for entity in doc._.kg_entities or ())
    results = (to_result(doc, result) for result in doc._.kg_results or ())
    return Extraction(
        paper=paper,
        entities=tuple(entity for entity in entities if entity.mentions),
        results=tuple(result for result in results if result.evidence.confidence >= min_confidence),
        sentences={name: tuple(spans) for name, spans in sentences.items()},
    )


def _to_entity(entity: DocumentEntity, fields: list[Field], text: str, min_confidence: float) -> Entity:
    mentions = []
    for candidate in entity.mentions:
        if candidate.confidence >= min_confidence:
            field = field_at(fields, candidate.start_char)
            mentions.append(
                Mention(
                    type=entity.type,
                    field=field.name,
                    start=candidate.start_char - field.start,
                    end=candidate.end_char - field.start,
                    text=text[candidate.start_char : candidate.end_char],
                    rule=candidate.rule,
                    confidence=candidate.confidence,
                )
            )
    return Entity(
        type=entity.type, names=entity.names, role=entity.role, role_rule=entity.role_rule, mentions=tuple(mentions)
    )


@lru_cache(maxsize=2)
def _pipeline(folder: str | None) -> Language:
    return pipeline(folder)


def _extract_batch(papers: list[Paper], folder: str | None, min_confidence: float) -> list[Extraction]:
    with _READING:
        nlp = _pipeline(folder)
        if len(nlp.vocab.strings) > MOST_WORDS:
            _pipeline.cache_clear()
            del nlp
            gc.collect()
            nlp = _pipeline(folder)
        try:
            docs = annotate_all(nlp, papers, winners_only=True)
            return [to_extraction(doc, paper, min_confidence) for doc, paper in zip(docs, papers, strict=True)]
        except Exception:  # noqa: BLE001 - one by one, to name the paper
            return [extract_one(nlp, paper, min_confidence) for paper in papers]
