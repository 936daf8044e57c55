from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.readers import merge_duplicates
from tests.material import DATA
from tests.readers.reading import read_bytes, read_objects, read_sample

PAPERS = [json.loads(line) for line in (DATA / "semantic-scholar.jsonl").read_text("utf-8").splitlines()]


def test_papers_and_abstracts() -> None:
    """The keys of the API and of the data sets are read alike; a summary that a model wrote is never an abstract."""
    (lantern, menus, abstract), skipped = read_sample("semantic-scholar.jsonl")
    assert (lantern.id, lantern.abstract) == ("s2:270000001", None)
    assert lantern.identifiers == {
        "arxiv": "2410.00001", "s2": "270000001", "dblp": "journals/corr/abs-2410-00001", "s2paper": "0" * 38 + "aa",
    }  # fmt: skip
    assert (lantern.authors, lantern.published, lantern.venue) == (
        ("Ada Quill", "Ben Ledger"),
        "2024-10-01",
        "arXiv.org",
    )
    assert (menus.venue, menus.published, menus.identifiers["acl"]) == ("Harbour Letters", "2019", "P19-1001")
    assert abstract.title is None
    assert skipped == [(4, "only a summary that a model wrote (tldr), no title and no abstract")]
    assert "summary" not in str((lantern, menus, abstract))


def test_a_paper_and_its_abstract_are_one() -> None:
    """What two data sets say of one paper comes together by its corpus id."""
    papers, _ = read_sample("semantic-scholar.jsonl")
    _, menus = merge_duplicates(papers)
    assert menus.title == "Parsing the Menus of Small Harbours"
    assert menus.abstract is not None
    assert [source.record for source in menus.sources] == [2, 3]


@pytest.mark.parametrize(
    "answer",
    [
        {"total": 2, "offset": 0, "data": PAPERS[:2]},
        {"recommendedPapers": PAPERS[:2]},
        {"data": [{"contexts": [], "citedPaper": PAPERS[0]}, {"citedPaper": PAPERS[1]}]},
        {"data": [{"citingPaper": PAPERS[0]}, {"isInfluential": True, "citingPaper": PAPERS[1]}]},
        PAPERS[:2],
    ],
    ids=["search", "recommendations", "references", "citations", "batch"],
)
def test_answers_of_the_api(answer: object) -> None:
    """Lists of papers are read wherever the API puts them."""
    for indent in (None, 2):
        papers, skipped = read_bytes(json.dumps(answer, indent=indent).encode())
        assert [paper.id for paper in papers] == ["s2:270000001", "s2:270000002"]
        assert skipped == []


def test_a_paper_that_was_not_found() -> None:
    """The API answers null for an id that it does not know; that is named, and the others are read."""
    papers, skipped = read_bytes(json.dumps([PAPERS[0], None, PAPERS[1]]).encode())
    assert len(papers) == 2
    assert [(one.record, one.reason) for one in skipped] == [(2, "null instead of a record")]


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(
            ["corpusId", "externalIds", "title", "abstract", "authors", "year", "journal", "paperId", "tldr"]
        ),
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.none() | st.text(max_size=3)),
    )
)
def test_an_odd_field_never_raises(change: dict[str, object]) -> None:
    """Whatever a field holds, the record is one paper or one reason."""
    papers, skipped = read_objects([{**PAPERS[0], **change}], "semantic-scholar")
    assert len(papers) + len(skipped) == 1
