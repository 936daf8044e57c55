"""Names inside one paper: which of them are one thing, and which is the best."""

from __future__ import annotations

import functools

from kg import names


@functools.lru_cache(maxsize=1 << 16)
def key(name: str, heads: frozenset[str] = frozenset()) -> str:
    """The key of a name (see :func:`kg.names.key`), remembered, because the same names come again and again."""
    return names.key(name, heads)
