from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Paper, Skipped
from kg.readers import read
from kg.readers.columns import fields, recognised
from kg.readers.text import plain
from tests.material import DATA
from tests.readers.reading import read_bytes, read_sample


def read_mapped(data: bytes, columns: Mapping[str, str]) -> tuple[list[Paper], list[str]]:
    """The papers in some bytes of which the user says which columns hold what, and why others were skipped."""
    skipped: list[Skipped] = []
    return list(read(io.BytesIO(data), columns=columns, on_skip=skipped.append)), [one.reason for one in skipped]


def test_an_export_of_scopus() -> None:
    """Columns are known by their names; a mark before the first, quoted line ends and authors' numbers do no harm."""
    (lanterns, untitled, kelp), skipped = read_sample("scopus.csv")
    assert (lanterns.id, lanterns.title) == ("2-s2.0-1", "Weighing lanterns, again")
    assert lanterns.abstract == 'We weigh "lanterns" twice, to within 5% of α.'  # noqa: RUF001
    assert lanterns.authors == ("Ada Quill", "Ben Ledger")
    assert (lanterns.published, lanterns.venue) == ("2021", "Journal of Lamps")
    assert (lanterns.url, lanterns.identifiers) == ("https://www.scopus.com/record?eid=1", {"doi": "10.5555/l.21"})
    assert lanterns.extra == {"keywords": ["lamps", "scales"]}
    assert (untitled.title, untitled.abstract, kelp.authors) == (None, "An abstract without a title.", ("S. Kelp",))
    assert [paper.sources[0].record for paper in (lanterns, untitled, kelp)] == [2, 4, 7]
    assert skipped == [
        (5, "a record without title, abstract or text"),
        (6, "5 cells where the header has 12 (a quote or delimiter too many?)"),
    ]


def test_an_export_of_web_of_science() -> None:
    """Tabs part the columns, which go by two letters."""
    (paper,), skipped = read_sample("web-of-science.tsv")
    assert (paper.title, paper.abstract, paper.authors) == (
        "Weighing lanterns",
        "We weigh lanterns.",
        ("Ada Quill", "Ben Ledger"),
    )
    assert (paper.published, paper.venue, paper.identifiers) == ("2021", "JOURNAL OF LAMPS", {"doi": "10.5555/l.21"})
    assert skipped == []


def test_columns_that_the_user_names() -> None:
    """A table in another language is read once it is said which column is what."""
    ((number, reason),) = read_sample("laternen.csv")[1]
    assert number is None
    assert reason.endswith("(--map title=COLUMN) of Titel, Zusammenfassung, Jahr, Autoren")
    columns = {"title": "Titel", "abstract": "Zusammenfassung", "published": "Jahr", "authors": "Autoren"}
    (paper,) = read(DATA / "laternen.csv", columns=columns, strict=True)
    assert (paper.title, paper.abstract) == ("Laternen", 'Wir wiegen; wir "messen".')
    assert (paper.published, paper.authors) == ("2020", ("Ada Feder", "Ben Buch"))


@pytest.mark.parametrize(
    ("columns", "data", "title", "abstract"),
    [
        ({"title": "summary"}, b"title,summary\nA,B\n", "B", None),
        ({"abstract": "notes"}, b"title,abstract,notes\nA,B,C\n", "A", "C"),
        ({"title": "b"}, b'{"b": "B", "abstract": "C"}\n', "B", "C"),
        ({"title": "meta.name", "abstract": "a.b"}, b'{"meta": {"name": "N"}, "a.b": "C"}\n', "N", "C"),
        ({"title": "b"}, b'[{"title": "A", "b": "B"}, {"title": "A"}]', "B", None),
        ({"title": "b.c.d"}, b'{"title": "A", "b": {"c": 1}}\n', "A", None),
    ],
)
def test_the_users_word_counts_first(columns: dict[str, str], data: bytes, title: str, abstract: str | None) -> None:
    """What the user maps overrules what kg would take, in tables and in JSON, where a dot leads into an object."""
    papers, skipped = read_mapped(data, columns)
    assert (papers[0].title, papers[0].abstract) == (title, abstract)
    assert skipped == []


