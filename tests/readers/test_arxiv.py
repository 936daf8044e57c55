from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.readers.arxiv import month_of
from tests.material import DATA
from tests.readers.reading import read_bytes, read_objects, read_sample

ABSTRACT = (
    "Bookkeeping texts run to hundreds of pages, and most language models forget the first page before they reach the "
    "last. We present Lantern, an α-weighted transformer with O(n log n) attention. It answers 92.4% of questions on "  # noqa: RUF001
    "LedgerQA, which costs $5 — not $50 and not $500 — a month."
)


def test_the_snapshot() -> None:
    """Hard wraps and indents are folded, LaTeX is plain, the date is the first version's, the version left out."""
    (lantern, kelp, table), skipped = read_sample("arxiv.jsonl")
    assert (lantern.id, lantern.title) == ("arxiv:2410.00001", "Lantern: Small Transformers That Read Long Ledgers")
    assert lantern.abstract == ABSTRACT
    assert lantern.authors == ("Ada Quill", "Ben Ledger Jr.", "Jérôme Küche")
    assert (lantern.published, lantern.url) == ("2024-10-01", "https://arxiv.org/abs/2410.00001")
    assert lantern.extra["categories"] == ["cs.CL", "cs.LG"]
    assert (kelp.id, kelp.published) == ("arxiv:cs/0112017", "2001-12")
    assert kelp.authors == ("Greta Fold", "Per Øksnes", "S. Kelp")
    assert kelp.identifiers == {"arxiv": "cs/0112017", "doi": "10.5555/kelp.17"}
    assert kelp.extra["journal_ref"] == "Journal of Slow Algae 3 (2002) 17-29"
    assert (table.id, table.published) == ("arxiv:0704.0010", "2007-04")
    assert skipped == [(3, "a record without title and abstract")]


def test_the_feed() -> None:
    """Entries of an Atom feed are read alike: wraps folded, the version left out, entities decoded."""
    (lantern, knots), skipped = read_sample("arxiv.xml")
    assert (lantern.id, lantern.title) == ("arxiv:2410.00001", "Lantern: Small Transformers That Read Long Ledgers")
    assert lantern.abstract is not None
    assert lantern.abstract.endswith("We present Lantern, which answers 92.4% of questions & costs < 5 dollars.")
    assert (lantern.authors, lantern.published) == (("Ada Quill", "Ben Ledger"), "2024-10-01")
    assert lantern.identifiers == {"arxiv": "2410.00001", "doi": "10.5555/lantern.24"}
    assert lantern.extra["categories"] == ["cs.CL", "cs.LG"]
    assert lantern.extra["journal_ref"] == "Workshop on Long Texts (2024)"
    assert (knots.id, knots.authors) == ("arxiv:math/0309136", ("Kn. Otte",))
    assert skipped == [(2, "2410.00002: a record without title and abstract")]


@pytest.mark.parametrize(
    ("known", "month"),
    [
        ("9107.0001", "1991-07"),
        ("cs/0112017", "2001-12"),
        ("hep-th/9901001", "1999-01"),
        ("2413.1", None),
        (None, None),
    ],
)
def test_an_id_tells_the_month(known: str | None, month: str | None) -> None:
    """Since 1991 arXiv ids begin with year and month."""
    assert month_of(known) == month


@pytest.mark.parametrize(
    "change",
    [
        {"authors_parsed": None, "authors": None},
        {"authors_parsed": [None, [], [1, 2], ["Quill"]]},
        {"versions": [{"created": 5}], "categories": 7},
        {"versions": "v1", "categories": ["cs.CL", None]},
        {"id": None, "doi": ["10.5555/1"]},
        {"id": 1e300},
        {"comments": {"a": 1}, "journal-ref": False},
    ],
)
def test_an_odd_field_costs_no_record(change: dict[str, object]) -> None:
    """Where a field is not what it should be, the rest is read."""
    record = json.loads((DATA / "arxiv.jsonl").read_text("utf-8").splitlines()[0]) | change
    ((found,), skipped) = read_objects([record], "arxiv-json")
    assert found.abstract == ABSTRACT
    assert skipped == []


@pytest.mark.parametrize(
    ("feed", "ids", "reason"),
    [
        (
            b"<entry><id>http://arxiv.org/abs/cs/0112017</id><title>A</title></entry><entry><id>",
            ["arxiv:cs/0112017"],
            "",
        ),
        (b"", [], "a feed without entries"),
    ],
)
def test_a_feed_that_breaks_off(feed: bytes, ids: list[str], reason: str) -> None:
    """Entries before the break are read, and the break is named."""
    papers, skipped = read_bytes(b'<feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id>' + feed)
    assert [paper.id for paper in papers] == ids
    assert len(skipped) == 1
    assert skipped[0].reason.startswith(reason)


def test_entities_are_not_expanded_and_nothing_is_fetched() -> None:
    """A billion laughs cost nothing, and a file that an entity names is not read."""
    laughs = b"<!DOCTYPE feed [<!ENTITY a 'ha'>" + b"".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>".encode() for n in range(20)
    )
    laughs += b"<!ENTITY file SYSTEM 'file:///etc/hostname'>]>"
    feed = b"<feed><id>http://arxiv.org/api/x</id><entry><title>A &u; &file; title</title></entry></feed>"
    papers, skipped = read_bytes(laughs + feed)
    assert len(skipped) == 1 or len(papers[0].title or "") < 100
    assert "haha" not in str(papers)


VALUES = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["id", "title", "abstract", "authors", "authors_parsed", "versions", "doi"])


@settings(max_examples=50)
@given(st.dictionaries(KEYS, VALUES))
def test_any_record_gives_a_paper_or_a_reason(record: dict[str, object]) -> None:
    """Whatever the fields hold, one record is one paper or one reason."""
    papers, skipped = read_objects([record], "arxiv-json")
    assert len(papers) + len(skipped) == 1
