"""From sources to a graph folder: bad input among good, output among the input, the same bytes every time."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.building import build, build_folder
from kg.errors import ExportError, GraphError, InputError, RuleError
from kg.model import Paper, Skipped
from kg.reading import read_papers
from tests.built import EXAMPLE_FILES, FILES, contents, example_files, run
from tests.material import EXAMPLES

NET = "We propose {name}, which reaches 91.5% accuracy on ImageNet."


def line(identity: str, abstract: str | None = None, **more: Any) -> bytes:
    """One paper as JSON Lines has it."""
    abstract = NET.format(name=identity) if abstract is None else abstract
    return json.dumps({"id": identity, "title": f"About {identity}", "abstract": abstract, **more}).encode() + b"\n"


@pytest.fixture(name="bad", scope="session")
def bad_input(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that can be wrong with input, and good papers before and after it."""
    folder = tmp_path_factory.mktemp("bad input ñ")
    (folder / "a-good.jsonl").write_bytes(line("AlphaNet") + line("BetaNet"))
    (folder / "binary.dat").write_bytes(bytes(range(256)) * 20)
    (folder / "empty.jsonl").write_bytes(b"")
    mixed = [
        line("GammaNet"),
        b'{"id": "m2", "title": oops}\n',
        b'{"id": "m3", "authors": ["A. Nobody"]}\n',
        line("m4", "word " * 2_000_000),
        b'{"id": "m5", "title": "Bad \xff\xfe bytes"}\n',
        line("DeltaNet"),
    ]
    (folder / "mixed.jsonl").write_bytes(b"".join(mixed))
    (folder / "prose.txt").write_text("Dear all,\n\nthis is a letter.\n")
    packed = gzip.compress(b"".join(line(f"Cut{n}Net") for n in range(500)))
    (folder / "truncated.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    (folder / "z last é.json").write_bytes(b"[" + line("OmegaNet") + b"]")
    return folder


EXPECTED_SKIPS = (
    ("binary.dat", None, "binary"),
    ("empty.jsonl", None, "empty"),
    ("mixed.jsonl", 2, "no JSON"),
    ("mixed.jsonl", 3, "without title, abstract or text"),
    ("mixed.jsonl", 4, "10,000,000 characters"),
    ("mixed.jsonl", 5, "UTF-8"),
    ("prose.txt", None, "no format"),
    ("truncated.jsonl.gz", None, "truncated"),
    ("missing.txt", None, "No such file"),
)


def test_good_records_go_through_bad_ones_are_named(bad: Path, tmp_path: Path) -> None:
    """Each bad file and line is named with why, when met and in the manifest; all good papers are in the graph."""
    told: list[Skipped] = []
    report = build_folder([bad, bad / "missing.txt"], tmp_path / "g", exports=["graphml"], on_skip=told.append)
    assert len(told) == len(EXPECTED_SKIPS)
    for skipped, (name, record, reason) in zip(told, EXPECTED_SKIPS, strict=True):
        assert (Path(skipped.file).name, skipped.record) == (name, record)
        assert reason in skipped.reason
    assert report.skipped == tuple(told)
    manifest = json.loads((tmp_path / "g" / "manifest.json").read_text("utf-8"))
    assert [Skipped(**skipped) for skipped in manifest["skipped"]] == told
    assert manifest["counts"]["skipped"] == len(told)
    papers = {extraction.paper.id for extraction in kg.load_extractions(tmp_path / "g")}
    assert papers >= {"AlphaNet", "BetaNet", "GammaNet", "DeltaNet", "OmegaNet", "Cut0Net"}
    assert report.papers == len(papers)
    hashes = {Path(one["file"]).name: one["sha256"] for one in manifest["inputs"]}
    assert set(hashes) == {path.name for path in bad.iterdir()} | {"missing.txt"}
    assert [name for name, digest in hashes.items() if digest is None] == ["missing.txt"]


def test_strict_stops_and_leaves_the_old_folder(bad: Path, tmp_path: Path) -> None:
    """The first bad thing is the error, and an existing folder keeps every byte."""
    target = tmp_path / "g"
    build_folder([EXAMPLES / "saved-page.txt"], target, exports=["graphml"])
    before = contents(tmp_path)
    with pytest.raises(InputError, match=r"binary\.dat: a binary file"):
        build_folder([bad], target, strict=True)
    assert contents(tmp_path) == before


def test_nothing_readable(bad: Path, tmp_path: Path) -> None:
    """Where no paper can be read, that is the error, and nothing is written."""
    with pytest.raises(InputError, match=r"no paper could be read: .*empty\.jsonl: empty"):
        build_folder([bad / "empty.jsonl"], tmp_path / "deep" / "g")
    with pytest.raises(InputError, match="no paper could be read from any source"):
        build_folder([bad / "empty.jsonl", bad / "prose.txt"], tmp_path / "g")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"exports": ["turtel"]}, ExportError, "did you mean 'turtle'"),
        ({"rules": "no/such/folder"}, RuleError, "no/such/folder"),
        ({"format": "jsonlines"}, InputError, "did you mean jsonl"),
    ],
)
def test_wrong_options(tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str) -> None:
    """What is asked for wrongly is named before anything is written."""
    with pytest.raises(error, match=message):
        build_folder([EXAMPLES], tmp_path / "g", **options)
    assert not list(tmp_path.iterdir())


