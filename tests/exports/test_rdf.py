"""All formats of RDF: they say the same, everybody reads them, and they can be read back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph
import pytest
import rdflib
from hypothesis import Phase, given, settings
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS, VOID

import kg
from kg.errors import ExportError, GraphError
from kg.graph import Graph, build_graph
from kg.model import Extraction, Paper
from tests.made_extractions import IN_XML, exact, made_extractions
from tests.material import EXAMPLES, ROOT
from tests.samples import extraction, harbor, named, samples

FORMATS = ("jsonld", "nquads", "ntriples", "rdfxml", "trig", "turtle")
WITH_NAMED_GRAPHS = ("jsonld", "nquads", "trig")
BASE = "https://example.org/kg/"
KGO = rdflib.Namespace(f"{BASE}ontology#")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
OF_THE_FILE = {str(rdflib.DCAT.mediaType), str(VOID.feature)}


def written(graph: Graph, name: str, folder: Path, **options: Any) -> Path:
    """A file with the graph in one of the formats."""
    path = folder / f"graph{kg.exporter(name).suffix}"
    kg.export(graph, name, path, **options)
    return path


def quads(path: Path) -> set[pyoxigraph.Quad]:
    """What pyoxigraph reads in a file, each triple once."""
    found = list(pyoxigraph.parse(path=path))
    assert len(set(found)) == len(found)
    return {quad if isinstance(quad, pyoxigraph.Quad) else pyoxigraph.Quad(*quad) for quad in found}


def read(path: Path) -> rdflib.Graph:
    """What rdflib reads in a file, in all graphs of it."""
    union = rdflib.Graph()
    for subject, predicate, object_, _ in rdflib.Dataset().parse(path).quads():
        union.add((subject, predicate, object_))
    return union


def contents(graph: Graph) -> tuple[Any, ...]:
    """All that a graph holds, so that it can be compared."""
    nodes = [(key, node | {"number": exact(node.get("number"))}) for key, node in graph.nodes(data=True)]
    return dict(graph.graph), nodes, list(graph.edges(keys=True, data=True))


@pytest.fixture(name="examples", scope="module")
def graph_of_examples() -> Graph:
    """The graph of the examples."""
    return kg.build(EXAMPLES / "abstracts.jsonl", EXAMPLES / "saved-page.txt")


@pytest.fixture(name="linked")
def graph_with_links() -> Graph:
    """The graph of the samples, with links to elsewhere, a variant, and evidence that is not in reading order."""
    graph = build_graph(samples())
    graph.graph["rules_hash"] = "0f" * 32
    for method in ("method/DETR", "method/HarborNet"):
        graph.nodes[method]["links"] = ["https://example.com/b", "https://example.com/a#ä"]
    graph.nodes["dataset/Gulf_3K"]["links"] = ["https://example.com/gulf"]
    graph.add_edge(
        "method/HarborNet",
        "method/DETR",
        key="variantOf",
        relation="variantOf",
        evidence=[],
        confidence=1.0,
        reason='"net" of it',
    )
    for *_, edge in graph.out_edges("method/HarborNet", data=True):
        edge["evidence"].reverse()
    return graph


@pytest.mark.parametrize("name", FORMATS)
def test_formats_say_the_same(name: str, linked: Graph, tmp_path: Path) -> None:
    """Every format holds the same triples, but for those on the format; what concerns evidence is in its own graph."""
    first, other = (
        {quad for quad in quads(written(linked, one, tmp_path)) if quad.predicate.value not in OF_THE_FILE}
        for one in ("nquads", name)
    )
    assert {quad.triple for quad in first} == {quad.triple for quad in other}
    if name in WITH_NAMED_GRAPHS:
        assert first == other
        assert {str(quad.graph_name) for quad in other} == {"DEFAULT", f"<{BASE}evidence>"}
        apart = {str(quad.predicate) for quad in other if quad.graph_name != pyoxigraph.DefaultGraph()}
        assert {f"<{KGO.confidence}>", f"<{KGO.rule}>", "<http://www.w3.org/ns/oa#exact>"} <= apart
        assert not {f"<{KGO.uses}>", f"<{RDFS.label}>"} & apart - {f"<{RDFS.label}>"}


@pytest.mark.parametrize("name", FORMATS)
def test_rdflib_reads_as_many(name: str, linked: Graph, tmp_path: Path) -> None:
    """The two libraries read the same triples, and no blank node is among them."""
    path = written(linked, name, tmp_path)
    graph = read(path)
    assert {(str(s), str(p), str(o)) for s, p, o in graph} == {
        tuple(part.value for part in quad.triple)[:3] for quad in quads(path)
    }
    assert not any(isinstance(node, rdflib.BNode) for triple in graph for node in triple)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "jsonld"])
def test_rapper_reads_it(name: str, linked: Graph, tmp_path: Path) -> None:
    """Raptor reads as many triples, without an error or a warning; it knows no JSON-LD."""
    rapper = shutil.which("rapper")
    if rapper is None:
        pytest.skip("needs rapper (raptor2-utils)")
    odd = [
        named(name, ("Method", (name,))) for name in ("\x01\x7f\x85", "\u200f\u202e", '"""\\', "\u0301", "数", "<&]]>")
    ]
    for number, graph in enumerate((linked, build_graph(odd))):
        path = written(graph, name, tmp_path / str(number)) if (tmp_path / str(number)).mkdir() is None else tmp_path
        done = subprocess.run([rapper, "-i", name, "-c", path], capture_output=True, text=True, check=True)
        assert f"returned {len(quads(path))} triples" in done.stderr
        assert not re.search("error|warning", done.stderr, re.IGNORECASE)


