"""What is new, gone or changed between two graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kg.analytics import Differences, differences
from kg.graph import build_graph
from kg.model import Extraction
from tests.boards import Report, reporting
from tests.fields import naming
from tests.samples import harbor, kelp, note, samples

POOL: tuple[Extraction, ...] = (
    *samples(),
    naming("a", "m:FooNet", "d:Meadow"),
    naming("b", "m:foonet", "m:BarNet"),
    reporting("c", Report("91.2", "%"), Report("90", "%", metric="F1")),
)
OTHER_WORDS = {
    "a": naming("a", "m:FooNet", "m:BarNet", role="introduced"),
    "c": reporting("c", Report("91.2", "%", dataset="Brook")),
}


def rows(found: Differences, change: str) -> list[str]:
    """The labels of the nodes that have changed so."""
    changes = found.changes[found.changes["node"].notna()]
    return changes[changes["change"] == change]["label"].tolist()


@given(st.sets(st.sampled_from(range(len(POOL)))))
def test_a_graph_does_not_differ_from_itself(chosen: set[int]) -> None:
    """Whatever the graph, and in whatever order its papers were read."""
    one = build_graph([POOL[place] for place in sorted(chosen)])
    other = build_graph([POOL[place] for place in sorted(chosen, reverse=True)])
    found = differences(one, other)
    assert not found
    assert (found.summary["before"] == found.summary["after"]).all()
    assert (found.summary[["new", "gone", "changed"]] == 0).all(axis=None)


@given(st.sets(st.sampled_from(range(len(POOL)))), st.sets(st.sampled_from(range(len(POOL)))), st.booleans())
def test_the_other_way_round(one: Sequence[int], other: Sequence[int], changed: bool) -> None:  # noqa: FBT001
    """What is new one way is gone the other way, what has changed has changed back, and the counts add up."""
    before = build_graph([POOL[place] for place in one])
    pool = [OTHER_WORDS.get(item.paper.id, item) if changed else item for item in POOL]
    after = build_graph([pool[place] for place in other])
    there, back = differences(before, after), differences(after, before)
    exchanged = back.summary.rename(columns={"new": "gone", "gone": "new", "before": "after", "after": "before"})
    pd.testing.assert_frame_equal(there.summary, exchanged[there.summary.columns])
    assert (there.summary["after"] - there.summary["before"]).equals(there.summary["new"] - there.summary["gone"])
    assert sorted(rows(there, "new")) == sorted(rows(back, "gone"))
    was = there.changes.loc[there.changes["change"] == "changed", "before"].tolist()
    now = back.changes.loc[back.changes["change"] == "changed", "after"].tolist()
    assert sorted(map(str, was)) == sorted(map(str, now))


def test_a_new_paper() -> None:
    """A paper brings itself, its own things, its results and its edges; what was there already is not new."""
    found = differences(build_graph([harbor()]), build_graph([harbor(), kelp()]))
    new = rows(found, "new")
    assert "Kelp++" in new
    assert "DETR" not in new
    summary = found.summary.set_index("kind")
    assert summary.loc["Paper", ["before", "after", "new", "gone"]].tolist() == [1, 2, 1, 0]
    assert summary.loc["Result", "new"] == 2
    assert (found.changes["change"] == "new").any()
    assert rows(found, "gone") == []


def test_other_best_name() -> None:
    """A thing that gets another best name is changed, not gone and new, and its edges stay."""
    before = build_graph([naming("a", "m:FooNet")])
    after = build_graph([naming("a", "m:FooNet")])
    after.add_node("method/Foo_Network", **before.nodes["method/FooNet"] | {"label": "Foo Network"})
    after.nodes["method/Foo_Network"]["names"] = ["Foo Network", "FooNet"]
    for source, target, relation, edge in list(after.edges(keys=True, data=True)):
        after.add_edge(source, "method/Foo_Network" if target == "method/FooNet" else target, key=relation, **edge)
    after.remove_node("method/FooNet")
    before.nodes["method/FooNet"]["names"] = ["FooNet", "Foo Network"]
    (row,) = differences(before, after).changes.to_dict("records")
    assert (row["change"], row["label"], row["node"]) == ("changed", "Foo Network", "method/Foo_Network")
    assert row["before"] == {"label": "FooNet", "names": ["FooNet", "Foo Network"]}


def test_results_are_known_by_their_place() -> None:
    """A result that others are put before is still the same; what is said of it may change."""
    both, second = Report("91.2", "%"), Report("90", "%", metric="F1")
    whole = reporting("c", both, second)
    without = replace(whole, results=whole.results[1:])
    found = differences(build_graph([without]), build_graph([whole]))
    assert found.summary.set_index("kind").loc["Result", ["new", "gone", "changed"]].tolist() == [1, 0, 0]
    other = replace(whole, results=(whole.results[0], replace(whole.results[1], dataset=None)))
    found = differences(build_graph([whole]), build_graph([other]))
    changed = found.changes[(found.changes["kind"] == "Result") & (found.changes["change"] == "changed")]
    assert changed["before"].tolist() == [{"dataset": "Meadow", "label": "90% F1 on Meadow"}]
    assert "hasDataset" in set(found.changes[found.changes["change"] == "gone"]["kind"])


def test_changed_paper_and_edge() -> None:
    """What is known of a paper, and what it does with a thing, may change; where it was read from does not count."""
    one = build_graph([note()])
    later = note()
    other = build_graph([replace(later, paper=replace(later.paper, venue="Nowhere"))])
    (row,) = differences(one, other).changes.to_dict("records")
    assert (row["kind"], row["before"], row["after"]) == ("Paper", {"venue": None}, {"venue": "Nowhere"})
    other = build_graph([replace(later, paper=replace(later.paper, sources=()))])
    assert not differences(one, other)
    other.edges["paper/note-3", "method/Kelp", "uses"]["confidence"] = 0.1
    (row,) = differences(one, other).changes.to_dict("records")
    assert (row["kind"], row["relation"], row["after"]) == ("uses", "uses", {"confidence": 0.1})
    assert row["label"].endswith("→ Kelp")
