"""Numbers with their units, found in the characters of the text.

The shapes of numbers, what only looks like one, and how two make a range stand in ``rules/quantities.toml``, the
units in ``rules/units.tsv``.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from pathlib import Path
from typing import Final, Literal

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import register_extensions
from kg.components.textrules import NameRule, NumberRule, PairRule, Shapes, spaced
from kg.components.tokens import token_table
from kg.components.written import WrittenNumber, WrittenNumbers
from kg.errors import RuleError
from kg.model import Qualifier
from kg.rulebook import Rulebook

FILE: Final = "quantities.toml"
UNITS: Final = "units.tsv"
_SCALES: Final = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12}
_SIGNS: Final = "+-\u2212"
_QUALIFIERS: Final[tuple[tuple[Qualifier, str], ...]] = (("up to", "up_to"), ("over", "over"), ("about", "about"))
_SHARED_ONWARDS: Final = frozenset(("share", "points"))
_UNSHARED: Final = frozenset(("", "grid", "count", "money"))
_QUALIFIER_REACH: Final = 28
_NAME_REACH: Final = 40
_TIMES: Final = "times"
_NEW_CLAUSE: Final = re.compile(r";|\.\s")
_DIGIT: Final = b"0"
_NO_DIGIT: Final = b" "
_MARKED: Final = bytes(48 if 48 <= sign <= 57 else 32 for sign in range(256))  # noqa: PLR2004 - 0 to 9 in ASCII
_MATHS: Final = re.compile(r"\$[^$\n]{1,120}\$")
_NUMERIC_MATHS: Final = re.compile(
    r"(?:\\(?:times|%|sim|approx|pm|geq?|leq?|circ|cdot|,|;|!|mathbf|bf|text)|10\^\{?[-+]?[0-9]+\}?|\^\{?\\circ\}?|[^A-Za-z=^_(\\])*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as a text gives it, with its unit.

    ``text`` is all of it as written, from ``start`` to ``end``; ``value``, from ``value_start`` to ``value_end``, is
    the number alone (a range with what stands between its ends). ``number`` is its decimal, scale included ("1.3B" is
    1300000000), and None for a range, a fraction or a grid. ``unit`` is the unit as results give it, ``dimension`` what
    it measures (``units.tsv``; empty without a unit). ``measure`` is the metric where the unit names it ("34.5 BLEU"),
    ``signed`` whether a plus stands before the value, and ``change`` tells the two ends of "from A to B" apart.
    """

    start: int
    end: int
    text: str
    value: str
    value_start: int
    value_end: int
    number: Decimal | None
    unit: str | None
    dimension: str
    qualifier: Qualifier
    rule: str
    measure: str = ""
    signed: bool = False
    change: Literal["", "from", "to"] = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit is said in results, and what it measures."""

    name: str
    dimension: str


class QuantityParser:
    """Finds the quantities of a text by the rules of a rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        shapes = Shapes(rulebook, FILE)
        self._rules = rulebook.rules(NumberRule, "number", file=FILE)
        self._names = [
            (
                rule.with_unit,
                shapes.compile(rule.before),
                shapes.compile(rule.after),
                shapes.compile(rule.whole),
            )
            for rule in rulebook.rules(NameRule, "name", file=FILE)
        ]
        self._pairs = [
            (rule, shapes.compile(rule.before), shapes.require(rule.between))
            for rule in rulebook.rules(PairRule, "pair", file=FILE)
        ]
        self._joining = frozenset(rule.id for rule, _, _ in self._pairs)
        alternatives = []
        for index, rule in enumerate(self._rules):
            own = re.sub(r"\(\?P<(\w+)>", rf"(?P<\g<1>{index}>", rule.pattern)
            alternatives.append(f"(?P<rule{index}>{own})")
        self._written = WrittenNumbers(rulebook, FILE)
        self._ratio_before = shapes.require("{ratio_before}")
        self._number = shapes.require(rf"{{free_before}}(?:{'|'.join(alternatives)})")
        self._list_gap = shapes.require("{list_gap}")
        self._units, self._unit = _read_units(rulebook.texts.get(UNITS, ""))
        self._qualifiers = [
            (name, shapes.require(rf"{{{shape}}}\$?[+\-]?$", flags=re.IGNORECASE)) for name, shape in _QUALIFIERS
        ]

    def parse(self, text: str) -> list[Quantity]:
        """All quantities of a text in reading order; they do not overlap."""
        return self._join(text, self._share_units(text, self._with_words(text, list(self._atoms(text)))))

    def _with_words(self, text: str, atoms: list[Quantity]) -> list[Quantity]:
        """Add the numbers in words, but for those within a quantity: "1 order of magnitude"."""
        found = [self._in_words(text, written) for written in self._written.find(text)]
        if not found:
            return atoms
        apart: list[Quantity] = []
        for quantity in sorted((*atoms, *found), key=attrgetter("start")):
            if not apart or apart[-1].end <= quantity.start:
                apart.append(quantity)
        return apart

    def _in_words(self, text: str, written: WrittenNumber) -> Quantity:
        start, value_end, number, rule = written
        value, end = text[start:value_end], value_end
        unit = self._units.get(rule.unit)
        if unit is None:
            unit, _, end = self._unit_after(text, value_end)
        return Quantity(
            start=start,
            end=end,
            text=text[start:end],
            value=value,
            value_start=start,
            value_end=value_end,
            number=number,
            unit=unit.name if unit and value not in self._units else None,
            dimension=unit.dimension if unit else "",
            qualifier=self._qualifier(text, start, end),
            rule=rule.id,
        )

    def _atoms(self, text: str) -> Iterator[Quantity]:
        formulas = deque(_formulas(text))
        done = 0
        for start in _digits(text):
            while formulas and formulas[0][1] <= start:
                formulas.popleft()
            if start < done or (formulas and formulas[0][0] <= start):
                continue
            match = self._number.match(text, start)
            if start and text[start - 1] == ".":
                match = self._number.match(text, start - 1) or match
            quantity = self._quantity(text, match) if match else None
            if quantity is not None:
                done = quantity.end
                yield quantity

    def _quantity(self, text: str, match: re.Match[str]) -> Quantity | None:
        index = int(str(match.lastgroup).removeprefix("rule"))
        rule = self._rules[index]
        parts = {
            name.removesuffix(str(index)): part
            for name, part in match.groupdict().items()
            if part is not None and name.endswith(str(index))
        }
        value_start, value_end = match.span(f"value{index}")
        value, end = parts["value"], match.end()
        start = _sign_before(text, value_start)
        unit, measure, end = self._unit_after(text, end)
        if unit is None:
            unit, start = self._money_before(text, start, value_end)
        if unit is None and self._ratio_before.search(text, max(0, start - _QUALIFIER_REACH), start):
            unit = self._units[_TIMES]
        if self._is_name(text, value_start, value_end, has_unit=unit is not None):
            return None
        return Quantity(
            start=start,
            end=end,
            text=text[start:end],
            value=value,
            value_start=value_start,
            value_end=value_end,
            number=_decimal(parts),
            unit=unit.name if unit else None,
            dimension="grid" if rule.id == "number.grid" else unit.dimension if unit else "",
            qualifier=self._qualifier(text, start, end),
            rule=rule.id,
            measure=measure,
            signed=text[start] == "+",
        )

    def _unit_after(self, text: str, end: int) -> tuple[Unit | None, str, int]:
        found = self._unit.match(text, end)
        if found is None:
            return None, "", end
        measure, surface = found.group("measure"), found.group("unit") or found.group("counted")
        if measure:
            return Unit("points", "points"), " ".join(measure.split()), found.end()
        unit = self._units[" ".join(surface.split())]
        return unit, surface if unit.dimension == "score" else "", found.end()

    def _money_before(self, text: str, start: int, end: int) -> tuple[Unit | None, int]:
        sign = text[start - 1 : start]
        if sign in ("€", "£", "¥") and sign:
            return Unit(sign, "money"), start - 1
        if sign == "$" and "$" not in text[end : end + 20]:
            return Unit("$", "money"), start - (2 if text[start - 2 : start - 1] == "\\" else 1)
        return None, start

    def _is_name(self, text: str, start: int, end: int, *, has_unit: bool) -> bool:
        lead = text[max(0, start - _NAME_REACH) : start]
        return any(
            (with_unit or not has_unit)
            and (whole is None or whole.fullmatch(text, start, end))
            and (after is None or after.match(text, end))
            and (before is None or before.search(lead))
            and not (after is None and self._leads_as_unit(lead))
            for with_unit, before, after, whole in self._names
        )

    def _leads_as_unit(self, lead: str) -> bool:
        """Whether the word before is a metric that gives its number after it: "BLEU 34.5"."""
        last = lead.split()[-1:] if lead.endswith(" ") else []
        unit = self._units.get(last[0].strip("(")) if last else None
        return unit is not None and unit.dimension in ("score", "level", "rate")

    def _qualifier(self, text: str, start: int, end: int) -> Qualifier:
        lead = text[max(0, start - _QUALIFIER_REACH) : start]
        for name, pattern in self._qualifiers:
            if pattern.search(lead):
                return name
        return "over" if text[end : end + 1] == "+" else "exact"

    def _share_units(self, text: str, atoms: list[Quantity]) -> list[Quantity]:
        """Give members of a list the unit that only one has.

        The last one's: "12.1, 13.4 and 15%", "2% and 3% points"; or that of the gain before: "+4.2% on A, +3.9 on B".
        """
        for index in range(len(atoms) - 2, -1, -1):
            this, following = atoms[index], atoms[index + 1]
            gap = text[this.end : following.start]
            if following.dimension in _UNSHARED or this.dimension == "grid" or not self._list_gap.fullmatch(gap):
                continue
            tail = text[following.value_end : following.end].lstrip(" \\")
            if this.unit is None:
                if following.dimension != "score" or "," not in gap:
                    atoms[index] = replace(
                        this, unit=following.unit, dimension=following.dimension, measure=following.measure
                    )
            elif this.dimension == "share" and following.dimension == "points" and tail.startswith("%"):
                atoms[index] = replace(this, unit="points", dimension="points")
        for index, this in enumerate(atoms[1:], start=1):
            first = atoms[index - 1]
            alike = first.signed and this.signed and not this.dimension and first.dimension in _SHARED_ONWARDS
            if alike and not _NEW_CLAUSE.search(text, first.end, this.start):
                atoms[index] = replace(this, unit=first.unit, dimension=first.dimension)
        return atoms

    def _join(self, text: str, atoms: list[Quantity]) -> list[Quantity]:
        joined: list[Quantity] = []
        for atom in atoms:
            last = joined[-1] if joined else None
            rule = self._pair_rule(text, last, atom) if last is not None else None
            counted = rule is not None and rule.makes == "change" and atom.dimension == "count"
            if last is None or rule is None or counted:
                joined.append(atom)
            elif rule.makes == "change":
                joined[-1:] = [replace(last, change="from"), replace(atom, change="to")]
            else:
                joined[-1] = _range(text, last, atom, rule.id)
        return joined

    def _pair_rule(self, text: str, first: Quantity, second: Quantity) -> PairRule | None:
        between = text[first.end : second.value_start]
        if len(between) > _NAME_REACH or first.change or first.rule in self._joining or not _same_unit(first, second):
            return None
        lead = text[max(0, first.start - _NAME_REACH) : first.start]
        for rule, before, gap in self._pairs:
            if gap.fullmatch(between) and (before is None or before.search(lead)):
                return rule
        return None