@pytest.mark.parametrize("name", FORMATS)
def test_same_bytes(name: str, tmp_path: Path) -> None:
    """The same extractions in another order, in a Python that hashes otherwise, give the same bytes."""
    path = written(build_graph(samples()), name, tmp_path)
    before = path.read_bytes()
    code = (
        "import sys, kg; from tests.samples import samples; "
        "kg.export(kg.build_graph(samples()[::-1]), sys.argv[1], sys.argv[2])"
    )
    subprocess.run(
        [sys.executable, "-c", code, name, path], check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("evidence", ["none", "link", "full"])
def test_lines_are_those_of_pyoxigraph(evidence: str, linked: Graph, tmp_path: Path) -> None:
    """N-Quads and N-Triples, which kg writes itself, have the bytes that pyoxigraph gives the same triples."""
    for name in ("nquads", "ntriples"):
        path = written(linked, name, tmp_path, evidence=evidence)
        assert pyoxigraph.serialize(pyoxigraph.parse(path=path), format=form(name)) == path.read_bytes()


def form(name: str) -> pyoxigraph.RdfFormat:
    """The format as pyoxigraph calls it."""
    found = pyoxigraph.RdfFormat.from_media_type(kg.exporter(name).media_type)
    assert found is not None
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_examples_come_back(name: str, examples: Graph, tmp_path: Path) -> None:
    """The graph of the examples is read back equal, and is written again with the same bytes."""
    path = written(examples, name, tmp_path)
    before = path.read_bytes()
    back = kg.import_graph(path, name)
    assert contents(back) == contents(examples)
    assert written(back, name, tmp_path).read_bytes() == before


@pytest.mark.parametrize("name", FORMATS)
def test_links_and_variants_come_back(name: str, linked: Graph, tmp_path: Path) -> None:
    """So do links, variants and their reasons, under a base of the user's as well."""
    path = written(linked, name, tmp_path, base="http://kb.example.com/ä/ships/")
    assert contents(kg.import_graph(path, name)) == contents(linked)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rdfxml"])
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(extractions=made_extractions())
def test_anything_comes_back(name: str, extractions: list[Extraction]) -> None:
    """Whatever papers, names, texts and numbers hold, the graph that is read is the one that was written."""
    _round_trip(name, extractions)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(extractions=made_extractions(IN_XML))
def test_anything_comes_back_out_of_xml(extractions: list[Extraction]) -> None:
    """So it is in RDF/XML, with all characters that XML can hold."""
    _round_trip("rdfxml", extractions)


def _round_trip(name: str, extractions: list[Extraction]) -> None:
    graph = build_graph(extractions)
    with tempfile.TemporaryDirectory() as folder:
        path = written(graph, name, Path(folder))
        assert quads(path)
        assert contents(kg.import_graph(path, name)) == contents(graph)


def test_part_of_a_graph(tmp_path: Path) -> None:
    """Evidence whose paper reports no such result, because the result was taken out, is written all the same."""
    graph = build_graph(samples())
    graph.remove_nodes_from([key for key, node in graph.nodes(data=True) if node["kind"] == "Result"])
    kept = [edge for *_, edge in graph.edges(data=True) if edge["relation"] == "outperforms"]
    assert kept[0]["evidence"]
    path = written(graph, "nquads", tmp_path)
    assert quads(path)
    assert contents(kg.import_graph(path, "nquads")) == contents(graph)


def test_order_of_authors(tmp_path: Path) -> None:
    """Authors are plain triples, and where there are several, a sequence has their order, namesakes twice."""
    paper = Paper(id="1", title="T", authors=("Zoe", "Ann", "Zoe"))
    graph = read(written(build_graph([extraction(paper)]), "turtle", tmp_path))
    about = rdflib.URIRef(f"{BASE}paper/1")
    sequence = graph.value(about, rdflib.URIRef("http://purl.org/ontology/bibo/authorList"))
    assert [str(graph.value(sequence, RDF[f"_{n}"])) for n in (1, 2, 3)] == ["Zoe", "Ann", "Zoe"]
    assert {str(author) for author in graph.objects(about, rdflib.DC.creator)} == {"Ann", "Zoe"}


def test_order_of_evidence(linked: Graph, tmp_path: Path) -> None:
    """Evidence in reading order needs no list of its order, in whatever order it is told; other evidence has one."""
    listed = {
        str(statement).partition("#")[0]
        for statement in read(written(linked, "turtle", tmp_path)).subjects(KGO.evidenceList)
    }
    assert listed == {f"{BASE}method/HarborNet"}
    graph = build_graph(samples())
    path = written(graph, "nquads", tmp_path)
    path.write_bytes(b"".join(sorted(path.read_bytes().splitlines(keepends=True), reverse=True)))
    back = kg.import_graph(path, "nquads")
    assert {edge[:3]: edge[3] for edge in back.edges(keys=True, data=True)} == {
        edge[:3]: edge[3] for edge in graph.edges(keys=True, data=True)
    }


def test_links_out(linked: Graph, tmp_path: Path) -> None:
    """What the user's table links is the same concept, a variant is narrower, and an identifier has its address."""
    graph = read(written(linked, "turtle", tmp_path))
    detr, net = rdflib.URIRef(f"{BASE}method/DETR"), rdflib.URIRef(f"{BASE}method/HarborNet")
    assert rdflib.URIRef("https://example.com/a#ä") in set(graph.objects(detr, SKOS.exactMatch))
    assert (net, KGO.variantOf, detr) in graph
    assert (net, SKOS.broader, detr) in graph
    same = rdflib.URIRef("https://schema.org/sameAs")
    paper = rdflib.URIRef(f"{BASE}paper/2410.00001")
    assert graph.value(paper, same) == rdflib.URIRef("https://arxiv.org/abs/2410.00001")
    odd = extraction(Paper(id="1", title="T", identifiers={"doi": "10.1/a<b> ä%"}))
    graph = read(written(build_graph([odd]), "turtle", tmp_path))
    address = graph.value(rdflib.URIRef(f"{BASE}paper/1"), same)
    assert str(address) == "https://doi.org/10.1/a%3Cb%3E%20%C3%A4%25"


@pytest.mark.parametrize("evidence", ["none", "link", "full"])
@pytest.mark.parametrize("name", ["trig", "turtle"])
def test_description_counts_right(name: str, evidence: str, linked: Graph, tmp_path: Path) -> None:
    """The graph says how many triples, things and edges it has, and which program made it by which rules."""
    path = written(linked, name, tmp_path, evidence=evidence)
    graph = read(path)
    about = rdflib.URIRef(BASE)
    assert graph.value(about, VOID.triples) == rdflib.Literal(len(graph))
    assert graph.value(about, VOID.entities) == rdflib.Literal(len(linked))
    for part in graph.objects(about, VOID.classPartition):
        of_class = set(graph.subjects(RDF.type, graph.value(part, VOID["class"])))
        assert graph.value(part, VOID.entities) == rdflib.Literal(len(of_class))
    for part in graph.objects(about, VOID.propertyPartition):
        pairs = set(graph.subject_objects(graph.value(part, VOID.property)))
        assert graph.value(part, VOID.triples) == rdflib.Literal(len(pairs))
    agent = graph.value(about, DCTERMS.creator)
    assert str(graph.value(agent, rdflib.SDO.softwareVersion)) == kg.__version__
    assert str(graph.value(about, KGO.rulesHash)) == "0f" * 32
    if name == "trig" and evidence != "none":
        apart = [quad for quad in quads(path) if str(quad.graph_name) == f"<{BASE}evidence>"]
        assert graph.value(rdflib.URIRef(f"{BASE}evidence"), VOID.triples) == rdflib.Literal(len(apart))


def test_names_with_every_trick(tmp_path: Path) -> None:
    """Names of ten thousand characters, steps in paths, ends of scripts: all stay apart and valid in every format."""
    names = ["a" * 10_000, "a" * 10_001, "..", ".", "%2E%2E", "</script>", "\x00", "a\tb", "a b", "a_b", "%", '"', "'"]
    graph = build_graph([named(f"../{number}", ("Method", (name,))) for number, name in enumerate(names)])
    methods = [key for key in graph if key.startswith("method/")]
    for name in FORMATS:
        found = {quad.subject.value for quad in quads(written(graph, name, tmp_path))}
        assert {BASE + key for key in methods} <= found
    assert len(methods) >= len(names) - 2  # "a b" and "a_b" may be one thing, "." and ".." too


@pytest.mark.parametrize("name", FORMATS)
def test_surrogates(name: str, tmp_path: Path) -> None:
    """Half of a pair of surrogates is no character: it becomes U+FFFD in texts, and never breaks a file."""
    graph = build_graph([named("\ud800", ("Method", ("a\ud800b",)))])
    labels = {
        quad.object.value
        for quad in quads(written(graph, name, tmp_path))
        if quad.predicate.value == str(SKOS.prefLabel)
    }
    assert labels == {"a\ufffdb"}


@pytest.mark.parametrize(
    ("key", "node", "message"),
    [
        ("method/a b", {}, "node key 'method/a b' cannot be an IRI"),
        ("method/x", {"links": ["example.com"]}, "link 'example.com' of method/x cannot be an IRI"),
        ("method/x", {"links": ["http://a/<script>"]}, "cannot be an IRI"),
    ],
)
def test_what_is_no_iri(key: str, node: dict[str, Any], message: str, tmp_path: Path) -> None:
    """A key or a link that is no IRI is named, in one line, and nothing is written."""
    graph: Graph = nx.MultiDiGraph()
    graph.add_node(key, **{"kind": "Method", "label": "x", "names": ["x"], "papers": 1, **node})
    for name in FORMATS:
        with pytest.raises(ExportError, match=re.escape(message)):
            written(graph, name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("base", ["ships", "https://example.org/kg", "http://a b/", "http://[x/", "http://x/%z/", ""])
def test_unusable_base(base: str, tmp_path: Path) -> None:
    """A base that cannot begin an IRI is refused."""
    with pytest.raises(ExportError, match="base "):
        written(build_graph([harbor()]), "nquads", tmp_path, base=base)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<https://a.org/x> a <https://a.org/Y> .", "does not describe itself as one graph of kg"),
        ("", "does not describe itself as one graph of kg"),
        ("<x", "it is no Turtle: Parser error at line 1"),
        ("\xff", "it is no Turtle: "),
    ],
)
def test_foreign_rdf(text: str, message: str, tmp_path: Path) -> None:
    """What kg did not write is refused in one line that names the file."""
    path = tmp_path / "foreign.ttl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(GraphError, match=re.escape(message)) as caught:
        kg.import_graph(path, "turtle")
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("level", ["link", "none"])
def test_without_all_evidence(level: str, tmp_path: Path) -> None:
    """What was written without its evidence cannot come back whole, and says so."""
    path = written(build_graph(samples()), "turtle", tmp_path, evidence=level)
    with pytest.raises(GraphError, match=f"written with evidence={level}; only with evidence=full"):
        kg.import_graph(path, "turtle")


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("http://www.w3.org/ns/oa#start", "has no selector with oa:start"),
        (f"{KGO}resultKind", "has no kgo:resultKind"),
        (f"{KGO}paperCount", "has no kgo:paperCount"),
        (f"{KGO}Paper", "is about what is no node"),
    ],
)
def test_damaged_rdf(term: str, message: str, tmp_path: Path) -> None:
    """A graph of kg from which triples were taken out is refused, not read in part."""
    path = written(build_graph(samples()), "ntriples", tmp_path)
    kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if f"<{term}>" not in line]
    path.write_text("".join(kept), "utf-8")
    with pytest.raises(GraphError, match=f"it is no graph of kg, or not all of one: .*{message}"):
        kg.import_graph(path, "ntriples")


