"""What a graph says as a whole: functions on a graph that give pandas frames.

===============================  ======================================================================================
:func:`trends`                   what more, or fewer, papers name than before; when it was first seen
:func:`papers_per_year`          how many papers name a thing, year by year
:func:`together`                 what is named together with a thing, more often than by chance
:func:`pairs`                    which methods and datasets (or other types) are used together
:func:`central`                  what most is connected with, and what connects fields
:func:`pair_counts`              how many papers use the ones with the others, as a table with two sides
:func:`communities`              the fields that the papers fall into, named by what is most their own
:func:`communities_per_year`     how large they are, year by year
:func:`similar`                  the papers most like a paper
:func:`gaps`                     methods and datasets that nobody used together, though their likes were
:func:`differences`              what is new, gone or changed between two graphs
===============================  ======================================================================================

Each takes a graph, or the :class:`kg.frames.Frames` of one, which saves making them twice. Every answer is the same
from run to run; what is equal is in the order of labels. Leaderboards as a frame: :func:`kg.frames.leaderboard_frame`.
"""

from __future__ import annotations

from kg.analytics.centrality import central
from kg.analytics.co_use import pair_counts, pairs, together
from kg.analytics.communities import Communities, communities, communities_per_year
from kg.analytics.differences import Differences, differences
from kg.analytics.gaps import gaps
from kg.analytics.similarity import similar
from kg.analytics.trends import papers_per_year, trends

__all__ = [
    "Communities",
    "Differences",
    "central",
    "communities",
    "communities_per_year",
    "differences",
    "gaps",
    "pair_counts",
    "pairs",
    "papers_per_year",
    "similar",
    "together",
    "trends",
]
