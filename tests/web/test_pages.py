"""What the pages of the explorer show of the example papers."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from starlette.testclient import TestClient

from kg.catalogue.opening import open_catalogue
from kg.catalogue.reading import Catalogue
from kg.exporting import import_graph
from kg.folder import load_graph
from kg.graph import ROLE_RELATIONS, Graph
from kg.leaderboard import leaderboards
from kg.model import ENTITY_TYPES
from kg.web.rendering import node_path
from tests.web.crawling import Seen


@pytest.fixture(scope="module")
def graph(examples_folder: Path) -> Graph:
    """The graph that the pages are about."""
    return load_graph(examples_folder)


@pytest.fixture(scope="module")
def catalogue(examples_folder: Path) -> Iterator[Catalogue]:
    """Its catalogue."""
    opened = open_catalogue(examples_folder)
    yield opened
    opened.close()


def _seen(explorer: TestClient, path: str) -> Seen:
    answer = explorer.get(path)
    assert answer.status_code == 200, path
    return Seen(answer.text)


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_home_counts_what_there_is(explorer: TestClient, catalogue: Catalogue) -> None:
    """The first page has the number of each kind, the most named of each type, and the newest papers."""
    seen = _seen(explorer, "/")
    for kind in ("Paper", *ENTITY_TYPES):
        assert f"{catalogue.kinds[kind]:,} {kind.lower()}s" in _plain(seen.text)
        assert node_path(catalogue.top(kind, 1)[0].key) in seen.links
    assert "/node/dataset/ImageNet" in seen.links


def test_search_finds_as_the_catalogue_does(explorer: TestClient, catalogue: Catalogue) -> None:
    """What is searched for is linked, best first, and a type leaves out the others."""
    nodes = [link for link in _seen(explorer, "/search?q=image+class").links if link.startswith("/node/")]
    assert nodes == [node_path(hit.line.key) for hit in catalogue.search("image class", limit=len(nodes))]
    nodes = [link for link in _seen(explorer, "/search?q=ima&type=Dataset").links if link.startswith("/node/")]
    assert nodes
    assert all(link.startswith("/node/dataset/") for link in nodes)


def test_search_without_words_lists_a_type(explorer: TestClient, catalogue: Catalogue) -> None:
    """A type alone is listed whole, page by page."""
    found: list[str] = []
    address = "/search?type=Method"
    while True:
        seen = _seen(explorer, address)
        found += [link for link in seen.links if link.startswith("/node/")]
        following = [link for link in seen.links if re.search(r"page=\d", link)]
        if not following or following[-1] == address or f"page={len(found) // 25 + 1}" not in following[-1]:
            break
        address = following[-1]
    assert found == [node_path(line.key) for line in catalogue.top("Method", 10_000)]


def test_search_says_where_there_is_nothing(explorer: TestClient) -> None:
    """What is not found is said, and what was asked stays in the box."""
    answer = explorer.get("/search?q=zzzz+%3Cb%3E")
    assert "Nothing is called" in answer.text
    assert 'value="zzzz &lt;b&gt;"' in answer.text


def test_suggestions_complete_a_name(explorer: TestClient) -> None:
    """While a name is typed, the explorer answers with what it may become, as JSON."""
    first = explorer.get("/suggest?q=imagen").json()[0]
    assert (first["key"], first["kind"], first["url"]) == ("dataset/ImageNet", "Dataset", "/node/dataset/ImageNet")
    assert explorer.get("/suggest?q=").json() == []


def test_texts_of_papers_stand_whole(explorer: TestClient, graph: Graph) -> None:
    """Marked or not, title and abstract are what the paper says."""
    for key, paper in graph.nodes(data=True):
        if paper["kind"] == "Paper":
            shown = _seen(explorer, node_path(key)).text
            for field in ("title", "abstract", "text"):
                assert (paper[field] or "") in shown, (key, field)


def test_mentions_lead_to_what_they_name(explorer: TestClient, graph: Graph) -> None:
    """Everywhere that a paper names a thing, the words are a link to it that says how they were read."""
    for key in [node for node, kind in graph.nodes(data="kind") if kind == "Paper"][:12]:
        page = explorer.get(node_path(key)).text
        marked = re.findall(r'<a class="mention [^"]*" href="([^"]*)" data-about="([^"]*)">', page)
        for _, target, relation, edge in graph.out_edges(key, keys=True, data=True):
            if relation in ROLE_RELATIONS.values():
                abouts = [about for address, about in marked if address == node_path(target)]
                for item in edge["evidence"]:
                    assert any(item["rule"] in about and f"{item['confidence']:.2f}" in about for about in abouts)


def test_results_stand_with_their_sentences(explorer: TestClient, graph: Graph) -> None:
    """A paper's page has a row for each of its results, with what fills its slots and the sentence."""
    for key, result in list(graph.nodes(data=True))[::3]:
        if result["kind"] == "Result":
            seen = _seen(explorer, node_path(result["paper"]))
            assert node_path(key) in seen.links
            (evidence,) = graph.edges[result["paper"], key, "reports"]["evidence"]
            assert evidence["sentence"] in seen.text
            for _, target in graph.out_edges(key):
                assert node_path(target) in seen.links
            alone = _seen(explorer, node_path(key))
            assert evidence["sentence"] in alone.text
            assert node_path(result["paper"]) in alone.links


