"""Quantities: every way in which papers write a number, and what only looks like one."""
# ruff: noqa: RUF001, PLR0917 (signs that look alike are the subject, and tables have columns)

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from kg.components.quantities import FILE, Quantity, QuantityParser
from kg.components.textrules import NameRule, NumberRule, PairRule
from kg.components.written import WrittenRule
from kg.errors import RuleError
from kg.rulebook import Rulebook

BOOK = Rulebook.load()
PARSER = QuantityParser(BOOK)
NUMBER_RULES = BOOK.rules(NumberRule, "number", file=FILE)
NAME_RULES = BOOK.rules(NameRule, "name", file=FILE)
WRITTEN_RULES = BOOK.rules(WrittenRule, "written", file=FILE)
PAIR_RULES = BOOK.rules(PairRule, "pair", file=FILE)


def only(text: str) -> Quantity:
    """The one quantity of a text."""
    (found,) = PARSER.parse(text)
    return found


def bracketed(example: str) -> tuple[str, list[str]]:
    """An example without its square brackets, and what stood in them."""
    return re.sub(r"[\[\]]", "", example), re.findall(r"\[([^\]]*)\]", example)


@pytest.mark.parametrize(
    ("text", "value", "number", "unit", "dimension", "qualifier"),
    [
        ("It is right in 92.3% of all trials.", "92.3", "92.3", "%", "share", "exact"),
        ("It is right in 92.3 percent of them.", "92.3", "92.3", "%", "share", "exact"),
        ("It is right in 92.3\\% of them.", "92.3", "92.3", "%", "share", "exact"),
        ("a share of $79.2\\%$ was seen", "79.2", "79.2", "%", "share", "exact"),
        ("The tagger wins by 5.3 pp here.", "5.3", "5.3", "points", "points", "exact"),
        ("The tagger wins by 5 percentage points.", "5", "5", "points", "points", "exact"),
        ("The tagger wins by 2.1 BLEU points.", "2.1", "2.1", "points", "points", "exact"),
        ("a 3.5-point gap", "3.5", "3.5", "points", "points", "exact"),
        ("It runs 18times faster.", "18", "18", "x", "ratio", "exact"),
        ("It runs 2.5x faster.", "2.5", "2.5", "x", "ratio", "exact"),
        ("It runs 2.5 × faster.", "2.5", "2.5", "x", "ratio", "exact"),
        ("It runs $1.7\\times$ faster.", "1.7", "1.7", "x", "ratio", "exact"),
        ("a 10-fold speedup", "10", "10", "x", "ratio", "exact"),
        ("It loses approx13% of them.", "13", "13", "%", "share", "about"),
        ("It loses sim0.6 points here.", "0.6", "0.6", "points", "points", "about"),
        ("It loses $\\sim$3.2% of them.", "3.2", "3.2", "%", "share", "about"),
        ("It saves up to 40% of the heat.", "40", "40", "%", "share", "up to"),
        ("It saves upto 40% of the heat.", "40", "40", "%", "share", "up to"),
        ("with <5% waste", "5", "5", "%", "share", "up to"),
        ("It saves more than 40% of the heat.", "40", "40", "%", "share", "over"),
        ("It saves at least 40% of the heat.", "40", "40", "%", "share", "over"),
        ("It saves roughly 40% of the heat.", "40", "40", "%", "share", "about"),
        ("It saves ~40% of the heat.", "40", "40", "%", "share", "about"),
        ("by 15-20% on it", "15-20", None, "%", "share", "exact"),
        ("by 15%–20% on it", "15%–20", None, "%", "share", "exact"),
        ("by 2.8% to 8.6% on it", "2.8% to 8.6", None, "%", "share", "exact"),
        ("by between 3 and 5 points", "3 and 5", None, "points", "points", "exact"),
        ("a speedup of 1–2 orders of magnitude", "1–2", None, "orders of magnitude", "magnitude", "exact"),
        ("by 2.9% ～ 24.6% on it", "2.9% ～ 24.6", None, "%", "share", "exact"),
        ("by 4 $\\sim$ 6x on it", "4 $\\sim$ 6", None, "x", "ratio", "exact"),
        ("speeds up 100X-1000X there", "100X-1000", None, "x", "ratio", "exact"),
        ("It is faster by a factor of 20.", "20", "20", "x", "ratio", "exact"),
        ("smaller by a factor of about 3.5", "3.5", "3.5", "x", "ratio", "about"),
        ("It is ×8 faster.", "8", "8", "x", "ratio", "exact"),
        ("It finds nearly three times as many.", "three", "3", "x", "ratio", "about"),
        ("It is twice as fast.", "twice", "2", "x", "ratio", "exact"),
        ("at least two orders of magnitude faster", "two", "2", "orders of magnitude", "magnitude", "over"),
        ("up to an order of magnitude faster", "order of magnitude", None, None, "magnitude", "up to"),
        ("by 1.89% accuracy points", "1.89", "1.89", "points", "points", "exact"),
        ("a correlation of r = 0.28 was seen", "0.28", "0.28", None, "", "exact"),
        ("by 1/3 to 2/3.", "1/3 to 2/3", None, None, "", "exact"),
        ("errs by 6.1 ± 1.3 degrees", "6.1", "6.1", "degrees", "angle", "exact"),
        ("with a step of 1e-5 it", "1e-5", "0.00001", None, "", "exact"),
        ("with a step of $10^{-4}$ it", "10^{-4}", "0.0001", None, "", "exact"),
        ("seen 3.2 × 10^6 times", "3.2 × 10^6", "3200000", "x", "ratio", "exact"),
        ("It holds 1.3B parameters.", "1.3B", "1300000000", "parameters", "count", "exact"),
        ("It holds 40K trainable parameters.", "40K", "40000", "parameters", "count", "exact"),
        ("It saw 2 million images.", "2 million", "2000000", "images", "count", "exact"),
        ("It saw 108,948 images.", "108,948", "108948", "images", "count", "exact"),
        ("It ran on 8 A100 GPUs.", "8", "8", "GPUs", "count", "exact"),
        ("It took 1.13 hours.", "1.13", "1.13", "hours", "time", "exact"),
        ("It took 12 GPU hours.", "12", "12", "GPU hours", "compute time", "exact"),
        ("It answers in 35ms.", "35", "35", "ms", "time", "exact"),
        ("It fits into 16 GB here.", "16", "16", "GB", "memory", "exact"),
        ("It costs roughly $20 in all.", "20", "20", "$", "money", "about"),
        ("It works at 136 fps here.", "136", "136", "fps", "rate", "exact"),
        ("The noise falls to 3 dB there.", "3", "3", "dB", "level", "exact"),
        ("It attains 50.9 AP there.", "50.9", "50.9", "AP", "score", "exact"),
        ("A loss of 1.0mAP is seen.", "1.0", "1.0", "mAP", "score", "exact"),
        ("an input of 640×480 pixels", "640×480", None, "pixels", "grid", "exact"),
    ],
)
def test_forms(text: str, value: str, number: str | None, unit: str | None, dimension: str, qualifier: str) -> None:
    """Every form that papers use gives its value as written, its decimal, its unit and its qualifier."""
    found = only(text)
    assert (found.value, found.unit, found.dimension, found.qualifier) == (value, unit, dimension, qualifier)
    assert found.number == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text",
    [
        "We take ResNet-50 and VGG-16.",
        "We take CIFAR-10 and SYSU-MM01.",
        "We train on SQuAD 2.0 alone.",
        "We ask GPT-4 and Llama 2 again.",
        "It maps 3D shapes to 2D views.",
        "The top-1 class and its F1 score.",
        "It runs in $O(n^2)$ time.",
        "a bound of $\\frac{1}{4}$ is known",
        "a 5-way 1-shot problem",
        "In 2019 we began.",
        "See Table 3 and [12].",
        "(1) first, (2) second, 3) third",
        "found at https://example.org/a.2",
        "a release 1.2.3 of it",
        "the set of WMT'16",
        "no digits at all, and it won twice",
    ],
)
def test_names_are_no_numbers(text: str) -> None:
    """Numbers in names, formulas, citations, years and lists are no quantities."""
    assert PARSER.parse(text) == []


