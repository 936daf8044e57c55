"""Classes of places that are one thing, and pairs that must not become one."""

from __future__ import annotations

from collections import defaultdict
from typing import Generic, Literal, TypeAlias, TypeVar

from kg.model import EntityType

Member = TypeVar("Member", tuple[EntityType, str], str)
Outcome: TypeAlias = Literal["united", "one already", "kept apart"]


class Classes(Generic[Member]):
    """Union and find (R. E. Tarjan, "Efficiency of a good but not linear set union algorithm", JACM 22, 1975).

    The least member speaks for a class, so that nothing depends on the order of unions but those that are kept apart.
    """

    def __init__(self) -> None:
        self._above: dict[Member, Member] = {}
        self._apart: defaultdict[Member, set[Member]] = defaultdict(set)

    def find(self, member: Member) -> Member:
        """Who speaks for the class of a member."""
        if member not in self._above:
            return member
        root = member
        while (above := self._above.get(root, root)) != root:
            root = above
        while (above := self._above.get(member, member)) != root:
            self._above[member], member = root, above
        return root

    def keep_apart(self, one: Member, other: Member) -> bool:
        """Forbid that two become one; False where they are one already."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return False
        self._apart[first].add(second)
        self._apart[second].add(first)
        return True

    def unite(self, one: Member, other: Member) -> Outcome:
        """Make two classes one, unless that is forbidden."""
        first, second = sorted((self.find(one), self.find(other)))
        if first == second:
            return "one already"
        if second in self._apart.get(first, ()):
            return "kept apart"
        self._above[second] = first
        for other_root in self._apart.pop(second, ()):
            self._apart[other_root].discard(second)
            self._apart[other_root].add(first)
            self._apart[first].add(other_root)
        return "united"

    def united(self) -> dict[Member, list[Member]]:
        """The classes of more than one member, sorted, by who speaks for them."""
        found: dict[Member, list[Member]] = {}
        for member in sorted(self._above.keys() | set(map(self.find, self._above))):
            found.setdefault(self.find(member), []).append(member)
        return found