def test_wrong_columns_are_named() -> None:
    """A column that is not there names those that are; a field that does not exist names the nearest one."""
    assert read_mapped(b"title,year\nA,1\n", {"abstract": "Abstrct"}) == (
        [],
        ["no column 'Abstrct'; the columns are title, year"],
    )
    many = b"title," + b",".join(b"c%d" % n for n in range(30)) + b"\n"
    assert read_mapped(many, {"id": "x"})[1][0].endswith(
        "title, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 and 19 more"
    )
    with pytest.raises(InputError, match="unknown field 'titel' of a paper: did you mean title"):
        read(columns={"titel": "x"})
    with pytest.raises(InputError, match="unknown field 'zz' of a paper: choose one of title, abstract, text, id"):
        read(columns={"zz": "x"})


@pytest.mark.parametrize(
    "header", ["Title,Abstract", "TITLE;ABSTRACT", "Article Title\tAbstract Note", '"title"|"abstract"']
)
def test_delimiters_and_names(header: str) -> None:
    """The delimiter is the one by which names are known, however these are written."""
    delimiter = next(sign for sign in ";\t|," if sign in header)
    row = f'"A, B; C"{delimiter}"D"\r\n'
    (paper,), skipped = read_bytes(f"{header}\r\n{row}".encode())
    assert (paper.title, paper.abstract, skipped) == ("A, B; C", "D", [])


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ada Quill; Ben Ledger", ("Ada Quill", "Ben Ledger")),
        ("['Ada Quill', \"Ben O'Ledger\"]", ("Ada Quill", "Ben O'Ledger")),
        ("['Ada Quill'", ("['Ada Quill'",)),
        ("['[' * 9]", ("['[' * 9]",)),
        ("Quill, Ada (57200000001); Ledger, B. (57200000002)", ("Ada Quill", "B. Ledger")),
    ],
)
def test_authors(authors: str, names: tuple[str, ...]) -> None:
    """Authors are parted by semicolons or commas, or are a list as Python writes it."""
    data = io.StringIO()
    csv.writer(data).writerows([["title", "authors"], ["A", authors]])
    (paper,) = read_bytes(data.getvalue().encode())[0]
    assert paper.authors == names


GOOD = b'Good,"An abstract, quoted",2020\n'


@pytest.mark.parametrize(
    ("bad", "reason", "lost"),
    [
        (b"a,b\n", "2 cells where the header has 3", 0),
        (b"a,b,c,d\n", "4 cells where the header has 3", 0),
        (b"caf\xe9,b,c\n", "no valid UTF-8 (save the table as CSV UTF-8, or convert it", 0),
        (b'Open,"never closed,2020\n', "4 cells where the header has 3", 0),
        (b'Open,"never closed\n' + b"x" * 2**22 + b"\n", "a row of more than 2,097,152 characters", 1),
        (b"A,%s,1\n" % (b"x" * 100_001), "the abstract has 100,001 characters, more than 100,000", 0),
        (b",,2020\n", "a record without title, abstract or text", 0),
        (b"a\rb,c,d\n", "new-line character seen in unquoted field", 0),
    ],
    ids=["few", "many", "no UTF-8", "open", "open for long", "a long abstract", "nothing", "an old line end"],
)
def test_a_bad_row_costs_itself_alone(bad: bytes, reason: str, lost: int) -> None:
    """It is named by its line, and the rows before and after it are read, even those that its quote took in."""
    papers, skipped = read_bytes(b"title,abstract,year\n" + GOOD + bad + GOOD * 3)
    assert [paper.title for paper in papers] == ["Good"] * 4
    assert (skipped[0].record, len(skipped)) == (3, 1 + lost)
    assert skipped[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"title,abstract\n", "a table without rows"),
        (b"title,abstract\n,\n \n", "a table without rows"),
        (b"name,age\nAda,3\n", "no column for title, abstract or text; say which (--map title=COLUMN) of name, age"),
        (b"Title, or none of it\n\nA diary, more or less, of these days.\n", "no format that kg reads"),
        (b"One, two.\nThree, four, five.\n", "no format that kg reads"),
    ],
)
def test_files_that_are_no_tables_of_papers(data: bytes, reason: str) -> None:
    """A table without papers is named with its columns; prose with commas is no table."""
    papers, (skip,) = read_bytes(data)
    assert papers == []
    assert skip.reason.startswith(reason)


