from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Paper, Source
from kg.readers import merge_duplicates, read
from kg.readers.identity import derived_id, fold, slug
from tests.material import DATA, SHARED, needs_shared

SALT = (
    "We photograph salt crystals for a year, every day at noon, and let a small network guess their age from one view. "
    "Kitchens differ."
)
SUGAR = (
    "Sugar melts. Our robot stirs caramel by listening to the pitch of its bubbles, which falls as the water leaves. "
    "Nobody was burnt."
)


def paper(id: str, title: str | None = None, abstract: str | None = None, **others: object) -> Paper:  # noqa: A002
    """A paper of which only what matters is said."""
    return replace(Paper(id=id, title=title, abstract=abstract), **others)  # type: ignore[arg-type]


def test_one_title_with_one_abstract_is_one_paper() -> None:
    """Case, hyphens, punctuation and later words of the abstract do not matter; a second given id is kept."""
    found = merge_duplicates(
        [paper("a", "Pre-Training on Salt!", SALT), paper("b", "Pretraining on salt", SALT + " Code is free.")]
    )
    assert found == [paper("a", "Pre-Training on Salt!", SALT, extra={"other_ids": ["b"]})]


def test_gaps_are_filled_and_sources_united() -> None:
    """The first record wins field by field, and every place where the paper was found is kept once."""
    here, there = Source(file="a.txt", record=1), Source(file="b.jsonl", record=2)
    first = paper("a", "Salt", SALT, published="--10-09", author_count=2, sources=(here,), extra={"n": 1})
    second = paper(
        "a", "SALT", None, published="2024-10-09", author_count=3, authors=("Ada Quill", "Ben Ledger"),
        venue="Kitchens", identifiers={"doi": "10.5555/1"}, sources=(there, here), extra={"n": 2, "m": 3},
    )  # fmt: skip
    (merged,) = merge_duplicates([first, second])
    assert merged == replace(
        first, published="2024-10-09", authors=("Ada Quill", "Ben Ledger"), venue="Kitchens",
        identifiers={"doi": "10.5555/1"}, sources=(here, there), extra={"n": 1, "m": 3},
    )  # fmt: skip


def test_a_shared_title_alone_does_not_make_one_paper() -> None:
    """Two papers called "Introduction" with different abstracts stay two."""
    assert len(merge_duplicates([paper("a", "Introduction", SALT), paper("b", "Introduction", SUGAR)])) == 2


def test_a_record_without_abstract_joins_its_title_unless_the_authors_differ() -> None:
    """The title is enough where one abstract is missing, but not if both name authors and none in common."""
    whole = paper("a", "Introduction", SALT, authors=("Ada Quill",))
    assert len(merge_duplicates([whole, paper("b", "Introduction")])) == 1
    assert len(merge_duplicates([whole, paper("b", "Introduction", authors=("A. Quill",))])) == 1
    assert len(merge_duplicates([whole, paper("b", "Introduction", authors=("Ben Ledger",))])) == 2
    (merged,) = merge_duplicates([paper("b", "Introduction"), whole])
    assert (merged.id, merged.abstract) == ("b", SALT)


def test_a_record_without_abstract_is_no_bridge() -> None:
    """A lone title that joined one paper does not draw in another paper of that title."""
    records = [paper("a", "Introduction", SALT), paper("b", "Introduction"), paper("c", "Introduction", SUGAR)]
    assert [(p.id, p.abstract) for p in merge_duplicates(records)] == [("a", SALT), ("c", SUGAR)]


def test_a_title_of_many_papers_is_no_name() -> None:
    """Where more than twenty papers are called "Editorial", the title alone says nothing any more."""
    editorials = [paper(str(n), "Editorial", authors=(f"Author{n} Family{n}",)) for n in range(30)]
    assert len(merge_duplicates([*editorials, paper("x", "Editorial")])) == 31


