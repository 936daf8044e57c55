"""Hashes of keys such that the hash of several in a row follows from theirs.

The hash of a string is a polynomial in its characters, modulo 2^64: R. M. Karp and M. O. Rabin, "Efficient randomized
pattern-matching algorithms", IBM Journal of Research and Development 31(2), 1987.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
BASE: Final = 1_000_003
_MODULUS: Final = 1 << 64
_INVERSE: Final = pow(BASE, -1, _MODULUS)
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_ROOM_FOR_EACH: Final = 4
_FIRST_ROOM: Final = 1 << 15
_powers: Hashes = np.ones(1, dtype=np.uint64)
_inverse_powers: Hashes = np.ones(1, dtype=np.uint64)


class RowHashes:
    """Keys written one after the other, given the hash and the length of each; tells the hash of any run of them.

    With the sums of all hashes before a place, each divided by the power of the base at which it ends, a run takes one
    difference and one product.
    """

    def __init__(self, hashes: Hashes, lengths: Integers) -> None:
        self._reach = np.concatenate(([0], np.cumsum(lengths)))
        _make_room(int(self._reach[-1]))
        self._sums = np.zeros(len(self._reach), dtype=np.uint64)
        np.cumsum(hashes * _inverse_powers[self._reach[1:]], out=self._sums[1:])

    def of(self, start: Integers, end: Integers) -> Hashes:
        """The hashes of the runs of keys from ``start`` to ``end`` (exclusive)."""
        found: Hashes = (self._sums[end] - self._sums[start]) * _powers[self._reach[end]]
        return found


def hashes_of(keys: Sequence[str]) -> Hashes:
    """The hash of each key; that of the empty key is 0."""
    characters = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    ends = np.cumsum([len(key) for key in keys], dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1]))
    return RowHashes(characters, np.ones(len(characters), dtype=np.int64)).of(starts, ends)


class HashTable:
    """Numbers greater than 0 by key, many of which are looked up at once.

    Open addressing with linear probing and multiplicative hashing: D. E. Knuth, The Art of Computer Programming,
    volume 3, 2nd edition, 1998, section 6.4.
    """

    def __init__(self, keys: Hashes, numbers: Integers) -> None:
        bits = max(1, (_ROOM_FOR_EACH * len(keys)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._numbers = np.zeros(1 << bits, dtype=np.int64)
        slots = self._home(keys)
        while len(keys):
            _, nearest = np.unique(slots, return_index=True)
            settled = nearest[self._numbers[slots[nearest]] == 0]
            self._keys[slots[settled]], self._numbers[slots[settled]] = keys[settled], numbers[settled]
            left = np.ones(len(keys), dtype=np.bool_)
            left[settled] = False
            keys, numbers, slots = keys[left], numbers[left], slots[left] + 1 & self._last

    def get(self, keys: Hashes) -> Integers:
        """The number of each key, 0 where it is unknown; of the same shape."""
        wanted = keys.reshape(-1)
        slots = self._home(wanted)
        found = self._numbers[slots]
        astray = np.flatnonzero((self._keys[slots] != wanted) & (found != 0))
        while len(astray):
            slots[astray] = slots[astray] + 1 & self._last
            found[astray] = self._numbers[slots[astray]]
            astray = astray[(self._keys[slots[astray]] != wanted[astray]) & (found[astray] != 0)]
        return found.reshape(keys.shape)

    def _home(self, keys: Hashes) -> Integers:
        slots: Integers = (keys * _GOLDEN >> self._shift).astype(np.int64)
        return slots


def _make_room(most: int) -> None:
    """Know the powers of the base, and of its inverse, up to this one."""
    global _powers, _inverse_powers
    if most < len(_powers):
        return
    room = max(_FIRST_ROOM, 1 << most.bit_length())
    _powers, _inverse_powers = (_powers_of(base, room) for base in (BASE, _INVERSE))


def _powers_of(base: int, count: int) -> Hashes:
    factors = np.full(count, base, dtype=np.uint64)
    factors[0] = 1
    found: Hashes = np.cumprod(factors, dtype=np.uint64)
    return found