def test_output_among_the_input(tmp_path: Path) -> None:
    """What kg wrote into a folder is not read back from it, other files beside it are, and so is what is named."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "papers.jsonl").write_bytes(line("AlphaNet"))
    target = tmp_path / "in" / "graph"
    build_folder([tmp_path / "in"], target, exports=["graphml"])
    first = contents(target)
    report = build_folder([tmp_path / "in"], target, exports=["graphml"])
    assert (report.papers, report.duplicates, report.skipped) == (1, 0, ())
    assert contents(target) == first
    (target / "more.jsonl").write_bytes(line("BetaNet"))
    assert build_folder([tmp_path / "in"], target, exports=["graphml"]).papers == 2
    again = read_papers([target / "extractions.jsonl"])
    assert [paper.id for paper in again.papers] == ["AlphaNet", "BetaNet"]
    assert again.files == (str(target / "extractions.jsonl"),)


def test_progress_is_told(tmp_path: Path) -> None:
    """Reading counts, extracting counts up to all papers, and every file has its moment."""
    told: list[tuple[str, int, int | None]] = []
    build_folder(example_files(), tmp_path / "g", exports=["graphml"], on_progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(what for what, _, _ in told)) == [
        "reading",
        "merging duplicates",
        "extracting",
        "resolving names",
        "assembling the graph",
        "writing graph.graphml",
        "filling the store",
    ]
    assert ("reading", 37, None) in told
    assert ("extracting", 0, 35) in told
    assert ("extracting", 35, 35) in told


def test_manifest(tmp_path: Path) -> None:
    """It counts what the graph holds, and the folder holds what was asked for and no more."""
    report = build_folder(example_files(), tmp_path / "g", exports=["graphml"])
    manifest = kg.load_manifest(tmp_path / "g")
    assert list(manifest) == [
        "kg_version",
        "rules_hash",
        "min_confidence",
        "inputs",
        "counts",
        "skipped",
        "store",
        "exports",
        "exports_asked",
        "files",
    ]
    assert manifest["counts"]["papers"] == report.papers == 35
    assert manifest["counts"]["duplicates_merged"] == report.duplicates == 2
    graph = kg.load_graph(tmp_path / "g")
    assert sum(manifest["counts"]["edges"].values()) == graph.number_of_edges()
    assert sorted(path.name for path in report.files) == [
        "extractions.jsonl",
        "graph.graphml",
        "manifest.json",
        "papers.parquet",
        "store",
    ]
    assert sorted(report.files) == sorted((tmp_path / "g").iterdir())


def test_large_graphs_have_no_page_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs the whole graph in memory is left out of a large one, which is said; adding papers does the same."""
    monkeypatch.setattr("kg.completing.MOST_PAPERS", 34)
    small = build_folder(example_files()[:1], tmp_path / "small", store=False)
    assert (small.left_out, kg.load_manifest(tmp_path / "small")["exports"]) == ((), ["turtle", "html", "graphml"])
    large = build_folder(example_files(), tmp_path / "g", store=False)
    assert (large.papers, large.left_out) == (35, ("html", "graphml"))
    assert "graph.html" not in contents(tmp_path / "g")
    asked = build_folder(example_files(), tmp_path / "asked", exports=["html", "turtle"], store=False)
    assert asked.left_out == ()
    assert "graph.html" in contents(tmp_path / "asked")
    (tmp_path / "small").rename(tmp_path / "other")
    (tmp_path / "g").rename(tmp_path / "built")
    (tmp_path / "other").rename(tmp_path / "g")
    kg.add_to_folder(tmp_path / "g", example_files()[1:])
    assert contents(tmp_path / "g") == contents(tmp_path / "built")


