"""Names turned into path segments of IRIs: readable, stable, and never the same for two different names."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9.@:-]")
# RFC 3987 leaves this block of tags and variation selectors out of what an IRI may hold.
_TAGS: Final = range(0xE0000, 0xE1000)


def slug(name: str) -> str:
    """A name as one segment of an IRI's path; :func:`unslug` gives the name back, so no two names share a slug.

    Letters, marks and digits of every script and ``- . @ :`` stay (but no dot at the end), a space becomes ``_``, and
    everything else the percent signs of its UTF-8: "C++" is ``C%2B%2B``, "Mask R-CNN" is ``Mask_R-CNN``.
    """
    if not name.strip("."):
        # "." and ".." are steps in a path, not names
        return name.replace(".", "%2E")
    segment = _NOT_PLAIN.sub(_escaped, name)
    # a last dot would be taken for the end of a sentence, by what makes links of text and by rdflib in Turtle
    return f"{segment[:-1]}%2E" if segment.endswith(".") else segment


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character == " ":
        return "_"
    if unicodedata.category(character)[0] in "LMN" and ord(character) not in _TAGS:
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def unslug(segment: str) -> str:
    """The name that :func:`slug` made this segment of."""
    return unquote(segment.replace("_", " "), errors="surrogatepass")
