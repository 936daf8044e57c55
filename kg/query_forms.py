"""How the answer to a query can be written, and the limits of queries: known without what answers them."""

from __future__ import annotations

from typing import Final

TABLE: Final = "table"
RESULT_FORMS: Final = ("csv", "tsv", "json", "xml")
TRIPLE_FORMS: Final = ("turtle", "ntriples", "rdfxml")
FORMS: Final = (TABLE, *RESULT_FORMS, *TRIPLE_FORMS)
"""A table is made of JSON, or of Turtle where the answer is triples."""
MEGABYTE: Final = 1_000_000
SECONDS: Final = 60.0
MEGABYTES: Final = 256.0