def test_no_name_is_two_fields() -> None:
    """A name of a column means one thing, and every one is written as it is compared."""
    known = tomllib.loads(resources.files("kg.readers").joinpath("columns.toml").read_text("utf-8"))
    assert list(known) == fields()
    names = [(name, field) for field in known for name in known[field]]
    assert len({name for name, _ in names}) == len(names)
    assert all(recognised([name.upper()]) == {field: [0]} for name, field in names)


CELLS = st.text("abc XYZ019éß\n,;\t|\"'.:()-", min_size=1, max_size=20)
TEXTS = CELLS.filter(lambda text: any(map(str.isalnum, text)) and plain(text) == " ".join(text.split()))


@given(
    st.lists(st.tuples(TEXTS, TEXTS, st.integers(1900, 2030)), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_library_writes_is_read_back(
    rows: list[tuple[str, str, int]], delimiter: str, end: str, quoting: int
) -> None:
    """Tables written with any delimiter and line end come back cell by cell."""
    data = io.StringIO(newline="")
    writer = csv.writer(data, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("Title", "Abstract", "Year"), *rows])
    papers, skipped = read_bytes(data.getvalue().encode(), "csv")
    assert skipped == []
    assert [(paper.title, paper.abstract, paper.published) for paper in papers] == [
        (" ".join(title.split()), " ".join(abstract.split()), str(year)) for title, abstract, year in rows
    ]


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """A Parquet file of 2,500 papers, in row groups of 900, with columns of several types."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table(
        {
            "paper_id": list(range(2_500)),
            "Title": [f"Paper {number}" if number != 7 else None for number in range(2_500)],
            "abstract": ["We weigh 5\\% of lanterns."] * 2_500,
            "authors": [["Ada Quill", "Ben Ledger"]] * 2_500,
            "date": [dt.date(2021, 3, 5)] * 2_500,
            "identifier.other": ["x"] * 2_500,
            "embedding": [[0.5] * 8] * 2_500,
        }
    )
    path = tmp_path / "papers.parquet"
    pq.write_table(table, path, row_group_size=900)
    return path


def test_parquet(parquet: Path) -> None:
    """Columns are known by name, lists and dates are taken as they are, and no more than the columns needed is read."""
    papers = list(read(parquet, strict=True))
    assert len(papers) == 2_500
    first = papers[0]
    assert (first.id, first.title, first.abstract) == ("0", "Paper 0", "We weigh 5% of lanterns.")
    assert (first.authors, first.published) == (("Ada Quill", "Ben Ledger"), "2021-03-05")
    assert (papers[7].title, papers[-1].sources[0].record) == (None, 2_500)
    with parquet.open("rb") as stream:
        assert sum(1 for _ in read(stream, columns={"venue": "identifier.other"}, strict=True)) == 2_500


def test_parquet_that_is_broken(parquet: Path) -> None:
    """A file that is cut off or damaged is named; the rows before the damage are read."""
    whole = parquet.read_bytes()
    papers, (skip,) = read_bytes(whole[:-100])
    assert (papers, skip.record) == ([], None)
    assert skip.reason.startswith("damaged Parquet (")
    place = pytest.importorskip("pyarrow.parquet").ParquetFile(parquet).metadata.row_group(2).column(1).data_page_offset
    papers, (skip,) = read_bytes(whole[:place] + bytes(200) + whole[place + 200 :])
    assert [paper.id for paper in papers] == [str(number) for number in range(len(papers))]
    assert 900 <= len(papers) <= 1_800
    assert skip.reason.startswith("damaged Parquet (")
    assert skip.reason.endswith(f"); {len(papers):,} rows were read")


def test_parquet_with_a_text_that_is_none(tmp_path: Path) -> None:
    """A row whose text is no UTF-8 is named, and the others are read."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = pa.array([b"Good", b"caf\xe9", b"Good too"])
    pq.write_table(pa.table({"title": texts.cast(pa.binary()).view(pa.string())}), tmp_path / "odd.parquet")
    skipped: list[Skipped] = []
    papers = list(read(tmp_path / "odd.parquet", on_skip=skipped.append))
    assert [paper.title for paper in papers] == ["Good", "Good too"]
    assert [(one.record, one.reason) for one in skipped] == [(2, "no valid UTF-8")]
