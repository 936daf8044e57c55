from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.readers.latex import from_latex
from kg.readers.text import clean, plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no LaTeX at all", "no LaTeX at all"),
        # accents and letters, with all the braces that people put around them
        (r"Caf\'e K\"ahler P\'{o}lya Erd\H{o}s {\'e}t\'e na\"{\i}ve \'\i", "Café Kähler Pólya Erdős été naïve í"),
        (r"\c{c}a \v{s} Nguy\~{\^e}n \L{}ukasz \o re {\aa} {\ss}", "ça š Nguyễn Łukasz øre å ß"),
        (r"R\'{e}nyi's M{\"u}ller", "Rényi's Müller"),
        # escapes
        (r"92\% good \& 5\_000, \$5, \#1, \{x\}", "92% good & 5_000, $5, #1, {x}"),
        (r"5\,000 images, Fig.~1, but ~3 points", "5000 images, Fig. 1, but ~3 points"),
        # fonts
        (r"{\em batch norm} and \textsc{FooNet}, {\bf bold} \emph{a \textbf{b}}", "batch norm and FooNet, bold a b"),
        (r"\url{http://x.y/a_b} \href{http://u}{text}", "http://x.y/a_b text"),
        (r"as shown before \cite{foo,bar}.", "as shown before."),
        (r"{BERT} and {X-Net}, but {0,1}^n", "BERT and X-Net, but {0,1}^n"),
        ("``quoted'' text---with dashes -- and 1--2", "“quoted” text—with dashes \N{EN DASH} and 1\N{EN DASH}2"),
        # formulas
        (r"$\alpha$-Net, $k$-means, $\ell_{\infty}$, $92.3\%$, $92%$", "α-Net, k-means, ℓ_∞, 92.3%, 92%"),  # noqa: RUF001
        (r"$O(n\log n)$ $\mathbb{R}^d$ $\frac{1}{\sqrt{T}}$ $10^{-3}$", "O(n log n) ℝ^d 1/√(T) 10^-3"),  # noqa: RUF001
        (r"$n^{2/3}$, $x \in [0, 1]$, \(a+b\), $$d$$", "n^(2/3), x ∈ [0, 1], a+b, d"),
        (r"3\times faster, 3 \times faster, \alpha-Net", "3× faster, 3 × faster, α-Net"),  # noqa: RUF001
        (r"$\sqrt{T}\log{T}$, $\log\frac{1}{\delta}$, $\max(a, b)$", "√(T) log T, log 1/δ, max(a, b)"),
        (r"$X \in \R^{n \times d}$, $\reals^p$, $2^{n-1}$, $\wt{O}(n)$", "X ∈ R^(n × d), reals^p, 2^(n-1), O(n)"),  # noqa: RUF001
        (r"$\tilde{O}\left(\min(n, m)\right)$, $\big|x\big|$", "Õ(min(n, m)), |x|"),
        ("from 3~20, mph{retrieving}", "from 3~20, mph{retrieving}"),
        # money
        ("costs $5 to run and $10 to train", "costs $5 to run and $10 to train"),
        ("from $5 - $10 per $k$", "from $5 - $10 per k"),
        # what nobody knows stays
        (r"\foo{bar} \unknown \textit \begin{itemize}", r"\foo{bar} \unknown \textit \begin{itemize}"),
        (r"unbalanced $x and { brace", r"unbalanced $x and { brace"),
        (r"$\frac{1}{$ more", r"$\frac{1}{$ more"),
        ("100% of it", "100% of it"),
    ],
)  # fmt: skip
def test_latex_is_read(written: str, read: str) -> None:
    """Accents, escapes, fonts and plain formulas become Unicode; money and unknown commands stay."""
    assert from_latex(written) == read


ADVERSARIAL = [
    *("{", "}", "\\", "$", "~", "\\(", "\\[", "{ a ", "$ a", "$a^{", "\\frac", "\\emph{", "{\\em ", "{\\'", "\\cite["),
    *("\\begin{a}", "\\'{", "``", "--", "\\\\", "^{", "\\a", "$x_{1}$ ", "<", "<i ", "<!--", "<?", "<title>", "&"),
]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_repeated_pieces_take_no_quadratic_time(piece: str) -> None:
    """A hundred thousand characters of what expressions begin with are gone through once, not once for each."""
    text = (piece * 100_000)[:100_000]
    assert clean(plain(text)) == plain(text)


SOUP = st.lists(st.sampled_from([*ADVERSARIAL, "a", "b", " ", "1", "x}", "\\alpha", "\u0301"]), max_size=25)


@given(st.text() | SOUP.map("".join))
def test_what_was_made_plain_is_clean(text: str) -> None:
    """Whatever the text, nothing is raised, and what comes out is read back unchanged."""
    once = plain(text)
    assert clean(once) == once


@given(
    st.text(alphabet="abc XYZ012.,:;()-/+*'\"éß漢", max_size=80).filter(
        lambda text: "--" not in text and "''" not in text
    )
)
def test_text_without_latex_stays(text: str) -> None:
    """A text without signs of LaTeX is left as it is."""
    assert from_latex(text) == text
