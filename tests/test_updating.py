"""Papers added to a graph folder and removed from it, compared with folders that were built at once."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building import build_folder
from kg.errors import GraphError, InputError
from kg.folder import sha256
from kg.piece_index import INDEX
from kg.updating import STALE, add_to_folder, remove_from_folder
from tests.built import contents, run

PAPERS: tuple[dict[str, Any], ...] = (
    {"id": "a", "title": "LeafNet", "abstract": "We propose LeafNet, which reaches 91.2% accuracy on Meadow."},
    {
        "id": "b",
        "title": "Counting stones",
        "abstract": "StoneCounter is evaluated on the Quarry dataset.",
        "year": 2020,
    },
    {"id": "c", "title": "Leaf networks", "abstract": "Leaf Network (LeafNet) is compared with ResNet-50 on Meadow."},
    {"id": "d", "title": "Tides", "abstract": "We use TideFormer for tide prediction and gain 2.1 F1 over LeafNet."},
)


def _file(path: Path, papers: Iterable[dict[str, Any]]) -> str:
    path.write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    return str(path)


def _built(place: Path, *sources: str, **options: Any) -> Path:
    build_folder(sources, place / "g", **{"exports": ["turtle"], "store": False, **options})
    return place / "g"


@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("again", [0, 1])
def test_adding_is_building_at_once(tmp_path: Path, cut: int, again: int) -> None:
    """Wherever the papers are cut in two, and whether or not some come twice, the bytes are those of one build."""
    first = _file(tmp_path / "first.jsonl", PAPERS[:cut])
    second = _file(tmp_path / "second.jsonl", PAPERS[cut - again :])
    at_once = _built(tmp_path / "once", first, second)
    step_by_step = _built(tmp_path / "steps", first)
    report = add_to_folder(step_by_step, [second])
    assert (report.new, report.changed, report.unchanged) == (len(PAPERS) - cut, 0, cut)
    assert contents(step_by_step) == contents(at_once)


def test_only_what_is_new_is_extracted(tmp_path: Path) -> None:
    """A text that is there already is not read again: its extraction is taken over as it stands."""
    first = _file(tmp_path / "first.jsonl", PAPERS[:2])
    folder = _built(tmp_path, first)
    file = folder / "extractions.jsonl"
    marked = file.read_text().replace('"StoneCounter"', '"StoneCounter the Marked"', 1)
    file.write_text(marked)
    add_to_folder(folder, [_file(tmp_path / "second.jsonl", PAPERS[2:])])
    assert "StoneCounter the Marked" in file.read_text()
    add_to_folder(folder, [], reextract=True)
    assert "StoneCounter the Marked" not in file.read_text()


def test_a_file_that_changed_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """What a new version of a file changes is extracted anew, what it no longer holds goes, the rest stays."""
    first, second = _file(tmp_path / "first.jsonl", PAPERS[:2]), _file(tmp_path / "second.jsonl", PAPERS[2:])
    folder = _built(tmp_path, first, second)
    changed = {**PAPERS[3], "abstract": "We use TideFormer on the Harbor dataset."}
    _file(tmp_path / "second.jsonl", [changed])
    report = add_to_folder(folder, [first, second])
    assert report.unread == (first,)
    assert (report.new, report.changed, report.unchanged, report.removed) == (0, 1, 2, 1)
    shutil.rmtree(tmp_path / "once", ignore_errors=True)
    assert contents(folder) == contents(_built(tmp_path / "once", first, second))


def test_nothing_new_is_nothing_done(tmp_path: Path) -> None:
    """A file that has not changed is not read, and the folder stays as it is."""
    first = _file(tmp_path / "first.jsonl", PAPERS[:2])
    folder = _built(tmp_path, first)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    report = add_to_folder(folder, [first])
    assert (report.unchanged, report.summary) == (2, None)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_other_rules_make_papers_stale_until_they_are_read_again(tmp_path: Path) -> None:
    """Papers read by other rules are counted and kept; reading all again gives what building by the new rules gives."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "lexicon-mine.tsv").write_text("name\ttype\nMeadow\tDataset\n")
    first, second = _file(tmp_path / "first.jsonl", PAPERS[:3]), _file(tmp_path / "second.jsonl", PAPERS[3:])
    folder = _built(tmp_path, first)
    report = add_to_folder(folder, [second], rules=rules)
    assert report.stale == kg.load_manifest(folder)[STALE] == 3
    assert kg.stale_papers(folder) == 4
    done = run("stats", folder)
    assert done.stderr.startswith(b"kg: 4 papers read by other rules than those in force; kg add ")
    assert done.returncode == 0
    report = add_to_folder(folder, [], rules=rules, reextract=True)
    assert (report.stale, report.changed) == (0, 4)
    assert contents(folder) == contents(_built(tmp_path / "once", first, second, rules=rules))


