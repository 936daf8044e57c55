"""When a name, a number or a unit is the same as another, for the figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import likeness
from kg.annotations import SLOTS
from kg.model import ENTITY_TYPES, TYPE_OF_SLOT

NAMES = st.text(alphabet="aAbs .-_'\u2019$%+(1é", max_size=12)


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [
        ("Method", "Mask R-CNN", "mask rcnn"),
        ("Method", "the FooNet model", "FooNet"),
        ("Method", "Our proposed FooNet architectures", "foonet"),
        ("Method", "graph networks", "Graph Network"),
        ("Method", "BERT's", "BERT"),
        ("Method", "$k$-means", "k-means"),
        ("Dataset", "ImageNet dataset", "ImageNet"),
        ("Dataset", "GLUE test set", "GLUE"),
        ("Metric", "F1 scores", "F1"),
        ("Task", "the parsing problem", "parsing"),
    ],
)
def test_same_names(kind: str, name: str, other: str) -> None:
    """Case, hyphens, plurals, marks, determiners and the heads of a type say nothing."""
    assert likeness.key(name, kind) == likeness.key(other, kind)


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [
        ("Task", "FooNet model", "FooNet"),
        ("Method", "model", "the"),
        ("Method", "ResNet-50", "ResNet-101"),
        ("Method", "C++", "C"),
        ("Metric", "loss", "los"),
        ("Task", "news recommendation", "recommendation"),
    ],
)
def test_other_names(kind: str, name: str, other: str) -> None:
    """A head of another type says something, and so does whatever else stands there; no name is folded to nothing."""
    assert likeness.key(name, kind) != likeness.key(other, kind)


@given(name=NAMES, kind=st.sampled_from((None, *ENTITY_TYPES)))
def test_folding(name: str, kind: str | None) -> None:
    """Case and the space around a name do not count, no word is empty, and a letter or digit always leaves one."""
    words = likeness.words(name, kind)
    assert likeness.words(f" {name.upper().lower()} ", kind) == words
    assert all(words)
    assert words or not any(sign.isalnum() and sign != "s" for sign in name)


@pytest.mark.parametrize(
    ("name", "other", "contained"),
    [
        ("detection", "object detection", True),
        ("object detection", "3D object detection in video", True),
        ("object detection", "object shape detection", False),
        ("net", "network", False),
        ("$", "network", False),
    ],
)
def test_contains(*, name: str, other: str, contained: bool) -> None:
    """All words of the shorter stand side by side in the longer, whichever comes first."""
    assert likeness.contains(name, other, "Task") is contained
    assert likeness.contains(other, name, "Task") is contained


@pytest.mark.parametrize(
    ("annotated", "found", "same"),
    [
        (("92.3", "%"), ("92.30", "percent"), True),
        (("1,000", None), ("1000", None), True),
        (("15-20", "%"), ("15 \u2013 20", "%"), True),
        (("3", "x"), ("3", "times"), True),
        (("2", "points"), ("2", "percentage points"), True),
        (("5", "hours"), ("5", "hour"), True),
        (("28.4", None), ("28.4", "BLEU"), True),
        (("28.4", None), ("28.4", "%"), False),
        (("28.4", "%"), ("28.4", None), False),
        (("28.4", "%"), ("28.5", "%"), False),
        (("ten", None), ("Ten", None), True),
    ],
)
def test_quantities(*, annotated: tuple[str, str | None], found: tuple[str, str | None], same: bool) -> None:
    """Numbers are compared as numbers; an annotation without a unit accepts any but a share and a factor."""
    assert likeness.same_quantity(annotated, found) is same


@pytest.mark.parametrize(
    ("annotated", "found", "same"),
    [
        (None, None, True),
        (None, "accuracy", False),
        ("accuracy", None, False),
        ("accuracy", "top-1 accuracy", True),
        ("top-1 accuracy", "top-5 accuracy", False),
        ("intersection over union", "IoU", True),
        ("intersection over union", "mIoU", False),
    ],
)
def test_slots(*, annotated: str | None, found: str | None, same: bool) -> None:
    """A slot is right by any name of the thing, by a longer or shorter one with the same last word, or empty twice."""
    keys = frozenset(("intersectionoverunion", "iou"))
    assert likeness.same_slot("metric", annotated, found, dict.fromkeys(keys, keys)) is same


def test_every_slot_has_a_type() -> None:
    """The names in a slot are folded as those of its type."""
    assert set(TYPE_OF_SLOT) == set(SLOTS)
    assert set(TYPE_OF_SLOT.values()) == set(ENTITY_TYPES)
