"""Which paragraphs of a pasted page are titles and which are abstracts, when nothing marks them.

No single sign decides: titles are long at times, abstracts short or in several paragraphs, entries without an abstract
stand side by side. So each paragraph has a cost as a title and as part of an abstract, each step from one to the next
has a cost, and the cheapest labelling of the whole stretch is taken (Viterbi's algorithm with two labels).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TITLE_LENGTH: Final = 200
_BODY_LENGTH: Final = 300
_SENTENCE_END: Final = re.compile(r"\.[\"')\]]*\Z")
_INNER_SENTENCE_END: Final = re.compile(r"[a-z0-9)\]%]\.\s+[A-Z]")
_NEVER: Final = float("inf")

_TITLE_AFTER_TITLE: Final = 1.2  # an entry without an abstract
_BODY_AFTER_BODY: Final = 2.0  # an abstract in several paragraphs
_BODY_FIRST: Final = 3.0  # an abstract whose title is missing
_UNMARKED_END: Final = 3.0  # an entry that ends without the lines that end all others
_TITLE_LAST: Final = 4.0  # such lines right below a title


def title_cost(paragraph: str) -> float:
    """How unlike a title the paragraph is: long, of sentences, with an address; 0 for a plain short line."""
    cost = max(0.0, (len(paragraph) - _TITLE_LENGTH) / 50)
    cost += 4 * bool(_SENTENCE_END.search(paragraph)) + 4 * ("://" in paragraph)
    return cost + 1.5 * min(4, len(_INNER_SENTENCE_END.findall(paragraph)))


def body_cost(paragraph: str) -> float:
    """How unlike a part of an abstract the paragraph is: short, with nothing that ends a sentence."""
    cost = max(0.0, (_BODY_LENGTH - len(paragraph)) / 60)
    return cost - 2 * (bool(_SENTENCE_END.search(paragraph)) or "://" in paragraph)


def is_body(paragraph: str) -> bool:
    """Whether a paragraph by itself looks rather like an abstract than like a title."""
    return body_cost(paragraph) < title_cost(paragraph)


def titles(paragraphs: Sequence[str], *, ends_marked: bool = False) -> list[bool]:
    """For each paragraph of a stretch whether it is a title (True) or part of the abstract of the title above it.

    ``ends_marked`` says that a line of authors or a date follows the stretch, as it does after every entry of its page.
    """
    before_body = _UNMARKED_END if ends_marked else 0.0
    costs = (0.0, _NEVER)
    came_from: list[tuple[bool, bool]] = []  # for a title, for a body: whether a title stands before it
    for index, paragraph in enumerate(paragraphs):
        as_title, as_body = title_cost(paragraph), body_cost(paragraph)
        if index == 0:
            costs = (as_title, as_body + _BODY_FIRST)
            came_from.append((False, False))
            continue
        to_title = (costs[0] + _TITLE_AFTER_TITLE, costs[1] + before_body)
        to_body = (costs[0], costs[1] + _BODY_AFTER_BODY)
        came_from.append((to_title[0] < to_title[1], to_body[0] <= to_body[1]))
        costs = (min(to_title) + as_title, min(to_body) + as_body)
    is_title = costs[0] + (_TITLE_LAST if ends_marked else _TITLE_AFTER_TITLE) < costs[1]
    labels: list[bool] = []
    for title_before, body_before in reversed(came_from):
        labels.append(is_title)
        is_title = title_before if is_title else body_before
    return labels[::-1]
