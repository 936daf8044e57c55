"""Names turned into path segments of IRIs: readable, stable, and never the same for two different names."""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import unquote

_PLAIN: Final = frozenset("-.@:")
# RFC 3987 leaves this block of tags and variation selectors out of what an IRI may hold.
_TAGS: Final = range(0xE0000, 0xE1000)


def _may_stand(character: str) -> bool:
    return character in _PLAIN or (unicodedata.category(character)[0] in "LMN" and ord(character) not in _TAGS)


def slug(name: str) -> str:
    """A name as one segment of an IRI's path; :func:`unslug` gives the name back, so no two names share a slug.

    Letters, marks and digits of every script and ``- . @ :`` stay, a space becomes ``_``, and everything
    else the percent signs of its UTF-8: "C++" is ``C%2B%2B``, "Mask R-CNN" is ``Mask_R-CNN``.
    """
    if not name.strip("."):
        # "." and ".." are steps in a path, not names
        return name.replace(".", "%2E")
    return "".join(map(_escaped, name))


def _escaped(character: str) -> str:
    if character == " ":
        return "_"
    if _may_stand(character):
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def unslug(segment: str) -> str:
    """The name that :func:`slug` made this segment of."""
    return unquote(segment.replace("_", " "), errors="surrogatepass")
