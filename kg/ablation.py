"""What every rule contributes: how often it decides, how often rightly, and what is lost without it.

A rule is left out by a file of rules that says ``without = ["its.id"]``, laid over those in force; then all papers are
read again. The weights of features stay as they are, so that what is lost is what would be lost if the rule were struck
out today; fitted anew, they would make up for a part of it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from spacy.tokens import Doc

from kg.annotations import Gold, Record, record_of
from kg.components.textrules import ResultRule
from kg.errors import RuleError
from kg.evaluation import ALL, PaperFigures, evaluate, match_entities, match_results
from kg.extraction import annotate, pipeline, to_extraction
from kg.model import Extraction, Paper
from kg.processes import in_batches
from kg.rulebook import MentionRule, RoleRule, Rulebook

RuleKind = Literal["mention", "role", "result", "other"]
OnProgress = Callable[[str, int, int | None], None]
_WITHOUT: Final = "without-one-rule.toml"
_NEVER_DECIDES: Final = ("Nothing", "setting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The figures that leaving out a rule may change, as shares between 0 and 1.

    ``entities`` is strict F1 over all types, ``roles`` the share of right roles, ``results`` F1 of value, unit
    and kind.
    """

    entities: float
    roles: float
    results: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStatistics:
    """What a rule contributes on annotated papers.

    ``hits`` counts the mentions, roles or results that the rule decided, and ``right`` those of ``judged`` of them that
    the annotations bear out (optional annotations are not judged). ``supported`` counts mentions that another rule
    decided and this one proposed too, and is None for what are no mention rules; both are None for rules that only
    forbid. ``change`` is the accuracy without the rule minus that with it, or None for what decides without
    being a rule that can be left out (kind ``other``).
    """

    id: str
    kind: RuleKind
    makes: str
    hits: int | None
    supported: int | None
    judged: int
    right: int
    change: Accuracy | None

    @property
    def precision(self) -> float | None:
        """The share of what was judged that is right, None where nothing was."""
        return self.right / self.judged if self.judged else None

    @property
    def own_change(self) -> float:
        """The change of the figure that a rule of this kind is for; 0 where none was measured."""
        if self.change is None:
            return 0.0
        return {"role": self.change.roles, "result": self.change.results}.get(self.kind, self.change.entities)


@dataclass(slots=True)
class _Tally:
    """What was counted of every rule, by kind and id."""

    hits: Counter[tuple[RuleKind, str]]
    supported: Counter[str]
    judged: Counter[tuple[RuleKind, str]]
    right: Counter[tuple[RuleKind, str]]

    def judge(self, rule: tuple[RuleKind, str], *, right: bool) -> None:
        self.judged[rule] += 1
        self.right[rule] += right


def rule_statistics(
    gold: Gold, *, rules: Path | None = None, workers: int = 1, on_progress: OnProgress | None = None
) -> tuple[RuleStatistics, ...]:
    """What every mention, role and result rule contributes on annotated papers, in the order of kinds, files and lines.

    At the end stands what else decided (the weights alone, defaults). The papers are read once for each rule, by
    ``workers`` processes; what comes out does not depend on their number. Raises RuleError where a rule is wrong, and
    InputError where a paper cannot be read.
    """
    papers = gold.papers()
    tell = on_progress or (lambda *_: None)
    rulebook = Rulebook.load(rules)
    known = list(_known(rulebook))
    names = list(dict.fromkeys(name for _, name, _ in known))
    tell("leaving out one rule", 0, len(names))
    tally, whole = _with_all(papers, gold.records, rules)
    work = partial(_accuracy_without, papers=papers, gold=gold.records, folder=rules)
    done: dict[str, Accuracy] = {}
    for name, accuracy in zip(names, in_batches(work, names, workers=workers, size=1), strict=True):
        done[name] = accuracy
        tell("leaving out one rule", len(done), len(names))
    others = sorted(tally.hits.keys() - {(kind, name) for kind, name, _ in known})
    return (
        *(_statistics(tally, kind, name, makes, _change(done[name], whole)) for kind, name, makes in known),
        *(_statistics(tally, kind, name, "", None) for kind, name in others),
    )


def statistics_to_json(statistics: Iterable[RuleStatistics]) -> list[dict[str, Any]]:
    """The statistics as JSON; shares and their changes are between -1 and 1."""
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "makes": one.makes,
            "hits": one.hits,
            "supported": one.supported,
            "judged": one.judged,
            "right": one.right,
            "precision": one.precision,
            "change": one.change and {name: getattr(one.change, name) for name in Accuracy.__slots__},
        }
        for one in statistics
    ]


