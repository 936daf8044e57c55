"""Names of one family: "ResNet-50" is another thing than "ResNet", and belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from kg.resolution.folding import Folding
from kg.resolution.identities import Identity, Place, Variant
from kg.resolution.settings import FamilyRules

_LEAST_LETTERS: Final = 3


class Families:
    """Finds what a name is a variant of, by what stands at its end or beginning."""

    def __init__(self, rules: FamilyRules) -> None:
        joined, apart, before = ("|".join(some) for some in (rules.joined, rules.apart, rules.before))
        self._last = re.compile(rf"(.*\S)[\s_/-]*\b(?:{joined})\W*|(.*[\w+])[\s_/(-]+(?:{apart})\W*", re.IGNORECASE)
        self._joined = re.compile(rf"(.*?[^\W\d_]|.*?[)])(?:{joined})\W*", re.IGNORECASE)
        self._any = re.compile(rf"(?:{joined})|\b(?:{apart})|\b(?:{before})", re.IGNORECASE)
        self._first = re.compile(rf"(?:{before})[\s_-]*(\S.*)", re.IGNORECASE)

    def bases(self, name: str) -> Iterator[tuple[str, str]]:
        """What is left of a name without its ends, the longest first, each with what was cut."""
        if not self._any.search(name):
            return
        left = name
        while (shorter := self._without_end(left)) is not None:
            yield shorter, name[len(shorter) :].strip(" -_/()")
            left = shorter
        found = self._first.fullmatch(name)
        if found:
            yield found[1], name[: found.start(1)].strip(" -_")

    def _without_end(self, name: str) -> str | None:
        for pattern in (self._last, self._joined):
            found = pattern.fullmatch(name)
            if found:
                base: str = next(filter(None, found.groups())).rstrip(" -_/(")
                if (
                    sum(map(str.isalpha, base)) >= _LEAST_LETTERS
                    and any(map(str.isupper, base))
                    and base[-1] not in "^$"
                ):
                    return base
        return None


@lru_cache(maxsize=4)
def _families(rules: FamilyRules) -> Families:
    return Families(rules)


def variants(
    identities: Iterable[Identity], by_place: Mapping[Place, Identity], folding: Folding, rules: FamilyRules
) -> tuple[Variant, ...]:
    """Which things are variants of which, by their labels: each of the nearest member of its family that there is."""
    families = _families(rules)
    found = []
    for identity in identities:
        for base, cut in families.bases(identity.label):
            of = by_place.get((identity.type, folding.key(base)))
            if of is not None and of.type == identity.type and of != identity:
                found.append(Variant(variant=identity, of=of, reason=f"{cut} added to {base}"))
                break
    return tuple(sorted(found, key=lambda one: (one.variant.type, one.variant.label, one.of.label)))
