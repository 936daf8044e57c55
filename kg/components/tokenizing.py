"""How an abstract is cut into tokens: spaCy's English tokenizer, with hyphenated words left whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from kg.errors import RuleError
from kg.rulebook import Rulebook

FILE: Final = "tokens.toml"
LONGEST_WORD: Final = 400
MOST_REMEMBERED: Final = 200_000


def adapt_tokenizer(nlp: Language, rulebook: Rulebook) -> None:
    """Replace the infixes of the pipeline's tokenizer by those of the rules, and add the rules' suffixes.

    "self-supervised" and "ResNet-50" stay one token, "BERT-based" becomes three, and the period of "mIoU." is a token
    of its own; prefixes and special cases stay spaCy's, but no emoticons are seen in "(k = 8)" and "(GAN): a network".
    A tokenizer of another kind is left as it is. Raises RuleError where the rules give something else than lists of
    regular expressions.
    """
    table = rulebook.table(FILE, "tokenizer")
    if isinstance(nlp.tokenizer, Tokenizer):
        suffixes = [*(nlp.Defaults.suffixes or ()), *_expressions(table, "suffixes")]
        given = nlp.tokenizer
        # one that is made anew reads its special cases once; one that is changed reads them again after each change
        nlp.tokenizer = Tokenizer(
            nlp.vocab,
            rules={
                case: tokens for case, tokens in given.rules.items() if any(character.isalpha() for character in case)
            },
            prefix_search=_Affix(compile_prefix_regex(nlp.Defaults.prefixes or ())).search,
            suffix_search=_Affix(compile_suffix_regex(suffixes)).search,
            infix_finditer=_Affix(compile_infix_regex(_expressions(table, "infixes"))).finditer,
            token_match=given.token_match,
            url_match=given.url_match,
            faster_heuristics=given.faster_heuristics,
        )
        # spaCy remembers nothing of a text after its first special case, which the line break after a title was,
        # and no more than 10,000 different strings, which a few hundred papers have; 3.7 has no such limit to change
        if hasattr(nlp.tokenizer, "max_cache_size"):
            nlp.tokenizer.max_cache_size = MOST_REMEMBERED


class _Affix:
    """An expression that is looked for only where it can be, which is in few words, and never in very long strings.

    No prefix, suffix or infix stands in a word of letters alone. spaCy cuts one affix off after the other and looks at
    all the rest again each time, so that a hundred thousand brackets in a row would take it minutes. ``pattern`` is
    what spaCy saves of a tokenizer.
    """

    def __init__(self, expression: re.Pattern[str]) -> None:
        self.pattern = expression.pattern
        self._search = expression.search
        self._finditer = expression.finditer

    def search(self, string: str) -> re.Match[str] | None:
        return None if string.isalpha() or len(string) > LONGEST_WORD else self._search(string)

    def finditer(self, string: str) -> Iterator[re.Match[str]]:
        return iter(()) if string.isalpha() else self._finditer(string)


def _expressions(table: dict[str, object], key: str) -> list[str]:
    expressions = table.get(key, [])
    if not isinstance(expressions, list) or not all(isinstance(expression, str) for expression in expressions):
        raise RuleError(f"{FILE}:1: {key} must be a list of regular expressions")
    for expression in expressions:
        try:
            re.compile(expression)
        except re.error as error:
            raise RuleError(f"{FILE}:1: {expression!r} in {key} is no regular expression: {error}") from error
    return expressions
