"""Which names are one thing across papers."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Extraction
from kg.resolve import Homograph, Identities, Merge, abbreviates, resolve
from tests.samples import named, samples


def labels(extractions: list[Extraction]) -> list[str]:
    """The label that every entity got, in reading order."""
    identities = resolve(extractions)
    return [identities.of(entity).label for extraction in extractions for entity in extraction.entities]


def test_ways_of_writing_one_name() -> None:
    """Case, hyphens and plurals do not make two things; the label is the best name of most papers."""
    papers = [
        named("1", ("Dataset", ("Gulf 3K",))),
        named("2", ("Dataset", ("Gulf-3K",))),
        named("3", ("Dataset", ("Gulf-3K",))),
        named("4", ("Dataset", ("gulf-3k",))),
    ]
    identities = resolve(papers)
    assert [(i.label, i.names, i.papers) for i in identities.all] == [("Gulf-3K", ("Gulf-3K", "Gulf 3K", "gulf-3k"), 4)]
    assert identities.merges == (
        Merge(type="Dataset", label="Gulf-3K", members=("Gulf 3K", "Gulf-3K", "gulf-3k"), reason="same key"),
    )


def test_ties_have_one_outcome() -> None:
    """Where two best names are as frequent, the shorter is the label, then the first in code points."""
    assert labels([named("1", ("Method", ("kelps",))), named("2", ("Method", ("Kelp",)))]) == ["Kelp", "Kelp"]
    assert labels([named("1", ("Method", ("kelp",))), named("2", ("Method", ("Kelp",)))]) == ["Kelp", "Kelp"]


def test_acronym_joins_its_only_full_form() -> None:
    """A paper that has only the acronym speaks of the full form that another paper gives it."""
    papers = [
        named("1", ("Method", ("harbor transformer", "HT"))),
        named("2", ("Method", ("HT",))),
        named("3", ("Method", ("Harbor Transformers",))),
    ]
    assert len(set(labels(papers))) == 1
    assert ("HT", "Harbor Transformers") in {merge.members for merge in resolve(papers).merges}


def test_homograph_joins_neither() -> None:
    """An acronym of two full forms joins neither, and labels none of them."""
    papers = [
        named("1", ("Method", ("CF", "crab finding"))),
        named("2", ("Task", ("cold forecasting", "CF"))),
        named("3", ("Method", ("CF",))),
        named("4", ("Method", ("crab finding",))),
    ]
    assert labels(papers) == ["crab finding", "cold forecasting", "CF", "crab finding"]
    assert resolve(papers).homographs == (Homograph(name="cf", claimed_by=("cold forecasting", "crab finding")),)


def test_one_full_form_of_two_types_is_no_homograph() -> None:
    """A full form that is a method in one paper and a task in another leaves its acronym usable, type by type."""
    papers = [
        named("1", ("Method", ("crab finding", "CF"))),
        named("2", ("Task", ("Crab finding", "CF"))),
        named("3", ("Method", ("CF",))),
    ]
    identities = resolve(papers)
    assert {(i.type, i.papers) for i in identities.all} == {("Method", 2), ("Task", 1)}


def test_types_stay_apart() -> None:
    """The same name with two types is two things."""
    assert len(resolve([named("1", ("Method", ("quantization",))), named("2", ("Task", ("quantization",)))]).all) == 2


def test_families_stay_apart() -> None:
    """A name and the same with a number are not one thing because one paper uses both for it."""
    papers = [named("1", ("Dataset", ("Gulf-3K", "Gulf"))), named("2", ("Dataset", ("Gulf",)))]
    assert labels(papers) == ["Gulf-3K", "Gulf"]


def test_most_papers_decide_about_another_name() -> None:
    """A second name that more papers use for a thing of its own than as a second name joins nothing."""
    papers = [named("1", ("Method", ("Kelp", "the weed"))), *(named(n, ("Method", ("the weed",))) for n in "23")]
    assert labels(papers) == ["Kelp", "the weed", "the weed"]


def test_shortened_names_stay_in_their_paper() -> None:
    """What one paper calls by a part of its name is not what another paper calls so."""
    papers = [named("1", ("Task", ("weed sorting", "sorting"))), named("2", ("Task", ("sorting",)))]
    assert labels(papers) == ["weed sorting", "sorting"]


def test_other_name_claimed_twice_joins_neither() -> None:
    """A second name joins the thing that alone claims it, and none where two do."""
    first, second = named("1", ("Method", ("Kelp", "the weed"))), named("2", ("Method", ("the weed",)))
    assert len(set(labels([first, second]))) == 1
    third = named("3", ("Method", ("Thistle", "the weed")))
    assert labels([first, second, third]) == ["Kelp", "the weed", "Thistle"]


def test_digits_stay_apart() -> None:
    """Numbers that were apart are not written together: version 2 with 7B is no 27B."""
    assert len(set(labels([named("1", ("Method", ("Kelp 2 7B",))), named("2", ("Method", ("Kelp 27B",)))]))) == 2


@pytest.mark.parametrize(
    ("short", "long"),
    [("DETR", "detection transformer"), ("S4", "structured state space sequence"), ("LLMs", "large language model")],
)
def test_acronyms(short: str, long: str) -> None:
    """An acronym's letters stand in order in its full form; a digit may count a letter."""
    assert abbreviates(short, long)