def test_what_cannot_read_back(tmp_path: Path) -> None:
    """A format that is only written says which ones can be read; a file that is not there is named."""
    with pytest.raises(
        ExportError, match=r"exporter 'html' cannot read back what it writes; these can: jsonld, nquads"
    ):
        kg.import_graph(tmp_path / "graph.html", "html")
    with pytest.raises(GraphError, match=r"cannot read .*gone\.ttl: No such file or directory"):
        kg.import_graph(tmp_path / "gone.ttl", "turtle")


def test_ontology_describes_every_term(linked: Graph, examples: Graph, tmp_path: Path) -> None:
    """Every term of ours that a graph uses has label and comment in ontology.ttl, and every one there is used."""
    ontology = rdflib.Graph().parse(data=_shipped("ontology.ttl"), format="turtle")
    described = {
        subject
        for subject in ontology.subjects(RDFS.label)
        if all(getattr(ontology.value(subject, p), "language", None) == "en" for p in (RDFS.label, RDFS.comment))
        and ontology.value(subject, RDFS.isDefinedBy) == rdflib.URIRef(BASE + "ontology")
    }
    used = _own(read(written(linked, "turtle", tmp_path))) | _own(read(written(examples, "turtle", tmp_path)))
    assert used <= described
    assert _own(ontology) == described
    assert described - used == {KGO.Qualifier, KGO.ResultKind}
    assert _own(rdflib.Graph().parse(data=_shipped("shapes.ttl"))) <= described


