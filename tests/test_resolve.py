"""Which names are one thing across papers."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import GraphError
from kg.model import EntityType, Extraction
from kg.resolution.aliases import Aliases, read_aliases
from kg.resolution.identities import REASONS, Identities, Merge
from kg.resolution.resolving import resolve
from kg.resolution.settings import default_resolution_rules
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
        Merge(type="Dataset", label="Gulf-3K", members=("Gulf 3K", "Gulf-3K", "gulf-3k"), reason="same key", papers=4),
    )


def test_ties_have_one_outcome() -> None:
    """Where two best names are as frequent, the shorter is the label, then the first in code points."""
    assert labels([named("1", ("Method", ("kelps",))), named("2", ("Method", ("Kelp",)))]) == ["Kelp", "Kelp"]
    assert labels([named("1", ("Method", ("kelp",))), named("2", ("Method", ("Kelp",)))]) == ["Kelp", "Kelp"]


def papers(number: int, type_: EntityType, *names: str, start: int = 0) -> list[Extraction]:
    """So many papers that use one thing by these names."""
    return [named(f"{names[0]}-{type_}-{start + one}", (type_, names)) for one in range(number)]


def things(extractions: list[Extraction]) -> dict[tuple[str, str], int]:
    """The papers of every thing, by type and label."""
    return {(one.type, one.label): one.papers for one in resolve(extractions).all}


def test_acronym_is_the_label_where_it_is_the_best_name() -> None:
    """What its papers call by an acronym that stands for nothing else goes by it; one with two meanings is no label."""
    papers = [named("1", ("Method", ("KGN", "kelp growing network"))), named("2", ("Method", ("other net",)))]
    assert labels(papers) == ["KGN", "other net"]
    papers[1] = named("2", ("Method", ("KGN", "kernel gathering net")))
    assert labels(papers) == ["kelp growing network", "kernel gathering net"]


def test_acronym_goes_where_most_papers_send_it() -> None:
    """A paper that has only the acronym speaks of what nearly all papers that define it say it stands for."""
    extractions = [
        *papers(4, "Method", "crab net finder", "CNF"),
        *papers(1, "Method", "cold normal form", "CNF"),
        *papers(2, "Method", "CNF"),
    ]
    assert things(extractions) == {("Method", "crab net finder"): 6, ("Method", "cold normal form"): 1}
    assert ("CNF", "crab net finder") in {merge.members for merge in resolve(extractions).merges}


def test_a_paper_keeps_its_own_meaning() -> None:
    """A paper that defines an acronym otherwise than the others do keeps what it says."""
    odd = named("odd", ("Method", ("CNF", "cold normal form")))
    extractions = [*papers(4, "Method", "crab net finder", "CNF"), *papers(2, "Method", "CNF"), odd]
    assert resolve(extractions).of(odd.entities[0]).label == "cold normal form"


def test_acronym_of_two_meanings_goes_nowhere() -> None:
    """Where papers do not agree on what an acronym stands for, it joins nothing, and that is told."""
    extractions = [
        *papers(3, "Method", "crab net finder", "CNF"),
        *papers(2, "Task", "cold normal form", "CNF"),
        *papers(2, "Method", "CNF"),
    ]
    assert things(extractions) == {
        ("Method", "CNF"): 2, ("Method", "crab net finder"): 3, ("Task", "cold normal form"): 2,
    }  # fmt: skip
    (refusal,) = [one for one in resolve(extractions).refusals if one.members == ("CNF", "crab net finder")]
    assert (refusal.papers, refusal.against, refusal.why) == (3, 2, "papers give it several meanings")


def test_types_far_apart_have_acronyms_of_their_own() -> None:
    """What papers mean by an acronym of a method says nothing of the metric of that name."""
    extractions = [
        *papers(3, "Metric", "mean crab recall", "MCR"),
        *papers(3, "Method", "marsh cabin router", "MCR"),
        *papers(2, "Metric", "MCR"),
        *papers(2, "Method", "MCR"),
    ]
    assert things(extractions) == {("Metric", "mean crab recall"): 5, ("Method", "marsh cabin router"): 5}


def test_one_definition_is_not_enough_for_a_common_acronym() -> None:
    """One paper that defines a word that many use for something else does not carry them away."""
    alone = papers(6, "Method", "SAIL")
    definition = named("d", ("Method", ("slow adaptive island learner", "SAIL")))
    assert things([*alone, definition])["Method", "SAIL"] == 6
    assert things([*alone[:3], definition]) == {("Method", "SAIL"): 4}


def test_full_forms_that_hardly_differ() -> None:
    """Full forms of one acronym with a slip, another ending or without a small word are one thing."""
    extractions = [
        *papers(3, "Method", "harbored neural transformer", "HNT"),
        *papers(1, "Method", "harbor neural transformer", "HNT"),
        *papers(1, "Method", "harbored neural transfomer", "HNT"),
        *papers(1, "Method", "hidden neighbor tree", "HNT"),
    ]
    assert things(extractions) == {("Method", "harbored neural transformer"): 5, ("Method", "hidden neighbor tree"): 1}


def test_acronym_inside_a_name() -> None:
    """An acronym that nearly always means one thing is written out within longer names."""
    extractions = [
        *papers(5, "Method", "crab net finder", "CNF"),
        *papers(1, "Method", "deep CNF"),
        *papers(1, "Method", "deep crab net finders"),
    ]
    assert things(extractions)["Method", "deep CNF"] == 2


def test_last_words_that_say_nothing() -> None:
    """A model called model is the model, but an adjective before the word is no name."""
    extractions = [
        *papers(2, "Method", "KelpNet"),
        *papers(1, "Method", "KelpNet model"),
        *papers(1, "Method", "salty"),
        *papers(2, "Method", "salty models"),
        *papers(2, "Task", "crab sorting"),
        *papers(1, "Task", "crab sorting problem"),
    ]
    assert things(extractions) == {
        ("Method", "KelpNet"): 3, ("Method", "salty"): 1, ("Method", "salty models"): 2, ("Task", "crab sorting"): 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "one", "other", "expected"),
    [
        ("Task", "crab shell sorting", "sorting crab shells", 1),
        ("Task", "salty marsh crossing", "marsh salty crossing", 1),
        ("Task", "tide prediction", "prediction tide", 2),
        ("Task", "shell-to-crab matching", "crab-to-shell matching", 2),
        ("Metric", "rate of growth", "growth rate", 1),
        ("Method", "Doe-Roe platform", "Roe-Doe platform", 1),
        ("Method", "salty deep marsh", "deep salty marsh", 2),
        ("Task", "Kelpish-Weedish translation", "Weedish-Kelpish translation", 2),
    ],
)
def test_words_in_another_order(type_: EntityType, one: str, other: str, expected: int) -> None:
    """Words in another order are the same where the order says nothing: gerunds, adjectives, "of", two people."""
    assert len(resolve([*papers(2, type_, one), *papers(1, type_, other)]).all) == expected


def test_small_words() -> None:
    """Names of datasets that differ in small words are one thing."""
    extractions = [*papers(2, "Dataset", "Tide14 Crab-Kelp"), *papers(1, "Dataset", "Tide14 Crab-to-Kelp")]
    assert things(extractions) == {("Dataset", "Tide14 Crab-Kelp"): 3}


def test_most_papers_decide_about_a_type() -> None:
    """A name that some papers give another type is one thing, of the type that most give it."""
    extractions = [*papers(8, "Method", "KelpNet"), *papers(2, "Dataset", "KelpNet")]
    assert things(extractions) == {("Method", "KelpNet"): 10}
    (merge,) = [one for one in resolve(extractions).merges if one.reason == "type"]
    assert (merge.members, merge.papers) == (("KelpNet", "KelpNet (Dataset)"), 2)


def test_homographs_of_two_types_stay_two() -> None:
    """A name that papers give two types about as often is two things, and that is told."""
    extractions = [*papers(3, "Method", "CORAL"), *papers(2, "Dataset", "CORAL")]
    assert things(extractions) == {("Method", "CORAL"): 3, ("Dataset", "CORAL"): 2}
    (refusal,) = resolve(extractions).refusals
    assert (refusal.members, refusal.reason) == (("CORAL", "CORAL (Dataset)"), "type")


def test_phrases_are_no_homographs() -> None:
    """Words in small letters that are a method here and a task there are one thing, however often."""
    extractions = [*papers(3, "Method", "shell sorting"), *papers(3, "Task", "shell sorting")]
    assert things(extractions) == {("Method", "shell sorting"): 6}


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


def test_other_name_needs_two_papers() -> None:
    """A second name joins what two papers call so, and not what one does or what different things are called."""
    alone = named("alone", ("Method", ("the weed",)))
    calls = papers(2, "Method", "Kelp", "the weed")
    assert len(resolve([*calls, alone]).all) == 1
    assert len(resolve([calls[0], alone]).all) == 2
    assert len(resolve([*calls, *papers(2, "Method", "Thistle", "the weed"), alone]).all) == 3


def test_digits_stay_apart() -> None:
    """Numbers that were apart are not written together: version 2 with 7B is no 27B."""
    assert len(set(labels([named("1", ("Method", ("Kelp 2 7B",))), named("2", ("Method", ("Kelp 27B",)))]))) == 2


def test_names_of_the_rules() -> None:
    """What resolution.toml calls one thing is one, even if no paper says so."""
    extractions = [*papers(1, "Dataset", "COCO"), *papers(1, "Dataset", "MS-COCO"), *papers(1, "Dataset", "ImageNet")]
    assert sorted(one.papers for one in resolve(extractions).all) == [1, 2]
    rules = replace(default_resolution_rules(), same=())
    assert len(resolve(extractions, rules=rules).all) == 3


def test_variants_are_linked() -> None:
    """Members of a family stay apart, and each is a variant of the nearest one that papers name."""
    names = ("KelpNet", "KelpNet-50", "KelpNet-50-large", "KelpNetv2", "Gulf", "Gulf-3K", "mini-Gulf", "sort 3", "sort")
    extractions = [extraction for name in names for extraction in papers(1, "Method", name)]
    found = {(one.variant.label, one.of.label) for one in resolve(extractions).variants}
    assert found == {
        ("KelpNet-50", "KelpNet"), ("KelpNet-50-large", "KelpNet-50"), ("KelpNetv2", "KelpNet"),
        ("Gulf-3K", "Gulf"), ("mini-Gulf", "Gulf"),
    }  # fmt: skip


def test_aliases_join() -> None:
    """The file says that names are one thing, how it is called, and where else it is described."""
    aliases = read_aliases(
        "same:\n- names: [Kelp, Thistle]\n  type: Method\n  label: Weed\n  links: ['https://x.org/b', 'https://x.org/a']\n"
    )
    extractions = [*papers(2, "Method", "Kelp"), *papers(1, "Method", "Thistle"), *papers(2, "Dataset", "Thistle")]
    method, dataset = resolve(extractions, aliases=aliases).all
    assert (method.label, method.names, method.papers) == ("Weed", ("Weed", "Kelp", "Thistle"), 3)
    assert (method.links, dataset.links) == (("https://x.org/a", "https://x.org/b"), ())
    assert dataset.papers == 2


def test_aliases_part() -> None:
    """The file says that an acronym is not its full form, and that a name of two types is two things."""
    extractions = [
        *papers(4, "Method", "crab net finder", "CNF"),
        *papers(2, "Method", "CNF"),
        *papers(8, "Method", "KelpNet"),
        *papers(2, "Dataset", "KelpNet"),
    ]
    aliases = read_aliases("different:\n- names: [CNF, crab net finder]\n- names: [KelpNet]\n")
    identities = resolve(extractions, aliases=aliases)
    assert {(one.type, one.label, one.papers) for one in identities.all} == {
        ("Method", "crab net finder", 4), ("Method", "CNF", 2), ("Method", "KelpNet", 8), ("Dataset", "KelpNet", 2),
    }  # fmt: skip
    assert {one.why for one in identities.refusals} == {"the file of aliases says that they are different"}


def test_aliases_part_ways_of_writing() -> None:
    """Even names that are written alike are two things if the file says so."""
    extractions = [*papers(2, "Method", "GaN"), *papers(3, "Method", "GAN"), *papers(1, "Method", "GANs")]
    aliases = read_aliases("different:\n- names: [GAN, GaN]\n")
    assert {(one.label, one.papers) for one in resolve(extractions, aliases=aliases).all} == {("GAN", 4), ("GaN", 2)}


def test_aliases_that_contradict_each_other() -> None:
    """What is the same and different at once is an error that names the line."""
    aliases = read_aliases("same:\n- names: [Kelp, Thistle]\ndifferent:\n- names: [Kelp, Thistle]\n")
    extractions = [*papers(1, "Method", "Kelp"), *papers(1, "Method", "Thistle")]
    with pytest.raises(GraphError, match=r"aliases\.yaml:4: 'kelp' and 'thistle' are said to be different here"):
        resolve(extractions, aliases=aliases)


NAMES = (
    "CF|CFs|crab finding|cold forecasting|Crab-Finding|Kelp|kelps|the weed|Gulf|Gulf-3K|KW|kelp weed|deep CF|C++|C|+"
)
NAME = st.sampled_from(NAMES.split("|"))
KINDS = st.sampled_from(["Method", "Task", "Dataset"])
THING = st.tuples(KINDS, st.lists(NAME, min_size=1, max_size=3, unique=True).map(tuple))
FEW = replace(default_resolution_rules().acronyms, least_papers=(1,), most_alone=(), inside_papers=1, other_papers=1)
EAGER = replace(default_resolution_rules(), acronyms=FEW)
ALIASES = read_aliases(
    "same:\n- {names: [Kelp, Gulf], label: Shore}\n- {names: [C++, C], type: Task}\n"
    "different:\n- names: [KW, kelp weed]\n- names: [crab finding]\n"
)


def seen(identities: Identities, extractions: list[Extraction]) -> tuple[object, ...]:
    """Everything that can be asked of an outcome."""
    found = {(x.paper.id, n): identities.of(e) for x in extractions for n, e in enumerate(x.entities)}
    return identities.all, identities.merges, identities.refusals, identities.variants, found


@given(
    st.lists(st.lists(THING, max_size=4), max_size=8),
    st.randoms(use_true_random=False),
    st.sampled_from([None, ALIASES]),
)
def test_order_does_not_matter(
    listed: list[list[tuple[EntityType, tuple[str, ...]]]], chance: random.Random, aliases: Aliases | None
) -> None:
    """The papers in any order give the same identities, each with a type and a label of its own and all its names."""
    extractions = [named(str(number), *some) for number, some in enumerate(listed)]
    shuffled = chance.sample(extractions, len(extractions))
    identities = resolve(extractions, rules=EAGER, aliases=aliases)
    assert seen(resolve(shuffled, rules=EAGER, aliases=aliases), extractions) == seen(identities, extractions)
    assert len({(one.type, one.label) for one in identities.all}) == len(identities.all)
    for extraction in extractions:
        for entity in extraction.entities:
            assert set(entity.names) <= set(identities.of(entity).names)
    assert {merge.reason for merge in identities.merges} <= set(REASONS)


def test_every_order_of_some_papers() -> None:
    """All orders of papers that contradict each other give one outcome."""
    extractions = [
        named("1", ("Method", ("CF", "crab finding")), ("Task", ("Kelp",))),
        named("2", ("Task", ("cold forecasting", "CF")), ("Method", ("the weed", "Kelp"))),
        named("3", ("Method", ("CF",)), ("Method", ("Kelp", "the weed"))),
        named("4", ("Task", ("CF", "cold forecasting")), ("Method", ("Kelp",))),
    ]
    expected = seen(resolve(extractions, rules=EAGER), extractions)
    for order in permutations(extractions):
        assert seen(resolve(order, rules=EAGER), extractions) == expected


def test_samples() -> None:
    """In the samples the hyphen of a dataset and the turned words of a task are seen through."""
    identities = resolve(samples())
    assert {one.label: one.papers for one in identities.all if one.papers > 1} == {
        "DETR": 2, "Gulf 3K": 2, "Kelp": 2, "Ship counting": 2,
    }  # fmt: skip


def test_public_name() -> None:
    """kg.resolve is this function, whatever was imported before."""
    assert kg.load_graph is not None
    assert kg.resolve is resolve