def _digits(text: str) -> Iterator[int]:
    """Where each run of the digits 0 to 9 starts; several times as quick as a regular expression."""
    marked = text.encode("ascii", "replace").translate(_MARKED)
    start = marked.find(_DIGIT)
    while start >= 0:
        yield start
        end = marked.find(_NO_DIGIT, start)
        start = marked.find(_DIGIT, end) if end >= 0 else -1


def _same_unit(first: Quantity, second: Quantity) -> bool:
    if "grid" in (first.dimension, second.dimension):
        return False
    return first.unit == second.unit or first.unit is None or {first.dimension, second.dimension} == {"share", "points"}


def _range(text: str, first: Quantity, last: Quantity, rule: str) -> Quantity:
    return replace(
        first,
        end=last.end,
        text=text[first.start : last.end],
        value=text[first.value_start : last.value_end],
        value_end=last.value_end,
        number=None,
        unit=last.unit,
        dimension=last.dimension,
        rule=rule,
    )


def _sign_before(text: str, start: int) -> int:
    if start and text[start - 1] in _SIGNS and (start == 1 or not text[start - 2].isalnum()):
        gap = text[start - 2 : start - 1]
        return start if text[start - 1] != "+" and gap in ("%", ")") else start - 1
    return start


def _decimal(parts: Mapping[str, str]) -> Decimal | None:
    exponent = parts.get("exponent") or parts.get("power")
    written = parts.get("number") or parts.get("factor") or ("1" if exponent else None)
    if written is None:
        return None
    power = int(exponent.replace("\u2212", "-")) if exponent else _SCALES.get(parts.get("scale", "").strip().lower(), 0)
    try:
        number = Decimal(written.replace(",", ""))
        return Decimal(f"{number.scaleb(power):f}") if power else number
    except InvalidOperation:
        return None  # More digits than a decimal holds.


