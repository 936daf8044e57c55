"""The table of the papers of a graph folder: the same bytes however it comes about, and right answers by it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import GraphError
from kg.folder import write_extractions
from kg.model import ENTITY_TYPES, Extraction
from kg.paper_namings import PaperLine, opened_namings
from kg.paper_table import COLUMNS, PaperTableWriter, read_paper_table, table_of, write_paper_table
from kg.resolution.namings import NamingsInMemory
from kg.resolution.resolving import resolve, resolve_namings
from tests.samples import named, samples

NAMES = st.lists(
    st.sampled_from(["CNN", "convolutional neural network", "CNNs", "Ünet", "U-Net", "a'b", "b,c"]), min_size=1
)
PAPERS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(ENTITY_TYPES), NAMES.map(lambda names: tuple(dict.fromkeys(names)))), max_size=5
    ),
    max_size=8,
).map(lambda papers: [named(f"p/{7 * number % 9}", *entities) for number, entities in enumerate(papers)])


def table_file(extractions: list[Extraction], folder: Path) -> Path:
    """The table of some extractions in a folder."""
    write_extractions(extractions, folder / "e.jsonl")
    write_paper_table(folder / "e.jsonl", folder / "t.parquet")
    return folder / "t.parquet"


@settings(max_examples=30)
@given(PAPERS)
def test_what_papers_name_is_what_they_name_in_memory(papers: list[Extraction]) -> None:
    """Namings, in how many papers groups of them are, and the lines of papers by their ids, are those of the papers."""
    with TemporaryDirectory() as folder, opened_namings(table_file(papers, Path(folder)), Path(folder, "x")) as stored:
        memory = NamingsInMemory(papers)
        namings = stored.all()
        assert sorted(memory.all()) == namings
        places = {(one.type, one.names): number for number, one in enumerate(memory.all())}
        groups = [number % 3 - 1 for number in range(len(namings))]
        by_memory = [-1] * len(namings)
        for number, one in enumerate(namings):
            by_memory[places[one.type, one.names]] = groups[number]
        assert stored.papers_of(groups, 2) == memory.papers_of(by_memory, 2)
        lines = Path(folder, "e.jsonl").read_bytes()
        ordered = sorted(papers, key=lambda one: one.paper.id)
        assert [paper.id for paper in stored.papers()] == [one.paper.id for one in ordered]
        for paper, one in zip(stored.papers(), ordered, strict=True):
            assert lines[paper.start : paper.end].startswith(f'{{"id":"{one.paper.id}"'.encode())
            assert [namings[number][:2] for number in paper.namings] == [(e.type, e.names) for e in one.entities]
        assert list(stored.ids()) == [one.paper.id for one in ordered]
        assert (len(stored), stored.mentions()) == (
            len(papers),
            sum(len(e.mentions) for p in papers for e in p.entities),
        )


@settings(max_examples=30)
@given(PAPERS)
def test_names_are_resolved_as_in_memory(papers: list[Extraction]) -> None:
    """What is one thing does not depend on where the papers are."""
    with TemporaryDirectory() as folder, opened_namings(table_file(papers, Path(folder)), Path(folder, "x")) as stored:
        found, expected = resolve_namings(stored), resolve(papers)
    assert (found.all, found.merges, found.refusals) == (expected.all, expected.merges, expected.refusals)


def test_another_question_may_be_asked_meanwhile(tmp_path: Path) -> None:
    """Papers are gone through while other answers are read."""
    with opened_namings(table_file(samples(), tmp_path), tmp_path / "x", threads=2) as namings:
        once = list(namings.papers())
        again: list[PaperLine] = []
        for paper in namings.papers():
            assert namings.mentions()
            assert list(namings.ids()) == [one.id for one in once]
            again.append(paper)
    assert again == once


def test_two_papers_with_one_id(tmp_path: Path) -> None:
    """They are told when ids are gone through."""
    table = table_file([named("a"), named("b"), named("a")], tmp_path)
    with (
        opened_namings(table, tmp_path / "x") as namings,
        pytest.raises(GraphError, match="two papers have the id 'a'"),
    ):
        list(namings.ids())


@pytest.mark.parametrize("name", ["it's", "a[b]*?", "ü"])
def test_any_folder(tmp_path: Path, name: str) -> None:
    """What a folder is called means nothing to the database."""
    (tmp_path / name).mkdir()
    with opened_namings(table_file(samples(), tmp_path / name), tmp_path / name / "x") as namings:
        assert len(namings) == len(samples())


def test_too_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is too little room, one line says so."""
    table = table_file(samples(), tmp_path)
    monkeypatch.setattr("kg.paper_namings._MEMORY", "1KB")
    with pytest.raises(GraphError, match=r"^cannot resolve the names in \S+t\.parquet: .*[Mm]emory"):
        opened_namings(table, tmp_path / "x").__enter__()


def test_halves_of_characters(tmp_path: Path) -> None:
    """What Arrow cannot hold is the sign for what is damaged; nothing else changes."""
    (tmp_path / "e.jsonl").write_text(
        '{"id": "a\\ud800", "sources": [{"file": "f\\udfff", "record": 1}], '
        '"entities": [{"type": "Task", "names": ["\\ud83d\\ude00", "b\\udc00"]}], "mentions": [1]}\n'
    )
    write_paper_table(tmp_path / "e.jsonl", tmp_path / "t.parquet")
    (row,) = read_paper_table(tmp_path / "t.parquet").to_pylist()
    assert (row["id"], row["files"]) == ("a\ufffd", ["f\ufffd"])
    assert row["entities"] == [{"type": "Task", "names": ["\U0001f600", "b\ufffd"]}]


ROWS: list[dict[str, Any]] = [
    {
        "id": f"p{number % 50}",
        "files": ["f"] * (number % 3),
        "keys": [number, 2**64 - 1 - number],
        "entities": [{"type": "Task", "names": ["a", f"b{number % 7}"]}] * (number % 4),
        "mentions": number,
        "start": number,
        "end": number + 1,
    }
    for number in range(1000)
]


@settings(max_examples=20)
@given(st.lists(st.integers(0, len(ROWS)), max_size=6).map(sorted))
def test_the_same_bytes_whatever_the_parts(cuts: list[int]) -> None:
    """In however many parts rows come: the same file, and the same rows out of it."""
    written = {_written([0, len(ROWS)]), _written([0, *cuts, len(ROWS)])}
    assert len(written) == 1


def _written(bounds: list[int]) -> bytes:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.paper_table._TOGETHER", 300)
        with PaperTableWriter(Path(folder, "t")) as table:
            for start, end in pairwise(bounds):
                table.add(table_of(ROWS[start:end], COLUMNS))
        assert read_paper_table(Path(folder, "t")).to_pylist() == ROWS
        return Path(folder, "t").read_bytes()


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "a"}', '{"id": "a", "entities": [1], "mentions": []}'])
def test_what_is_no_extraction(tmp_path: Path, line: str) -> None:
    """It is named with its line."""
    write_extractions(samples()[:1], tmp_path / "e.jsonl")
    with (tmp_path / "e.jsonl").open("a") as file:
        file.write(line)
    with pytest.raises(GraphError, match=r"e\.jsonl:2: no extraction as kg extract"):
        write_paper_table(tmp_path / "e.jsonl", tmp_path / "t.parquet")
