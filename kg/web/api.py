"""The graph as JSON, for programs: ``/api/v1``, described by ``/api/openapi.json`` and, for people, at ``/api``.

Nodes are named by their keys (``dataset/ImageNet``), as a parameter, for a key has slashes. What is not found, and
what is asked wrongly, is answered by problem details (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.catalogue.reading import Catalogue, NodeLine
from kg.errors import KgError
from kg.model import EntityType, Paper, extraction_to_json
from kg.options import LIKELY
from kg.readers.text import clean
from kg.web import api_models as models
from kg.web.api_docs import documented
from kg.web.boards import BoardsOf
from kg.web.context import Context, known
from kg.web.problems import MEDIA_TYPE, AsciiJson, Problem
from kg.web.queries import retry_headers, status_of
from kg.web.readings import LONGEST_TEXT
from kg.web.rendering import page

PATH: Final = "/api/v1"
MOST: Final = 100
"""So many lines are answered at once."""
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "What went wrong",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
}

Key = Annotated[str, Query(description="the key of a node", examples=["dataset/ImageNet"], min_length=1)]
Limit = Annotated[int, Query(ge=1, le=MOST, description="so many at most")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="leave out so many")]


def router(context: Context) -> APIRouter:
    """The API and the page that describes it."""
    routes = APIRouter()
    routes.include_router(_about_nodes(context.catalogue), prefix=PATH, responses=_PROBLEMS)
    routes.include_router(_about_edges(context.catalogue), prefix=PATH, responses=_PROBLEMS)
    routes.include_router(_about_texts(context), prefix=PATH, responses=_PROBLEMS)

    @routes.get("/api", include_in_schema=False)
    def documentation(request: Request) -> Response:
        document = request.app.openapi()
        return page(request, "api.html", **documented(document, _samples(context.catalogue)))

    return routes


def _about_nodes(catalogue: Catalogue) -> APIRouter:
    routes = APIRouter(default_response_class=AsciiJson, tags=["Nodes"])
    boards_of = BoardsOf(catalogue)

    @routes.get("/graph", operation_id="graph", summary="What the graph holds")
    def graph() -> models.GraphSummary:
        """How many nodes of each kind, how many edges of each relation, and what it was built with."""
        return models.GraphSummary.model_validate(catalogue)

    @routes.get("/search", operation_id="search", summary="Find nodes by their names")
    def search(
        q: Annotated[str, Query(description="a name, or how it begins", examples=["imagenet"], max_length=1000)],
        type: Annotated[  # noqa: A002 - as it is called in the address
            list[models.Kind] | None, Query(description="only of these kinds; may be repeated")
        ] = None,
        limit: Limit = 20,
    ) -> list[models.SearchHit]:
        """The best first. Case, hyphens and accents do not count; the last word may be unfinished."""
        hits = catalogue.search(q, type or (), limit)
        return [models.SearchHit(node=_line(hit.line), name=hit.name) for hit in hits]

    @routes.get("/top", operation_id="top", summary="The nodes of a kind")
    def top(
        kind: Annotated[models.Kind, Query(description="of which kind")], limit: Limit = 20, offset: Offset = 0
    ) -> list[models.NodeSummary]:
        """Entities by the number of papers that name them, papers from the newest."""
        return [_line(line) for line in catalogue.top(kind, limit, offset)]

    @routes.get("/node", operation_id="node", summary="A node with all its attributes")
    def node(key: Key) -> models.Node:
        """A paper, an entity or a result, as its kind says."""
        known(catalogue, key)
        attributes: Mapping[str, Any] = {"key": key, **(catalogue.node(key) or {})}
        if attributes["kind"] == "Paper":
            return models.PaperNode.model_validate(attributes)
        kind = models.ResultNode if attributes["kind"] == "Result" else models.EntityNode
        return kind.model_validate(attributes)

    @routes.get("/by-year", operation_id="by_year", summary="How many papers name an entity, by year")
    def by_year(key: Key) -> list[models.YearCount]:
        """Years ascending; papers without a year are left out."""
        known(catalogue, key)
        return [models.YearCount(year=year, papers=papers) for year, papers in catalogue.by_year(key)]

    @routes.get("/together", operation_id="together", summary="What the same papers name")
    def together(
        key: Key,
        kind: Annotated[EntityType, Query(description="of which type")] = "Method",
        limit: Limit = 10,
    ) -> list[models.Together]:
        """Entities that are named together with one more often than by chance, the closest first."""
        known(catalogue, key)
        return [
            models.Together(node=_line(line), papers=papers, lift=lift)
            for line, papers, lift in catalogue.together(key, kind, limit)
        ]

    @routes.get("/similar", operation_id="similar", summary="What is like a node")
    def similar(key: Key, limit: Limit = 10) -> list[models.Similar]:
        """Papers that name the same rare things; entities that keep the same company."""
        known(catalogue, key)
        return [
            models.Similar(node=_line(line), shared=shared, score=score)
            for line, shared, score in catalogue.similar(key, limit)
        ]

    @routes.get("/leaderboards", operation_id="leaderboards", summary="The leaderboards of a node")
    def leaderboards(
        key: Key,
        least: Annotated[float, Query(ge=0, le=1, description="only results that are at least so sure")] = LIKELY,
        limit: Limit = 10,
        offset: Offset = 0,
    ) -> list[models.Board]:
        """Of a dataset, a metric, a task or a method; those with a metric first, then the largest."""
        known(catalogue, key)
        boards = boards_of(key, least).boards[offset : offset + limit]
        return [models.Board.model_validate(board) for board in boards]

    return routes


def _about_edges(catalogue: Catalogue) -> APIRouter:
    routes = APIRouter(default_response_class=AsciiJson, tags=["Edges"])

    @routes.get("/relations", operation_id="relations", summary="Which edges a node has")
    def relations(key: Key) -> list[models.RelationCount]:
        """How many of each relation, out of it and into it."""
        known(catalogue, key)
        return [
            models.RelationCount.model_validate({"relation": relation, "direction": direction, "count": count})
            for relation, direction, count in catalogue.counts(key)
        ]

    @routes.get("/edges", operation_id="edges", summary="The edges of a node")
    def edges(
        key: Key,
        relation: Annotated[str | None, Query(description="only of this relation", examples=["uses"])] = None,
        direction: Annotated[Literal["out", "in"], Query(description="out of the node, or into it")] = "out",
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> list[models.EdgeSummary]:
        """By the importance of the node at the other end."""
        known(catalogue, key)
        found = catalogue.edges(key, relation, direction, limit=limit, offset=offset)
        return [models.EdgeSummary.model_validate(edge) for edge in found]

    @routes.get("/edge", operation_id="edge", summary="An edge with its evidence")
    def edge(
        source: Annotated[str, Query(description="the key of the node that it comes from")],
        relation: Annotated[str, Query(description="what it says", examples=["uses"], max_length=200)],
        target: Annotated[str, Query(description="the key of the node that it goes to")],
    ) -> models.Edge:
        """Every place that says so: the words, the sentence around them, and the rule that read them."""
        found = catalogue.edge(source, relation, target)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no edge {relation} from {source} to {target}")
        return models.Edge.model_validate({**found, "source": source, "relation": relation, "target": target})

    @routes.get("/neighbourhood", operation_id="neighbourhood", summary="The graph around a node")
    def neighbourhood(
        key: Key, most: Annotated[int, Query(ge=2, le=300, description="so many neighbours at most")] = 60
    ) -> models.Neighbourhood:
        """The node, its most important neighbours, the results between them, and all edges among these."""
        known(catalogue, key)
        graph = catalogue.around(key, most)
        return models.Neighbourhood(
            nodes=[_line(line) for line in catalogue.lines(list(graph))],
            edges=[
                models.Link(
                    source=source,
                    relation=relation,
                    target=target,
                    confidence=graph.edges[source, target, relation]["confidence"],
                )
                for source, target, relation in sorted(graph.edges(keys=True))
            ],
        )

    return routes


def _about_texts(context: Context) -> APIRouter:
    routes = APIRouter(default_response_class=AsciiJson, tags=["Texts"])

    @routes.post("/extract", operation_id="extract", summary="Extract from a text")
    def extract(pasted: models.PastedText) -> models.ExtractedText:
        """What the rules find in a text that is not in the graph, and why. Offsets index the text as it is answered."""
        if len(pasted.title) + len(pasted.text) > LONGEST_TEXT:
            message = f"the text has more than {LONGEST_TEXT:,} characters"
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
        title, text = clean(pasted.title), clean(pasted.text)
        if not (title or text):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "there is no text")
        paper = Paper(id="text", title=title, abstract=text or None) if title else Paper(id="text", text=text)
        try:
            reading = context.readings.read(paper)
        except KgError as error:
            raise HTTPException(status_of(error), str(error), retry_headers(error)) from error
        extraction = extraction_to_json(reading.extraction)
        return models.ExtractedText.model_validate({**extraction, "explanations": reading.explanations})

    return routes


def _line(line: NodeLine) -> models.NodeSummary:
    return models.NodeSummary.model_validate(line)


def _samples(catalogue: Catalogue) -> dict[str, str]:
    """Values for parameters by name that lead to something in this graph."""
    things = [line for kind in ("Dataset", "Method", "Task", "Metric") for line in catalogue.top(kind, 1)]
    if not things:
        return {}
    key = things[0].key
    samples = {"key": key, "q": things[0].label, "kind": "Method"}
    for edge in (*catalogue.edges(key, "uses", "in", limit=1), *catalogue.edges(key, None, "in", limit=1))[:1]:
        samples |= {"source": edge.source, "relation": edge.relation, "target": edge.target}
    return samples