def test_docs_on_rdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The query of docs/rdf.md finds what samples rest on, and its Python runs."""
    text = (ROOT / "docs" / "rdf.md").read_text("utf-8")
    (query,), (code,) = (
        re.findall(rf"^```{name}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) for name in ("sparql", "python")
    )
    rows = read(written(build_graph(samples()), "turtle", tmp_path)).query(query)
    assert ("HarborNet", "Gulf 3K", "91.5%") in {(str(row[0]), str(row[1]), str(row[3])) for row in rows}  # type: ignore[index]
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # noqa: S102 - our own document


def _own(graph: rdflib.Graph) -> set[rdflib.URIRef]:
    """The terms of ours in a graph."""
    iris = {node for triple in graph for node in triple if isinstance(node, rdflib.URIRef)}
    return {iri for iri in iris if iri in KGO and iri != rdflib.URIRef(KGO)}


def test_every_prefix_is_that_of_the_ontology(linked: Graph, tmp_path: Path) -> None:
    """Vocabulary, ontology, shapes and context mean the same by a prefix."""
    meant = dict(rdflib.Graph().parse(written(linked, "turtle", tmp_path)).namespaces())
    for file in ("ontology.ttl", "shapes.ttl"):
        for prefix, namespace in re.findall(r"@prefix (\w+): <(.*?)>", _shipped(file)):
            assert str(meant.get(prefix, namespace)) == namespace, f"{file}: {prefix}"


def _shipped(name: str) -> str:
    return resources.files("kg.exports").joinpath(name).read_text("utf-8")
