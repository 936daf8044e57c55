"""Papers added to a graph folder and removed from it, compared with folders that were built at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.building import build_folder
from kg.errors import GraphError, InputError
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
    build_folder(sources, place / "g", exports=["turtle"], **{"store": False, **options})
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