def test_a_shared_identifier_makes_one_paper() -> None:
    """Two versions of a preprint with new title and abstract are one by their arXiv id."""
    first = paper("a", "Salt", SALT, identifiers={"arxiv": "2410.00001"})
    second = paper("b", "Sugar", SUGAR, identifiers={"arxiv": "2410.00001"})
    (merged,) = merge_duplicates([first, second])
    assert (merged.title, merged.abstract, merged.extra) == ("Salt", SALT, {"other_ids": ["b"]})


def test_a_record_that_fits_two_papers_joins_them() -> None:
    """A third record with the DOI of one and the title of another shows that all three are one."""
    first = paper("a", "Salt", SALT, identifiers={"doi": "10.5555/1"})
    second = paper("b", "Sugar", SUGAR)
    (merged,) = merge_duplicates([first, second, paper("c", "Sugar", SUGAR, identifiers={"doi": "10.5555/1"})])
    assert merged.extra == {"other_ids": ["c", "b"]}


def test_texts_are_one_when_they_are_the_same_throughout() -> None:
    """Records with only a text merge by all of it, unless they were given ids."""
    texts = (SALT, SALT.upper(), SALT + " Again.")
    records = [paper(derived_id(None, None, text), text=text) for text in texts]
    assert [p.text for p in merge_duplicates(records)] == [SALT, SALT + " Again."]
    assert len(merge_duplicates([paper("a", text=SALT), paper("b", text=SALT)])) == 2


def test_an_id_that_two_papers_bring_loses_neither() -> None:
    """Two files that number their records from 1 give two papers; the later one's id gets a hash, the given is kept."""
    first, second = merge_duplicates([paper("1", "Salt", SALT), paper("1", "Caramel", SUGAR)])
    assert first == paper("1", "Salt", SALT)
    assert second.id.startswith("1-")
    assert second.extra == {"given_id": "1"}
    assert len(merge_duplicates([first, paper("1", "Caramel", SUGAR), paper("1", "Caramel", SUGAR)])) == 2


def test_a_revised_record_under_its_id_is_the_same_paper() -> None:
    """An id with a new title and most of the old words is a revision: the first record wins."""
    (merged,) = merge_duplicates([paper("1", "Salt", SALT), paper("1", "Salt, Revised", SALT + " We add a month.")])
    assert merged == paper("1", "Salt", SALT)


def test_other_ids_are_known_when_they_are_read_back() -> None:
    """A paper that already carries another id is found under it."""
    known = paper("a", "Salt", SALT, extra={"other_ids": ["b"]})
    assert merge_duplicates([known, paper("b", "Salt!", None)]) == [known]


def test_pages_and_json_lines_meet() -> None:
    """The example paper that stands in two pages and in JSON Lines is one, with all three places."""
    skipped: list[object] = []
    files = [DATA / "page_bare.txt", DATA / "page_with_authors.txt", DATA / "papers.jsonl"]
    papers = merge_duplicates(read(*files, on_skip=skipped.append))
    (lantern,) = [p for p in papers if "Lantern" in (p.title or "")]
    assert [source.record for source in lantern.sources] == [11, 13, 1]
    assert lantern.published == "2024-10-09"
    assert lantern.extra["other_ids"] == ["lantern-24"]
    assert len(papers) == 8


WRITTEN = {
    "arxiv": ({"arxiv": "2410.00001"}, {"arxiv": "arXiv:2410.00001v3"}, {"doi": "10.48550/ARXIV.2410.00001"}),
    "doi": ({"doi": "10.5555/salt.1"}, {"DOI": "https://doi.org/10.5555/SALT.1"}),
    "acl": ({"acl": "P19-1001"}, {"acl": "https://aclanthology.org/P19-1001/"}, {"doi": "10.18653/v1/p19-1001"}),
    "openalex": ({"openalex": "W1"}, {"openalex": "https://openalex.org/W1"}),
    "pmid": ({"pmid": "31"}, {"pmid": "https://pubmed.ncbi.nlm.nih.gov/31/"}),
    "s2": ({"s2": "7"}, {"s2": "CorpusId:7"}),
}
"""By scheme, the ways in which one identifier is written."""


