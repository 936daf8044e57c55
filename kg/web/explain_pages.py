"""What would be extracted from a text that somebody pastes, and why, at ``/explain``; what rules say, at ``/rules``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.catalogue.reading import Catalogue, NodeLine
from kg.components.arbiter import SAME_NAME_RULE
from kg.components.weighing import WEIGHTS_RULE
from kg.errors import KgError
from kg.explanations import Explanation
from kg.model import Entity, Extraction, Paper, Result
from kg.readers.text import clean
from kg.rule_entries import RuleEntry, rule_entries
from kg.rulebook import Rulebook
from kg.web.context import Context
from kg.web.marking import Piece, Span, pieces
from kg.web.queries import retry_headers, status_of
from kg.web.readings import LONGEST_TEXT, Reading
from kg.web.rendering import page

LINKED: Final = 60
"""So many entities are looked up in the graph."""
_SHORT: Final = 1_500
"""A text of so many characters fits into an address that can be passed on."""
_SAMPLE: Final = "We propose FooNet, which reaches 92.3% accuracy on ImageNet, 1.2 points more than ResNet-50."
_MARKED: Final = re.compile(r"\[([^\[\]]*)\]")
WITHOUT_ENTRY: Final[Mapping[str, str]] = {
    WEIGHTS_RULE: "No single rule decided: all that is told of a name or a number, each thing with its weight, does.",
    SAME_NAME_RULE: "The paper names the same thing elsewhere, where it was found.",
}
"""What stands in place of a rule's id where no rule of a file decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place of the text where something was found: what, and as what."""

    kind: str
    role: str
    about: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Place:
    """All that was proposed for one place of a text; ``also`` said the same as what was ``taken``."""

    anchor: str
    field: str
    text: str
    taken: Sequence[Explanation]
    also: Sequence[Explanation]
    lost: Sequence[Explanation]