def test_from_to_is_two_numbers() -> None:
    """From A to B gives both ends, told apart."""
    first, second = PARSER.parse("It rises from 35.6% to 46.7% then.")
    assert [(q.value, q.change) for q in (first, second)] == [("35.6", "from"), ("46.7", "to")]


def test_ranging_from_to_is_one_range() -> None:
    """What ranges from A to B is one value."""
    assert only("with gains ranging from 2% to 5% there").value == "2% to 5"


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("It gets 12.1, 13.4 and 15% there.", ["%", "%", "%"]),
        ("It gets 76.1/55.2 mIoU there.", ["mIoU", "mIoU"]),
        ("It gains 2.8% and 3.2% absolute points.", ["points", "points"]),
        ("It gains 5.0%/4.9%/5.9% there.", ["%", "%", "%"]),
        ("an FID of 2.03, and 1.0 mAP", [None, "mAP"]),
        ("a +4.2 percentage point gain on A, +3.9 on B, and +6.8 on C", ["points", "points", "points"]),
        ("It gains +4.2% on A. It has +3.9 there.", ["%", None]),
    ],
)
def test_lists_share_their_unit(text: str, units: list[str | None]) -> None:
    """Members of a list have the unit that only the last one shows."""
    assert [quantity.unit for quantity in PARSER.parse(text)] == units


