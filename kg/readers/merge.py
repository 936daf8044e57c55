"""The same paper found more than once becomes one paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from kg.model import Paper
from kg.readers.dates import refined
from kg.readers.identifiers import keys as identifier_keys
from kg.readers.identity import derived_id, fold, has_derived_id, start

_OTHER_IDS: Final = "other_ids"
_OTHER_IDENTIFIERS: Final = "other_identifiers"
_GIVEN_ID: Final = "given_id"
_WORD: Final = re.compile(r"\w{4,}")
_SHARED_WORDS: Final = 0.5
# A title that more papers than these have is none to know a paper by ("Editorial").
_PAPERS_OF_A_TITLE: Final = 20
# Ids of which a paper has one: who gives them gives another paper another one. (OpenAlex and Semantic Scholar have many
# papers twice, and a paper may have a DOI at each place where it appeared.)
_ONE_A_PAPER: Final = ("arxiv", "acl", "pmid")
_Key: TypeAlias = "tuple[str, ...]"
_T = TypeVar("_T", bound=Hashable)


def merge_duplicates(papers: Iterable[Paper]) -> list[Paper]:
    """The papers without their repetitions, in the order in which each was first seen.

    Two records are the same paper if they share an id, a DOI, an arXiv id or another identifier (however it is written:
    the DOI that arXiv gives is the arXiv id), or the title together
    with the start of the abstract (case, punctuation and white space apart); where one has no abstract, the title is
    enough unless both name authors and none in common. Records that have only a text are one if it is the same
    throughout and nobody gave them ids, for whoever numbers sentences means each of them. What is one paper does not
    depend on the order of the records, but for records that have no abstract or share an id with another paper. The
    first record wins, its gaps are filled from later ones, sources are united, and other ids that a record came with
    are kept in ``extra["other_ids"]`` and, where they are identifiers, ``extra["other_identifiers"]``.

    An identifier that stands at records with several titles that contradict each other in their arXiv, ACL or PubMed
    ids (the DOI of a volume given to each paper in it) makes one paper only of those with one title.

    An id that two different papers bring (files that number their records 1, 2, 3) merges nothing: the later paper
    goes through with the start of a hash added to its id, the id it came with in ``extra["given_id"]``.
    """
    return [paper for _, paper in merged_records(enumerate(papers))]


def merged_records(records: Iterable[tuple[int, Paper]]) -> list[tuple[int, Paper]]:
    """What :func:`merge_duplicates` makes of numbered records: each paper with the number of its first record."""
    found = list(records)
    while True:
        groups = _Groups(_shared_by_several(paper for _, paper in found))
        for number, paper in found:
            groups.add(number, paper)
        merged = [(number, _merged(group)) for number, group in groups]
        if len(merged) == len(found):
            return merged
        # Two records together may say what neither said alone, by which a third one is known.
        found = merged


def possible_keys(paper: Paper) -> Iterator[int]:
    """Hashes (64 bits, the same everywhere) of all by which a record may be found to be the same paper as another.

    Records that have none in common are never merged, nor does one change what becomes of the other. The same hash may
    come more than once.
    """
    own_id = _with_mark(paper)
    known: list[_Key] = [("id", paper.id), ("id", own_id), *(("id", other) for other in _other_ids(paper))]
    known += _identifier_keys(paper)
    if paper.title:
        known.append(("title", fold(paper.title)))
    elif text := paper.text or paper.abstract:
        known.append(("text", fold(text)))
    for key in known:
        yield int.from_bytes(blake2b("\x1f".join(key).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class _Groups:
    """Records gathered by what they have in common; a record that fits two groups joins them."""

    def __init__(self, shared_by_several: Collection[_Key]) -> None:
        self._shared_by_several = shared_by_several
        self._records: list[list[Paper]] = []
        self._numbers: list[int] = []
        self._joined: list[int] = []
        self._by_key: dict[_Key, int] = {}
        self._by_title: dict[str, dict[int, None]] = {}

    def __iter__(self) -> Iterator[tuple[int, list[Paper]]]:
        """The groups, each with the number of its first record."""
        numbered = zip(self._numbers, self._records, strict=True)
        return (group for index, group in enumerate(numbered) if self._joined[index] == index)

    def add(self, number: int, paper: Paper) -> None:
        """Put a record into its group, which may be a new one."""
        paper = self._with_own_id(paper)
        keys = list(_keys(paper, self._shared_by_several))
        title = fold(paper.title) if paper.title else None
        found = {self._group(self._by_key[key]) for key in keys if key in self._by_key}
        alike = self._by_title.setdefault(title, {}) if title else {}
        if not found and len(alike) <= _PAPERS_OF_A_TITLE:
            found.update(islice((index for index in map(self._group, alike) if self._may_hold(index, paper)), 1))
        target = min(found) if found else self._new(number)
        self._records[target].append(paper)
        for index in sorted(found - {target}):
            self._records[target] += self._records[index]
            self._joined[index] = target
        for key in keys:
            self._by_key.setdefault(key, target)
        alike[target] = None

    def _may_hold(self, index: int, paper: Paper) -> bool:
        return all(_may_be_same(other, paper) for other in self._records[index])

    def _new(self, number: int) -> int:
        self._records.append([])
        self._numbers.append(number)
        self._joined.append(len(self._joined))
        return len(self._joined) - 1

    def _group(self, index: int) -> int:
        while self._joined[index] != index:
            index = self._joined[index]
        return index

    def _with_own_id(self, paper: Paper) -> Paper:
        taken = self._by_key.get(("id", paper.id))
        if taken is None or any(_is_revision(other, paper) for other in self._records[self._group(taken)]):
            return paper
        return replace(paper, id=_with_mark(paper), extra={**paper.extra, _GIVEN_ID: paper.id})


def _with_mark(paper: Paper) -> str:
    """The id that a paper gets where another one has its own."""
    return f"{paper.id}-{derived_id(paper.title, paper.abstract, paper.text).rpartition('-')[2]}"


def _keys(paper: Paper, shared_by_several: Collection[_Key]) -> Iterator[_Key]:
    """What no two different papers have in common."""
    yield "id", paper.id
    yield from (("id", other) for other in _other_ids(paper))
    for key in _identifier_keys(paper):
        if key not in shared_by_several:
            yield key
        elif paper.title:
            yield *key, fold(paper.title)
    if paper.title and paper.abstract:
        yield "title", fold(paper.title), start(paper.abstract)
    elif not paper.title and (text := paper.text or paper.abstract) and has_derived_id(paper):
        yield "text", fold(text)


def _identifier_keys(paper: Paper) -> list[_Key]:
    known: list[_Key] = [("identifier", scheme, value) for scheme, value in identifier_keys(paper.identifiers)]
    others = paper.extra.get(_OTHER_IDENTIFIERS)
    if isinstance(others, Mapping):
        for scheme, values in others.items():
            texts = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
            known += [("identifier", *key) for value in texts for key in identifier_keys({scheme: value})]
    return known


def _shared_by_several(papers: Iterable[Paper]) -> frozenset[_Key]:
    """The identifiers of records that contradict each other, by which no paper can be known."""
    titled = [(fold(paper.title), _identifier_keys(paper)) for paper in papers if paper.title and paper.identifiers]
    first_title: dict[_Key, str] = {}
    several = {key for title, keys in titled for key in keys if first_title.setdefault(key, title) != title}
    ids: dict[tuple[_Key, str], set[str]] = {}
    for _, keys in titled:
        for key in several.intersection(keys):
            for _, scheme, value in keys:
                if scheme in _ONE_A_PAPER and scheme != key[1]:
                    ids.setdefault((key, scheme), set()).add(value)
    return frozenset(key for (key, _), values in ids.items() if len(values) > 1)


def _other_ids(paper: Paper) -> list[str]:
    others = paper.extra.get(_OTHER_IDS)
    return [other for other in others if isinstance(other, str)] if isinstance(others, list) else []


def _may_be_same(known: Paper, paper: Paper) -> bool:
    """Whether two records with one title are one paper although only one of them has an abstract."""
    if known.abstract and paper.abstract:
        return False
    first, second = _name_words(known), _name_words(paper)
    return not (first and second and first.isdisjoint(second))


def _name_words(paper: Paper) -> set[str]:
    return {word for name in paper.authors for word in name.casefold().split() if len(word.strip(".")) > 1}


def _is_revision(known: Paper, paper: Paper) -> bool:
    """Whether two records with one id can be one paper: half the long words of the shorter are in the other."""
    if known.title and paper.title and fold(known.title) == fold(paper.title):
        return True
    first, second = _words(known), _words(paper)
    if not (first and second):
        return tuple(known.fields()) == tuple(paper.fields())
    return len(first & second) >= _SHARED_WORDS * min(len(first), len(second))


def _words(paper: Paper) -> set[str]:
    return {word for _, text in paper.fields() for word in _WORD.findall(text.casefold())}


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in values if value), None)


def _united(values: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(values))


def _merged(records: list[Paper]) -> Paper:
    if len(records) == 1:
        return records[0]
    first = records[0]
    published = None
    for record in records:
        published = refined(published, record.published)
    # A text is taken from one record: a title of its own beside another's text would be a paper that nobody wrote.
    texts = first if first.abstract or first.text else next((r for r in records if r.abstract or r.text), first)
    return replace(
        first,
        title=first.title or texts.title or _first(record.title for record in records),
        abstract=texts.abstract,
        text=texts.text,
        authors=_first(record.authors for record in records) or (),
        author_count=_first(record.author_count for record in records),
        published=published,
        venue=_first(record.venue for record in records),
        url=_first(record.url for record in records),
        identifiers=_filled(record.identifiers for record in records),
        sources=tuple(_united(source for record in records for source in record.sources)),
        extra=_merged_extra(records),
    )


def _filled(mappings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            filled.setdefault(key, value)
    return filled


def _merged_extra(records: list[Paper]) -> dict[str, Any]:
    extra = _filled(record.extra for record in records)
    if _GIVEN_ID in extra and _GIVEN_ID not in records[0].extra:
        del extra[_GIVEN_ID]
    given = [record.extra.get(_GIVEN_ID, record.id) for record in records[1:] if not has_derived_id(record)]
    earlier = [other for record in records for other in _other_ids(record)]
    own = (records[0].id, records[0].extra.get(_GIVEN_ID))
    others = [other for other in _united([*earlier, *given]) if other not in own]
    if others:
        extra[_OTHER_IDS] = others
    identifiers = _other_identifiers(records)
    if identifiers:
        extra[_OTHER_IDENTIFIERS] = identifiers
    return extra


def _other_identifiers(records: list[Paper]) -> dict[str, list[str]]:
    """By scheme, the identifiers that are not those of the merged paper."""
    own = set(identifier_keys(_filled(record.identifiers for record in records)))
    others: dict[str, list[str]] = {}
    for _, scheme, value in _united(key for record in records for key in _identifier_keys(record)):
        if (scheme, value) not in own:
            others.setdefault(scheme, []).append(value)
    return others
