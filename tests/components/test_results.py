"""Results: which numbers report something, of what kind they are, and what they belong to."""

from __future__ import annotations

import math
import re

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from kg.components.document import Candidate, DocumentEntity, Field
from kg.components.linking import FILE
from kg.components.options import CHOSEN_SLOTS
from kg.components.quantities import QuantityComponent, QuantityParser
from kg.components.reported import DocumentResult, to_result
from kg.components.results import Results
from kg.components.textrules import ResultRule
from kg.model import EntityType, Role
from kg.rulebook import Rulebook

BOOK = Rulebook()
BOOK.choices = {}  # these tests are on the rules; what the weights do with them is tested further down
QUANTITIES = QuantityComponent(QuantityParser(BOOK))
RESULTS = Results(BOOK)
RULES = BOOK.rules(ResultRule, "result", file=FILE)

NLP = spacy.blank("en")
NLP.add_pipe("kg_sentences")

THINGS: tuple[tuple[EntityType, Role, tuple[str, ...]], ...] = (
    ("Method", "introduced", ("FooNet", "Foo Network")),
    ("Method", "compared", ("BarNet",)),
    ("Method", "compared", ("BazNet",)),
    ("Dataset", "used", ("QuxBank",)),
    ("Dataset", "used", ("QuxBank-2",)),
    ("Dataset", "used", ("Zap",)),
    ("Metric", "used", ("accuracy",)),
    ("Metric", "used", ("recall",)),
    ("Metric", "used", ("FID",)),
    ("Metric", "used", ("memory",)),
    ("Metric", "used", ("latency",)),
    ("Task", "used", ("parsing",)),
    ("Task", "used", ("tagging",)),
)


def read(text: str, title: str = "") -> Doc:
    """A Doc whose entities are those of THINGS that stand in it, with its quantities and results."""
    whole = f"{title}\n{text}" if title else text
    doc = NLP(whole)
    if title:
        doc._.kg_fields = [Field("title", 0, len(title)), Field("abstract", len(title) + 1, len(whole))]
    entities = []
    for type_, role, names in THINGS:
        mentions = []
        for name in names:
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?![\w]|-\d)", whole):
                span = doc.char_span(*match.span(), alignment_mode="expand")
                assert span is not None
                mentions.append(Candidate(span.start, span.end, type_, "test", 1.0, "", *match.span()))
        if mentions:
            mentions.sort(key=lambda mention: mention.start)
            entities.append(DocumentEntity(type_, names, mentions, role))
    doc._.kg_entities = entities
    return RESULTS(QUANTITIES(doc))