def test_every_edge_leads_to_its_evidence(explorer: TestClient, graph: Graph) -> None:
    """For an edge of any relation there is a page with the sentences that it rests on, or the reason in the names."""
    by_relation: defaultdict[str, list[tuple[str, str, str, dict[str, Any]]]] = defaultdict(list)
    for source, target, relation, edge in graph.edges(keys=True, data=True):
        by_relation[relation].append((source, target, relation, edge))
    for source, target, relation, edge in (
        one for edges in by_relation.values() for one in edges[:: len(edges) // 6 + 1]
    ):
        address = f"/edge?source={quote(source, safe='')}&relation={relation}&target={quote(target, safe='')}"
        seen = _seen(explorer, address)
        assert {node_path(source), node_path(target)} <= set(seen.links)
        for item in edge["evidence"][:25]:
            assert item["sentence"] in seen.text
            assert node_path(item["paper"]) in seen.links
        assert edge.get("reason", "") in seen.text


def test_leaderboards_rank_as_kg_does(explorer: TestClient, graph: Graph) -> None:
    """A dataset's page has the leaderboards that kg makes of its results, ranked alike."""
    boards = leaderboards(graph, dataset="ImageNet", min_confidence=0.4)
    best = next(board for board in boards if board.scores)
    page = explorer.get("/boards/dataset/ImageNet").text
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert re.findall(r'href="(/node/result/[^"]*)"', table) == [node_path(entry.result) for entry in best.scores]
    everything = leaderboards(graph, dataset="ImageNet")
    unsure = [entry.result for board in everything for entry in board.scores if entry.confidence < 0.4]
    shown = _seen(explorer, "/boards/dataset/ImageNet?least=0").links
    assert all(node_path(result) in shown for result in unsure)


def test_pages_of_things_say_what_is_known(explorer: TestClient, graph: Graph, catalogue: Catalogue) -> None:
    """An entity's page has its names, who introduced it, what it is a variant of, and what is like it."""
    for key, node in graph.nodes(data=True):
        if node["kind"] not in ENTITY_TYPES or node["papers"] < 4:
            continue
        seen = _seen(explorer, node_path(key))
        assert all(name in seen.text for name in node["names"])
        for source, _, relation in graph.in_edges(key, keys=True):
            if relation == "introduces":
                assert node_path(source) in seen.links
        for _, target, relation in graph.out_edges(key, keys=True):
            if relation == "variantOf":
                assert node_path(target) in seen.links
        for other, *_ in catalogue.similar(key, 3):
            assert node_path(other.key) in seen.links


def test_years_are_drawn_and_written(explorer: TestClient, catalogue: Catalogue) -> None:
    """The bars of papers by year say their numbers, and stand in a table besides."""
    page = explorer.get("/node/dataset/ImageNet").text
    for year, count in catalogue.by_year("dataset/ImageNet"):
        assert f"<title>{year}: {count} paper" in page
        assert f'<th scope="row">{year}</th><td class="right">{count}</td>' in page


def test_lists_of_edges_are_whole(explorer: TestClient, graph: Graph) -> None:
    """All papers that use a thing are listed, page by page, with the sentence in which they do."""
    using = {source for source, _, relation in graph.in_edges("dataset/ImageNet", keys=True) if relation == "uses"}
    seen = _seen(explorer, "/edges/dataset/ImageNet?relation=uses&direction=in")
    assert {node_path(paper) for paper in using} <= set(seen.links)


def test_downloads_are_what_they_say(explorer: TestClient, graph: Graph, tmp_path: Path) -> None:
    """Results come as CSV and JSON, papers as BibTeX, and the neighbourhood as Turtle that kg reads back."""
    results = {
        source for source, _, relation in graph.in_edges("dataset/ImageNet", keys=True) if relation == "hasDataset"
    }
    answer = explorer.get("/download/dataset/ImageNet?as=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == len(results)
    assert {row["value"] for row in rows} == {graph.nodes[result]["value"] for result in results}
    assert 'filename="ImageNet.csv"' in answer.headers["content-disposition"]
    records = explorer.get("/download/dataset/ImageNet?as=json").json()
    assert [record["title"] for record in records] == [row["title"] for row in rows]
    assert explorer.get("/download/dataset/ImageNet?as=bibtex").text.count("\n@") >= len(
        {graph.nodes[result]["paper"] for result in results}
    )
    (tmp_path / "part.ttl").write_bytes(explorer.get("/download/dataset/ImageNet?as=turtle").content)
    part = import_graph(tmp_path / "part.ttl", "turtle")
    assert results <= set(part)
    assert part.nodes["dataset/ImageNet"]["names"] == graph.nodes["dataset/ImageNet"]["names"]


@pytest.mark.parametrize("form", ["csv", "json", "bibtex", "turtle"])
def test_what_a_search_finds_can_be_downloaded(explorer: TestClient, form: str) -> None:
    """Every form of a search's results is a file that names what was found."""
    answer = explorer.get(f"/download?q=residual&type=Paper&as={form}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert "Residual" in answer.text
    if form == "json":
        assert all(record["kind"] == "Paper" for record in json.loads(answer.text))


def test_download_links_are_on_the_pages(explorer: TestClient) -> None:
    """What a page offers to download is there."""
    for path in ("/node/dataset/ImageNet", "/node/method/ResNet", "/search?q=net", "/boards/dataset/ImageNet"):
        offered = [link for link in _seen(explorer, path).links if urlsplit(link).path.startswith("/download")]
        assert len(offered) >= 3
        assert [explorer.get(link).status_code for link in offered] == [200] * len(offered)
