"""The pages that kg was made for: 340 papers, whole and consistent."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

import kg
from tests.built import FILES, contents
from tests.material import SHARED, needs_shared

pytestmark = needs_shared


@pytest.fixture(name="seeds", scope="session")
def built_seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph folder of the seeds."""
    folder = tmp_path_factory.mktemp("seeds") / "out"
    report = kg.build_folder(sorted((SHARED / "seeds").glob("*.txt")), folder)
    assert (report.papers, report.duplicates, report.skipped) == (340, 43, ())
    return folder


def test_all_papers_are_there(seeds: Path) -> None:
    """340 papers, each with a text, in the graph and in the file of extractions."""
    extractions = list(kg.load_extractions(seeds))
    assert len({extraction.paper.id for extraction in extractions}) == len(extractions) == 340
    assert all(extraction.paper.abstract for extraction in extractions)
    assert tuple(sorted(contents(seeds))) == FILES
    assert kg.load_manifest(seeds)["counts"]["papers"] == 340


def test_offsets_reproduce_the_text(seeds: Path) -> None:
    """Every mention and every result's evidence is what stands at its offsets, within a sentence of its field."""
    mentions = 0
    for extraction in kg.load_extractions(seeds):
        paper = extraction.paper
        for entity in extraction.entities:
            for mention in entity.mentions:
                mentions += 1
                assert paper.field_text(mention.field)[mention.start : mention.end] == mention.text
                assert mention.text
                assert 0 < mention.confidence <= 1
        for result in extraction.results:
            evidence = result.evidence
            assert paper.field_text(evidence.field)[evidence.start : evidence.end] == evidence.text
            assert evidence.sentence_start <= evidence.start < evidence.end <= evidence.sentence_end
    assert mentions > 1000


def test_two_processes_give_the_same(seeds: Path, tmp_path: Path) -> None:
    """With two processes the extractions have the same bytes; all else is made of them."""
    papers = kg.read_papers(sorted((SHARED / "seeds").glob("*.txt"))).papers
    kg.write_extractions(kg.extract(papers, workers=2), tmp_path / "e.jsonl")
    assert (tmp_path / "e.jsonl").read_bytes() == (seeds / "extractions.jsonl").read_bytes()


def test_exports_repeat(seeds: Path, tmp_path: Path) -> None:
    """Exported again from the folder, every format has the same bytes."""
    graph = kg.load_graph(seeds)
    for name, exporter in kg.exporters().items():
        file = f"graph{exporter.suffix}"
        if file in FILES:
            kg.export(graph, name, tmp_path / file)
            assert (tmp_path / file).read_bytes() == (seeds / file).read_bytes(), name


def test_readers_of_rdf_agree(seeds: Path) -> None:
    """The library that wrote it and another one read the same number of triples out of the Turtle."""
    graph = rdflib.Graph().parse(seeds / "graph.ttl")
    triples = {quad.triple for quad in pyoxigraph.parse(path=seeds / "graph.ttl")}
    assert len(graph) == len(triples) > 10_000


@pytest.mark.skipif(shutil.which("rapper") is None, reason="needs rapper (apt install raptor2-utils)")
def test_rapper_accepts_the_turtle(seeds: Path) -> None:
    """It reads all of it without an error or a warning."""
    done = subprocess.run(
        ["rapper", "-q", "-c", "-i", "turtle", seeds / "graph.ttl"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
