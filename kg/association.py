"""How much two things keep each other's company: counts of papers turned into a measure.

The measure is the log-likelihood ratio of the two by two table of papers with and without the one and the other
(T. Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993),
which does not overrate what is rare, with a minus where the two avoid each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def association_measures(both: Numbers, one: Numbers, other: Numbers, papers: int) -> tuple[Numbers, Numbers]:
    """How many times as often as expected, and the signed log-likelihood ratio, given counts of papers.

    Of pairs: how many papers have ``both``, the ``one``, and the ``other`` (arrays of one length), of all ``papers``.
    """
    expected = one * other / max(papers, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(expected > 0, both / expected, 0.0)
    cells = (both, one - both, other - both, papers - one - other + both)
    by_chance = (
        expected,
        one - expected,
        other - expected,
        papers - one - other + expected,
    )
    ratio = 2.0 * sum(_times_log(seen, chance) for seen, chance in zip(cells, by_chance, strict=True))
    return times, np.where(both >= expected, ratio, -np.asarray(ratio)) + 0.0


def _times_log(seen: Numbers, chance: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((seen > 0) & (chance > 0), seen * np.log(seen / chance), 0.0)