def test_metric_units_name_the_metric() -> None:
    """A unit that is a metric is kept as the metric."""
    assert [q.measure for q in PARSER.parse("It gets 34.5 BLEU, which is 2.1 BLEU points more.")] == ["BLEU", "BLEU"]


def test_signs_are_seen() -> None:
    """A plus or minus before a number belongs to the quantity and not to its value; a plus is told."""
    plus, minus = PARSER.parse("(e.g., +6.87% here and -2.5% there)")
    assert (plus.text, plus.value, plus.signed) == ("+6.87%", "6.87", True)
    assert (minus.text, minus.value, minus.signed) == ("-2.5%", "2.5", False)


UNITS = {"%": "%", "\\%": "%", " percent": "%", "x": "x", " times": "x", "-fold": "x", " points": "points", " ms": "ms"}


@given(
    number=st.decimals(min_value=0, max_value=10**7, places=2, allow_nan=False, allow_infinity=False),
    places=st.integers(0, 2),
    grouped=st.booleans(),
    unit=st.sampled_from(sorted(UNITS)),
    before=st.sampled_from(["It gives ", "by (", "about ", "up to ", "with +", "$", "a,b ~"]),
    after=st.sampled_from([" more.", ", then", ") and so", ".", "; it"]),
)
def test_every_formatted_number_is_found(
    number: Decimal,
    places: int,
    grouped: bool,  # noqa: FBT001
    unit: str,
    before: str,
    after: str,
) -> None:
    """Any number, however formatted, is found with its decimal, its unit and its place."""
    written = f"{number:,.{places}f}" if grouped else f"{number:.{places}f}"
    text = f"{before}{written}{unit}{after}"
    found = only(text)
    assert found.value == written
    assert found.number == Decimal(written.replace(",", ""))
    assert found.unit == UNITS[unit]
    assert text[found.value_start : found.value_end] == written
    assert text[found.start : found.end] == found.text


PIECES = st.sampled_from(
    ["12", "3.5", "%", " ", "x", "-", "to", "from ", "and", "$", "\\times", "10^{", "}", "±", ",", ".", "(", "1e-5",
     "two", " times as ", "twice the", " orders of magnitude", "an order of magnitude", "factor of ", "\\sim",
     "/", "BLEU", " points", "CIFAR", "\n", "×", "about ", "×10", "²", "١"]
)  # fmt: skip