@pytest.mark.parametrize("scheme", WRITTEN)
def test_an_identifier_is_known_however_it_is_written(scheme: str) -> None:
    """Two records meet by an id in whatever way each source writes it."""
    for one, other in permutations(WRITTEN[scheme], 2):
        assert len(merge_duplicates([paper("a", "Salt", SALT, identifiers=one), paper("b", identifiers=other)])) == 1


@pytest.mark.parametrize(("first", "second"), list(combinations(WRITTEN, 2)))
def test_records_of_two_sources_meet_through_a_third(first: str, second: str) -> None:
    """Whoever knows two ids of a paper brings the records together that know one each, wherever it stands."""
    records = [
        paper("a", "Salt", SALT, identifiers=WRITTEN[first][0], sources=(Source(file="a", record=1),)),
        paper("b", "Sugar", SUGAR, identifiers=WRITTEN[second][0], sources=(Source(file="b", record=1),)),
        paper("c", None, SALT, identifiers={**WRITTEN[first][0], **WRITTEN[second][0]}),
    ]
    for order in permutations(records):
        (merged,) = merge_duplicates(order)
        assert len(merged.sources) == 2


def test_an_identifier_that_is_lost_is_kept_beside() -> None:
    """Of two ids of one scheme the first stays, the other is kept, and the paper is known by both when read back."""
    first = paper("a", "Salt", SALT, identifiers={"openalex": "W1"})
    (merged,) = merge_duplicates([first, paper("b", "Salt", SALT, identifiers={"openalex": "W2"})])
    assert merged.identifiers == {"openalex": "W1"}
    assert merged.extra == {"other_ids": ["b"], "other_identifiers": {"openalex": ["W2"]}}
    assert len(merge_duplicates([merged, paper("c", "Sugar", SUGAR, identifiers={"openalex": "W2"})])) == 1


def test_the_doi_of_a_volume_makes_no_paper_of_its_papers() -> None:
    """A DOI at records with other titles and other ids says nothing; those with one title it still joins."""
    volume = {"doi": "10.5555/volume"}
    records = [
        paper("a", "Salt", SALT, identifiers={**volume, "acl": "P19-1001"}),
        paper("b", "Sugar", SUGAR, identifiers={**volume, "acl": "P19-1002"}),
        paper("c", "Salt!", "Another abstract of it.", identifiers=volume),
    ]
    for order in permutations(records):
        merged = merge_duplicates(order)
        assert sorted(p.identifiers["acl"] for p in merged) == ["P19-1001", "P19-1002"]
        assert {len(p.extra.get("other_ids", ())) for p in merged} == {0, 1}


def test_other_ids_of_one_scheme_are_no_contradiction() -> None:
    """OpenAlex has papers twice: two of its ids with one DOI are one paper, whatever the titles."""
    records = [
        paper("a", "Salt", SALT, identifiers={"doi": "10.5555/1", "openalex": "W1"}),
        paper("b", "Salt, Revisited", SUGAR, identifiers={"doi": "10.5555/1", "openalex": "W2"}),
    ]
    assert len(merge_duplicates(records)) == 1


def _views(number: int) -> st.SearchStrategy[Paper]:
    """What a source may know of one of some papers: some of its ids, and its texts or not."""
    ids = {
        "arxiv": f"24{number:02}.00001",
        "doi": f"10.5555/{number}",
        "acl": f"P19-10{number:02}",
        "openalex": f"W{number}",
        "s2": str(number),
    }
    title, abstract = f"Title {number}", f"Abstract {number}. {SALT}"
    return st.builds(
        lambda known, texts: replace(Paper(id="x", identifiers={one: ids[one] for one in sorted(known)}), **texts),
        st.sets(st.sampled_from(sorted(ids)), min_size=1, max_size=3),
        st.sampled_from(
            [
                {"title": title, "abstract": abstract},
                {"title": f"{title} v2", "abstract": SUGAR},
                {"abstract": "Again."},
            ]
        ),
    )


