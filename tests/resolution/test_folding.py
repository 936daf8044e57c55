"""When two ways of writing a name are one across papers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.resolution.folding import Folding
from kg.resolution.settings import default_resolution_rules

FOLDING = Folding(default_resolution_rules().words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FooNet", "foonet"),
        ("Mask R-CNN", "MaskRCNN"),
        ("leaf processes", "leaf process"),
        ("leaf policies", "Leaf Policy"),
        ("movies", "movie"),
        ("caches", "cache"),
        ("matrices", "matrix"),
        ("GPs", "GP"),
        ("the Foo", "Foo"),
        ("Fréchet leaf", "Frechet leaf"),
        ("leaf optimisation", "leaf optimization"),
        ("leaf modelling", "leaf modeling"),
        ("neural net", "neural networks"),
        ("leaf classi- \ufb01cation", "leaf classification"),
        ("FooII", "Foo 2"),
        ("Foo\u201903", "Foo-2003"),
        (r"$\beta$-Foo", "\u03b2-Foo"),
        (r"$\ell_1$ leaf", "l1 leaf"),
        (r"\emph{Foo}", "Foo"),
        ("leaf re-ID", "leaf re-identification"),
    ],
)
def test_one_name(one: str, other: str) -> None:
    """Case, hyphens, accents, plurals, British spelling, broken lines and LaTeX marks make no difference."""
    assert FOLDING.key(one) == FOLDING.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPS", "GPs"),
        ("DARTS", "DART"),
        ("Foo 2 7B", "Foo 27B"),
        (r"$\beta$-Foo", "Foo"),
        ("C++", "C"),
        ("Foo-1.5", "Foo-15"),
        ("Foo@1", "Foo 1"),
        ("bias", "bia"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    """Acronyms that end in S, Greek letters, signs and numbers tell names apart."""
    assert FOLDING.key(one) != FOLDING.key(other)


def test_names_kept_apart() -> None:
    """A name can be given a key of its own."""
    folding = Folding(default_resolution_rules().words, ["GaN"])
    assert folding.key("GaN") != folding.key("GAN") == folding.key("GANs")


@given(st.text(min_size=1, max_size=20))
def test_key_of_anything(name: str) -> None:
    """Any text has a key, the same with white space around it, and empty only for white space."""
    assert bool(FOLDING.key(name)) == bool(name.split())
    assert FOLDING.key(f"  {name} ") == FOLDING.key(name)


@given(st.lists(st.text(alphabet="abcxyz0123456789", min_size=1, max_size=6), min_size=1, max_size=4))
def test_joins_make_no_difference(parts: list[str]) -> None:
    """A hyphen, a slash and a space between words are the same."""
    assert FOLDING.key("-".join(parts)) == FOLDING.key("/".join(parts)) == FOLDING.key(" ".join(parts))
