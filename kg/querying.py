"""Queries with limits: in a process of their own, which is ended when the time is over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.errors import QueryError
from kg.query_forms import MEGABYTES, SECONDS, TABLE
from kg.query_process import MEGABYTE
from kg.sparql import Namespaces

_ABSENT: Final = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a graph answers to a query: its kind ("rows", "triples" or "truth"), and the answer as it is printed."""

    kind: str
    content: bytes


def query_store(
    store: Path,
    query: str,
    namespaces: Namespaces,
    *,
    form: str = TABLE,
    seconds: float = SECONDS,
    megabytes: float = MEGABYTES,
) -> Answer:
    """What the store in a folder answers to a query of SPARQL.

    ``form`` is one of ``kg.query_forms.FORMS``. Raises QueryError where the query is wrong or refused, or takes
    more than so many seconds or megabytes; GraphError where there is no store.
    """
    request = {
        "store": str(store.absolute()),
        "query": query,
        "base": namespaces.base,
        "prefixes": dict(namespaces.prefixes),
        "form": form,
        "most": int(megabytes * MEGABYTE),
    }
    command = [sys.executable, "-P", "-m", "kg.query_process"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(
            f"the query was ended after {seconds:g} s; make it find less, or give it more time (--timeout)"
        ) from error
    head, _, content = done.stdout.partition(b"\n")
    said: dict[str, str] = json.loads(head or b"{}")
    if "kind" not in said:
        reason = f"its process ended with code {done.returncode} (memory?)"
        raise QueryError(said.get("error") or f"the query was not answered: {reason}")
    if form == TABLE:
        content = _for_people(said["kind"], content, namespaces)
    return Answer(said["kind"], content)


def _for_people(kind: str, content: bytes, namespaces: Namespaces) -> bytes:
    """An answer as a table; triples as they are."""
    if kind == "triples":
        return content
    results = json.loads(content)
    if kind == "truth":
        return f"{str(results['boolean']).lower()}\n".encode()
    return _table(results["head"]["vars"], results["results"]["bindings"], namespaces).encode(errors="replace")


def _table(names: list[str], rows: list[Mapping[str, Any]], namespaces: Namespaces) -> str:
    """Rows under their names, numbers to the right, whole texts; the last line counts them."""
    cells = [[_cell(row.get(name), namespaces) for name in names] for row in rows]
    right = [bool(rows) and all(_is_number(row.get(name)) for row in rows) for name in names]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    lines = [
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in (names, *cells)
    ]
    return "".join(f"{line}\n" for line in (*lines, f"({len(rows):,} row{'' if len(rows) == 1 else 's'})"))


def _cell(term: Mapping[str, str] | None, namespaces: Namespaces) -> str:
    if term is None:
        return _ABSENT
    if term["type"] == "uri":
        return namespaces.shortened(term["value"])
    text = f"_:{term['value']}" if term["type"] == "bnode" else term["value"]
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _is_number(term: Mapping[str, str] | None) -> bool:
    return term is None or term.get("datatype", "").endswith(("#integer", "#decimal", "#double", "#float"))