def test_a_failing_exporter_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exporter of somebody else that fails half-way is named with the file, and nothing changes."""
    site = tmp_path / "site"
    info = site / "others-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kg.exporters]\nfull = full_disk:exporter\n")
    (site / "full_disk.py").write_text(
        "class Full:\n"
        "    name, description, suffix, media_type = 'full', 'Fills the disk', '.full', 'text/plain'\n"
        "    def __call__(self, graph, path):\n"
        "        path.write_text('half')\n"
        "        raise OSError(28, 'No space left on device')\n"
        "exporter = Full()\n"
    )
    monkeypatch.syspath_prepend(str(site))
    work = tmp_path / "work"
    work.mkdir()
    build_folder(example_files()[1:], work / "g", exports=["graphml"])
    before = contents(work)
    with pytest.raises(ExportError, match=r"work/g/graph\.full: No space left on device"):
        build_folder(example_files(), work / "g", exports=["graphml", "full"])
    assert contents(work) == before


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    """Whatever the order of sets, the number of processes and the place built in, every file has the same bytes."""
    once, again, elsewhere = (tmp_path / name / "g" for name in ("once", "again", "elsewhere"))
    for target, seed, workers in ((once, "1", 1), (again, "4711", 2)):
        assert run("build", "-q", *EXAMPLE_FILES, "-o", target, "--workers", str(workers), seed=seed).returncode == 0
    assert tuple(sorted(contents(once))) == FILES
    assert contents(again) == contents(once)
    (elsewhere.parent / "examples").mkdir(parents=True)
    for name in EXAMPLE_FILES:
        (elsewhere.parent / name).write_bytes((EXAMPLES / Path(name).name).read_bytes())
    assert run("build", "-q", *EXAMPLE_FILES, "-o", "g", cwd=elsewhere.parent).returncode == 0
    assert contents(elsewhere) == contents(once)


def test_build_takes_papers_files_and_streams() -> None:
    """They come in the order given, of duplicates the first one wins, and the graph is a plain one."""
    known = Paper(id="AlphaNet", title="About AlphaNet", abstract="A first abstract about BERT.")
    stream = io.BytesIO(line("AlphaNet", "A first abstract about BERT.", venue="Somewhere") + line("BetaNet"))
    graph = build(known, stream)
    assert sorted(node for node in graph if node.startswith("paper/")) == ["paper/AlphaNet", "paper/BetaNet"]
    assert graph.nodes["paper/AlphaNet"]["venue"] == "Somewhere"
    assert graph.has_edge("paper/BetaNet", "dataset/ImageNet")
    assert graph.graph["rules_hash"]


def test_streams_have_no_hash(tmp_path: Path) -> None:
    """An open stream is an input without a file to hash."""
    build_folder([io.BytesIO(line("AlphaNet"))], tmp_path / "g", exports=["graphml"])
    assert kg.load_manifest(tmp_path / "g")["inputs"] == [{"file": "<stream>", "sha256": None}]


def test_two_exporters_for_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exporters that would write the same file are refused, so that neither is lost."""
    info = tmp_path / "site" / "others-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kg.exporters]\nother-turtle = kg.exports.turtle:exporter\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    with pytest.raises(ExportError, match=r"'turtle' and 'other-turtle' both write graph\.ttl"):
        build_folder(example_files(), tmp_path / "g", exports=["turtle", "other-turtle"])


def test_a_folder_of_others_is_refused_before_reading(tmp_path: Path) -> None:
    """Nothing is read for a folder that will not be written."""
    (tmp_path / "thesis.tex").write_text("years of work")

    def sources() -> Iterator[str]:
        pytest.fail("it was read")
        yield ""

    with pytest.raises(GraphError, match="holds other things"):
        build_folder(list[Any]([sources()]), tmp_path)