def results(text: str, title: str = "") -> list[DocumentResult]:
    """The results of a text."""
    found: list[DocumentResult] = read(text, title)._.kg_results
    return found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("We reach 92.3% accuracy on Zap.", ["score"]),
        ("FooNet gets an FID of 2.03 on Zap.", ["score"]),
        ("FooNet improves accuracy by 2.5 points.", ["gain"]),
        ("FooNet outperforms BarNet by 3.1% on Zap.", ["gain"]),
        ("We see a relative improvement of 30% over BarNet.", ["gain"]),
        ("FooNet is 4% better (e.g., +6.8% on Zap).", ["gain", "gain"]),
        ("FooNet cuts memory by up to 73%.", ["reduction"]),
        ("FooNet needs 25% fewer weights than BarNet.", ["reduction"]),
        ("We see only a 0.6 point drop in accuracy.", ["reduction"]),
        ("FooNet runs 3.7x faster than BarNet.", ["ratio"]),
        ("FooNet is 1-2 orders of magnitude faster.", ["ratio"]),
        ("FooNet raises accuracy from 35.6% to 46.7%.", ["score", "score"]),
        ("FooNet runs at 136 fps on a phone.", ["score"]),
        ("FooNet is trained in 1.5 hours.", ["score"]),
        ("FooNet keeps 97% of the accuracy of BarNet.", ["ratio"]),
        ("FooNet is ten times smaller than BarNet.", ["ratio"]),
        ("FooNet lowers memory by a factor of 20.", ["ratio"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    """The words around a number decide what kind of result it is."""
    assert [result.kind for result in results(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "We train on 300 hours of video with 8 A100 GPUs.",
        "FooNet has 1.3B parameters and 12 layers.",
        "We evaluate FooNet on 14 datasets in 3 languages.",
        "We train FooNet with only 10% of the labels.",
        "We use a 30% masking ratio for FooNet.",
        "We use 10-fold cross-validation for FooNet.",
        "We test FooNet on 4x super-resolution.",
        "We test FooNet under 90% sparsity.",
        "Nearly 80% of all buses are late. We propose FooNet.",
        "We compare FooNet with ResNet-50 on CIFAR-10 and SQuAD 2.0.",
        "We wrote FooNet in 2019.",
        "FooNet needs no numbers.",
        "FooNet is good at 1% risk.",
    ],
)
def test_settings_are_no_results(text: str) -> None:
    """Sizes, counts, hyper-parameters, names and motivation report nothing."""
    assert results(text) == []


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        (
            "We propose FooNet. It reaches 92.3% and 92.7% accuracy on QuxBank and Zap.",
            [("92.3", "accuracy", "QuxBank", "FooNet", None), ("92.7", "accuracy", "Zap", "FooNet", None)],
        ),
        (
            "On Zap and QuxBank, FooNet gives a 2.2x speedup (9.4% gain) and 2.3x speedup (8.1%), respectively.",
            [
                ("2.2", "speedup", "Zap", "FooNet", None),
                ("9.4", "speedup", "Zap", "FooNet", None),
                ("2.3", "speedup", "QuxBank", "FooNet", None),
                ("8.1", "speedup", "QuxBank", "FooNet", None),
            ],
        ),
        (
            "On Zap, our FooNet reaches 76.9% and 71.6% in terms of accuracy and recall.",
            [("76.9", "accuracy", "Zap", "FooNet", None), ("71.6", "recall", "Zap", "FooNet", None)],
        ),
        (
            "FooNet outperforms BarNet by 3.1% on Zap and BazNet by 4.2% on QuxBank.",
            [("3.1", None, "Zap", "FooNet", "BarNet"), ("4.2", None, "QuxBank", "FooNet", "BazNet")],
        ),
        (
            "FooNet gains 2% in accuracy over the strong rule-based systems on Zap.",
            [("2", "accuracy", "Zap", "FooNet", "strong rule-based systems")],
        ),
        (
            "FooNet solves 49.7% of Zap, outperforming BarNet (22%) and BazNet (20%).",
            [
                ("49.7", None, "Zap", "FooNet", None),
                ("22", None, "Zap", "BarNet", None),
                ("20", None, "Zap", "BazNet", None),
            ],
        ),
        (
            "FooNet reaches 92.3/88.1 and 95.0/90.2 accuracy/recall on Zap and QuxBank.",
            [
                ("92.3", "accuracy", "Zap", "FooNet", None),
                ("88.1", "recall", "Zap", "FooNet", None),
                ("95.0", "accuracy", "QuxBank", "FooNet", None),
                ("90.2", "recall", "QuxBank", "FooNet", None),
            ],
        ),
        (
            "FooNet has an accuracy of 81.2%, 77.3% and 64.0%, 60.2% on Zap and QuxBank, respectively.",
            [
                ("81.2", "accuracy", "Zap", "FooNet", None),
                ("77.3", "accuracy", "Zap", "FooNet", None),
                ("64.0", "accuracy", "QuxBank", "FooNet", None),
                ("60.2", "accuracy", "QuxBank", "FooNet", None),
            ],
        ),
        (
            "FooNet beats BarNet by 1-2% recall on Zap and QuxBank.",
            [("1-2", "recall", "Zap", "FooNet", "BarNet"), ("1-2", "recall", "QuxBank", "FooNet", "BarNet")],
        ),
        (
            "FooNet reaches an FID of 2.0 on Zap, better than BarNet's 3.4.",
            [("2.0", "FID", "Zap", "FooNet", None), ("3.4", "FID", "Zap", "BarNet", None)],
        ),
        (
            "We propose FooNet. It wins by 9% on both accuracy and recall.",
            [("9", "accuracy", None, "FooNet", None), ("9", "recall", None, "FooNet", None)],
        ),
        (
            "We test FooNet on Zap. It lowers memory by 38% and latency by 83% compared to BarNet.",
            [("38", "memory", "Zap", "FooNet", "BarNet"), ("83", "latency", "Zap", "FooNet", "BarNet")],
        ),
        (
            "We present FooNet. It has a mean overlap of 5.2% on Zap.",
            [("5.2", "mean overlap", "Zap", "FooNet", None)],
        ),
        ("BarNet reaches 81.2% accuracy on Zap.", [("81.2", "accuracy", "Zap", "BarNet", None)]),
    ],
)
def test_links(text: str, linked: list[tuple[str, str | None, str | None, str | None, str | None]]) -> None:
    """Numbers find their metric, data set, method and baseline: in parallel lists, nearby, or from the paper."""
    found = [(r.quantity.value, r.metric, r.dataset, r.method, r.baseline) for r in results(text)]
    assert found == linked


def test_the_title_names_the_paper_s_own_task() -> None:
    """Where a sentence names no task, the paper's own is taken, which the title names."""
    (result,) = results(
        "Tagging and tagging are hard, and so is tagging. FooNet gets 90% on Zap.", "FooNet for parsing"
    )
    assert result.task == "parsing"


def test_a_percentage_without_a_metric_has_none() -> None:
    """No metric is guessed where none is named."""
    (result,) = results("FooNet outperforms BarNet by 3% on Zap.")
    assert result.metric is None


def test_a_table_is_no_sentence() -> None:
    """A stretch of text with very many numbers and no end of sentence reports nothing, however long it is."""
    assert results("We show FooNet: " + "92.3% and " * 2_000 + "90%") == []


