"""Graphs made up for the tests, of the shape that kg.graph.build_graph gives, with names nobody uses."""

from __future__ import annotations

import random
from bisect import bisect
from decimal import Decimal
from itertools import accumulate
from typing import Any

import networkx as nx

_FIELDS = (
    "Leaf Counting",
    "Rain Forecasting",
    "Bird Song Recognition",
    "Map Drawing",
    "Recipe Search",
    "Letter Reading",
    "Glacier Tracking",
    "Chess Commentary",
    "Bolt Sorting",
    "Sky Segmentation",
    "Dialect Mapping",
    "Tide Prediction",
)
_FIRST = (
    "Quill",
    "Harbor",
    "Copper",
    "Willow",
    "Maple",
    "Otter",
    "Comet",
    "Pebble",
    "Lantern",
    "Saffron",
    "Thistle",
    "Raven",
    "Cobalt",
    "Drift",
    "Ember",
    "Fjord",
    "Gale",
    "Heron",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Lichen",
    "Marble",
    "Nimbus",
)
_LAST = {
    "Method": (
        "Net",
        "Former",
        "Mixer",
        " Attention",
        "Flow",
        " Pruning",
        "-GAN",
        " Decoding",
        "LoRA",
        " Distillation",
    ),
    "Dataset": ("Bench", "-1K", "QA", "Set", "-Wild", " Corpus", "Eval", "-3M"),
    "Task": (" Detection", " Retrieval", " Captioning", " Parsing", " Ranking", " Repair"),
    "Metric": (" score", "@1", " error", " rate", "-F1", " distance"),
}
_RELATIONS = {"introduced": "introduces", "used": "uses", "compared": "comparesWith", "mentioned": "mentions"}
_OPENINGS = {
    "introduced": "we put forward",
    "used": "our runs build upon",
    "compared": "we hold it against",
    "mentioned": "others have tried",
}
ALPHA = "\N{MATHEMATICAL ITALIC SMALL ALPHA}"
"""One code point that is two of JavaScript's characters."""

_SLOTS = {
    "metric": "hasMetric",
    "dataset": "hasDataset",
    "task": "hasTask",
    "method": "hasMethod",
    "baseline": "hasBaseline",
}


def made_graph(papers: int = 340, entities: int = 2000, seed: int = 1) -> nx.MultiDiGraph[str]:
    """A graph of so many papers and about so many entities, drawn by fields whose names follow Zipf's law."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name="Made-up papers", kg_version="0.0", rules_hash="0" * 64)
    shares = {"Method": 0.62, "Dataset": 0.16, "Task": 0.13, "Metric": 0.09}
    pools: dict[str, list[tuple[str, str, int]]] = {}
    for kind, share in shares.items():
        pool = []
        for number in range(round(entities * share)):
            name = f"{_FIRST[number % 24]}{_LAST[kind][(number // 24 + number) % len(_LAST[kind])]}"
            name = name if number < 24 else f"{name} {number // 24}"
            if kind == "Task" and number < len(_FIELDS):
                name = _FIELDS[number]
            pool.append((f"{kind.lower()}/{name.replace(' ', '_')}", name, number % len(_FIELDS)))
        pools[kind] = pool
    for number in range(1, papers + 1):
        _add_paper(graph, chance, number, pools)
    for key, node in graph.nodes(data=True):
        if node["kind"] not in {"Paper", "Result"}:
            node["papers"] = len({source for source, _ in graph.in_edges(key) if source.startswith("paper/")})
    return graph


HOSTILE = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    "<!--<script>",
    "<img src=x onerror='window.pwned = 1'>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u2066 \u200f",
    "\u2028\u2029\x00\ud800",
    "__proto__",
    "x" * 10_000,
    "word " * 2_000,
)


def hostile_graph() -> nx.MultiDiGraph[str]:
    """A graph whose every text is one that a careless page would run, break at or burst from."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=HOSTILE[1], kg_version=HOSTILE[0])
    for number, text in enumerate(HOSTILE):
        paper, method, result = f"paper/{text}", f"method/{text}", f"result/{text}/1"
        graph.add_node(
            paper,
            kind="Paper",
            label=text,
            title=text,
            abstract=text,
            published=text,
            authors=[text],
            author_count=9,
            venue=text,
            url=("javascript:window.pwned=1", f"https://papers.example/{text}", text)[number % 3],
            identifiers={text: text},
            sources=[],
        )
        graph.add_node(method, kind="Method", label=text, names=[text, text[::-1]], papers=1)
        graph.add_node(
            result,
            kind="Result",
            label=text,
            value=text,
            number=Decimal("NaN"),
            unit=text,
            result_kind=text,
            qualifier=text,
            metric=text,
            dataset=text,
            task=None,
            method=text,
            baseline=None,
            paper=paper,
        )
        evidence = [
            {
                "paper": paper,
                "field": "abstract",
                "start": 0,
                "end": len(text),
                "text": text,
                "sentence": text,
                "sentence_start": 0,
                "rule": text,
                "confidence": 0.5,
            }
        ]
        edges = [(paper, "uses", method), (paper, "reports", result), (result, "hasMethod", method)]
        edges.append((method, "outperforms", f"method/{HOSTILE[number - 1]}"))
        for source, relation, target in edges:
            graph.add_edge(source, target, key=relation, relation=relation, confidence=0.5, evidence=evidence)
    return graph


