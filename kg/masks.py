"""Sets of positions as the bits of integers, made from arrays of flags and of places, and turned into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

BYTE: Final = 8
_FEW: Final = 4
_SWAPS: Final = tuple(
    (np.uint64(shift), np.uint64(mask))
    for shift, mask in ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))
)


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def positions(mask: int) -> NDArray[np.intp]:
    """The positions of the bits that are set, ascending, of a mask that may be long."""
    if mask.bit_count() <= _FEW:
        return np.array(list(bits(mask)), dtype=np.intp)
    return flags(mask, mask.bit_length()).nonzero()[0]


def flags(mask: int, length: int) -> NDArray[np.bool_]:
    """For each of the first ``length`` bits whether it is set."""
    octets = np.frombuffer(mask.to_bytes(max(length, mask.bit_length()) // BYTE + 1, "little"), dtype=np.uint8)
    return np.unpackbits(octets, count=length, bitorder="little").view(np.bool_)


def mask_of(places: Iterable[int]) -> int:
    """The mask with these bits set."""
    wanted = np.fromiter(places, dtype=np.intp)
    held = np.zeros(int(wanted.max(initial=-1)) + 1, dtype=np.bool_)
    held[wanted] = True
    return packed(held)


def number_of(octets: bytes) -> int:
    """The mask that bytes are, the lowest first."""
    return int.from_bytes(octets, "little")


def packed(held: NDArray[np.bool_]) -> int:
    """The mask with a bit for each flag."""
    return number_of(np.packbits(held, bitorder="little").tobytes())


def transposed(bits_of_rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows and columns of bits exchanged, both of which come in bytes, the lowest bit first.

    Squares of eight by eight bits are turned in themselves, and then change places: H. S. Warren, Hacker's Delight,
    2nd edition, 2012, section 7-3.
    """
    height, width = bits_of_rows.shape
    squares = bits_of_rows.reshape(height // BYTE, BYTE, width).transpose(2, 0, 1).copy().view("<u8")
    for shift, mask in _SWAPS:
        swapped = (squares ^ (squares >> shift)) & mask
        squares ^= swapped ^ (swapped << shift)
    turned: NDArray[np.uint8] = squares.view(np.uint8).transpose(0, 2, 1)
    return turned.reshape(width * BYTE, height // BYTE)