def test_settings_are_kept(tmp_path: Path) -> None:
    """The least confidence, the aliases, the exports and the store of a folder are those of its build."""
    aliases = tmp_path / "aliases.yaml"
    aliases.write_text("same:\n  - names: [LeafNet, StoneCounter]\n    type: Method\n")
    first, second = _file(tmp_path / "first.jsonl", PAPERS[:2]), _file(tmp_path / "second.jsonl", PAPERS[2:])
    options = {"aliases": aliases, "min_confidence": 0.5, "store": True}
    folder, at_once = _built(tmp_path, first, **options), _built(tmp_path / "once", first, second, **options)
    add_to_folder(folder, [second])
    assert contents(folder) == contents(at_once)
    question = "SELECT (COUNT(*) AS ?papers) { ?paper a schema:ScholarlyArticle }"
    with kg.open(folder) as opened:
        assert opened.query(question) == [{"papers": 4}]


def test_papers_and_sources_are_removed(tmp_path: Path) -> None:
    """What is left is what building without them gives; a paper that another file has stays."""
    first, second = _file(tmp_path / "first.jsonl", PAPERS[:3]), _file(tmp_path / "second.jsonl", PAPERS[2:])
    folder = _built(tmp_path, first, second)
    report = remove_from_folder(folder, sources=[second])
    assert (report.removed, report.unchanged) == (1, 3)
    assert contents(folder) == contents(_built(tmp_path / "once", first))
    assert remove_from_folder(folder, papers=["b"]).removed == 1
    assert {one.paper.id for one in kg.load_extractions(folder)} == {"a", "c"}


def test_what_cannot_be_added_or_removed(tmp_path: Path) -> None:
    """What is not there is named, with what is like it, and the folder stays as it was."""
    first = _file(tmp_path / "first.jsonl", PAPERS[:2])
    folder = _built(tmp_path, first)
    before = contents(folder)
    for options, reason in (
        ({"papers": ["aa"]}, "has no paper with the id 'aa'; did you mean 'a'"),
        ({"sources": ["first.json"]}, "was not made of the file 'first.json'"),
        ({"papers": ["a", "b"]}, "nothing would be left"),
    ):
        with pytest.raises(GraphError, match=reason):
            remove_from_folder(folder, **options)
    with pytest.raises(InputError, match="no paper could be read"):
        add_to_folder(folder, [_file(tmp_path / "empty.jsonl", [])])
    with pytest.raises(GraphError, match="no graph folder"):
        add_to_folder(tmp_path, [first])
    assert contents(folder) == before


STAY = tuple(
    {"id": f"stay/{number}", "abstract": f"We evaluate {name} on Meadow and reach {70 + number}.5% accuracy."}
    for number, name in enumerate(("LeafNet", "Leaf-Net", "StoneNet", "TideFormer", "QuillNet", "QuillNet", "SeaNet"))
)
"""Papers that stay as they are, but what their names are joined with may change."""
TEXTS = (
    "We propose Leaf-Net, which reaches 91.2% accuracy on Meadow and outperforms StoneNet by 2.1 points.",
    "Leaf-Net and LEAFNET are compared with Quill-Net on the Quarry dataset. Quill-Net has 80.5% accuracy.",
    "Sea Network (SeaNet) outperforms TideFormer by 3.2 points of accuracy on Meadow.",
)
"""What papers say that come, go, and change their minds."""


def _quads(folder: Path) -> set[str]:
    return set(map(str, pyoxigraph.Store.read_only(str(folder / "store"))))


