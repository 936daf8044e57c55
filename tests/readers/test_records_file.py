"""Records that wait in files are merged as records in memory are."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from kg.model import Paper, Source
from kg.readers import merge_duplicates, read
from kg.readers.merge import possible_keys
from kg.readers.records_file import RecordsFile, paper_line
from tests.material import SHARED, needs_shared
from tests.readers.test_merge import RECORDS, SUGAR, VIEWS, paper


def merged_in_file(records: list[Paper], before: int = 0) -> list[Paper]:
    """What is left of records, of which the first so many stand in another file."""
    with TemporaryDirectory() as folder:
        other = Path(folder, "before.jsonl")
        lines = list(map(paper_line, records[:before]))
        other.write_bytes(b"".join(lines))
        with RecordsFile(Path(folder, "records.jsonl")) as found:
            places = []
            reached = 0
            for line, one in zip(lines, records[:before], strict=True):
                places.append((reached, reached + len(line), list(possible_keys(one))))
                reached += len(line)
            found.take(other, places)
            for one in records[before:]:
                found.add(one)
            count = found.merge()
            left = [found.paper(number) for number in found.papers()]
            assert count == len(left)
        assert [path.name for path in Path(folder).iterdir()] == ["before.jsonl"]
    return left


@given(st.one_of(RECORDS, VIEWS.map(lambda views: [*views])), st.data())
def test_what_is_left_is_what_is_left_in_memory(records: list[Paper], data: st.DataObject) -> None:
    """Whatever the records have in common, wherever they stand: the same papers in the same order."""
    before = data.draw(st.integers(0, len(records)))
    assert merged_in_file(records, before) == merge_duplicates(records)


def test_records_that_have_nothing_in_common_are_not_touched(tmp_path: Path) -> None:
    """What is no duplicate is not read, and stays as it was written."""
    first, second = paper("a", "Salt"), paper("b", "Sugar", SUGAR)
    with RecordsFile(tmp_path / "r.jsonl") as records:
        records.add(first)
        records.add(second)
        records.add(paper("c", "Sugar!", SUGAR))
        assert records.merge() == 2
        assert list(records.papers()) == [0, 1]
        assert [records.is_changed(number) for number in range(3)] == [False, True, False]
        assert records.line(0) == paper_line(first)


def test_a_record_can_take_the_place_of_another(tmp_path: Path) -> None:
    """A record is replaced or left out before they are merged."""
    with RecordsFile(tmp_path / "r.jsonl") as records:
        for name in "abc":
            records.add(paper(name, "Salt", SUGAR, sources=(Source(file=name, record=1),)))
        records.replace(0, None)
        records.replace(1, paper("b", "Salt", SUGAR))
        assert records.merge() == 1
        (number,) = records.papers()
        assert (number, records.is_changed(number)) == (1, True)
        assert records.paper(number).sources == (Source(file="c", record=1),)


@needs_shared
def test_seeds_are_merged_as_in_memory() -> None:
    """383 real records are the same 340 papers."""
    records = list(read(SHARED / "seeds"))
    assert merged_in_file(records) == merge_duplicates(records)
