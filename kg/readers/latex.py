"""LaTeX in titles, abstracts and names, turned into plain Unicode where that is plain; what cannot be read stays.

What commands stand for is looked up in pylatexenc. It is asked for one command or one formula at a time and never for
a whole text: to LaTeX a lone ``%`` hides the rest of a line, a lone ``$`` turns prose into mathematics, and a brace too
many ends the text, and abstracts have all three.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

_SIGNS: Final = ("\\", "$", "{", "~", "``", "''", "--")
# A formula: one of dollars, or \( \) and \[ \]. Longer ones are no longer plain when they are written in a line.
_FORMULA: Final = re.compile(r"(?<!\\)(\$\$?)([^$]{1,400})\1|\\\(([^$]{1,400}?)\\\)|\\\[([^$]{1,400}?)\\\]")
_MATHEMATICAL: Final = re.compile(r"[\\^_{}=<>]")
_PROSE: Final = re.compile(r"[A-Za-z]{3}|[.,;:!?] ")
_ACCENT: Final = re.compile(
    r"""\{?\\(?:(["'`^~=.])\s?|([Hcvukrbd])(?=[\s{\\])\s?)(?:\{\s?(\\?[^\W\d_])\s?\}|(\\[ij](?![A-Za-z])|[^\W\d_]))(\})?"""
)
_FONT: Final = re.compile(
    r"\\(?:emph|underline|text(?:bf|it|sc|tt|sf|rm|sl|md|up|normal)?|math(?:rm|bf|it|sf|tt|cal)|mbox|url|path)\s?\{([^{}]*)\}"
)
_SWITCH: Final = re.compile(
    r"\{\s?\\(?:em|it|bf|sc|tt|sl|sf|rm|cal|itshape|bfseries|ttfamily|scshape)(?![A-Za-z])\s?([^{}]*)\}"
)
_LINK: Final = re.compile(r"\\href\s?\{[^{}]*\}\s?\{([^{}]*)\}")
_CITED: Final = re.compile(r"[ ~]?\\(?:cite[a-z]*|ref|label|footnotemark)\*?\s?(?:\[[^][]*\])*\{[^{}]*\}")
_ESCAPED: Final = re.compile(r"\\([%&#_$\{\}])")
_THIN_SPACE: Final = re.compile(r"(?<=\d)\\,(?=\d)|\\[!/]")
_SPACE: Final = re.compile(
    r"\\[,;: ]|\\\\(?![A-Za-z])|(?<=[^\W\d_])~(?=\w)|(?<=[.)\]}])~(?=\w)|\\(?:newline|par|quad|qquad)(?![A-Za-z])"
)
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)(\{\}|(?![A-Za-z{])[ ]?)")
_BRACED: Final = re.compile(
    r"(\\[A-Za-z]+)?(?:(?<![\\^_\w}])\{([^\W\d_][\w &.+:-]*)\}|(?<![\\^_}])\{([^\W\d_]{1,2})\})(?![_^])"
)
# A command, whether something stands right before it, and whether something follows to which it belongs.
_IN_FORMULA: Final = re.compile(
    r"(?P<glued>(?<=[A-Za-z0-9)}]))?\\(?P<name>[A-Za-z]+)(?P<operand>(?=\s*[\\A-Za-z0-9{]))?"
)
_SIZED: Final = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\s?")
_QUOTES: Final = ((re.compile("``"), "“"), (re.compile("''"), "”"))
_DASHES: Final = (
    (re.compile(r"(?<!-)---(?!-)"), "—"),
    (re.compile(r"(?<=[\w)\]])--(?=\w)|(?<= )--(?= )"), "\N{EN DASH}"),
)
_NESTING: Final = 5
_ACCENTS: Final = 2
_POWER: Final = re.compile(r"\^\{([^{}]*(?:[/+]|\\times|[\w}]\s?-)[^{}]*)\}")
_LONGEST_FORMULA: Final = 400
_REMEMBERED: Final = 4096


def from_latex(text: str) -> str:
    r"""The text without LaTeX where it can be said plainly: ``\"o`` is ö, ``92\%`` 92%, ``{\em a}`` a.

    ``text`` is one line (white space folded). Formulas become what they look like in a line: ``O(n log n)``, ``L_2``,
    ``10^-3``, ``n^(2/3)``. Amounts of dollars stay. Never raises; commands that nobody knows stay as they are.
    """
    if not any(sign in text for sign in _SIGNS):
        return text
    text = _formulas(text)
    for _ in range(_ACCENTS):
        text = _ACCENT.sub(_accented, text)
    for _ in range(_NESTING):
        peeled = _LINK.sub(r"\1", _SWITCH.sub(r"\1", _FONT.sub(r"\1", text)))
        if peeled == text:
            break
        text = peeled
    text = _COMMAND.sub(_symbol_in_text, _CITED.sub("", text))
    text = _SPACE.sub(" ", _THIN_SPACE.sub("", text))
    text = _BRACED.sub(lambda found: found[0] if found[1] else found[2] or found[3], text)
    for pattern, sign in (*_QUOTES, *_DASHES):
        text = pattern.sub(sign, text)
    return _ESCAPED.sub(r"\1", text)


def _formulas(text: str) -> str:
    parts: list[str] = []
    done = position = 0
    while found := _FORMULA.search(text, position):
        inside = found[2] or found[3] or found[4] or ""
        if found[1] and not _is_formula(inside, text[found.end() : found.end() + 1]):
            # a dollar of money: the next one may begin a formula
            position = found.start() + len(found[1])
            continue
        parts += text[done : found.start()], _in_a_line(inside) or found[0]
        done = position = found.end()
    return "".join((*parts, text[done:])) if parts else text


def _is_formula(inside: str, following: str) -> bool:
    """Whether what stands between two dollars is a formula, and not the words between two amounts of money."""
    if not inside.strip() or (inside.endswith(" ") and following.isdigit()):
        return False
    return bool(_MATHEMATICAL.search(inside)) or not _PROSE.search(inside)


@lru_cache(_REMEMBERED)
def _in_a_line(formula: str) -> str | None:
    r"""A formula as plain text; None where pylatexenc cannot read it.

    A word that is a command is not glued to what stands before it: ``n\log n`` is "n log n".
    """
    spaced = _IN_FORMULA.sub(_spaced, _POWER.sub(r"^{(\1)}", _SIZED.sub("", formula)))
    plain = _converted(re.sub(r"(?<!\\)%", r"\\%", spaced).strip())
    return " ".join(plain.split()) if plain else None


def _spaced(found: re.Match[str]) -> str:
    """A command in a formula, with spaces around it where it is a word, and as its name where nobody knows it."""
    # "~", for pylatexenc drops plain spaces around some commands
    name, space = found["name"], "~" * (found["glued"] is not None)
    if _symbols().get_macro_spec(name) is None:
        return found[0] if found.string.startswith("{", found.end()) else f"{space}{name}"
    symbol = _symbol(name)
    if symbol is None or len(symbol) == 1 or not (symbol.isascii() and symbol.isalpha()):
        return found[0]
    return f"{space}\\{name}{'~' * (found['operand'] is not None)}"


@lru_cache(_REMEMBERED)
def _converted(piece: str) -> str | None:
    from pylatexenc.latexwalker import LatexWalker  # noqa: PLC0415 - most texts have no LaTeX

    if len(piece) > _LONGEST_FORMULA:
        return None
    try:
        # A formula is read as mathematics, so that commands mean there what they mean in one.
        walker = LatexWalker(f"${piece}$", tolerant_parsing=False)
        converted: str = _converter().nodelist_to_text(walker.get_latex_nodes()[0])
    except Exception:  # noqa: BLE001 - pylatexenc raises IndexError, RecursionError and more for odd LaTeX
        return None
    return converted


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    return LatexNodes2Text(math_mode="text", keep_comments=True)


@cache
def _symbols() -> Any:
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415

    return get_default_latex_context_db()


@lru_cache(_REMEMBERED)
def _symbol(command: str) -> str | None:
    """What a command without arguments stands for; None where it is unknown or takes arguments."""
    spec = _symbols().get_macro_spec(command)
    replacement = getattr(spec, "simplify_repl", None)
    return replacement if isinstance(replacement, str) and replacement and "%" not in replacement else None


def _symbol_in_text(found: re.Match[str]) -> str:
    symbol = _symbol(found[1])
    if symbol is None:
        return found[0]
    # TeX drops the space behind a command; behind a sign of mathematics people mean it.
    is_letter = len(symbol) == 1 and unicodedata.name(symbol, "").startswith("LATIN")
    spaced = found[2] == " " and not is_letter
    return f"{symbol} " if spaced else symbol


def _accented(found: re.Match[str]) -> str:
    opened, closed = found[0].startswith("{"), bool(found[5])
    letter = (found[3] or found[4]).removeprefix("\\")
    mark = _symbol_of_accent(found[1] or found[2])
    if mark is None:
        return found[0]
    made = unicodedata.normalize("NFC", letter + mark)
    return ("" if closed else "{") * opened + made + ("" if opened else "}") * closed


@cache
def _symbol_of_accent(command: str) -> str | None:
    """The combining mark that an accent command puts on a letter, as pylatexenc puts it on an a."""
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    made = unicodedata.normalize("NFD", LatexNodes2Text().latex_to_text(f"\\{command}{{a}}"))
    return made[1:] if made.startswith("a") and len(made) > 1 else None
