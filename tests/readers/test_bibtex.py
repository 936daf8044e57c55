from __future__ import annotations

from pathlib import Path

import bibtexparser
import pytest
from bibtexparser.model import Entry, Field
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.exporting import export
from kg.graph import build_graph
from kg.model import Paper
from kg.readers import read
from kg.readers.base import RecordError
from kg.readers.bibtex_values import authors, ungrouped, value
from kg.readers.text import plain
from tests.readers.reading import read_bytes, read_sample
from tests.samples import extraction, samples


def test_a_bibliography() -> None:
    """Accents, braces, abbreviations, wraps and names are taken apart; volumes are no papers, but lend to them."""
    (lantern, scholar, same_key, biblatex, child, parens), skipped = read_sample("bibliography.bib")
    assert (lantern.id, lantern.title) == ("quill-etal-2021", "LanternNet: Weighing Light with {BERT} in O(n^2)")
    assert lantern.abstract == (
        "We weigh light with LanternNet, a scale that errs by 7% & less – in été too. "  # noqa: RUF001
        "Write to us@example.org (or not)."
    )
    assert lantern.authors == ("Ada Quill", "Jörg Müller", "Jan van der Berg Jr.", "Lamp and Wick Group", "Ben Ledger")
    assert (lantern.published, lantern.venue) == ("2021-05", "Journal of Lamps A")
    assert lantern.identifiers == {"doi": "10.5555/lantern_21", "acl": "2021.lamps-main.7"}
    assert lantern.extra == {"keywords": ["lamps", "scales", "light"]}
    assert (scholar.venue, scholar.identifiers) == ("arXiv", {"arxiv": "2410.00001"})
    assert (same_key.id, same_key.identifiers) == ("scholar", {"arxiv": "2410.00002"})
    assert (biblatex.title, biblatex.published) == ("New Fields: An Account", "2020-02-03")
    assert biblatex.identifiers == {"arxiv": "2002.00003"}
    assert (child.venue, child.published) == ("Proceedings of the Kelp Days", "1999-03")
    assert (parens.title, parens.sources[0].record) == ("A Lamp (in Parentheses)", 27)
    assert skipped == [
        (21, "broken: bad BibTeX (Unexpected block start: `@article`. Was still looking for field-value closing `}`)"),
        (25, "no-title: a record without title and abstract"),
        (28, "last: bad BibTeX (Unexpectedly reached end of file)"),
    ]


GOOD = b"@misc{good, title={Good}}\n"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"@misc{bad, title={Open\n", "bad: bad BibTeX (Unexpected block start: `@misc`"),
        (b"@misc{bad title={No Comma}}\n", "bad: bad BibTeX (Expected comma after entry key, but found =)"),
        (b"@misc{bad, title {No Sign}}\n", "bad: bad BibTeX (Expected a `=` after entry key, but found `{`)"),
        (b"@misc{bad, title={caf\xe9}}\n", "bad: no valid UTF-8"),
        (b"@misc{bad, abstract={" + b"x" * 100_001 + b"}}\n", "bad: the abstract has 100,001 characters"),
        (b"@misc{bad,\n" + (b" note={" + b"x" * 10**6 + b"},\n") * 17 + b"}\n", "an entry of more than 16 MB"),
        (b"@misc{}\n", "a record without title and abstract"),
        (
            b"@string{a0={haha}}\n"
            + b"".join(b"@string{a%d = %s}\n" % (n, b" # ".join([b"a%d" % (n - 1)] * 9)) for n in range(1, 9))
            + b"@misc{bad, title=a8}\n",
            "a6: a value of 2,125,764 characters, more than",
        ),
    ],
    ids=["no end", "no comma", "no sign", "no UTF-8", "a long abstract", "a long entry", "nothing", "a billion laughs"],
)  # fmt: skip
def test_a_bad_entry_costs_itself_alone(bad: bytes, reason: str) -> None:
    """It is named by line and key, and its neighbours are read."""
    papers, skipped = read_bytes(GOOD + bad + GOOD)
    assert [paper.title for paper in papers][:1] + [paper.title for paper in papers][-1:] == ["Good", "Good"]
    assert skipped[0].reason.startswith(reason)
    assert skipped[0].record is not None


def test_a_long_entry_costs_no_earlier_one() -> None:
    """Entries that were read together with one that is too long are kept."""
    papers, (skip,) = read_bytes(GOOD * 3 + b"@misc{bad, note={" + (b"x" * 9_999 + b"\n") * 1_700 + b"}}\n" + GOOD)
    assert [paper.sources[0].record for paper in papers] == [1, 2, 3, 1_705]
    assert (skip.record, skip.reason) == (4, "an entry of more than 16 MB")


def test_where_a_piece_ends_makes_no_difference() -> None:
    """A file of several pieces is read like one, abbreviations and lines included."""
    filling = b"".join(
        b"@misc{k%d,\n title = {Paper %d}, journal = j, note = {%s}}\n" % (n, n, b"x" * 200) for n in range(3_000)
    )
    papers, skipped = read_bytes(b"@string{j = {Lamps}}\n" + filling)
    assert [paper.title for paper in papers] == [f"Paper {number}" for number in range(3_000)]
    assert {paper.venue for paper in papers} == {"Lamps"}
    assert [paper.sources[0].record for paper in papers[::1_499]] == [2, 2 + 2 * 1_499, 2 + 2 * 2_998]
    assert skipped == []


