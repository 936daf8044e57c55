"""Harvesting: which names of a corpus the cues settle, and what becomes of those that somebody has read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, KgError
from kg.harvesting import MOST_VARIANTS, Census, Harvester, HeldOut, Thresholds, decide, harvest
from kg.model import ENTITY_TYPES, Paper
from kg.names import key
from kg.rulebook import Rulebook
from kg.ruletables import LexiconEntry, lexicon_text, read_lexicon

TEXTS = (
    "We test it on the FooBar dataset. It uses leaf pruning.",
    "Datasets such as FooBar are small, and models such as BazNet are large.",
    "In terms of leaf loss, BazNet is best on FooBar.",
    "We address leaf detection on the Foobar dataset with models such as BazNet.",
    "For the task of leaf detection, BazNet is an old model.",
    "For the task of leaf detection we know nothing.",
)
PAPERS = tuple(Paper(id=f"p{number}", abstract=text) for number, text in enumerate(TEXTS))
STRICT = Thresholds(min_papers=3, min_cues=2, min_rate=0.5, min_share=0.8)


@pytest.fixture(name="harvester", scope="module")
def one_harvester(rulebook: Rulebook) -> Harvester:
    """A harvester with the cues that come with kg."""
    return Harvester(rulebook)


def by_name(entries: list[LexiconEntry]) -> dict[str, LexiconEntry]:
    """The entries by their names."""
    return {entry.name: entry for entry in entries}


def test_names_of_a_paper(harvester: Harvester) -> None:
    """All noun phrases and names are names; those at cues have types."""
    names = harvester.names(Paper(id="p", title="BarNet: Trees", abstract=TEXTS[1]))
    assert names["FooBar"] == {"Dataset"}
    assert names["BazNet"] == {"Method"}
    assert names["BarNet"] == {"Method"}
    assert names["Trees"] == set()


@pytest.mark.parametrize("text", ["", " ", "12 34 % (5).", "The a | b\tc."])
def test_texts_without_names(harvester: Harvester, text: str) -> None:
    """What holds no letter, or a sign that the lexicon itself uses, is no name."""
    assert all("\t" not in name and " | " not in name for name in harvester.names(Paper(id="p", text=text)))
    assert "12 34" not in harvester.names(Paper(id="p", text=text))


def test_census_counts_papers(harvester: Harvester) -> None:
    """A name counts once a paper however often it stands there, under its key, and so does each spelling."""
    census = harvester.census([Paper(id="p", text=TEXTS[0] + " " + TEXTS[0] + " FooBars are fun."), PAPERS[3]])
    assert census.names["foobar"] == 2
    assert census.cues["foobar", "Dataset"] == 2
    assert census.counts("foobar") == (0, 2, 0, 0)
    assert census.spellings["FooBar"] == census.spellings["Foobar"] == 1


def test_cues_settle_names() -> None:
    """Names of which enough cues agree get in; single small words, and names of too few papers, do not."""
    found = by_name(harvest(PAPERS, (), thresholds=STRICT))
    assert found["FooBar"] == LexiconEntry(
        "FooBar", ("Dataset",), status="cues", papers=4, counts=(0, 3, 0, 0), variants=("Foobar",)
    )
    assert found["BazNet"].types == ("Method",)
    assert found["leaf detection"] == LexiconEntry(
        "leaf detection", ("Task",), status="cues", papers=3, counts=(0, 0, 0, 3)
    )
    assert set(found) == {"FooBar", "BazNet", "leaf detection"}


def test_names_that_were_read_stay() -> None:
    """Name, type and note of what was read stay whatever the cues say; counts and variants are those of the corpus."""
    read = (
        LexiconEntry("Foobar", ("Method", "Task"), optional=True, ambiguous=True, papers=70, variants=("FOO",)),
        LexiconEntry("leaf detection", ()),
        LexiconEntry("nowhere at all", ("Task",), papers=9, counts=(1, 2, 3, 4)),
        LexiconEntry("BazNet", ("Dataset",), status="cues"),
    )
    found = by_name(harvest(PAPERS, read, thresholds=STRICT))
    assert found["Foobar"] == read[0]._replace(papers=4, counts=(0, 3, 0, 0), variants=("FooBar",))
    assert found["leaf detection"] == read[1]._replace(papers=3, counts=(0, 0, 0, 3))
    assert found["nowhere at all"] == LexiconEntry("nowhere at all", ("Task",))
    assert found["BazNet"].types == ("Method",), "what the cues decided they decide anew"
    assert list(found) == sorted(found, key=key)


def census_of(names: dict[str, tuple[int, tuple[int, ...]]]) -> Census:
    """A census of names with their papers and their cues by type."""
    census = Census()
    for name, (papers, counts) in names.items():
        census.spellings[name] = census.names[key(name)] = papers
        census.cues.update(
            Counter({(key(name), kind): count for kind, count in zip(ENTITY_TYPES, counts, strict=True) if count})
        )
    return census


@pytest.mark.parametrize(
    ("name", "papers", "counts", "types", "ambiguous"),
    [
        ("FooNet", 9, (8, 0, 0, 2), ("Method",), False),
        ("FooNet", 9, (6, 0, 0, 4), ("Method", "Task"), False),
        ("FooNet", 9, (4, 0, 0, 6), ("Task", "Method"), False),
        ("FooNet", 9, (7, 0, 0, 3), ("Method", "Task"), False),
        ("FooNet", 9, (4, 0, 3, 3), None, False),
        ("FooNet", 9, (3, 0, 0, 1), None, False),
        ("FooNet", 9, (1, 0, 0, 0), None, False),
        ("FooNet", 2, (2, 0, 0, 0), None, False),
        ("FooNet", 9, (4, 0, 0, 0), None, False),
        ("leaf loss", 9, (0, 0, 8, 0), ("Metric",), False),
        ("loss", 9, (0, 0, 8, 0), None, False),
        ("FOO(-N", 9, (0, 0, 8, 0), None, False),
        ("FOO(N)", 9, (0, 0, 8, 0), ("Metric",), False),
        ("FN", 9, (8, 0, 0, 0), ("Method",), True),
        ("F-N", 9, (8, 0, 0, 0), ("Method",), True),
        ("F-1 N", 9, (8, 0, 0, 0), ("Method",), True),
    ],
)
def test_what_a_name_needs(
    name: str, papers: int, counts: tuple[int, ...], types: tuple[str, ...] | None, ambiguous: object
) -> None:
    """Papers, cues, their part of the papers and their agreement decide; short acronyms are taken for ambiguous."""
    found = decide(census_of({name: (papers, counts)}), {}, STRICT)
    assert [(entry.types, entry.ambiguous) for entry in found] == ([] if types is None else [(types, ambiguous)])


def test_variants_are_the_most_frequent() -> None:
    """At most six other spellings are kept, the most frequent first, those of one count by their letters."""
    spellings = ["FooNet", "Foonet", "foo net", "FOONET", "foo-net", "Foo-Net", "Foo-net", "FooNets", "Foo Net"]
    census = census_of({"FooNet": (9, (9, 0, 0, 0))})
    census.spellings.update({spelling: 20 - number for number, spelling in enumerate(spellings)})
    (entry,) = decide(census, {}, STRICT)
    assert entry.name == "FooNet"
    assert entry.variants == tuple(spellings[1 : MOST_VARIANTS + 1])


@given(st.permutations(PAPERS))
def test_order_of_papers_does_not_matter(papers: list[Paper]) -> None:
    """The same papers make the same lexicon in whatever order they come."""
    assert harvest(papers, (), thresholds=STRICT) == harvest(PAPERS, (), thresholds=STRICT)


def test_number_of_processes_does_not_matter() -> None:
    """Several processes find what one finds, and progress ends with all papers."""
    papers = [replace(paper, id=f"{paper.id}-{turn}") for turn in range(30) for paper in PAPERS]
    told: list[int] = []
    alone = harvest(papers, ())
    assert lexicon_text(harvest(papers, (), workers=2, on_progress=told.append)) == lexicon_text(alone)
    assert told == sorted(told)
    assert told[-1] == len(papers)


def test_cues_of_a_folder_count(tmp_path: Path) -> None:
    """A folder of rules adds cues of its own; a mistake in it is told before any paper is read."""
    cue = '[[cue]]\nid = "mine"\nmakes = "Task"\nreason = "None."\nconfidence = 0.5\n'
    (tmp_path / "mine.toml").write_text(cue + 'after = [[{ LOWER = "improves" }]]\n', "utf-8")
    papers = [Paper(id=str(number), text="The leaf dance improves.") for number in range(3)]
    assert [entry.name for entry in harvest(papers, (), rules=tmp_path)] == ["leaf dance"]
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "mine.toml").write_text(cue.replace("Task", "Taks"), "utf-8")
    with pytest.raises(KgError, match=r"^mine\.toml:2: rule mine: makes is 'Taks'"):
        harvest(papers, (), rules=tmp_path / "wrong", workers=2)


def test_papers_are_held_out_by_id_or_title(tmp_path: Path) -> None:
    """A paper is held out where a file gives its id, or its title in whatever case."""
    (tmp_path / "gold.jsonl").write_text('{"id": "p1", "entities": []}\n\n{"title": "Leaf Nets"}\n', "utf-8")
    held = HeldOut([tmp_path / "gold.jsonl"])
    assert [paper in held for paper in PAPERS[:3]] == [False, True, False]
    assert Paper(id="other", title="Leaf nets", abstract="None.") in held
    assert PAPERS[1] not in HeldOut([])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"id": "a"}\n[1]\n', r"gold\.jsonl:2: a line must be a JSON object with the id or the title of a paper$"),
        (b'{"name": "a"}\n', r"gold\.jsonl:1: a line must be a JSON object"),
        (b"{\n", r"gold\.jsonl:1: no valid JSON: "),
        (b"\xff", r"gold\.jsonl: cannot be read: "),
    ],
)
def test_files_that_hold_out_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    """A file that gives no papers is refused with its line."""
    (tmp_path / "gold.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=message):
        HeldOut([tmp_path / "gold.jsonl"])


names = st.text(st.characters(exclude_characters="\t\n\r|", exclude_categories=["Cs"]), min_size=1, max_size=8)
entries = st.builds(
    LexiconEntry,
    name=names,
    types=st.lists(st.sampled_from(ENTITY_TYPES), max_size=2, unique=True).map(tuple),
    optional=st.booleans(),
    ambiguous=st.booleans(),
    status=st.sampled_from(["read", "cues"]),
    papers=st.integers(0, 10**6),
    counts=st.tuples(*(st.integers(0, 10**6) for _ in ENTITY_TYPES)),
    variants=st.lists(names, max_size=3).map(tuple),
)


@given(st.lists(entries))
def test_lexicon_is_read_back_as_written(written: list[LexiconEntry]) -> None:
    """What lexicon_text writes read_lexicon reads."""
    assert list(read_lexicon("lexicon.tsv", lexicon_text(written))) == written


def test_lexicon_that_comes_with_kg(rulebook: Rulebook) -> None:
    """Its lines are sorted by key and name, no key stands there twice, and it is written as harvesting writes it."""
    keys = [key(entry.name) for entry in rulebook.lexicon]
    assert keys == sorted(set(keys))
    assert lexicon_text(rulebook.lexicon) == rulebook.texts["lexicon.tsv"]
    assert {entry.status for entry in rulebook.lexicon} == {"read", "cues"}
    assert all(len(entry.variants) <= MOST_VARIANTS for entry in rulebook.lexicon)
