"""What PubMed's two formats have in common: how MEDLINE writes titles, and that an abstract is missing."""

from __future__ import annotations

import re
from typing import Final

NO_ABSTRACT: Final = re.compile(r"\W*(?:no abstract available|abstract not available)\W*", re.IGNORECASE)
_TRANSLATED: Final = re.compile(r"\[([^\[\]]*)\]")


def plain_title(title: str) -> str:
    """The title without the full stop that MEDLINE ends it with, and the brackets around one that it translated."""
    title = title.strip().removesuffix(".")
    found = _TRANSLATED.fullmatch(title)
    return found[1].removesuffix(".") if found else title
