"""Which spans are one name."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language

from kg.components.abbreviations import Abbreviations
from kg.components.features import SpanFeatures
from kg.components.grouping import group
from kg.components.layout import lay_out
from kg.components.phrases import Phrases
from kg.components.weighing import Weights
from kg.matching import Descriptions
from kg.rulebook import Rulebook

VOCABULARY = SpanFeatures(Rulebook.load(), Weights(Rulebook.load())).words


def names(nlp: Language, texts: list[str]) -> list[list[set[str]]]:
    """The ways in which the names of each text are written, where every token and pair of tokens is a span."""
    docs = [Abbreviations()(nlp.make_doc(text)) for text in texts]
    spans = [[(s, s + n) for n in (1, 2, 3) for s in range(len(doc) - n + 1)] for doc in docs]
    layout = lay_out(VOCABULARY, Descriptions().row(docs), Phrases({}, {}, 0, 0), [])
    bounds = layout.in_row(spans)
    found = group(docs, layout, bounds, np.arange(len(bounds[0])))
    written = [doc[start:end].text for doc, own in zip(docs, spans, strict=True) for start, end in own]
    return [
        [{written[place].strip(" (),") for place in found.places_of(name)} for name in own] for own in found.of_docs
    ]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("leaf networks and a Leaf Network", {"leaf networks", "Leaf Network"}),
        ("R-CNN is RCNN", {"R-CNN", "RCNN"}),
        ("leaf growing network (LGN) and LGNs", {"leaf growing network", "LGN", "LGNs"}),
    ],
)
def test_ways_of_writing_are_one_name(nlp: Language, text: str, together: set[str]) -> None:
    """Case, hyphens and plurals do not matter, and an abbreviation is what it stands for."""
    (found,) = names(nlp, [text])
    assert together in found


def test_each_doc_has_its_own_names(nlp: Language) -> None:
    """What one Doc abbreviates, the other does not, though they are read together."""
    first, second = names(nlp, ["leaf growing network (LGN) grows", "LGN grows, and leaf growing network"])
    assert {"leaf growing network", "LGN"} in first
    assert {"LGN"} in second
    assert {"grows"} in first
    assert {"grows"} in second
