from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import DATA
from tests.readers.reading import read_bytes, read_objects, read_sample

WORKS = [json.loads(line) for line in (DATA / "openalex.jsonl").read_text("utf-8").splitlines()]


def test_works() -> None:
    """Ids, dates, places and names are read; tags and entities of titles are gone."""
    (lantern, frost, words), skipped = read_sample("openalex.jsonl")
    assert lantern.id == "openalex:W100000001"
    assert lantern.identifiers == {"arxiv": "2410.00001", "openalex": "W100000001", "mag": "4100000001"}
    assert (lantern.authors, lantern.published) == (("Ada Quill", "Ben Ledger"), "2024-10-01")
    assert (lantern.venue, lantern.extra) == ("arXiv (Cornell University)", {"keywords": ["Ledger"]})
    assert frost.title == "Growing Frost on CO2 Windows & Mirrors"
    assert frost.abstract == "We grow 10^3 ferns a night (p < 0.05)."
    assert frost.identifiers == {"doi": "10.5555/frost.2", "openalex": "W100000002", "pmid": "31000002"}
    assert (frost.published, frost.venue, frost.extra) == ("2019", "Annals of Cold", {"retracted": True})
    assert words.title == "A Work with a Display Name Only"
    assert skipped == [(4, "a record without title and abstract")]


@pytest.mark.parametrize(
    ("index", "abstract"),
    [
        ({"We": [0, 2], "do": [1], "it.": [3]}, "We do We it."),
        ({"gaps": [40], "With": [7]}, "With gaps"),
        ({"two": [0], "words": [0], "one": [1]}, "two words one"),
        ({"odd": ["x", None, True, 1.5], "fine": [1]}, "fine"),
        ({"far": [10**15], "near": [-1]}, "near far"),
        ({"InvertedIndex": {"Wrapped.": [0]}, "IndexLength": 1}, "Wrapped."),
        ('{"In": [0], "text.": [1]}', "In text."),
        ({}, None),
        (None, None),
        ([1, 2], None),
    ],
)
def test_an_inverted_index_is_put_in_order(index: object, abstract: str | None) -> None:
    """Words stand in the order of their places, whatever gaps, repetitions and oddities there are."""
    ((found,), skipped) = read_objects([{**WORKS[0], "abstract_inverted_index": index}])
    assert (found.abstract, skipped) == (abstract, [])


def test_an_endless_index_is_refused() -> None:
    """A word at more places than a text may have characters makes its record a bad one."""
    works = [{**WORKS[0], "abstract_inverted_index": {"a": list(range(100_001))}}, WORKS[1]]
    papers, skipped = read_objects(works)
    assert [paper.id for paper in papers] == ["openalex:W100000002"]
    assert [one.reason for one in skipped] == ["the abstract has more than 100,000 words"]


@pytest.mark.parametrize("indent", [None, 1])
def test_pages_of_the_api(indent: int | None) -> None:
    """A page of results, a page a line, a list and a single work are read alike."""
    page = {"meta": {"count": 2}, "results": WORKS[:2], "group_by": []}
    ids = ["openalex:W100000001", "openalex:W100000002"]
    for value, expected in ((page, ids), (WORKS[:2], ids), (WORKS[0], ids[:1])):
        papers, skipped = read_bytes(json.dumps(value, indent=indent).encode())
        assert [paper.id for paper in papers] == expected
        assert skipped == []
    papers, _ = read_objects([page, page])
    assert [paper.id for paper in papers] == ids * 2


def test_front_matter_is_left_out() -> None:
    """An editorial board is no paper; front matter with an abstract is read, for it may be a paper after all."""
    papers, skipped = read_objects([WORKS[2], {**WORKS[2], "abstract_inverted_index": {"Words.": [0]}}], "openalex")
    assert [paper.abstract for paper in papers] == ["Words."]
    assert skipped == []


WORDS = st.text(alphabet="abcdefg<>&", min_size=1, max_size=5)


@settings(max_examples=50)
@given(st.lists(st.text(alphabet="abcdef.,", min_size=1, max_size=6), min_size=1, max_size=30))
def test_a_text_is_what_its_index_spells(words: list[str]) -> None:
    """A text turned into an inverted index is read back as it was."""
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    ((found,), _) = read_objects([{**WORKS[0], "abstract_inverted_index": index}])
    assert found.abstract == " ".join(words)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(list(WORKS[0])), st.none() | st.integers() | st.lists(st.none()) | WORDS))
def test_an_odd_field_never_raises(change: dict[str, object]) -> None:
    """Whatever a field holds, the work is one paper or one reason."""
    papers, skipped = read_objects([{**WORKS[0], **change}], "openalex")
    assert len(papers) + len(skipped) == 1
