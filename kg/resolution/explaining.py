"""Why names are one thing: what was joined, on what papers' word, and what was refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kg.model import EntityType, Extraction
from kg.resolution.identities import REASONS, Identities, Identity, Merge, Refusal, Variant

Papers = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUse:
    """A name of a thing, and the papers (ids, sorted) that call it so, by the type that they give it."""

    name: str
    papers: Mapping[EntityType, Papers]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAccount:
    """A merge, and the papers (ids, sorted) that bear it out: those that give one thing both of two names."""

    merge: Merge
    papers: Papers


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityAccount:
    """All there is to say of a thing: its names by how many papers use them, merges, refusals, and its family."""

    identity: Identity
    names: tuple[NameUse, ...]
    merges: tuple[MergeAccount, ...]
    refusals: tuple[Refusal, ...]
    variant_of: tuple[Variant, ...]
    variants: tuple[Variant, ...]


def explain_identities(
    identities: Identities, extractions: Iterable[Extraction], name: str
) -> tuple[IdentityAccount, ...]:
    """Account for every thing that goes by a name, the one that it leads to first; none where nothing does.

    ``extractions`` are those that were resolved.
    """
    found = identities.named(name)
    used: defaultdict[tuple[Identity, str, EntityType], list[str]] = defaultdict(list)
    both: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    wanted = {id(one): one for one in found}
    for extraction in extractions:
        for entity in extraction.entities:
            identity = wanted.get(id(identities.of(entity)))
            if identity is not None:
                for one in entity.names:
                    used[identity, one, entity.type].append(extraction.paper.id)
                keys = sorted(set(map(identities.key, entity.names)))
                for place, key in enumerate(keys):
                    for other in keys[place + 1 :]:
                        both[key, other].append(extraction.paper.id)
    return tuple(_account(identities, identity, used, both) for identity in found)


def _account(
    identities: Identities,
    identity: Identity,
    used: Mapping[tuple[Identity, str, EntityType], list[str]],
    both: Mapping[tuple[str, str], list[str]],
) -> IdentityAccount:
    by_name: defaultdict[str, dict[EntityType, Papers]] = defaultdict(dict)
    for (one, name, type_), papers in sorted(used.items(), key=lambda item: item[0][1:]):
        if one == identity:
            by_name[name][type_] = tuple(sorted(set(papers)))
    uses = [NameUse(name=name, papers=papers) for name, papers in by_name.items()]
    merges = [
        MergeAccount(merge=merge, papers=_papers(identities, merge, both))
        for merge in identities.merges
        if (merge.type, merge.label) == (identity.type, identity.label)
    ]
    keys = {identities.key(name) for name in identity.names}
    refusals = [
        one
        for one in identities.refusals
        if (one.type == identity.type or one.members[1].endswith(f" ({identity.type})"))
        and _is_about(identities, one, keys)
    ]
    return IdentityAccount(
        identity=identity,
        names=tuple(sorted(uses, key=lambda use: (-sum(map(len, use.papers.values())), use.name))),
        merges=tuple(sorted(merges, key=lambda one: (-one.merge.papers, one.merge.reason, one.merge.members))),
        refusals=tuple(sorted(refusals, key=lambda one: (-one.papers, one.members, one.reason))),
        variant_of=tuple(one for one in identities.variants if one.variant is identity),
        variants=tuple(one for one in identities.variants if one.of is identity),
    )


def _is_about(identities: Identities, refusal: Refusal, keys: set[str]) -> bool:
    return any(identities.key(name.partition(" (")[0]) in keys for name in refusal.members)


def _papers(identities: Identities, merge: Merge, both: Mapping[tuple[str, str], list[str]]) -> Papers:
    if merge.reason not in ("acronym", "other name"):
        return ()
    one, other = sorted(map(identities.key, merge.members))
    return tuple(sorted(set(both.get((one, other), ()))))


def account_to_json(account: IdentityAccount) -> dict[str, Any]:
    """An account as a JSON object; a variant is told by its label."""
    return {
        **{key: value for key, value in asdict(account.identity).items() if key != "names"},
        "names": [{"name": use.name, "papers": use.papers} for use in account.names],
        "merges": [
            {**asdict(one.merge), "why": REASONS[one.merge.reason], "paper_ids": one.papers} for one in account.merges
        ],
        "refusals": [asdict(one) for one in account.refusals],
        "variant_of": [{"label": one.of.label, "reason": one.reason} for one in account.variant_of],
        "variants": [{"label": one.variant.label, "reason": one.reason} for one in account.variants],
    }
