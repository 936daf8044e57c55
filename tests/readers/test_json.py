from __future__ import annotations

import gzip
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import (
    Entity,
    Evidence,
    Extraction,
    Mention,
    Paper,
    Result,
    Skipped,
    Source,
    extraction_to_json,
    paper_to_json,
)
from kg.readers import read
from kg.readers.text import clean
from tests.material import DATA, SHARED, needs_shared


def read_bytes(data: bytes, format: str | None = None) -> tuple[list[Paper], list[Skipped]]:  # noqa: A002
    """The papers in some bytes and what was skipped."""
    skipped: list[Skipped] = []
    return list(read(io.BytesIO(data), format=format, on_skip=skipped.append)), skipped


def read_record(record: dict[str, Any]) -> Paper:
    """The paper that one JSON object describes."""
    papers, skipped = read_bytes(json.dumps(record).encode(), "jsonl")
    assert skipped == []
    (found,) = papers
    return found


def test_json_lines() -> None:
    """Every known key is read, ids stay as they are, the record number is the line's."""
    lantern, shanties, title_only, capitals = read(DATA / "papers.jsonl", on_skip=lambda _: None)
    assert lantern.id == "lantern-24"
    assert lantern.authors == ("Ada Quill", "Ben Ledger")
    assert (lantern.author_count, lantern.published, lantern.venue) == (2, "2024-10-09", "Workshop on Long Texts")
    assert lantern.identifiers == {"doi": "10.5555/lantern.24", "arxiv": "2410.00001"}
    assert lantern.extra == {"keywords": ["ledgers"]}
    assert (shanties.id, shanties.title, shanties.abstract, shanties.published) == ("7", None, None, "2019")
    assert [name for name, _ in shanties.fields()] == ["text"]
    assert (title_only.authors, title_only.sources[0].record) == (("Ada Quill", "Ben Ledger"), 4)
    assert title_only.id.startswith("only-a-title-")
    assert capitals.title == "Capital Keys"