VIEWS = st.lists(st.integers(0, 3).flatmap(_views), min_size=1, max_size=10)


def _numbered(views: list[Paper]) -> list[Paper]:
    return [replace(one, id=f"r{at}", sources=(Source(file="f", record=at),)) for at, one in enumerate(views)]


@settings(max_examples=60)
@given(VIEWS.map(_numbered), st.randoms(use_true_random=False))
def test_what_is_one_paper_does_not_depend_on_the_order(records: list[Paper], random: Random) -> None:
    """In whatever order sources are read, records are one paper where shared ids or texts connect them."""
    graph: nx.Graph[int] = nx.Graph()
    keys: dict[object, int] = {}
    for at, one in enumerate(records):
        graph.add_node(at)
        for key in [*one.identifiers.items(), *([one.title] if one.title else [])]:
            graph.add_edge(at, keys.setdefault(key, at))
    expected = {frozenset(component) for component in nx.connected_components(graph)}
    for _ in range(3):
        merged = merge_duplicates(records)
        assert {frozenset(source.record for source in one.sources) for one in merged} == expected
        random.shuffle(records)


TITLES = st.sampled_from([None, "Salt", "SALT!", "Sugar", "C", "C++"])
ABSTRACTS = st.sampled_from([None, SALT, SUGAR])
RECORDS = st.lists(
    st.builds(paper, st.sampled_from(["1", "2", "3"]), TITLES, ABSTRACTS).filter(lambda p: p.title or p.abstract),
    max_size=8,
)


@given(RECORDS)
def test_merging_is_idempotent_and_loses_no_id(records: list[Paper]) -> None:
    """Ids are distinct afterwards, every id that came is still known, and merging again changes nothing."""
    merged = merge_duplicates(records)
    assert len({p.id for p in merged}) == len(merged)
    known = {name for p in merged for name in (p.id, p.extra.get("given_id"), *p.extra.get("other_ids", ()))}
    assert {p.id for p in records} <= known
    assert merge_duplicates(merged) == merged


def test_derived_ids_are_readable_and_tell_papers_apart() -> None:
    """An id made up from the title is stable, ends in a hash, and differs for another abstract."""
    one = derived_id("Salt & Pepper: Ageing Crystals by Photograph in Kitchens of the North", SALT)
    assert one.startswith("salt-pepper-ageing-crystals-by-photograph-in-")
    assert one == derived_id("SALT & Pepper: Ageing crystals by photograph in kitchens of the north!", SALT + " More.")
    assert one != derived_id("Salt & Pepper: Ageing Crystals by Photograph in Kitchens of the North", SUGAR)
    assert derived_id("???", None) != derived_id("!!!", None)
    assert derived_id("塩の結晶", SALT).startswith("塩の結晶-")


@given(st.text(max_size=80))
def test_folding_and_slugs_take_any_text(text: str) -> None:
    """Folding twice is folding once in what it compares, and a slug is at most 48 letters, digits and hyphens."""
    assert fold(text) == fold(text.strip())
    assert len(slug(text)) <= 48
    assert all(part.isalnum() or not part for part in slug(text).split("-"))


@needs_shared
def test_the_seed_pages_hold_340_distinct_papers() -> None:
    """383 entries on five pages are 340 papers with 340 ids, each knowing all places where it stands."""
    entries = list(read(SHARED / "seeds"))
    papers = merge_duplicates(entries)
    assert (len(entries), len(papers), len({p.id for p in papers})) == (383, 340, 340)
    assert sum(len(p.sources) for p in papers) == 383
    assert not any(p.extra.get("other_ids") for p in papers)


@needs_shared
def test_gold_records_stay_apart() -> None:
    """A hundred annotated papers have a hundred ids, kept as they are given."""
    papers = merge_duplicates(read(SHARED / "gold" / "dev.jsonl"))
    assert len(papers) == 100
    assert {p.id.partition("-")[0] for p in papers} == {"conf", "seed"}
