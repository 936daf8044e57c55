"""Data goes one way through the house, and so do imports.

A module imports only from lines above its own. ``components`` and ``readers`` are packages, whose modules import each
other; ``kg`` is the package itself with its public names.

1. ``_version``, ``descriptions``, ``errors``, ``explanations``, ``masks``, ``model``, ``query_forms``, ``tables``
2. ``association``, ``iris``, ``matching``, ``names``, ``process_pool``, ``readers``, ``replacing``, ``rulefiles``,
    ``ruletables``, ``storage``, ``terminal``
3. ``competency``, ``frame_tables``, ``metrics``, ``sparql``
4. ``options``, ``processes``, ``rdflib_dataset``, ``rulebook``
5. ``cluster``, ``components``, ``likeness``, ``rule_entries``
6. ``rule_examples``, ``extraction``, ``harvesting``, ``resolution``
7. ``explaining``, ``rule_checks``, ``pieces``
8. ``explain_process``, ``graph``
9. ``exporting``, ``folder``, ``leaderboard``, ``selection``, ``summary``
10. ``annotations``, ``conflicts``, ``frames``, ``paper_table``, ``piece_index``, ``query_process``, ``reading``,
    ``store``
11. ``analytics``, ``evaluation``, ``leaderboard_tables``, ``paper_namings``, ``plots``, ``shards``
12. ``ablation``, ``assembling``, ``calibration``, ``opening``, ``querying``, ``showing``
13. ``gathering``, ``piecewise``, ``told_graph``
14. ``catalogue``, ``completing``
15. ``building``
16. ``updating``
17. ``kg``, ``web``
18. ``analytics_cli``, ``diff_cli``, ``eval_cli``, ``export_cli``, ``formats_cli``, ``leaderboard_cli``, ``query_cli``,
    ``resolve_cli``, ``serve_cli``, ``stats_cli``, ``update_cli``
19. ``rules_cli``
20. ``cli``

Readers know ``model`` and ``errors`` only. The exporters in ``exports/`` know ``model``, ``errors`` and ``graph`` only,
and nobody knows them: they are found through entry points.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.material import ROOT

LINES = 400
LAYERS = {
    room: int(line)
    for line, rooms in re.findall(r"(?m)^(\d+)\. (.*(?:\n {4}.*)*)$", __doc__ or "")
    for room in re.findall(r"``(\w+)``", rooms)
}
MODULES = sorted((ROOT / "kg").rglob("*.py"))
EXPORTERS = sorted((ROOT / "exports").glob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports anywhere in it, as (line, dotted name); relative ones start with a dot."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "." * node.level + (node.module or "")
        elif isinstance(node, ast.ImportFrom) and node.module == "kg":
            yield from ((node.lineno, f"kg.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def ours(path: Path) -> Iterator[tuple[int, str]]:
    """What a file imports of kg, as (line, room)."""
    for line, name in imports(path):
        if name.split(".")[0] == "kg":
            yield line, (*name.split("."), "kg")[1]


def room_of(path: Path) -> str:
    """The room in which a module of kg lies."""
    parts = path.relative_to(ROOT / "kg").with_suffix("").parts
    return "kg" if parts == ("__init__",) else parts[0]


def ids(paths: list[Path]) -> list[str]:
    """The paths as they are written from the top of the tree."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_imports_point_one_way(path: Path) -> None:
    """A module imports only from rooms in lines above its own, or from its own package."""
    room = room_of(path)
    assert room in LAYERS, f"{room} stands in no line of the docstring of {Path(__file__).name}"
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports kg.{other}"
        for line, other in ours(path)
        if other != room and LAYERS.get(other, 99) >= LAYERS[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_imports_are_absolute(path: Path) -> None:
    """Modules of kg are imported by their full names, so that the direction can be seen."""
    assert [name for _, name in imports(path) if name.startswith(".")] == []


def test_every_room_exists() -> None:
    """The docstring lists no room that is not there."""
    assert set(LAYERS) - {room_of(path) for path in MODULES} == set()


def test_readers_know_records_and_errors_only() -> None:
    """A reader can be read without knowing anything else of kg."""
    known = {room for path in MODULES if room_of(path) == "readers" for _, room in ours(path)}
    assert known <= {"readers", "model", "errors"}


@pytest.mark.parametrize("path", EXPORTERS, ids=ids(EXPORTERS))
def test_exporters_know_the_graph_only(path: Path) -> None:
    """An exporter imports records, errors and the graph, and besides only its neighbours, as a foreign one would."""
    assert {room for _, room in ours(path)} <= {"model", "errors", "graph"}
    neighbours = {"." + other.stem for other in EXPORTERS}
    assert {name for _, name in imports(path) if name.startswith(".")} <= neighbours


def test_nobody_imports_an_exporter_by_name() -> None:
    """Exporters are found through entry points, ours like anybody's."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in MODULES
        for line, name in imports(path)
        if name.startswith(("kg.exports", "exports"))
    ]
    assert wrong == []


def test_components_do_not_know_the_pipeline() -> None:
    """No component imports a later one's factory: what they share lies on the Doc."""
    text = (ROOT / "kg" / "extraction.py").read_text("utf-8")
    names = re.findall(r'"kg_(\w+)"', text)
    assert names
    for name in names:
        path = ROOT / "kg" / "components" / f"{name}.py"
        later = names[names.index(name) + 1 :]
        assert {other for _, other in imports(path)} & {f"kg.components.{other}" for other in later} == set()


@pytest.mark.parametrize("path", [*MODULES, *EXPORTERS], ids=ids([*MODULES, *EXPORTERS]))
def test_modules_are_short_and_introduced(path: Path) -> None:
    """A module says what it is for, and one of more than 400 lines should be two."""
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "the module has no docstring"
    assert text.count("\n") <= LINES