def test_a_file_without_papers() -> None:
    """Comments and volumes alone are no paper, and said to be none."""
    (skip,) = read_bytes(b"@comment{x}\n@proceedings{p, title={P}}\n")[1]
    assert skip.reason.startswith("no entry of a paper in it")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("{A {B} C}", "A {B} C"),
        ('"A {"}B{"} C"', 'A {"}B{"} C'),
        ("jan", "jan"),
        ("JL", "Journal of Lamps"),
        ('"1~" # jan # { b # c } # "d # e"', "1~jan b # c d # e"),
        ("2021", "2021"),
        ("{}", ""),
    ],
)
def test_values(raw: str, expected: str) -> None:
    """What encloses a value is taken off, pieces are joined, abbreviations looked up whatever their case."""
    assert value(raw, {"jl": "Journal of Lamps"}) == expected


def test_values_do_not_grow_without_end() -> None:
    """Abbreviations of abbreviations end where no value would be so long."""
    with pytest.raises(RecordError, match="a value of 2,000,000 characters, more than"):
        value("a # a", {"a": "x" * 10**6})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"{B}{ERT} {is {an} encoder}", "BERT is an encoder"),
        (r"\'{e}t{\'e} {\aa}b \c{c}", r"\'{e}t{\'e} \aa{}b \c{c}"),
        (r"{\ensuremath{<}}5{\%} {\textasciicircum}", r"$<$5\% ^"),
        (r"{${O}(n^{2})$} and x^{2}", r"${O}(n^{2})$ and x^{2}"),
        (r"\emph{a {b} c} {\em d}", r"\emph{a b c} {\em d}"),
        (r"{\{}x\} {\textbraceleft}y{\textbraceright}", r"\{x\} \{y\}"),
        (r"costs \$5 and $6 {K}", r"costs \$5 and $6 K"),
        ("}{ {", " "),
    ],
)
def test_braces_that_group(written: str, expected: str) -> None:
    """Braces that keep words together go, those of commands, accents, powers and formulas stay."""
    assert ungrouped(written).replace("  ", " ") == expected


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ada Quill AND Ben Ledger", ["Ada Quill", "Ben Ledger"]),
        ("Quill, Ada\n and {Ledger and Sons}", ["Ada Quill", "Ledger and Sons"]),
        ("de la Kelp, S. and Ledger, Jr., Ben and others", ["S. de la Kelp", "Ben Ledger Jr."]),
        ("Quill, Ada, B, C", ["B C Quill Ada"]),
        ("others", []),
        ("", []),
    ],
)
def test_names(written: str, names: list[str]) -> None:
    """A list is joined by "and", outside braces; "others" is nobody, and too many commas raise nothing."""
    assert [name.replace("  ", " ") for name in authors(written)] == names


def test_what_kg_exports_is_read_back(tmp_path: Path) -> None:
    """Papers that kg wrote as BibTeX come back with texts, authors, date and identifiers."""
    written = [one.paper for one in samples() if one.paper.title]
    assert len(written) > 1
    export(build_graph(samples()), "bibtex", tmp_path / "graph.bib", abstract=True)
    found = {paper.title: paper for paper in read(tmp_path / "graph.bib", strict=True)}
    for paper in written:
        same = found[paper.title]
        assert (same.abstract, same.venue, same.url) == (paper.abstract, paper.venue, paper.url)
        assert same.published == (None if (paper.published or "--").startswith("--") else (paper.published or "")[:7])
        assert same.identifiers == {key: name for key, name in paper.identifiers.items() if key in ("doi", "arxiv")}


LETTERS = "abc XYZ019éßöłçøŽ.,:;()!?-+=*/%&#_'@{}^<>αβ–≤×°"  # noqa: RUF001
TEXTS = st.text(LETTERS, min_size=1, max_size=30).map(plain).filter(lambda text: any(map(str.isalnum, text)))


@settings(max_examples=15)
@given(st.lists(TEXTS, min_size=10, max_size=10))
def test_texts_survive_the_export(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """What kg escapes for LaTeX, it reads again."""
    path = tmp_path_factory.mktemp("round") / "graph.bib"
    papers = [Paper(id=f"{number:02}", title=f"Lamp {text}", abstract=text) for number, text in enumerate(texts)]
    export(build_graph(map(extraction, papers)), "bibtex", path, abstract=True)
    found = [(plain(paper.title or ""), plain(paper.abstract or "")) for paper in read(path, strict=True)]
    assert found == [(plain(f"Lamp {text}"), text) for text in texts]


FIELDS = st.dictionaries(
    st.sampled_from(["note", "year", "month", "doi", "url", "pages"]), st.text("ab1{} ", max_size=9)
)


@given(st.lists(st.tuples(st.text("abc 123é", min_size=1).filter(str.strip), FIELDS), min_size=1, max_size=4))
def test_what_bibtexparser_writes_is_read_back(records: list[tuple[str, dict[str, str]]]) -> None:
    """Entries written by bibtexparser come back with their titles, whatever else they hold, if it is balanced."""
    library = bibtexparser.Library()
    for number, (title, others) in enumerate(records):
        balanced = {name: text for name, text in others.items() if text.count("{") == text.count("}") == 0}
        fields = [Field("title", title), *(Field(name, text) for name, text in balanced.items())]
        library.add(Entry("article", f"k{number}", fields))
    papers, skipped = read_bytes(bibtexparser.write_string(library).encode())
    assert [paper.title for paper in papers] == [" ".join(title.split()) for title, _ in records]
    assert skipped == []


def test_the_library_says_nothing_itself(capfd: pytest.CaptureFixture[str]) -> None:
    """Bibtexparser logs what it cannot read; what a user sees is what kg says of it."""
    _, skipped = read_sample("bibliography.bib")
    assert skipped
    assert capfd.readouterr() == ("", "")