@pytest.mark.parametrize(
    ("record", "title", "abstract", "text"),
    [
        ({"title": "T", "abstract": "A", "text": "X"}, "T", "A", None),
        ({"abstract": "A", "text": "X"}, None, "A", None),
        ({"title": "T", "text": "X"}, "T", "X", None),
        ({"title": "", "abstract": None, "text": "X"}, None, None, "X"),
        ({"title": "T", "abstract": ["First.", "Second."]}, "T", "First. Second.", None),
        ({"title": "T &amp; U", "abstract": 5}, "T & U", None, None),
        ({"text": "a\u00a0b\tc"}, None, None, "a b c"),
    ],
)
def test_title_and_abstract_win(
    record: dict[str, Any], title: str | None, abstract: str | None, text: str | None
) -> None:
    """A paper has a title and an abstract, or only a text; a text beside a lone title is its abstract."""
    found = read_record(record)
    assert (found.title, found.abstract, found.text) == (title, abstract, text)


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (["Ada Quill", " Ben  Ledger "], ("Ada Quill", "Ben Ledger")),
        ([{"name": "Ada Quill"}, {"affiliation": "?"}, 3, None], ("Ada Quill",)),
        ("Ada Quill", ("Ada Quill",)),
        ("Ada Quill, Ben Ledger and Cy Ink", ("Ada Quill", "Ben Ledger", "Cy Ink")),
        ("Ada Quill, Ben Ledger, and Cy Ink", ("Ada Quill", "Ben Ledger", "Cy Ink")),
        ("Quill, Ada and Ledger, Ben", ("Ada Quill", "Ben Ledger")),
        ("Quill, Ada; Ledger, Ben", ("Ada Quill", "Ben Ledger")),
        ("Quill, Ada", ("Ada Quill",)),
        ("Ada Quill, Ben Ledger", ("Ada Quill", "Ben Ledger")),
        ("Sandy Anders; Andy Sanders", ("Sandy Anders", "Andy Sanders")),
        (["A B", "C D", "A B", "C D"], ("A B", "C D")),
        (["A B", "A B"], ("A B",)),
        (["A B", "C D", "A B"], ("A B", "C D", "A B")),
        ("", ()),
        ({"name": "Ada Quill"}, ()),
        (None, ()),
    ],
)
def test_authors(authors: object, names: tuple[str, ...]) -> None:
    """Authors come as names, as objects, or in one string; a list that says itself twice counts once."""
    found = read_record({"title": "T", "authors": authors})
    assert (found.authors, found.author_count) == (names, len(names) or None)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": "pwc-0"}, {"id": "pwc-0"}),
        ({"id": "conf-iros2020-塩1adaptive"}, {"id": "conf-iros2020-塩1adaptive"}),
        ({"id": "A&amp;B  C"}, {"id": "A&amp;B  C"}),
        ({"id": "a\nb\ud800"}, {"id": "a b\ufffd"}),
        ({"id": 12}, {"id": "12"}),
        ({"published": "2024-10-09T10:00:00", "year": 2023}, {"published": "2024-10-09"}),
        ({"published": "soon", "year": "2023"}, {"published": "2023"}),
        ({"doi": "DOI:10.5555/ABC."}, {"identifiers": {"doi": "10.5555/abc"}}),
        ({"arxiv_id": "arXiv:2410.00001v3"}, {"identifiers": {"arxiv": "2410.00001"}}),
        ({"arxiv": "cs.CL/0701001"}, {"identifiers": {"arxiv": "cs.CL/0701001"}}),
        ({"identifiers": {"acl": "P19-1001", "n": 5}}, {"identifiers": {"acl": "P19-1001"}}),
        ({"url": "javascript:alert(1)"}, {"url": None, "extra": {"url": "javascript:alert(1)"}}),
        ({"url": "https://doi.org/10.5555/x"}, {"identifiers": {"doi": "10.5555/x"}}),
        ({"venue": {"name": "?"}, "author_count": -1, "extra": 3}, {"venue": None, "author_count": None, "extra": {}}),
        ({"extra": {"a": ["\ud800"], "b": {"c": 1.5}}}, {"extra": {"a": ["\ufffd"], "b": {"c": 1.5}}}),
        ({"sources": [{"file": "p.txt", "record": 9}]}, {"sources": (Source(file="p.txt", record=9),)}),
        ({"sources": "?"}, {"sources": (Source(file="<stream>", record=1),)}),
    ],
)
def test_other_keys(record: dict[str, Any], expected: dict[str, Any]) -> None:
    """Ids are kept as given, dates as far as they are dates, addresses only if they are of the web."""
    found = read_record({"title": "T", **record})
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('[{"title": "A"}, {"title": "B"}]', [1, 2]),
        ('\n[\n{"title": "A"},\n{"title": "B"}\n]\n', [1, 2]),
        ('{"papers": [{"title": "A"}, {"title": "B"}], "notes": [{"by": "us"}]}', [1, 1]),
        ('{"papers": [\n{"title": "A"},\n{"title": "B"}\n]}', [1, 2]),
        ('{\n  "title": "A"\n}', [1]),
        ('{"title": "A"}', [1]),
        ('{"title": "A"}\n\n{"title": "B"}', [1, 3]),
        ('{"title": "A"}\r\n{"title": "B"}\r\n', [1, 2]),
        ('\ufeff{"title": "A"}\n{"title": "B"}\n', [1, 2]),
        ('\ufeff[{"title": "A"}]', [1]),
        ('{"title": "A", "score": NaN, "year": NaN, "low": -Infinity}', [1]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_shapes_of_json(text: str, numbers: list[int], packed: bool) -> None:  # noqa: FBT001
    """Arrays, wrapped lists, single objects and lines are told apart by content, packed with gzip or not."""
    papers, skipped = read_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert [paper.sources[0].record for paper in papers] == numbers
    assert [paper.title for paper in papers] == ["A", "B"][: len(numbers)]
    assert skipped == []


CLEAN = st.text(min_size=1, max_size=40).map(clean).filter(lambda text: any(c.isalnum() for c in text))
PAPERS = st.builds(
    Paper,
    id=CLEAN,
    title=CLEAN,
    abstract=st.none() | CLEAN,
    authors=st.lists(CLEAN, max_size=4, unique=True).map(tuple),
    author_count=st.integers(1, 50),
    published=st.sampled_from([None, "2024", "2024-10", "2024-10-09", "--10-09"]),
    venue=st.none() | CLEAN,
    url=st.sampled_from([None, "https://example.org/a?b=c"]),
    identifiers=st.dictionaries(CLEAN, CLEAN, max_size=2),
    sources=st.lists(st.builds(Source, file=CLEAN, record=st.integers(1, 99)), min_size=1, max_size=3).map(tuple),
    extra=st.dictionaries(CLEAN, st.integers() | CLEAN | st.lists(CLEAN), max_size=2),
)


@given(st.lists(PAPERS, min_size=1, max_size=4))
def test_what_kg_writes_it_reads_back(papers: list[Paper]) -> None:
    """A paper written as JSON, one a line, is read as exactly the same paper."""
    lines = "\n".join(json.dumps(paper_to_json(paper), ensure_ascii=False) for paper in papers)
    found, skipped = read_bytes(lines.encode(), "jsonl")
    assert (found, skipped) == (papers, [])


def test_an_extraction_is_read_back_as_its_paper() -> None:
    """Entities, results and mentions in a record are no part of the paper and do not disturb it."""
    evidence = Evidence(
        field="abstract", start=0, end=2, text="We", sentence_start=0, sentence_end=9, rule="r", confidence=1.0
    )
    mention = Mention(type="Method", field="title", start=0, end=4, text="Salt", rule="r", confidence=1.0)
    result = Result(
        value="5", number=Decimal(5), unit=None, kind="score", qualifier="exact", metric=None, dataset=None, task=None,
        method="Salt", baseline=None, evidence=evidence,
    )  # fmt: skip
    paper = Paper(id="a", title="Salt", abstract="We reach 5.", sources=(Source(file="p.txt", record=3),))
    entity = Entity(type="Method", names=("Salt",), role="introduced", role_rule="r", mentions=(mention,))
    extraction = Extraction(paper=paper, entities=(entity,), results=(result,), sentences={"abstract": ((0, 11),)})
    assert read_record(extraction_to_json(extraction)) == paper


@needs_shared
def test_ids_of_the_gold_files_are_kept() -> None:
    """Annotated records keep the ids by which they are scored."""
    for name, first in (("pwc-dev", "pwc-0"), ("tdmsci-train", "tdmsci-0")):
        path = SHARED / "gold" / f"{name}.jsonl"
        given = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
        assert [paper.id for paper in read(path)] == given
        assert given[0] == first