@given(text=st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)))
def test_any_text_is_read(text: str) -> None:
    """No text raises; quantities lie inside it in reading order, without overlap, and their offsets reproduce it."""
    found = PARSER.parse(text)
    for quantity in found:
        assert text[quantity.start : quantity.end] == quantity.text
        assert text[quantity.value_start : quantity.value_end] == quantity.value
        assert quantity.start <= quantity.value_start < quantity.value_end <= quantity.end
    assert all(first.end <= second.start for first, second in pairwise(found))


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1.", "1-", "1x", "12 and ", "from 1% to ", "$", "a ", "10^{", "1×", "about "]
)
def test_long_monotonous_texts_are_read(piece: str) -> None:
    """Texts made to exhaust backtracking are read like any other (they would never end otherwise)."""
    assert isinstance(PARSER.parse(piece * 20_000), list)


@pytest.mark.parametrize("rule", NUMBER_RULES, ids=lambda rule: rule.id)
def test_number_rules_do_what_their_examples_say(rule: NumberRule) -> None:
    """Each shape finds the brackets of its matches and nothing in its ignores."""
    for example in rule.matches:
        text, expected = bracketed(example)
        assert [q.text for q in PARSER.parse(text) if q.rule == rule.id] == expected
    for example in rule.ignores:
        assert rule.id not in {q.rule for q in PARSER.parse(example)} or rule.id == "number.plain"


@pytest.mark.parametrize("rule", WRITTEN_RULES, ids=lambda rule: rule.id)
def test_rules_for_words_do_what_their_examples_say(rule: WrittenRule) -> None:
    """Each rule finds the brackets of its matches and nothing in its ignores."""
    assert rule.matches
    for example in rule.matches:
        text, expected = bracketed(example)
        assert [q.text for q in PARSER.parse(text) if q.rule == rule.id] == expected
    for example in rule.ignores:
        assert rule.id not in {q.rule for q in PARSER.parse(example)}


WORDS = {"two": 2, "three": 3, "ten": 10, "twenty": 20, "hundred": 100}


@given(
    word=st.sampled_from(sorted(WORDS)),
    then=st.sampled_from([" times as fast", " times fewer", " orders of magnitude less", " times larger"]),
    before=st.sampled_from(["It is ", "about ", "12% of it, ", "by 1 order of magnitude, "]),
)
def test_numbers_in_words_are_kept_as_words(word: str, then: str, before: str) -> None:
    """The value is the word as written, the number its decimal, and nothing is found twice."""
    text = f"{before}{word}{then}."
    found = PARSER.parse(text)
    assert (found[-1].value, found[-1].number) == (word, WORDS[word])
    assert found[-1].dimension in {"ratio", "magnitude"}
    assert all(first.end <= second.start for first, second in pairwise(found))


@pytest.mark.parametrize("rule", NAME_RULES, ids=lambda rule: rule.id)
def test_name_rules_do_what_their_examples_say(rule: NameRule) -> None:
    """No number is found in the matches of a rule for names; one is found in each of its ignores."""
    assert rule.matches
    assert all(PARSER.parse(example) == [] for example in rule.matches)
    assert all(PARSER.parse(example) for example in rule.ignores)


@pytest.mark.parametrize("rule", PAIR_RULES, ids=lambda rule: rule.id)
def test_pair_rules_do_what_their_examples_say(rule: PairRule) -> None:
    """Each pair rule joins what stands in the brackets of its matches, and nothing in its ignores."""
    for example in rule.matches:
        text, expected = bracketed(example)
        found = PARSER.parse(text)
        assert [q.text for q in found] == expected
        assert rule.makes == ("change" if found[0].change else "range")
    for example in rule.ignores:
        assert rule.id not in {q.rule for q in PARSER.parse(example)}


def test_component_annotates_any_pipeline() -> None:
    """The component works alone in a pipeline of one's own."""
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_quantities")
    doc = nlp("It is right in 92.3% of all trials, 3 points more.")
    assert [quantity.value for quantity in doc._.kg_quantities] == ["92.3", "3"]


def test_a_folder_of_rules_without_units_is_refused(tmp_path: Path) -> None:
    """An empty table of units is named as the error that it is."""
    (tmp_path / "units.tsv").write_text("surface\tunit\tdimension\n", "utf-8")
    with pytest.raises(RuleError, match=r"units\.tsv:1: no units"):
        QuantityParser(Rulebook(tmp_path))
