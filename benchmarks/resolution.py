"""How well kg tells which names of different papers are one thing.

    python benchmarks/resolution.py [--extractions FILE] [--errors] [PAIRS.tsv ...]

A table of pairs says of two names, each with the type that papers give it, whether they are one thing ("same") or two
("different"). The 200 pairs of benchmarks/pairs-dev.tsv and benchmarks/pairs-test.tsv were chosen and judged by one
reader who knew the field and did not see what kg makes of them: half of them the same thing under two names, half
two things that are easily mixed up. What such a pair shows is how kg treats names that are hard to tell apart or to
bring together, not how often it errs over all names. Changes are tried on the first table; the second is for measuring
alone.

All extractions of the conference corpus are resolved together. They are made when they are first needed and again
when the rules have changed, and lie in .cache; after a change in the code, delete them there. A name is looked up as
the identity that most papers lead to in which an entity of its type has it among its names. Where as many lead to two
of them, the one whose label comes first is taken.

Of the pairs which kg takes for one thing, precision is the share that are, and recall is the share of the pairs that
are one thing which it takes for one.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast, get_args

import kg
from kg import resolve
from kg.model import EntityType, Extraction
from kg.rulebook import Rulebook

HERE = Path(__file__).resolve().parent
PAIRS = (HERE / "pairs-dev.tsv", HERE / "pairs-test.tsv")
CORPUS = HERE.parent.parent / "shared" / "corpus" / "conference-abstracts.jsonl.gz"
CACHE = HERE.parent / ".cache"
COLUMNS = ("verdict", "type_a", "name_a", "type_b", "name_b", "note")
WORKERS = 2

Thing: TypeAlias = tuple[EntityType, str]
"""An identity by its type and label."""


class Name(NamedTuple):
    """A name as papers write it, and the type they give it."""

    type: EntityType
    text: str

    def __str__(self) -> str:
        return f"{self.type} {self.text!r}"


class Pair(NamedTuple):
    """Two names, whether they are one thing, and why."""

    same: bool
    one: Name
    other: Name
    note: str


@dataclass(frozen=True, slots=True)
class Score:
    """What came of pairs: those joined that are one thing, those joined that are two, and those kept apart alike."""

    rightly_joined: tuple[Pair, ...]
    wrongly_joined: tuple[Pair, ...]
    wrongly_apart: tuple[Pair, ...]
    rightly_apart: tuple[Pair, ...]
    not_scored: tuple[Pair, ...]
    """Those of which a name is no entity's."""

    @property
    def precision(self) -> float | None:
        """Of the pairs joined, the share that are one thing; None where none is joined."""
        return _share(self.rightly_joined, self.wrongly_joined)

    @property
    def recall(self) -> float | None:
        """Of the pairs that are one thing, the share joined; None where none is one thing."""
        return _share(self.rightly_joined, self.wrongly_apart)