def router(context: Context) -> APIRouter:
    """The page that explains, and those of the rules."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/explain")
    async def explain(request: Request, title: str = "", text: str = "") -> Response:
        return await _explained(request, context, title, text)

    @routes.post("/explain")
    async def explain_posted(request: Request) -> Response:
        fields = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        return await _explained(request, context, fields.get("title", ""), fields.get("text", ""))

    @routes.get("/rules")
    def rules(request: Request) -> Response:
        by_file = {file: list(found) for file, found in groupby(_entries().values(), key=lambda one: one.file)}
        return page(request, "rules.html", by_file=by_file, count=len(_entries()))

    @routes.get("/rules/{rule}")
    def rule(request: Request, rule: str) -> Response:
        entry = _entries().get(rule)
        if entry is None and rule not in WITHOUT_ENTRY:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"no rule has the id {rule}")
        return page(
            request,
            "rule.html",
            rule=rule,
            entry=entry,
            said=WITHOUT_ENTRY.get(rule, ""),
            matches=[_marked(example) for example in entry.matches] if entry else [],
            ignores=[_marked(example) for example in entry.ignores] if entry else [],
        )

    return routes


async def _explained(request: Request, context: Context, title: str, text: str) -> Response:
    values: dict[str, object] = {}
    status, headers, problem = HTTPStatus.OK, {}, ""
    paper = _paper(title, text)
    if paper is None:
        await run_in_threadpool(context.readings.start)  # it is ready when a text has been pasted
    if len(title) + len(text) > LONGEST_TEXT:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        problem = f"the text has more than {LONGEST_TEXT:,} characters; kg extract reads whole files"
    elif paper is not None:
        try:
            reading = await run_in_threadpool(context.readings.read, paper)
            values = await run_in_threadpool(_values, reading, context.catalogue)
        except KgError as error:
            status, headers, problem = status_of(error), retry_headers(error), str(error)
    response = page(
        request,
        "explain.html",
        status=status,
        title=title,
        text=text,
        sample=_SAMPLE,
        longest=LONGEST_TEXT,
        problem=problem,
        other_rules=context.catalogue.rules_hash not in (None, Rulebook.load().hash),
        link={"title": title, "text": text} if len(title) + len(text) <= _SHORT else None,
        is_read=bool(values),
        **(values or {"texts": {}, "entities": [], "results": [], "places": [], "proposed": 0, "nodes": {}}),
    )
    response.headers.update(headers)
    return response


def _paper(title: str, text: str) -> Paper | None:
    """What is pasted, as readers clean it; None where there is nothing."""
    title, text = clean(title), clean(text)
    if not (title or text):
        return None
    return Paper(id="text", title=title, abstract=text or None) if title else Paper(id="text", text=text)


def _values(reading: Reading, catalogue: Catalogue) -> dict[str, object]:
    """What the template shows of a reading."""
    extraction = reading.extraction
    return {
        "texts": {name: _pieces(extraction, name, text) for name, text in extraction.paper.fields()},
        "entities": extraction.entities,
        "results": [(_anchor(one.evidence.field, one.evidence.start), one) for one in extraction.results],
        "places": _places(reading.explanations),
        "proposed": len(reading.explanations),
        "nodes": _nodes(extraction.entities, catalogue),
    }


def _pieces(extraction: Extraction, field: str, text: str) -> list[Piece[Mark]]:
    mentions = [
        Span(
            mention.start,
            mention.end,
            Mark(
                kind=mention.type,
                role=entity.role,
                about=f"{mention.type} · {entity.role} · {mention.rule} · {mention.confidence:.2f}",
                anchor=_anchor(field, mention.start),
            ),
        )
        for entity in extraction.entities
        for mention in entity.mentions
        if mention.field == field
    ]
    results = [
        Span(
            result.evidence.start,
            result.evidence.end,
            Mark(
                kind="Result",
                role=result.kind,
                about=f"Result · {_slots(result)} · {result.evidence.rule} · {result.evidence.confidence:.2f}",
                anchor=_anchor(field, result.evidence.start),
            ),
        )
        for result in extraction.results
        if result.evidence.field == field
    ]
    return pieces(text, [*mentions, *results])


def _slots(result: Result) -> str:
    named = (result.metric, result.dataset, result.method)
    return ", ".join((result.kind, *filter(None, named)))


def _places(explanations: Sequence[Explanation]) -> list[Place]:
    """What was proposed, place by place, in reading order."""
    places = []
    for (field, start, _), group in groupby(explanations, key=lambda one: (one.field, one.start, one.end)):
        found = list(group)
        taken = [one for one in found if not one.lost_to]
        same = {one.what for one in taken}
        places.append(
            Place(
                anchor=_anchor(field, start),
                field=field,
                text=found[0].text,
                taken=taken,
                also=[one for one in found if one.lost_to and one.what in same],
                lost=[one for one in found if one.lost_to and one.what not in same],
            )
        )
    return places


def _anchor(field: str, start: int) -> str:
    return f"{field}-{start}"


def _nodes(entities: Sequence[Entity], catalogue: Catalogue) -> dict[str, NodeLine]:
    """The nodes of the graph that are called as entities are, by type and name."""
    found = {}
    for entity in entities[:LINKED]:
        for hit in catalogue.search(entity.name, (entity.type,), 1):
            if hit.name.casefold() == entity.name.casefold():
                found[f"{entity.type} {entity.name}"] = hit.line
    return found


def _marked(example: str) -> list[Piece[bool]]:
    """An example with what stands in square brackets marked."""
    text = _MARKED.sub(r"\1", example)
    spans = [
        Span(found.start() - 2 * count, found.end() - 2 * count - 2, what=True)
        for count, found in enumerate(_MARKED.finditer(example))
    ]
    return pieces(text, spans)


@cache
def _entries() -> dict[str, RuleEntry]:
    return {entry.id: entry for entry in rule_entries(Rulebook.load())}