@pytest.mark.parametrize(
    ("short", "long"),
    [("DETR", "DETR model"), ("kelp", "kernel learning process"), ("CF", "Finding crabs"), ("", "a b"), ("C", "a c")],
)
def test_no_acronyms(short: str, long: str) -> None:
    """A word of the long name, a word in small letters, and letters out of order are no acronyms."""
    assert not abbreviates(short, long)


NAMES = "CF|crab finding|cold forecasting|Crab-Finding|Kelp|kelps|the weed|Gulf|Gulf-3K|KW|kelp weed|C++|C|+"
NAME = st.sampled_from(
    [
        "CF",
        "crab finding",
        "cold forecasting",
        "Crab-Finding",
        "Kelp",
        "kelps",
        "the weed",
        "Gulf",
        "Gulf-3K",
        "KW",
        "kelp weed",
        "C++",
        "C",
        "+",
    ]
)
THING = st.tuples(st.sampled_from(["Method", "Task"]), st.lists(NAME, min_size=1, max_size=3, unique=True).map(tuple))


def seen(identities: Identities, extractions: list[Extraction]) -> tuple[object, ...]:
    """Everything that can be asked of an outcome."""
    found = {(x.paper.id, n): identities.of(e) for x in extractions for n, e in enumerate(x.entities)}
    return identities.all, identities.merges, identities.homographs, found


@given(st.lists(st.lists(THING, max_size=4), max_size=6), st.randoms(use_true_random=False))
def test_order_does_not_matter(things: list[list[tuple[str, tuple[str, ...]]]], chance: random.Random) -> None:
    """The papers in any order give the same identities; an identity has one type and a label of its own."""
    extractions = [named(str(number), *listed) for number, listed in enumerate(things)]  # type: ignore[arg-type]
    shuffled = chance.sample(extractions, len(extractions))
    identities = resolve(extractions)
    assert seen(resolve(shuffled), extractions) == seen(identities, extractions)
    assert len({(one.type, one.label) for one in identities.all}) == len(identities.all)
    for extraction in extractions:
        for entity in extraction.entities:
            assert identities.of(entity).type == entity.type
            assert set(entity.names) <= set(identities.of(entity).names)


def test_samples() -> None:
    """In the samples the hyphen of a dataset and the acronym of a method are seen through."""
    identities = resolve(samples())
    assert {one.label: one.papers for one in identities.all if one.papers > 1} == {
        "DETR": 2, "Gulf 3K": 2, "Kelp": 2, "Ship counting": 2,
    }  # fmt: skip