def _add_paper(
    graph: nx.MultiDiGraph[str], chance: random.Random, number: int, pools: dict[str, list[tuple[str, str, int]]]
) -> None:
    topic = min(int(chance.expovariate(0.28)), len(_FIELDS) - 1)
    paper = f"paper/{number:04d}"
    wanted = {
        "Method": chance.randint(4, 9),
        "Dataset": chance.randint(1, 4),
        "Task": chance.randint(1, 3),
        "Metric": chance.randint(1, 3),
    }
    chosen: list[tuple[str, str, str, str]] = []
    for kind, count in wanted.items():
        weights = [
            (1 / (rank + 1)) * (1.0 if home == topic or (kind == "Metric" and rank < 9) else 0.03)
            for rank, (_, _, home) in enumerate(pools[kind])
        ]
        reach = list(accumulate(weights))
        picked = sorted({bisect(reach, chance.random() * reach[-1]) for _ in range(count)}, reverse=True)
        for place, index in enumerate(picked):
            roles = ("introduced", "compared", "used", "used", "mentioned")[0 if kind == "Method" else 2 :]
            chosen.append((kind, *pools[kind][index][:2], roles[min(place, len(roles) - 1)]))
    methods = [item for item in chosen if item[0] == "Method"]
    title = f"{methods[0][2]}: another look at {_FIELDS[topic].lower()} ({number})"
    sentences: list[str] = []
    spans: dict[str, tuple[int, int, int]] = {}
    for kind, key, name, role in chosen:
        begin = sum(len(sentence) + 1 for sentence in sentences)
        opening = f"With {ALPHA} fixed {_OPENINGS[role]}"
        sentence = f"{opening} {name} for its part in {_FIELDS[topic].lower()}, scaled where that helps."
        spans[key] = (begin, len(opening) + 1, len(name))
        sentences.append(sentence)
        names = [name, f"{name} (long form)"] if len(name) % 3 == 0 else [name]
        graph.add_node(key, kind=kind, label=name, names=names, papers=0)
    value = f"{chance.uniform(20, 99):.1f}"
    metric, dataset = (next(item for item in chosen if item[0] == kind) for kind in ("Metric", "Dataset"))
    rival = methods[min(1, len(methods) - 1)]
    begin = sum(len(sentence) + 1 for sentence in sentences)
    sentences.append(f"On {dataset[2]} it reaches {value} in {metric[2]}, ahead of {rival[2]}.")
    abstract = " ".join(sentences)
    graph.add_node(
        paper,
        kind="Paper",
        label=title,
        title=title,
        abstract=abstract,
        published=f"20{chance.randint(19, 25)}-0{chance.randint(1, 9)}-11",
        authors=[f"A. {_FIRST[chance.randrange(24)]}" for _ in range(3)],
        author_count=3,
        venue=None,
        url=f"https://papers.example/{number}",
        identifiers={},
        sources=[{"file": "made.jsonl", "record": number}],
    )

    def evidence(start: int, end: int, sentence_start: int, sentence: str, rule: str) -> dict[str, Any]:
        assert sentence_start <= start < end <= sentence_start + len(sentence)
        return {
            "paper": paper,
            "field": "abstract",
            "start": start,
            "end": end,
            "text": abstract[start:end],
            "sentence": sentence,
            "sentence_start": sentence_start,
            "rule": rule,
            "confidence": 0.9,
        }

    for (kind, key, _, role), sentence in zip(chosen, sentences, strict=False):
        first, offset, length = spans[key]
        proof = evidence(first + offset, first + offset + length, first, sentence, f"{kind.lower()}.made_up")
        for relation in (_RELATIONS[role], *{"Dataset": ("evaluatesOn",), "Task": ("addresses",)}.get(kind, ())):
            graph.add_edge(paper, key, key=relation, relation=relation, confidence=0.9, evidence=[proof])
    result = f"result/{number:04d}/1"
    start = begin + sentences[-1].index(value)
    proof = evidence(start, start + len(value), begin, sentences[-1], "result.reaches")
    slots = {"metric": metric, "dataset": dataset, "method": methods[0], "baseline": rival}
    graph.add_node(
        result,
        kind="Result",
        label=f"{value}",
        value=value,
        number=Decimal(value),
        unit=None,
        result_kind="score",
        qualifier="exact",
        task=None,
        paper=paper,
        **{slot: item[2] for slot, item in slots.items()},
    )
    graph.add_edge(paper, result, key="reports", relation="reports", confidence=0.9, evidence=[proof])
    for slot, item in slots.items():
        graph.add_edge(result, item[1], key=_SLOTS[slot], relation=_SLOTS[slot], confidence=0.9, evidence=[proof])
    derived = [(methods[0][1], "evaluatedOn", dataset[1])]
    if rival[1] != methods[0][1]:
        derived.append((methods[0][1], "outperforms", rival[1]))
    for source, relation, target in derived:
        graph.add_edge(
            source, target, key=relation, relation=relation, confidence=0.8, evidence=[proof], derived_from=[result]
        )
