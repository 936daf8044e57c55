"""Sets of positions as integers."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.masks import bits, flags, mask_of, positions, transposed


@given(st.sets(st.integers(0, 200)))
def test_bits_are_the_positions_set(places: set[int]) -> None:
    """The bits of a mask are its positions, ascending."""
    assert list(bits(sum(1 << place for place in places))) == sorted(places)


@given(st.sets(st.integers(0, 3000)))
def test_masks_and_positions(places: set[int]) -> None:
    """A mask made of places has these places, and a flag for each of them."""
    mask = mask_of(places)
    assert positions(mask).tolist() == sorted(places)
    assert flags(mask, 3001).nonzero()[0].tolist() == sorted(places)


@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_bits_change_places(height: int, width: int, random: Random) -> None:
    """Rows and columns of bits are exchanged as numpy exchanges those of an array."""
    held = np.array([[random.random() < 0.5 for _ in range(8 * width)] for _ in range(8 * height)])
    turned = transposed(np.packbits(held, axis=1, bitorder="little"))
    assert np.array_equal(np.unpackbits(turned, axis=1, bitorder="little"), held.T)