def _files(place: Path, sources: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [_file(place / name, papers) for name, papers in sources.items()]


def _three(number: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """What a file may hold: of three papers those that are there, each with one of the texts."""
    texts = st.lists(st.none() | st.sampled_from(TEXTS), min_size=3, max_size=3)
    return texts.map(
        lambda found: [{"id": f"p/{number}/{place}", "text": text} for place, text in enumerate(found) if text]
    )


STEPS = st.lists(
    st.integers(1, 2).flatmap(lambda number: st.tuples(st.just(number), _three(number))), min_size=1, max_size=4
)


@given(steps=STEPS)
@settings(max_examples=8)
def test_any_steps_lead_to_what_building_at_once_gives(steps: Sequence[tuple[int, list[dict[str, Any]]]]) -> None:
    """Files come, change and go: files, index and store are those of one build of what is there in the end."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        there: dict[str, list[dict[str, Any]]] = {"stay.jsonl": list(STAY)}
        folder = _built(place, *_files(place, there), store=True, exports=["turtle", "ntriples"])
        for number, papers in steps:
            file = f"{number}.jsonl"
            known = there.get(file, [])
            if papers != known:  # what changed comes last
                there.pop(file, None)
            if papers:
                there[file] = papers
                add_to_folder(folder, _files(place, {file: papers}))
            elif known:
                remove_from_folder(folder, sources=[str(place / file)])
        at_once = _built(place / "once", *_files(place, there), store=True, exports=["turtle", "ntriples"])
        assert contents(folder) == contents(at_once)
        assert _quads(folder) == _quads(at_once)


@pytest.fixture(name="stored")
def stored_folder(tmp_path: Path) -> Path:
    """A folder with an index and a store."""
    return _built(tmp_path, _file(tmp_path / "stay.jsonl", STAY), store=True)


def _mark(folder: Path, old: bytes, new: bytes) -> None:
    """Change words in the Turtle of a folder, and let the manifest say that they were always there."""
    file = folder / "graph.ttl"
    assert old in file.read_bytes()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    file.write_bytes(file.read_bytes().replace(old, new))
    manifest["files"][file.name] = sha256(file)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_what_did_not_change_is_not_written_again(stored: Path) -> None:
    """What stands in the Turtle and in the store about papers that are as they were is taken over as it is."""
    _mark(stored, b"76.5", b"99.9")
    alien = pyoxigraph.Quad(*(pyoxigraph.NamedNode(f"https://example.org/{word}") for word in "abc"))
    store = pyoxigraph.Store(str(stored / "store"))
    store.add(alien)
    store.flush()
    del store
    report = add_to_folder(stored, [_file(stored.parent / "new.jsonl", [{"id": "new", "text": "FernNet is new."}])])
    assert report.new == 1
    turtle = (stored / "graph.ttl").read_bytes()
    assert b"99.9" in turtle
    assert b"FernNet is new" in turtle
    assert str(alien) in _quads(stored)


def _cut_off(folder: Path) -> None:
    (folder / INDEX).write_bytes((folder / INDEX).read_bytes()[:100])


def _of_another_version(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "kg_version": "0.0.1"}))


def _another_store(folder: Path) -> None:
    store = pyoxigraph.Store(str(folder / "store"))
    store.clear()
    store.flush()


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / INDEX).unlink(),
        _cut_off,
        lambda folder: (folder / "graph.ttl").write_text("other words"),
        lambda folder: (folder / "graph.ttl").unlink(),
        lambda folder: shutil.rmtree(folder / "store"),
        _another_store,
        _of_another_version,
    ],
    ids=["no index", "half an index", "another file", "no file", "no store", "another store", "another version"],
)
def test_what_is_not_as_it_was_written_is_written_anew(stored: Path, damage: Callable[[Path], object]) -> None:
    """Where something in a folder is not what kg wrote, or another kg wrote it, nothing is taken over."""
    place = stored.parent
    new = _file(place / "new.jsonl", [{"id": "new", "text": TEXTS[0]}])
    damage(stored)
    add_to_folder(stored, [new])
    at_once = _built(place / "once", str(place / "stay.jsonl"), new, store=True)
    assert contents(stored) == contents(at_once)
    assert _quads(stored) == _quads(at_once)


def test_an_extraction_that_was_changed_by_hand_is_told_as_it_is(stored: Path) -> None:
    """What somebody wrote into the extractions is in the graph after the next change, and the old words are not."""
    file = stored / "extractions.jsonl"
    file.write_text(file.read_text().replace("TideFormer", "TideWeaver"))
    add_to_folder(stored, [_file(stored.parent / "new.jsonl", [{"id": "new", "text": TEXTS[0]}])])
    for words in ((stored / "graph.ttl").read_text(), "".join(_quads(stored))):
        assert "TideWeaver" in words
        assert "TideFormer" not in words
