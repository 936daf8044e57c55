"""Names of people as bibliographies turn them round."""

from __future__ import annotations

from typing import Final

_MOST_PARTS: Final = 3


def given_first(name: str) -> str:
    """A name with the given name first: ``Quill, Ada`` is ``Ada Quill``, ``Quill, Ada, Jr.`` is ``Ada Quill Jr.``.

    A name without a comma, or with more than two, stays as it is.
    """
    family, *others = (part.strip() for part in name.split(","))
    if len(others) not in range(1, _MOST_PARTS):
        return name.strip()
    given, *suffix = others
    return " ".join(filter(None, (given, family, *suffix)))
