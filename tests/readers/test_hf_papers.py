from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Paper, Skipped
from kg.readers import read
from kg.readers.hf_papers import sniff
from kg.readers.paragraphs import titles
from tests.material import DATA, SHARED, needs_shared

HEADER = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\n"
    "{daily}byAK and the research community\n\n{day}\n\n"
)
ABSTRACT = "We grow crystals of salt in a kitchen and let a small network guess their age from a photograph. " * 4


def read_page(text: str, saved_in: int | None = None) -> tuple[list[Paper], list[Skipped]]:
    """The papers of a page and what was skipped."""
    skipped: list[Skipped] = []
    papers = list(read(io.BytesIO(text.encode()), format="hf-papers", saved_in=saved_in, on_skip=skipped.append))
    return papers, skipped


def test_page_without_author_lines() -> None:
    """Titles and abstracts alternate; an abstract may have several paragraphs; the page's own lines are left out."""
    skipped: list[Skipped] = []
    papers = list(read(DATA / "page_bare.txt", on_skip=skipped.append))
    assert [paper.title for paper in papers] == [
        "Lantern: Small Transformers That Read Long Ledgers",
        "2 Gardens 2 Curious",
        "Who Needs a Validation Set? Early Stopping vs. Patience, Revisited",
    ]
    assert [paper.sources[0].record for paper in papers] == [11, 15, 23]
    assert (papers[1].abstract or "").endswith("before the effect disappears. Our recordings are free to use.")
    assert {paper.published for paper in papers} == {None}
    assert skipped == []


def test_page_with_author_lines() -> None:
    """Number of authors, date and the number after it are read; a title that is a date stays a title."""
    skipped: list[Skipped] = []
    papers = list(read(DATA / "page_with_authors.txt", on_skip=skipped.append))
    assert [(p.title, p.author_count, p.published, dict(p.extra)) for p in papers] == [
        ("Lantern: Small Transformers That Read Long Ledgers", 4, "2024-10-09", {"trailing_number": 2}),
        ("March 14", 1, "--03-14", {}),
        ("TÜLA & Friends: Instruction Tuning Where Every Example Is a Postcard", 16, "2024-02-29", {}),
    ]
    assert papers[1].abstract == "We count to π."
    assert (papers[2].abstract or "").endswith("A second set, of telegrams, gives the same picture.")
    assert [(skip.record, skip.reason) for skip in skipped] == [
        (29, "a title without an abstract: A Title That Lost Its Abstract")
    ]


def test_saved_in_fills_only_the_missing_year() -> None:
    """The year in which the page was saved goes to dates without a year, and to no other."""
    papers = list(read(DATA / "page_with_authors.txt", saved_in=2025, on_skip=lambda _: None))
    assert [paper.published for paper in papers] == ["2024-10-09", "2025-03-14", "2024-02-29"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(f"Salt\n{ABSTRACT}\n  • 2 authors\n·\nMay 5\n", [("Salt", "--05-05", 2)], id="no blank lines"),
        pytest.param(
            f"Salt\n\n{ABSTRACT}\n\n• 2 authors\n\n·\n\nMay 5 3\n\n", [("Salt", "--05-05", 2)], id="blank lines between"
        ),
        pytest.param(
            f"Salt\r\n\r\n{ABSTRACT}\r\n• 2 authors · May 5\r\n", [("Salt", "--05-05", 2)], id="CRLF, one line"
        ),
        pytest.param(f"Salt\n\n{ABSTRACT}\n\nMay 5, 2021\n", [("Salt", "2021-05-05", None)], id="stray date"),
        pytest.param(f"Mar 11\n\nSalt\n\n{ABSTRACT}\n", [("Salt", None, None)], id="date first"),
        pytest.param(f"Daily Papers\n\n{ABSTRACT}\n", [("Daily Papers", None, None)], id="site line as title"),
        pytest.param(
            f"Salt\n\n{ABSTRACT}\n\nCode: https://example.org/salt\n\nSugar\n\n{ABSTRACT}",
            [("Salt", None, None), ("Sugar", None, None)],
            id="address below",
        ),
    ],
)
def test_variants_of_the_layouts(page: str, expected: list[tuple[str, str | None, int | None]]) -> None:
    """Entries are found whichever blank lines a browser leaves, and whatever their titles look like."""
    papers, skipped = read_page(page)
    assert [(paper.title, paper.published, paper.author_count) for paper in papers] == expected
    assert skipped == []


def test_wrapped_lines_are_one_paragraph() -> None:
    """A page that an editor wrapped at 72 columns gives the same texts."""
    words = ABSTRACT.split()
    wrapped = "\n".join(" ".join(words[i : i + 10]) for i in range(0, len(words), 10))
    papers, _ = read_page(f"A Salt Clock\n\n{wrapped}\n\nSweeter\nClocks\n\n{wrapped}\n")
    assert [(paper.title, paper.abstract) for paper in papers] == [
        ("A Salt Clock", ABSTRACT.strip()),
        ("Sweeter Clocks", ABSTRACT.strip()),
    ]


def test_two_pages_in_one_file() -> None:
    """A second page header in the middle of a file is no entry."""
    page = HEADER.format(daily="", day="Mar 11")
    papers, skipped = read_page(f"{page}Salt\n\n{ABSTRACT}\n\n{page}Sugar\n\n{ABSTRACT}\n")
    assert [paper.title for paper in papers] == ["Salt", "Sugar"]
    assert skipped == []


