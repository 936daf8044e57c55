"""A folder with a handful of rules in place of kg's own, and a paper to measure them on."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

MENTIONS = """
[[mention]]
id = "method.foonet"
makes = "Method"
span = "tokens"
tokens = [[{ LOWER = "foonet" }]]
confidence = 0.95
reason = "The one method."

[[mention]]
id = "method.foonet-again"
makes = "Method"
span = "tokens"
tokens = [[{ LOWER = "foonet" }]]
after = [[{ LOWER = "reaches" }]]
confidence = 0.9
reason = "Says what another rule says, at one place."

[[mention]]
id = "task.harbours"
makes = "Task"
span = "tokens"
tokens = [[{ LOWER = "harbours" }]]
confidence = 0.95
reason = "Wrong."

[[mention]]
id = "nothing.quays"
makes = "Nothing"
span = "tokens"
tokens = [[{ LOWER = "quays" }]]
confidence = 0.95
reason = "Forbids what nobody says."
"""
ROLES = """
[[role]]
id = "introduced.foonet"
role = "introduced"
types = ["Method"]
before = [[{ LOWER = "propose" }]]
weight = 1.0
reason = "Proposed."
"""
RESULTS = """
[[result]]
id = "score.share-of-all"
makes = "score"
dimensions = ["share"]
reason = "A share."
"""
GOLD = {
    "id": "p",
    "title": "Ships in harbours",
    "abstract": "We propose FooNet. It is small. FooNet reaches 92% of it all.",
    "entities": [{"type": "Method", "names": ["FooNet"], "role": "introduced"}],
    "results": [{"value": "92", "unit": "%", "kind": "score", "method": "FooNet"}],
}
IDS = (
    "method.foonet",
    "method.foonet-again",
    "task.harbours",
    "nothing.quays",
    "introduced.foonet",
    "score.share-of-all",
)


def few_rules(folder: Path) -> tuple[Path, Path]:
    """Write the folder of rules and the annotated paper; return both."""
    rules = folder / "rules"
    rules.mkdir()
    for kind, own in (("mention", MENTIONS), ("role", ROLES), ("result", RESULTS)):
        ours = resources.files("kg.rules").joinpath(f"{kind}s.toml").read_text("utf-8")
        kept = [part for part in re.split(r"(?m)^(?=\[)", ours) if not part.startswith(f"[[{kind}]]")]
        (rules / f"{kind}s.toml").write_text("".join(kept) + own, "utf-8")
    for table in ("weights.tsv", "role-weights.tsv", "result-weights.tsv"):
        (rules / table).write_text("", "utf-8")
    (rules / "lexicon.tsv").write_text("name\ttype\n", "utf-8")  # the 22,000 names of kg's take long to read
    (folder / "gold.jsonl").write_text(json.dumps(GOLD) + "\n", "utf-8")
    return rules, folder / "gold.jsonl"