def load_pairs(path: Path) -> list[Pair]:
    """The pairs of a table. Ends the program where it is not there or a line of it is not one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        sys.exit(f"cannot read {path}: {error.strerror or error}")
    if not rows or tuple(rows[0]) != COLUMNS:
        sys.exit(f"{path}:1: the first line must name the columns {', '.join(COLUMNS)}")
    return [_pair(row, f"{path}:{number}") for number, row in enumerate(rows[1:], start=2)]


def _pair(row: Sequence[str], where: str) -> Pair:
    if len(row) != len(COLUMNS):
        sys.exit(f"{where}: {len(row)} columns instead of {len(COLUMNS)}")
    verdict, type_a, name_a, type_b, name_b, note = row
    if verdict not in {"same", "different"}:
        sys.exit(f"{where}: the verdict must be same or different, not {verdict!r}")
    for given in (type_a, type_b):
        if given not in get_args(EntityType):
            sys.exit(f"{where}: no type of entities is called {given!r}")
    one, other = Name(cast("EntityType", type_a), name_a), Name(cast("EntityType", type_b), name_b)
    return Pair(verdict == "same", one, other, note)


def look_up(names: Collection[Name], extractions: Sequence[Extraction]) -> dict[Name, Thing]:
    """The identity that most papers with a name lead to, for each of the names that an entity has."""
    identities = resolve(extractions)
    papers: defaultdict[Name, Counter[Thing]] = defaultdict(Counter)
    for extraction in extractions:
        led_to: set[tuple[Name, Thing]] = set()
        for entity in extraction.entities:
            for name in {Name(entity.type, text) for text in entity.names}.intersection(names):
                identity = identities.of(entity)
                led_to.add((name, (identity.type, identity.label)))
        for name, thing in led_to:
            papers[name][thing] += 1
    return {name: min(counts, key=lambda thing: (-counts[thing], thing)) for name, counts in papers.items()}


def score(pairs: Iterable[Pair], things: Mapping[Name, Thing]) -> Score:
    """Sort pairs by their verdict and by whether both names lead to one thing."""
    sorted_out: defaultdict[tuple[bool, bool] | None, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found = pair.one in things and pair.other in things
        sorted_out[(pair.same, things[pair.one] == things[pair.other]) if found else None].append(pair)
    return Score(
        rightly_joined=tuple(sorted_out[True, True]),
        wrongly_joined=tuple(sorted_out[False, True]),
        wrongly_apart=tuple(sorted_out[True, False]),
        rightly_apart=tuple(sorted_out[False, False]),
        not_scored=tuple(sorted_out[None]),
    )


def _share(right: Sequence[Pair], wrong: Sequence[Pair]) -> float | None:
    return len(right) / (len(right) + len(wrong)) if right or wrong else None


def corpus_extractions() -> Path:
    """Where the extractions of the corpus lie; those by the rules that come with kg are made if they are not there."""
    if not CORPUS.exists():
        sys.exit("needs the material in ../shared, or --extractions FILE (made with kg extract)")
    target = CACHE / f"extractions-{Rulebook.load().hash[:12]}.jsonl"
    if not target.exists():
        print(f"extracting from {CORPUS.name}, once; it takes minutes", file=sys.stderr)
        CACHE.mkdir(exist_ok=True)
        for older in CACHE.glob("extractions-*.jsonl"):
            older.unlink()
        papers = kg.merge_duplicates(kg.read(CORPUS))
        kg.write_extractions(kg.extract(papers, workers=WORKERS), target)
    return target


def print_scores(scores: Mapping[str, Score]) -> None:
    """Print a line a table of pairs."""
    print(f"{'pairs':<24}{'joined':>8}{'rightly':>9}{'precision':>11}{'recall':>8}{'not scored':>12}")
    for title, one in scores.items():
        joined = len(one.rightly_joined) + len(one.wrongly_joined)
        print(
            f"{title:<24}{joined:>8}{len(one.rightly_joined):>9}{_percent(one.precision):>11}{_percent(one.recall):>8}"
            f"{len(one.not_scored):>12}"
        )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def print_errors(title: str, found: Score) -> None:
    """Print the pairs of a table that kg gets wrong, and those that could not be scored."""
    kinds = {
        "two things, taken for one": found.wrongly_joined,
        "one thing, taken for two": found.wrongly_apart,
        "not scored, as no entity has one of the names": found.not_scored,
    }
    for kind, pairs in kinds.items():
        if pairs:
            print(f"\n{title}: {kind}")
        for pair in pairs:
            print(f"  {pair.one}, {pair.other}: {pair.note}")


def main() -> None:
    """Score the tables of pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="*", type=Path, default=PAIRS, metavar="PAIRS.tsv", help="tables of pairs")
    parser.add_argument("--extractions", type=Path, metavar="FILE", help="what kg extract wrote, or a graph folder")
    parser.add_argument("--errors", action="store_true", help="print the pairs that kg gets wrong, too")
    options = parser.parse_args()
    tables = {path.name: load_pairs(path) for path in options.pairs}
    try:
        extractions = list(kg.load_extractions(options.extractions or corpus_extractions()))
    except kg.GraphError as error:
        sys.exit(str(error))
    names = {name for pairs in tables.values() for pair in pairs for name in (pair.one, pair.other)}
    things = look_up(names, extractions)
    scores = {title: score(pairs, things) for title, pairs in tables.items()}
    print_scores(scores)
    if options.errors:
        for title, found in scores.items():
            print_errors(title, found)


if __name__ == "__main__":
    main()
