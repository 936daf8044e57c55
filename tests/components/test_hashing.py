"""Hashes of keys in a row, and tables by hash."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.components.hashing import BASE, HashTable, RowHashes, hashes_of

KEYS = st.lists(st.text(max_size=12), max_size=20)
HASHES = st.integers(0, 2**64 - 1)


@given(st.text(max_size=40))
def test_a_hash_is_a_polynomial_in_the_characters(key: str) -> None:
    """As the sources define it, modulo two to the power of 64."""
    found = 0
    for character in key:
        found = (found * BASE + ord(character)) % 2**64
    assert hashes_of([key]).tolist() == [found]


@given(KEYS, st.data())
def test_hashes_of_runs_follow_from_those_of_the_keys(keys: list[str], data: st.DataObject) -> None:
    """A run of keys has the hash of these keys written together, wherever it stands."""
    start = data.draw(st.integers(0, len(keys)))
    end = data.draw(st.integers(start, len(keys)))
    row = RowHashes(hashes_of(keys), np.array([len(key) for key in keys], dtype=np.int64))
    assert row.of(np.array([start]), np.array([end])).tolist() == hashes_of(["".join(keys[start:end])]).tolist()


def test_long_rows() -> None:
    """However long the row is, the hashes are those of the keys."""
    keys = [f"key{number}" for number in range(20_000)]
    row = RowHashes(hashes_of(keys), np.array([len(key) for key in keys], dtype=np.int64))
    ends = np.array([2, 19_999, 20_000])
    assert row.of(ends - 2, ends).tolist() == hashes_of(["key0key1", "key19997key19998", "key19998key19999"]).tolist()


@given(st.sets(HASHES, max_size=200), st.lists(HASHES, max_size=50))
def test_a_table_gives_back_what_was_put_in(keys: set[int], others: list[int]) -> None:
    """Every key has its number, whatever its place is taken by; other keys have none."""
    numbers = {key: number for number, key in enumerate(sorted(keys), start=1)}
    table = HashTable(np.array(list(numbers), dtype=np.uint64), np.array(list(numbers.values()), dtype=np.int64))
    wanted = [*numbers, *others]
    assert table.get(np.array(wanted, dtype=np.uint64)).tolist() == [numbers.get(key, 0) for key in wanted]


def test_a_crowded_table() -> None:
    """Keys whose first place is the same are all found, in arrays of any shape."""
    keys = (np.arange(1, 1001, dtype=np.uint64) << np.uint64(50)).reshape(10, 100)
    table = HashTable(keys.reshape(-1), np.arange(1, 1001))
    assert np.array_equal(table.get(keys), np.arange(1, 1001).reshape(10, 100))
    assert not table.get(keys + np.uint64(1)).any()
