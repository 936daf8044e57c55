"""How an abstract is cut into tokens: spaCy's English tokenizer, with hyphenated words left whole."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex

from kg.rulebook import Rulebook


def adapt_tokenizer(nlp: Language, rulebook: Rulebook) -> None:
    """Replace the infixes of the pipeline's tokenizer by those of the rules.

    "self-supervised" and "ResNet-50" stay one token, "BERT-based" becomes three; prefixes, suffixes and special
    cases stay spaCy's. A tokenizer of another kind is left as it is.
    """
    if isinstance(nlp.tokenizer, Tokenizer):
        infixes = rulebook.table("tokens.toml", "tokenizer")["infixes"]
        nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
