"""The names that kg offers, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kg
from tests.material import ROOT

HEAVY = ("spacy", "numpy", "networkx", "rdflib", "pyvis", "multiprocessing", "pandas", "scipy", "matplotlib")


@pytest.mark.parametrize("name", kg.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Each name leads to something that is documented."""
    value = getattr(kg, name)
    assert value if name == "__version__" else value.__doc__


def test_public_names_are_sorted_and_listed() -> None:
    """``dir(kg)`` shows the public names and no more."""
    assert kg.__all__ == sorted(kg.__all__)
    assert dir(kg) == kg.__all__


def test_unknown_name() -> None:
    """A name that is not there is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="module 'kg' has no attribute 'biuld'"):
        _ = kg.biuld  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", ["import kg", "import kg.cli", "import kg; kg.Paper; kg.InputError; kg.read"])
def test_importing_is_light(code: str) -> None:
    """Neither ``import kg`` nor the command line loads what only extracting and exporting need."""
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print([n for n in {HEAVY} if n in sys.modules])"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert found.stdout.strip() == "[]"


def test_the_path_in_python(tmp_path: object) -> None:
    """Text in, graph out: each step of the API takes what the one before gives."""
    found = list(kg.extract("We propose FooNet, which reaches 92.3% accuracy on ImageNet."))
    assert {entity.name for entity in found[0].entities} >= {"FooNet", "ImageNet"}
    graph = kg.build_graph(found)
    kg.export(graph, "turtle", f"{tmp_path}/graph.ttl")
    assert kg.graph_summary(graph).papers == 1
    assert kg.extraction_from_json(kg.extraction_to_json(found[0])) == found[0]
