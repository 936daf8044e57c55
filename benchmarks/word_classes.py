"""Makes the classes of words (rules/word-classes.tsv) from a corpus: words that stand between like words are one class.

    python benchmarks/word_classes.py [-o FILE]

For every frequent word it is counted how often each of the most frequent words stands one and two places before and
after it. The counts become positive pointwise mutual information (K. W. Church and P. Hanks, "Word Association Norms,
Mutual Information, and Lexicography", Computational Linguistics 16(1), 1990), which a truncated singular value
decomposition brings down to few dimensions, in which k-means finds the classes (D. Sculley, "Web-Scale K-Means
Clustering", WWW 2010), words counting by the root of their frequency.

The corpus is ../shared/corpus, without the papers of ../shared/gold/dev.jsonl. The numbers of the classes mean nothing
by themselves, but the weights of rules/weights.tsv refer to them: after new classes, fit the weights anew.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from material import CORPUS, DEVELOPED_WITH, ROOT
from scipy.sparse import csr_matrix, hstack
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

import kg
from kg.harvesting import HeldOut
from kg.model import Paper
from kg.ruletables import WORD_CLASSES

CLASSES: Final = 256
DIMENSIONS: Final = 100
ITERATIONS: Final = 3
STARTS: Final = 3
BATCH: Final = 4096
SEED: Final = 0
FEWEST_TIMES: Final = 10
NEIGHBOURS: Final = 2500
OFFSETS: Final = (-2, -1, 1, 2)
BETWEEN_PAPERS: Final = "\n"
_NUMBER: Final = "0"
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_TINY: Final = 1e-9

Numbers = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float64]


def words_of(papers: Iterable[Paper]) -> Iterator[str]:
    """The words of all papers in small letters, whole numbers as "0", with two marks after each paper."""
    for paper in papers:
        for word in _TOKEN.findall(f"{paper.title or ''} . {paper.abstract or ''}"):
            yield _NUMBER if word.isdigit() else word.lower()
        yield from (BETWEEN_PAPERS,) * max(OFFSETS)


def association(text: Numbers, words: int, offset: int) -> csr_matrix:
    """How much more often than by chance words stand ``offset`` places from each other: of shape (words, neighbours).

    ``text`` has the number of every word in turn, the most frequent words first, and -1 for those that do not count.
    """
    own = text[max(0, -offset) : len(text) - max(0, offset)]
    other = text[max(0, offset) : len(text) + min(0, offset)]
    counted = (own >= 0) & (other >= 0) & (other < NEIGHBOURS)
    pairs, counts = np.unique(own[counted] * NEIGHBOURS + other[counted], return_counts=True)
    rows, columns = np.divmod(pairs, NEIGHBOURS)
    by_word = np.bincount(rows, weights=counts, minlength=words)
    by_neighbour = np.bincount(columns, weights=counts, minlength=NEIGHBOURS)
    information = np.log(counts * float(counts.sum()) / (by_word[rows] * by_neighbour[columns] + _TINY))
    return csr_matrix((np.maximum(information, 0), (rows, columns)), shape=(words, NEIGHBOURS))


def vectors_of(text: Numbers, words: int) -> Vectors:
    """A vector of length one for each word, of shape (words, dimensions): alike for words between like words."""
    matrix = hstack([association(text, words, offset) for offset in OFFSETS]).tocsr()
    vectors: Vectors = TruncatedSVD(DIMENSIONS, random_state=SEED, n_iter=ITERATIONS).fit_transform(matrix)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + _TINY
    return vectors


def classes_of(text: Sequence[str]) -> dict[str, int]:
    """The class of each word that a text has often enough, the most frequent words first."""
    counted = Counter(text)
    del counted[BETWEEN_PAPERS]
    words = {word: count for word, count in counted.most_common() if count >= FEWEST_TIMES}
    numbers = {word: number for number, word in enumerate(words)}
    vectors = vectors_of(np.array([numbers.get(word, -1) for word in text], dtype=np.int64), len(words))
    clusters = MiniBatchKMeans(CLASSES, random_state=SEED, n_init=STARTS, batch_size=BATCH)
    found = clusters.fit_predict(vectors, sample_weight=np.sqrt(list(words.values())))
    return dict(zip(words, found.tolist(), strict=True))


def classes_text(classes: Mapping[str, int]) -> str:
    """What the file of the classes holds: a class a line, its number, a tab, and its words between blanks."""
    members: defaultdict[int, list[str]] = defaultdict(list)
    for word, number in classes.items():
        members[number].append(word)
    return "".join(f"{number}\t{' '.join(sorted(members[number]))}\n" for number in sorted(members))


def main() -> None:
    """Make the classes and write them."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = ROOT / "rules" / WORD_CLASSES
    arguments.add_argument("-o", "--output", type=Path, default=target, metavar="FILE", help="rules/word-classes.tsv")
    options = arguments.parse_args()
    if not DEVELOPED_WITH.exists() or not CORPUS.exists():
        sys.exit("needs the material in ../shared")
    held_out = HeldOut([DEVELOPED_WITH])
    classes = classes_of(list(words_of(paper for paper in kg.read(CORPUS) if paper not in held_out)))
    options.output.write_text(classes_text(classes), "utf-8")
    print(f"{len(classes):,} words in {len(set(classes.values()))} classes: {options.output}")


if __name__ == "__main__":
    main()
