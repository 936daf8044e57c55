from __future__ import annotations

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from kg.readers.people import given_first
from kg.readers.tagged import MAX_RECORD_CHARACTERS
from kg.readers.text import plain
from tests.material import DATA
from tests.readers.reading import read_bytes, read_sample


def test_references() -> None:
    """Tags of both generations are read, and lines that go on; a reference that is not ended ends at the next."""
    (lanterns, not_ended, last), skipped = read_sample("references.ris")
    assert lanterns.title == "Weighing Lanterns"
    assert lanterns.abstract == "We weigh lanterns with LanternNet, a scale of ours"
    assert lanterns.authors == ("Ada Quill", "Ben Ledger Jr.")
    assert (lanterns.published, lanterns.venue) == ("2021-03-05", "Journal of Lamps")
    assert (lanterns.url, lanterns.identifiers) == ("https://example.org/lantern", {"doi": "10.5555/lantern.21"})
    assert lanterns.extra == {"keywords": ["lamps", "scales"]}
    assert (not_ended.abstract, not_ended.identifiers) == ("Its record lacks the last line.", {"arxiv": "2410.00001"})
    assert (last.title, last.published, last.venue) == ("The Last One", "1999-12", "Lamps")
    assert [paper.sources[0].record for paper in (lanterns, not_ended, last)] == [4, 26, 30]
    assert skipped == [(22, "a record without title and abstract")]


def test_marks_and_line_ends() -> None:
    """A byte order mark and the line ends of Windows change nothing."""
    plain_sample = (DATA / "references.ris").read_bytes()
    papers, skipped = read_bytes(plain_sample)
    assert read_bytes(b"\xef\xbb\xbf" + plain_sample.replace(b"\n", b"\r\n")) == (papers, skipped)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"TI  - caf\xe9\n", "no valid UTF-8 (byte 10 of line 4)"),
        (b"AB  - " + b"x" * MAX_RECORD_CHARACTERS + b"\n", f"more than {MAX_RECORD_CHARACTERS:,} characters"),
        (b"AB  - " + b"x" * 100_001 + b"\n", "the abstract has 100,001 characters, more than 100,000"),
        (b"AB  - a\n" + b"b\n" * 100_000, "the abstract has 200,001 characters, more than 100,000"),
        (b"no tag at all\n", "a record without title and abstract"),
        (b"", "a record without title and abstract"),
    ],
    ids=["no UTF-8", "too long", "a long abstract", "many lines", "no tag", "nothing"],
)
def test_a_bad_reference_costs_itself_alone(bad: bytes, reason: str) -> None:
    """It is named by the line where it begins, and its neighbours are read."""
    good = b"TY  - JOUR\nTI  - Good\n"
    papers, (skip,) = read_bytes(good + b"TY  - JOUR\n" + bad + b"ER  - \n" + good)
    assert [paper.title for paper in papers] == ["Good", "Good"]
    assert (skip.record, skip.reason) == (3, reason)


@pytest.mark.parametrize(
    ("name", "turned"),
    [
        ("Quill, Ada", "Ada Quill"),
        ("Ledger, Ben, Jr.", "Ben Ledger Jr."),
        ("Ada Quill", "Ada Quill"),
        ("Quill,", "Quill"),
        ("A, B, C, D", "A, B, C, D"),
        ("", ""),
    ],
)
def test_names_are_turned_round(name: str, turned: str) -> None:
    """The given name comes first, a suffix last."""
    assert given_first(name) == turned


WORDS = st.text("abcXYZ0189éß,.:()-%", min_size=1, max_size=12).filter(lambda text: any(map(str.isalnum, text)))
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join).filter(lambda text: plain(text) == text)


@given(TEXTS, TEXTS, st.lists(st.sampled_from(["Quill, Ada", "Ledger, Ben, Jr.", "Kelp, S."]), max_size=3, unique=True))
def test_what_rispy_writes_is_read_back(title: str, abstract: str, authors: list[str]) -> None:
    """References written by rispy come back with their texts and authors."""
    record = {"type_of_reference": "JOUR", "title": title, "abstract": abstract, "authors": authors, "year": "2021"}
    papers, skipped = read_bytes(rispy.dumps([record, record]).encode(), "ris")
    assert skipped == []
    for paper in papers:
        assert (paper.title, paper.abstract, paper.published) == (title, abstract, "2021")
        assert paper.authors == tuple(map(given_first, authors))
    assert len(papers) == 2