def _known(rulebook: Rulebook) -> Iterator[tuple[RuleKind, str, str]]:
    """Kind, id and what it makes, of every rule that may decide."""
    for mention in rulebook.rules(MentionRule, "mention"):
        yield "mention", mention.id, mention.makes
    for role in rulebook.rules(RoleRule, "role"):
        yield "role", role.id, role.role
    for result in rulebook.rules(ResultRule, "result"):
        yield "result", result.id, result.makes


def _with_all(papers: Iterable[Paper], gold: Mapping[str, Record], folder: Path | None) -> tuple[_Tally, Accuracy]:
    nlp = pipeline(folder)
    tally = _Tally(Counter(), Counter(), Counter(), Counter())
    found: dict[str, Record] = {}
    for paper in papers:
        doc = annotate(nlp, paper)
        extraction = to_extraction(doc, paper)
        found[paper.id] = record_of(extraction)
        tally.supported.update(_supporting(doc))
        _count(tally, extraction, gold[paper.id], found[paper.id])
    return tally, _accuracy(evaluate(gold, found))


def _supporting(doc: Doc) -> Iterator[str]:
    """The ids of rules that proposed what another rule was given the mention for, once for each mention."""
    candidates = doc._.kg_candidates or ()
    standing = {(one.start, one.end, one.type): one.rule for one in candidates if not one.lost_to}
    agreeing = {
        (one.start, one.end, one.rule)
        for one in candidates
        if one.lost_to and standing.get((one.start, one.end, one.type), one.rule) != one.rule
    }
    yield from (rule for _, _, rule in sorted(agreeing))


def _count(tally: _Tally, extraction: Extraction, gold: Record, found: Record) -> None:
    matches = match_entities(gold, found)
    for index, entity in enumerate(extraction.entities):
        match = matches.get(index)
        tally.hits["role", entity.role_rule] += 1
        if match is not None and not match.optional:
            tally.judge(("role", entity.role_rule), right=match.role == entity.role)
        for mention in entity.mentions:
            tally.hits["mention", mention.rule] += 1
            if match is None or not match.optional:
                tally.judge(("mention", mention.rule), right=match is not None)
    quantities = match_results(gold, found)
    for index, result in enumerate(extraction.results):
        known = quantities.get(index)
        tally.hits["result", result.evidence.rule] += 1
        if known is None or not known.gold.optional:
            tally.judge(("result", result.evidence.rule), right=known is not None and known.kind)


def _accuracy(figures: PaperFigures) -> Accuracy:
    return Accuracy(entities=figures.entities[ALL].f1, roles=figures.roles.share, results=figures.results["kind"].f1)


def _accuracy_without(
    names: Sequence[str], papers: Iterable[Paper], gold: Mapping[str, Record], folder: Path | None
) -> Accuracy:
    """The accuracy with all rules but those with these ids."""
    with tempfile.TemporaryDirectory(prefix="kg-without-") as place:
        rules = Path(place)
        for path in sorted(folder.iterdir()) if folder is not None else ():
            if path.name.endswith((".toml", ".tsv")):
                shutil.copyfile(path, rules / path.name)
        if (rules / _WITHOUT).exists():
            raise RuleError(f"{folder}/{_WITHOUT}: rename the file; its name is needed to leave out rules")
        (rules / _WITHOUT).write_text(f"without = {json.dumps(list(names))}\n", "utf-8")
        nlp = pipeline(rules)
        found = {paper.id: record_of(to_extraction(annotate(nlp, paper), paper)) for paper in papers}
    return _accuracy(evaluate(gold, found))


def _change(without: Accuracy, whole: Accuracy) -> Accuracy:
    return Accuracy(
        entities=without.entities - whole.entities,
        roles=without.roles - whole.roles,
        results=without.results - whole.results,
    )


def _statistics(tally: _Tally, kind: RuleKind, name: str, makes: str, change: Accuracy | None) -> RuleStatistics:
    rule = (kind, name)
    return RuleStatistics(
        id=name,
        kind=kind if change is not None else "other",
        makes=makes,
        hits=None if makes in _NEVER_DECIDES else tally.hits[rule],
        supported=tally.supported[name] if kind == "mention" and makes not in _NEVER_DECIDES else None,
        judged=tally.judged[rule],
        right=tally.right[rule],
        change=change,
    )