def test_entries_without_abstracts_are_named_and_lose_no_neighbour() -> None:
    """Titles in a row are named each with its line; an abstract at the very top has no title and is named too."""
    papers, skipped = read_page(f"{ABSTRACT}\n\nSalt\n\nPepper\n\nSugar\n\n{ABSTRACT}\n\nThyme")
    assert [paper.title for paper in papers] == ["Sugar"]
    assert [(skip.record, skip.reason.partition(":")[0]) for skip in skipped] == [
        (1, "an abstract without a title"),
        (3, "a title without an abstract"),
        (5, "a title without an abstract"),
        (11, "a title without an abstract"),
    ]


@pytest.mark.parametrize(
    ("paragraphs", "ends_marked", "labels"),
    [
        (["A Title", ABSTRACT], False, "tb"),
        (["A Title", ABSTRACT, ABSTRACT, "Short end.", "Next", ABSTRACT], False, "tbbbtb"),
        (["One", "Two", "Three", ABSTRACT], False, "tttb"),
        (["One", ABSTRACT, "Project page"], True, "tbb"),
        (["One", ABSTRACT, "Two", ABSTRACT], True, "tbtb"),
        (["Attention Is Not Enough.", ABSTRACT, "Salt.", ABSTRACT], False, "tbtb"),
        (["A title of many words " * 12, ABSTRACT, "B title of many words " * 12, ABSTRACT], False, "tbtb"),
        ([], False, ""),
    ],
)
def test_titles_are_told_from_abstracts(paragraphs: Sequence[str], ends_marked: bool, labels: str) -> None:  # noqa: FBT001
    """The cheapest labelling keeps long titles, short abstracts and abstracts of several paragraphs apart."""
    assert titles(paragraphs, ends_marked=ends_marked) == [label == "t" for label in labels]


def test_sniff() -> None:
    """Site lines or author lines make a page; alternating titles and abstracts may be one; a README is none."""
    assert sniff((DATA / "page_bare.txt").read_bytes()) > 0.9
    assert sniff(f"Salt\n\n{ABSTRACT}\n\n• 3 authors".encode()) > 0.9
    assert 0 < sniff(f"Salt\n\n{ABSTRACT}\n\nSugar\n\n{ABSTRACT}".encode()) < 0.5
    assert sniff(f"# Salt\n\n{ABSTRACT}\n\n## Use\n\n{ABSTRACT}".encode()) == 0
    assert sniff(f"{ABSTRACT}\n\n{ABSTRACT}".encode()) == 0
    assert sniff(b"\n" * 65536) == 0


@dataclass(frozen=True)
class Entry:
    """What a generated page shows of one paper."""

    title: str
    abstract: list[str]
    author_count: int
    day: tuple[str, str]
    number: int | None


WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäβ", min_size=1, max_size=9)
TITLE = st.lists(WORD, min_size=2, max_size=14).map(lambda words: "Of " + " ".join(words))
SENTENCE = st.lists(WORD, min_size=6, max_size=14).map(lambda words: "We " + " ".join(words) + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=12, max_size=16).map(" ".join)
DAYS = st.sampled_from([("Oct 9, 2024", "2024-10-09"), ("Mar 1", "--03-01"), ("Dec 31, 1999", "1999-12-31")])
ENTRIES = st.lists(
    st.builds(
        Entry,
        title=TITLE,
        abstract=st.lists(PARAGRAPH, min_size=1, max_size=3),
        author_count=st.integers(1, 3000),
        day=DAYS,
        number=st.none() | st.integers(0, 99999),
    ),
    min_size=1,
    max_size=5,
)


@given(entries=ENTRIES, with_header=st.booleans(), with_authors=st.booleans(), newline=st.sampled_from(["\n", "\r\n"]))
def test_a_written_page_is_read_back(
    *, entries: list[Entry], with_header: bool, with_authors: bool, newline: str
) -> None:
    """Whatever entries a page of either layout shows come back as they were, in order, and nothing is skipped."""
    page = HEADER.format(daily="Daily Papers\n\n" if with_authors else "", day="Jan 2") if with_header else ""
    for entry in entries:
        page += f"{entry.title}\n\n" + "\n\n".join(entry.abstract) + "\n\n"
        if with_authors:
            number = "" if entry.number is None else f" {entry.number}"
            page += f"  • {entry.author_count} authors\n·\n{entry.day[0]}{number}\n\n"
    papers, skipped = read_page(page.replace("\n", newline))
    assert skipped == []
    assert [(paper.title, paper.abstract) for paper in papers] == [(e.title, " ".join(e.abstract)) for e in entries]
    if with_authors:
        assert [(p.author_count, p.published, p.extra.get("trailing_number")) for p in papers] == [
            (e.author_count, e.day[1], e.number) for e in entries
        ]


@needs_shared
def test_the_seed_pages_give_every_entry() -> None:
    """Five pasted pages hold 62, 43, 110, 98 and 70 entries; the second, and it alone, shows authors and dates."""
    skipped: list[Skipped] = []
    pages = [list(read(path, on_skip=skipped.append)) for path in sorted((SHARED / "seeds").glob("*.txt"))]
    assert [len(page) for page in pages] == [62, 43, 110, 98, 70]
    assert skipped == []
    for number, page in enumerate(pages):
        assert all(16 <= len(p.title or "") <= 140 and 1300 < len(p.abstract or "") < 2000 for p in page)
        assert all((p.author_count is not None) == (p.published is not None) == (number == 1) for p in page)
    dates = [paper.published or "" for paper in pages[1]]
    assert sum(date.startswith("--") for date in dates) == 12
    assert sorted(paper.extra["trailing_number"] for paper in pages[1] if paper.extra) == [2, 2, 2, 6]
