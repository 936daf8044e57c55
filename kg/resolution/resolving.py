"""Which names are one thing, across papers.

Every entity stands by one name: the full form where another of its names abbreviates it, otherwise its best name.
Entities of one type whose names fold to the same key (:mod:`kg.resolution.folding`) are one thing. Then these are
joined, the surest first: what a file of aliases says, what ``rules/resolution.toml`` says, full forms of one acronym
that hardly differ, acronyms that stand alone and the full form on which the papers agree, names with a last word that
says nothing, names with an acronym inside, names that papers give one thing, and one name with two types. A paper that
says itself what an acronym stands for keeps that meaning. Things of one family stay apart, as variants.

The outcome depends on the set of extractions, not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from kg.model import ENTITY_TYPES
from kg.resolution.aliases import Aliases
from kg.resolution.census import Census
from kg.resolution.families import variants
from kg.resolution.folding import Folding
from kg.resolution.identities import Identities, Identity, Merge, NamingPaper, Place, Refusal
from kg.resolution.joining import Joiner, TypeSettler, label_of, refused_pairs, type_of
from kg.resolution.namings import Namings, NamingsInMemory
from kg.resolution.settings import ResolutionRules, default_resolution_rules


def resolve(
    extractions: Iterable[NamingPaper], *, aliases: Aliases | None = None, rules: ResolutionRules | None = None
) -> Identities:
    """Find which names across papers are one thing; of an extraction only the entities' types and names are looked at.

    ``aliases`` overrule what is found (:func:`kg.load_aliases`); ``rules`` are those of kg unless given. Raises
    GraphError where the aliases contradict each other.
    """
    return resolve_namings(NamingsInMemory(extractions), aliases=aliases, rules=rules)


def resolve_namings(
    namings: Namings, *, aliases: Aliases | None = None, rules: ResolutionRules | None = None
) -> Identities:
    """The same as :func:`resolve` of what papers name, which need not be in memory."""
    rules = rules or default_resolution_rules()
    aliases = aliases or Aliases()
    folding = Folding(rules.words, aliases.apart(rules.words))
    census = Census(namings, folding)
    joiner = Joiner(census, rules, aliases)
    TypeSettler(joiner, rules)
    everything, by_place = _identities(census, joiner, aliases)
    return Identities(
        everything,
        by_place,
        folding,
        merges=_merges(census, joiner, by_place),
        refusals=_refusals(census, joiner),
        variants=variants(everything, by_place, folding, rules.families),
    )


def _identities(census: Census, joiner: Joiner, aliases: Aliases) -> tuple[tuple[Identity, ...], dict[Place, Identity]]:
    """All things, sorted, and that of each place."""
    told = _told(census, joiner, aliases)
    by_place: dict[Place, Identity] = {}
    everything: list[Identity] = []
    united = joiner.classes.united()
    papers_of = census.papers_of({place: root for root, places in united.items() for place in places})
    alone = census.sizes.keys() - set(chain.from_iterable(united.values()))
    for root, places in chain(united.items(), ((place, [place]) for place in alone)):
        type_ = type_of(census, places)
        label, names = label_of(census, type_, places)
        links: tuple[str, ...] = ()
        if root in told:
            label, links = told[root][0] or label, tuple(sorted(told[root][1]))
            names = tuple(dict.fromkeys((label, *names)))
        papers = papers_of[root] if root in papers_of else census.sizes[root]
        identity = Identity(type=type_, label=label, names=names, papers=papers, links=links)
        everything.append(identity)
        for place in places:
            by_place[place] = identity
    everything.sort(key=lambda one: (ENTITY_TYPES.index(one.type), one.label))
    return tuple(everything), by_place


def _told(census: Census, joiner: Joiner, aliases: Aliases) -> dict[Place, tuple[str | None, set[str]]]:
    """The label and the links that the aliases give a class."""
    found: dict[Place, tuple[str | None, set[str]]] = {}
    for same in aliases.same:
        keys = dict.fromkeys(map(census.folding.key, same.names))
        places = [(type_, key) for type_ in same.types for key in keys if (type_, key) in census.sizes]
        for root in dict.fromkeys(map(joiner.classes.find, places)):
            label, links = found.get(root, (None, set()))
            found[root] = (label or same.label, links | set(same.links))
    return found


def _merges(census: Census, joiner: Joiner, by_place: Mapping[Place, Identity]) -> tuple[Merge, ...]:
    merges = set()
    for place, names in census.named.items():
        if len(names) == 1:
            continue
        written = tuple(sorted(name for name in names if census.folding.key(name) == place[1]))
        if len(written) > 1:
            identity = by_place[place]
            merges.add(
                Merge(
                    type=identity.type,
                    label=identity.label,
                    members=written,
                    reason="same key",
                    papers=census.size(place),
                )
            )
    for join in joiner.joins:
        identity = by_place[join.one]
        members = (census.spelled(join.one), census.spelled(join.other))
        if join.one[0] != join.other[0]:
            members = (members[0], f"{members[1]} ({join.other[0]})")
        merges.add(
            Merge(type=identity.type, label=identity.label, members=members, reason=join.reason, papers=join.papers)
        )
    return tuple(
        sorted(merges, key=lambda one: (ENTITY_TYPES.index(one.type), one.label, one.reason, one.members, one.papers))
    )


def _refusals(census: Census, joiner: Joiner) -> tuple[Refusal, ...]:
    found = []
    for one in refused_pairs(joiner):
        other = census.spelled(one.other)
        found.append(
            Refusal(
                type=one.one[0],
                members=(census.spelled(one.one), other if one.one[0] == one.other[0] else f"{other} ({one.other[0]})"),
                reason=one.reason,
                papers=one.papers,
                against=one.against,
                why=one.why,
            )
        )
    return tuple(sorted(found, key=lambda one: (ENTITY_TYPES.index(one.type), one.members, one.reason)))
