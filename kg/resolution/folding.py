"""The words of a name as they are compared across papers, and the key that all its ways of writing share.

:func:`kg.names.key` finds a name again within a paper. Here more is folded away, since papers by different people are
compared: accents, British spelling, irregular plurals, and what else ``rules/resolution.toml`` says; and something
less: the last S of an acronym in capitals stays (GPS is not GPs), and so do Greek letters that LaTeX commands stand for
(a beta-VAE is no VAE).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Final

from kg.resolution.settings import WordRules

_PLAIN: Final = re.compile("[A-Za-z0-9 /-]+")
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)")
_BRACES: Final = re.compile(r"[${}^_\\]+")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[$^_]+(?=\d)")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_JOINS: Final = re.compile(r"[-\u2010\u2011\u2012-\u2014/]+")
_SIGNS: Final = re.compile(r"[^\w\s+#.%@*]")
_PLURAL_OF_CAPITALS: Final = re.compile(r"[A-Z0-9]*[A-Z][A-Z0-9]*s")
_ROMAN: Final = re.compile(r"(.*[a-z])(III?)")
_SHORT_YEAR: Final = re.compile(r"(?<=\w)['\u2019](\d\d)\b")
_THIS_CENTURY: Final = 50
_LONGEST_ACRONYM: Final = 6
_SHORTEST_PLURAL: Final = 4
_SHORTEST_REGULAR: Final = 5
_SHORTEST_SPELLED: Final = 6
_NO_PLURALS: Final = ("ss", "us", "is")
_SIBILANTS: Final = ("sse", "xe", "che", "she", "zze")


class _Keys(dict[str, str]):
    """Keys by name, made when they are first asked for; to look one up again costs no call of a function of ours."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> str:
        key = self[name] = self._make(name)
        return key


class Folding:
    """Folds names; ``apart`` are names, as written, that are never the same as others of the same key."""

    def __init__(self, rules: WordRules, apart: Collection[str] = ()) -> None:
        self._leading = frozenset(rules.leading)
        self._instead = dict(rules.instead)
        self._endings = sorted(rules.endings.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._ends = tuple(ending for ending, _ in self._endings)
        self._phrases = [(old.split(), new.split()) for old, new in sorted(rules.phrases.items())]
        self._first_of_phrases = frozenset(old[0] for old, _ in self._phrases)
        self._apart = frozenset(apart)
        self._words: dict[str, str] = {}
        self._keys = _Keys(self._key)
        self.key: Callable[[str], str] = self._keys.__getitem__
        """One string for all ways of writing a name; never empty for a name that has a visible character.

        Words are written together, but two digits that were apart stay apart: "Llama 2 7B" is not "Llama 27B".
        """

    def words(self, name: str) -> list[str]:
        """The words of a name, folded."""
        known = self._words
        found = []
        for part in _parts(name):
            word = known.get(part)
            if word is None:
                word = known[part] = self._word(part)
            found.append(word)
        while len(found) > 1 and found[0] in self._leading:
            del found[0]
        if not self._first_of_phrases.isdisjoint(found):
            found = self._rephrased(found)
        return found

    def _key(self, name: str) -> str:
        key = joined(self.words(name)) or " ".join(name.casefold().split())
        return f"{key}={name}" if name in self._apart else key

    def _rephrased(self, words: list[str]) -> list[str]:
        for old, new in self._phrases:
            for start in range(len(words) - len(old), -1, -1):
                if words[start : start + len(old)] == old:
                    words = [*words[:start], *new, *words[start + len(old) :]]
        return words

    def _word(self, part: str) -> str:
        if _PLURAL_OF_CAPITALS.fullmatch(part):
            return part[:-1].lower()
        word = _unaccented(part.casefold())
        if word in self._instead:
            return self._instead[word]
        attached = _ROMAN.fullmatch(part)
        if attached:
            return _singular(attached[1].lower()) + str(len(attached[2]))
        if part.isupper() and len(part) <= _LONGEST_ACRONYM:
            return word
        word = _singular(word)
        if len(word) >= _SHORTEST_SPELLED and word.endswith(self._ends):
            ending, spelled = next(pair for pair in self._endings if word.endswith(pair[0]))
            word = word[: -len(ending)] + spelled
        return self._instead.get(word, word)


def joined(words: Collection[str]) -> str:
    """Words written together, but for digits that meet."""
    found = ""
    for word in words:
        found += f" {word}" if found[-1:].isdigit() and word[0].isdigit() else word
    return found


def _parts(name: str) -> list[str]:
    """The words of a name as written, without the signs around them."""
    if _PLAIN.fullmatch(name):
        return name.replace("-", " ").replace("/", " ").split()
    text = _SHORT_YEAR.sub(_year, unicodedata.normalize("NFKC", name))
    text = _BETWEEN_DIGITS.sub(" ", _COMMAND.sub(_letter, text))
    text = _POSSESSIVE.sub("", _BRACES.sub("", text) if "$" in text and " " not in text else _BRACES.sub(" ", text))
    text = _SIGNS.sub(" ", _JOINS.sub(" ", text)).replace(". ", " ")
    return [word for word in (part.strip(".") for part in text.split()) if word]


def _year(found: re.Match[str]) -> str:
    return f" {19 if int(found[1]) >= _THIS_CENTURY else 20}{found[1]}"


def _letter(command: re.Match[str]) -> str:
    """The Greek letter that a LaTeX command stands for, "l" for ell; of any other, a space."""
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {command[1].removeprefix('var').upper()}")
    except KeyError:
        return "l" if command[1] == "ell" else " "


def _unaccented(word: str) -> str:
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _singular(word: str) -> str:
    """The singular, or what plural and singular have in common ("movy" of "movie" and "movies")."""
    if len(word) >= _SHORTEST_PLURAL and word[-1] == "s" and not word.endswith(_NO_PLURALS):
        word = word[:-1]
    if len(word) >= _SHORTEST_REGULAR:
        if word.endswith("ie"):
            return word[:-2] + "y"
        if word.endswith(_SIBILANTS):
            return word[:-1]
    return word


def number_of(key: str) -> str:
    """The digits of a key: names that differ in these are never one thing for being alike."""
    return " ".join(re.findall(r"\d+", key))