def test_results_point_into_their_field() -> None:
    """The evidence of a result is given in characters of its own field, sentence included."""
    abstract = "We like Zap. FooNet reaches about 92.3% accuracy there."
    doc = read(abstract, "FooNet: a title")
    (result,) = (to_result(doc, found) for found in doc._.kg_results)
    evidence = result.evidence
    assert evidence.field == "abstract"
    assert abstract[evidence.start : evidence.end] == evidence.text == "92.3%"
    assert abstract[evidence.sentence_start : evidence.sentence_end].strip().startswith("FooNet reaches")
    assert (result.value, result.unit, result.qualifier, str(result.number)) == ("92.3", "%", "about", "92.3")


def test_units_that_are_metrics_become_the_metric() -> None:
    """34.5 BLEU is the value 34.5 of the metric BLEU, without a unit."""
    doc = read("FooNet reaches 34.5 BLEU on Zap.")
    (result,) = (to_result(doc, found) for found in doc._.kg_results)
    assert (result.value, result.unit, result.metric) == ("34.5", None, "BLEU")


WORDS = st.sampled_from(
    ["FooNet", "BarNet", "Zap", "QuxBank", "accuracy", "recall", "12%", "3.5", "2x", "(", ")", ",", ";", ".", "and",
     "by", "over", "than", "outperforms", "reduces", "from", "to", "on", "respectively", "both", "We", "1-2", "while",
     "of", "+4%", "improvement", "with", "/", "'s", "points", "GPUs"]
)  # fmt: skip


@given(words=st.lists(WORDS, max_size=40))
def test_any_order_of_words_is_read(words: list[str]) -> None:
    """Whatever stands beside what, nothing raises, and every result rests on a quantity of its sentence."""
    doc = read(" ".join(words))
    for found in doc._.kg_results:
        assert found.sentence_start <= found.quantity.start <= found.quantity.end <= found.sentence_end
        result = to_result(doc, found)
        assert doc.text[result.evidence.start : result.evidence.end] == result.evidence.text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_result_rules_do_what_their_examples_say(rule: ResultRule) -> None:
    """In its matches a rule decides about every number in brackets; in its ignores it decides about none."""
    assert rule.matches
    for example in (*rule.matches, *rule.ignores):
        text = re.sub(r"[\[\]]", "", example)
        numbers = re.findall(r"\[([^\]]*)\]", example)
        decided = {q.text: r.id if r else None for q, r in RESULTS.decisions(read(text))}
        assert all((decided[number] == rule.id) == (example in rule.matches) for number in numbers)


def weighed(**weights: dict[str, float]) -> Results:
    """Results that these weights decide."""
    book = Rulebook()
    book.choices = dict(weights)
    return Results(book)


def test_weights_decide_what_kind_a_number_is() -> None:
    """The kind with the greatest probability is taken, which is the confidence; the rule is named where it agrees."""
    doc = read("FooNet reaches an accuracy of 91% on QuxBank.")
    (by_rules,) = RESULTS(doc)._.kg_results
    (found,) = weighed(score={"any": 3.0})(doc)._.kg_results
    assert (found.kind, found.rule) == ("score", by_rules.rule)
    assert found.confidence == pytest.approx(math.exp(3) / (math.exp(3) + 4), abs=1e-4)
    (found,) = weighed(ratio={"after-2 qux": 1.0, "unit %": 2.0})(doc)._.kg_results
    assert (found.kind, found.rule) == ("ratio", "weights")
    assert weighed(none={"dimension share": 1.0})(doc)._.kg_results == []


def test_joint_confidence_is_that_of_everything() -> None:
    """The probability of the kind times those of what is chosen; without weights there is nothing but the rule's."""
    doc = read("FooNet reaches an accuracy of 91% on QuxBank.")
    (by_rules,) = RESULTS(doc)._.kg_results
    assert by_rules.joint_confidence == by_rules.confidence
    (found,) = weighed(score={"any": 5.0}, dataset={"side after thing": 1.0})(doc)._.kg_results
    options = {
        slot: len(RESULTS.told_of_slot(next(RESULTS.questions(doc)), "score", slot, getattr(found, slot))[0])
        for slot in CHOSEN_SLOTS
    }
    dataset = math.e / (math.e + options.pop("dataset") - 1)
    assert found.joint_confidence == pytest.approx(found.confidence * dataset / math.prod(options.values()), abs=1e-3)


def test_what_is_certain_stands() -> None:
    """A rule that is certain is not overruled."""
    doc = read("We use 10 images of QuxBank.")
    assert weighed(score={"any": 9.0})(doc)._.kg_results == []


def test_weights_choose_what_a_number_belongs_to() -> None:
    """A thing, a phrase that names none, or nothing."""
    doc = read("FooNet reaches an accuracy of 91% on QuxBank, better than the old parsers with no learning.")
    always = {"score": {"any": 5.0}}
    (found,) = weighed(**always, method={"role compared": 1.0, "none": 0.5}, dataset={"none": 9.0})(doc)._.kg_results
    assert (found.method, found.dataset) == (None, None)
    (found,) = weighed(**always, baseline={"phrase head learning": 1.0}, dataset={"side after thing": 1.0})(
        doc
    )._.kg_results
    assert (found.baseline, found.dataset) == ("learning", "QuxBank")
