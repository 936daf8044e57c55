"""When two ways of writing a name are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import key, words

HEADS = frozenset({"dataset", "benchmark"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FooNet", "foonet"),
        ("Foo-Net", "Foo Net"),
        ("Mask R-CNN", "MaskRCNN"),
        ("leaf networks", "leaf network"),
        ("Foo\u2010Net", "Foo-Net"),
        ("Foo/Net", "Foo Net"),
        ("Foo dataset", "Foo"),
        ("$Foo_{10}$", "Foo 10"),
        ("Doe's tree", "Doe tree"),
        ("\uff26oo", "Foo"),
        ("Foo-10", "Foo 10"),
        ("“Foo”", "Foo"),
    ],
)
def test_one_name(one: str, other: str) -> None:
    """Case, hyphens, plurals, quotes, LaTeX marks and generic heads make no difference."""
    assert key(one, HEADS) == key(other, HEADS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C"),
        ("C#", "C"),
        ("A*", "A"),
        ("Foo 2 7B", "Foo 27B"),
        ("Foo-1", "Foo-10"),
        ("Foo-1.5", "Foo-15"),
        ("Foo", "Fooss"),
        ("Recall@1", "Recall 1"),
        ("dataset", ""),
    ],
)
def test_two_names(one: str, other: str) -> None:
    """Signs that tell names apart, numbers and versions do make one."""
    assert key(one, HEADS) != key(other, HEADS)


def test_heads_are_cut_only_from_names() -> None:
    """A name that is nothing but a head keeps it."""
    assert words("The Foo benchmark dataset", HEADS) == ("the", "foo")
    assert words("Dataset", HEADS) == ("dataset",)


@given(st.text(min_size=1, max_size=20))
def test_key_of_anything(name: str) -> None:
    """Any text has a key, the same in capitals and with a hyphen for a space, and empty only for white space."""
    found = key(name)
    assert bool(found) == bool(name.split())
    assert key(f"  {name} ") == found


@given(st.lists(st.text(alphabet="abcxyz0123456789", min_size=1, max_size=6), min_size=1, max_size=4))
def test_joins_make_no_difference(parts: list[str]) -> None:
    """A hyphen, a slash and a space between words are the same, and so are capitals."""
    found = key(" ".join(parts))
    assert key("-".join(parts)) == key("/".join(parts)) == key(" ".join(parts).upper())
    assert key("-".join(parts)) == found
