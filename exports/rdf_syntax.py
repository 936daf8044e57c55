"""The two ways in which triples are written as text: whole lines of N-Quads, and Turtle, which groups by subject.

Both write one triple a line, so that lines can be counted, and both make text at once, which is several times as fast
as making an object of each term. N-Quads: https://www.w3.org/TR/n-quads/ (and, without a graph, N-Triples); Turtle:
https://www.w3.org/TR/turtle/ (and, within a graph's braces, TriG). What is said of a subject is a list of texts, each a
property and its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Final

from .rdf_vocabulary import LISTS, expand

_LOCAL_NAME: Final = re.compile(r"[a-z]+:[A-Za-z_][A-Za-z0-9_]*")
_SEVERAL: Final = " ,\n\t\t"
# of other keys a reader would make another IRI when it puts the base before them: of steps in a path, or of a scheme
_RELATIVE: Final = re.compile(r"[A-Za-z]+(?:/(?!\.{1,2}(?:[/?#]|$))[^/]*)+")


class NQuads:
    """Every triple is whole, on a line of its own, with the graph that it is in, if it is not the default graph.

    ``base`` is what stands before a node's key in its IRI; ``graph`` is the IRI of the graph, or empty.
    """

    def __init__(self, base: str, *, graph: str = "") -> None:
        self.base = base
        self.end = f" <{graph}> .\n" if graph else " .\n"
        self._confidence = cache(self._new_confidence)

    def term(self, name: str) -> str:
        """A term that is written with a prefix, such as ``kgo:uses``; ``a`` is rdf:type."""
        return _whole(name)

    def between(self, about: str) -> str:
        """What stands between two things that are said of one subject."""
        return f"{self.end}{about} "

    def said(self, about: str, said: Iterable[str]) -> str:
        """The lines that say these things of a subject."""
        return f"{about} {self.between(about).join(said)}{self.end}"

    def each(self, name: str, values: Iterable[str]) -> list[str]:
        """What is said where a property has these values."""
        return [f"{self.term(name)} {value}" for value in values]

    def pairs(self, *pairs: tuple[str, str]) -> Iterator[str]:
        """What is said by these pairs of a property and its value."""
        return (f"{self.term(name)} {value}" for name, value in pairs)

    def integer(self, number: int) -> str:
        """An xsd:integer."""
        return f'"{number}"^^{_INTEGER}'

    def decimal(self, number: Decimal) -> str:
        """An xsd:decimal with all digits of the number and no exponent."""
        return f'"{number:f}"^^{self.term("xsd:decimal")}'

    def confidence(self, number: float) -> str:
        """A confidence as an xsd:decimal: the shortest that is read as the same float."""
        return self._confidence(number)

    def add_list(
        self,
        block: tuple[list[str], list[str]],
        attribute: str,
        sequence: str,
        items: list[str],
        *,
        ordered: bool = False,
    ) -> None:
        """Add to what is said of a thing that it has these items, and to what else there is the rdf:Seq of their order.

        ``items`` are terms, and ``sequence`` is the IRI of the rdf:Seq; a single item needs none, and neither do items
        that are ``ordered`` by what is said of each of them.
        """
        said, others = block
        one_by_one, in_order = LISTS[attribute]
        if items:
            said += self.each(one_by_one, dict.fromkeys(items))
        if len(items) > 1 and not ordered:
            said.append(f"{self.term(in_order)} {sequence}")
            members = (f"{self.term(f'rdf:_{place}')} {item}" for place, item in enumerate(items, start=1))
            others.append(self.said(sequence, [f"{self.term('a')} {self.term('rdf:Seq')}", *members]))

    def _new_confidence(self, number: float) -> str:
        return self.decimal(Decimal(repr(float(number))))


def are_relative(keys: Iterable[str]) -> bool:
    """Whether the base with any of these keys of nodes is read as the IRI of the node."""
    return all(map(_RELATIVE.fullmatch, keys))


class Turtle(NQuads):
    """What is said of one subject stands together, terms have prefixes, and nodes are relative to the base.

    ``whole`` says that IRIs are not relative to the base, because that of some node's key would not be read as its IRI
    (:func:`are_relative`).
    """

    def __init__(self, base: str, *, whole: bool) -> None:
        super().__init__(base if whole else "")

    def term(self, name: str) -> str:
        """A term with its prefix."""
        return name if name == "a" or _LOCAL_NAME.fullmatch(name) else _whole(name)

    def between(self, about: str) -> str:  # noqa: ARG002 - the subject is not repeated
        """What stands between two things that are said of one subject."""
        return " ;\n\t"

    def each(self, name: str, values: Iterable[str]) -> list[str]:
        """What is said where a property has these values."""
        return [f"{self.term(name)} {_SEVERAL.join(values)}"]

    def integer(self, number: int) -> str:
        """An xsd:integer."""
        return str(number)

    def decimal(self, number: Decimal) -> str:
        """An xsd:decimal with all digits of the number and no exponent; one without a point would be an integer."""
        digits = f"{number:f}"
        return digits if "." in digits else super().decimal(number)


@cache
def _whole(name: str) -> str:
    return f"<{expand('rdf:type' if name == 'a' else name)}>"


_INTEGER: Final = _whole("xsd:integer")