def _formulas(text: str) -> list[tuple[int, int]]:
    """Where mathematics stands that is more than a number: "$O(n^2)$", not "$1.7$"."""
    if "$" not in text:
        return []
    return [
        match.span()
        for match in _MATHS.finditer(text)
        if not _NUMERIC_MATHS.fullmatch(match.group()[1:-1]) and "\\" + "%" not in match.group()[:6]
    ]


def _read_units(table: str) -> tuple[dict[str, Unit], re.Pattern[str]]:
    rows = csv.DictReader((line for line in io.StringIO(table) if not line.startswith("#")), delimiter="\t", quoting=3)
    units: dict[str, Unit] = {}
    for row in rows:
        if not row.get("surface") or not row.get("unit") or not row.get("dimension"):
            raise RuleError(f"{UNITS}:{rows.line_num + 1}: a line must give surface, unit and dimension")
        units[str(row["surface"])] = Unit(str(row["unit"]), str(row["dimension"]))
    if not units:
        raise RuleError(f"{UNITS}:1: no units; give a table of surface, unit and dimension")
    by_length = sorted(units, key=lambda surface: (-len(surface), surface))
    worded = "|".join(spaced(surface) for surface in by_length if surface[-1].isalnum())
    signs = "|".join(spaced(surface) for surface in by_length if not surface[-1].isalnum())
    scores = "|".join(spaced(surface) for surface in by_length if units[surface].dimension == "score")
    counted = "|".join(spaced(surface) for surface in by_length if units[surface].dimension == "count")
    return units, re.compile(
        rf"(?:\s?\$)?[\s~]?-?(?:(?:absolute|relative)\s)?(?:"
        rf"(?P<measure>{scores})(?:\s|-)(?:score\s)?points?(?![A-Za-z])"
        rf"|(?P<unit>(?:{worded})(?![A-Za-z0-9])|{signs})(?:\s?\$(?![0-9]))?"
        rf"|(?<=\s)(?:[A-Za-z][A-Za-z0-9-]{{0,20}}\s){{1,2}}(?P<counted>{counted})(?![A-Za-z0-9]))"
    )


class QuantityComponent:
    """Sets ``doc._.kg_quantities``: the quantities of the whole text, offsets in characters of the Doc."""

    def __init__(self, parser: QuantityParser) -> None:
        self._parser = parser

    def __call__(self, doc: Doc) -> Doc:
        """Annotate."""
        doc._.kg_quantities = self._parser.parse(token_table(doc).text)
        return doc


@Language.factory(
    "kg_quantities",
    default_config={"rules": None},
    assigns=["doc._.kg_quantities"],
)
def create_quantities(nlp: Language, name: str, rules: str | None) -> QuantityComponent:  # noqa: ARG001
    """Make the component; ``rules`` is a folder laid over the rules that come with kg."""
    register_extensions()
    return QuantityComponent(QuantityParser(Rulebook.load(Path(rules) if rules else None)))
