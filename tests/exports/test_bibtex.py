"""The papers as BibTeX."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from bibtexparser.model import Entry
from hypothesis import given

from kg.exporting import export, exporter
from kg.graph import build_graph
from kg.model import Extraction, Paper
from tests.exports.hostile import hostile_graph, hostile_texts
from tests.samples import entity, extraction, samples


def entries(*found: Extraction, folder: Path, **options: bool) -> dict[str, dict[str, str]]:
    """The entries of papers by key, their fields as written; the type is the field "sort"."""
    export(build_graph(found), "bibtex", folder / "graph.bib", **options)
    return {
        entry.key: {"sort": entry.entry_type, **{field.key: str(field.value) for field in entry.fields}}
        for entry in parsed(folder / "graph.bib")
    }


def parsed(path: Path) -> list[Entry]:
    """The entries of a file; none may have failed."""
    library = bibtexparser.parse_string(path.read_text("utf-8"))
    assert library.failed_blocks == []
    return library.entries


def bare(paper_id: str, **attributes: object) -> Extraction:
    """A paper without entities."""
    return extraction(Paper(id=paper_id, **attributes))  # type: ignore[arg-type]


def test_entries_of_the_samples(tmp_path: Path) -> None:
    """A paper is an entry with what is known of it, and no more."""
    found = entries(*samples(), folder=tmp_path)
    assert found["example-2024-harbornet-counting-ships"] == {
        "sort": "inproceedings",
        "author": 'Ada Example and Bo {\\"A}hnlich',
        "title": "{HarborNet}: Counting Ships with Few Labels",
        "booktitle": "Made-up Conference 2024",
        "year": "2024",
        "month": "oct",
        "eprint": "2410.00001",
        "archiveprefix": "arXiv",
        "url": "https://example.org/harbor",
    }
    kelp = found["kelp-b-beats"]
    assert set(kelp) == {"sort", "title"}, "it has no year, and a month alone says little"
    assert kelp["sort"] == "misc"
    assert kelp["title"].startswith("{Kelp++} {\\ensuremath{<}}b{\\ensuremath{>}}beats")
    assert kelp["title"].endswith("{\\textquotedblleft}tides{\\textquotedblright} {\\&} more")
    (note,) = (entry for key, entry in found.items() if key.startswith("2023"))
    assert note["title"].startswith("A note")
    assert "abstract" not in found["example-2024-harbornet-counting-ships"]


def test_abstracts_can_be_had(tmp_path: Path) -> None:
    """They are left out unless asked for."""
    found = entries(*samples(), folder=tmp_path, abstract=True)
    assert "91.5{\\%} accuracy" in found["example-2024-harbornet-counting-ships"]["abstract"]


@pytest.mark.parametrize(
    ("venue", "sort", "field"),
    [
        ("CVPR 2016", "inproceedings", "booktitle"),
        ("Proceedings of the Seventh Meeting", "inproceedings", "booktitle"),
        ("Transactions of the Society of Kelp", "article", "journal"),
        ("JMLR", "article", "journal"),
        ("arXiv", "misc", "howpublished"),
        ("A venue that nobody knows", "misc", "howpublished"),
    ],
)
def test_venues(venue: str, sort: str, field: str, tmp_path: Path) -> None:
    """A venue is a book of proceedings, a journal, or, where that is not known, how a paper was published."""
    (entry,) = entries(bare("x", title="On Kelp", venue=venue), folder=tmp_path).values()
    assert (entry["sort"], entry[field]) == (sort, venue)


def test_keys_are_unique_and_do_not_change(tmp_path: Path) -> None:
    """A key says who, when and what; it is the same whatever else is in the graph, unless two would share it."""
    about = {"title": "On the Growth of Kelp", "authors": ("Bo Ähnlich",), "published": "2023-04"}
    same = [bare(f"paper-{number}", **about) for number in range(3)]
    others = [
        bare("a", title="中文", authors=("李 明",), published="2020"),
        bare("b", title="Über Größe", authors=("Example, Ada",), published="2021"),
        bare("c", title="中文"),
    ]
    assert list(entries(*same, *others, folder=tmp_path)) == [
        "2020",
        "example-2021-uber-groe",
        "paperc",
        *("ahnlich-2023-on-the-growth", "ahnlich-2023-on-the-growth-2", "ahnlich-2023-on-the-growth-3"),
    ]
    assert list(entries(same[2], folder=tmp_path)) == ["ahnlich-2023-on-the-growth"]


def test_capitals_that_have_to_stay(tmp_path: Path) -> None:
    """Names of datasets, of methods by one word, and words with capitals inside are in braces; others are not."""
    title = "Ember on Gulf Harbor: A Gated Mixer for 3D Q-Learning, from Dropout to GPUs"
    paper = Paper(id="1", title=title, abstract="We use dropout.")
    found = extraction(
        paper,
        [
            entity(paper, "Method", "Ember"),
            entity(paper, "Dataset", "Gulf Harbor"),
            entity(paper, "Method", "Gated Mixer"),
            entity(paper, "Method", "Dropout", "dropout"),
        ],
    )
    (entry,) = entries(found, folder=tmp_path).values()
    assert entry["title"] == "{Ember} on {Gulf Harbor}: A Gated Mixer for {3D} {Q}-Learning, from Dropout to {GPUs}"


def test_authors_are_taken_apart_as_they_should(tmp_path: Path) -> None:
    """Names that hold what parts names are kept whole; who is not named is "others"."""
    authors = ("Ada Example", "Example, Bo", "Kelp and Sons", "A, B, C", "Others")
    (key,) = entries(bare("1", title="T", authors=authors, author_count=9), folder=tmp_path)
    library = bibtexparser.parse_file(
        str(tmp_path / "graph.bib"), append_middleware=[SeparateCoAuthors(), SplitNameParts()]
    )
    names = library.entries_dict[key]["author"]
    assert [" ".join(name.last) for name in names] == [
        *("Example", "Example", "{Kelp and Sons}", "{A, B, C}", "{Others}", "others"),
    ]
    assert [" ".join(name.first) for name in names[:2]] == ["Ada", "Bo"]


def test_same_bytes(tmp_path: Path) -> None:
    """The same graph gives the same bytes."""
    for name, found in (("a", samples()), ("b", reversed(samples()))):
        export(build_graph(found), "bibtex", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_papers(tmp_path: Path) -> None:
    """An empty graph is an empty bibliography."""
    assert entries(folder=tmp_path) == {}


@given(hostile_texts)
def test_no_text_breaks_it(text: str) -> None:
    """Whatever a paper says, one entry is read back; braces pair up as BibTeX counts them, and no command is let in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "g.bib")
        exporter("bibtex")(hostile_graph(text), path, abstract=True)
        (entry,) = parsed(path)
        written = path.read_text("utf-8")
    assert written.count("{") == written.count("}")
    assert "\\input" not in written
    assert not re.search(r"(?<!\\)[%#&$](?!\d|[0-9A-F]{2})", re.sub(r"\t(?:url|doi|eprint) = .*", "", written))
    assert re.fullmatch(r"[a-z0-9-]+", entry.key)


@given(hostile_texts)
def test_latex_is_read_back(text: str) -> None:
    """What LaTeX would print is what the paper says, but for spaces and what has no letter in LaTeX."""
    plain = re.sub(r"[^\w ,;:!?()\[\]+*=/@&%#$_{}]|[^\x00-\xff]|[\x7f-\xa0\xad]", "", text)[:200]
    if not plain.strip():
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "g.bib")
        exporter("bibtex")(build_graph([bare("1", title=plain)]), path)
        library = bibtexparser.parse_file(str(path), append_middleware=[LatexDecodingMiddleware()])
    title = str(library.entries[0]["title"])
    assert re.sub(r"[\s{}]+", "", title) == re.sub(r"[\s{}]+", "", plain)
