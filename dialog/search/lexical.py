"""Search by words: stems weighted by how rare they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dialog.search.entries import Entry, Kind
from dialog.search.normalise import terms

Scores = NDArray[np.float32]
K1, B = 1.2, 0.6  # BM25's usual constants, a little less length correction: sheets are short


Postings = dict[str, tuple[NDArray[np.int64], Scores]]
Weigh = Callable[[Counter[str]], dict[str, float]]


class Lexicon:
    """Postings of entries (for short texts) and of whole sheets (for BM25)."""

    def __init__(self, entries: Sequence[Entry], sheets: int) -> None:
        self._sheets, self._entries = sheets, len(entries)
        words = [Counter(terms(entry.text)) for entry in entries]
        self._whole = [Counter[str]() for _ in range(sheets)]
        for entry, count in zip(entries, words, strict=True):
            self._whole[entry.sheet] += count
        frequency = Counter(term for count in self._whole for term in count)
        self._idf = {t: math.log(1 + (sheets - n + 0.5) / (n + 0.5)) for t, n in frequency.items()}
        self._rarest = math.log(1 + (sheets + 0.5) / 0.5)
        self._mean = sum(c.total() for c in self._whole) / max(1, sheets) or 1.0
        short = (
            Counter[str]() if entry.kind is Kind.PARAGRAPH else count
            for entry, count in zip(entries, words, strict=True)
        )
        self._short = _postings(short, self._cosine)
        self._long = _postings(self._whole, self._bm25)

    def entry_scores(self, text: str) -> Scores:
        """Cosine of rare words with each title and question, 0..1, shape (entries,)."""
        query = set(terms(text))
        scores = np.zeros(self._entries, np.float32)
        norm = math.sqrt(sum(self._rarity(t) ** 2 for t in query)) or 1.0
        for term in query & self._short.keys():
            numbers, weights = self._short[term]
            scores[numbers] += weights * (self._idf[term] / norm)
        return scores

    def sheet_scores(self, text: str) -> Scores:
        """BM25 of whole sheets over the rarity of the query, about 0..2, shape (sheets,)."""
        query = set(terms(text))
        scores = np.zeros(self._sheets, np.float32)
        for term in query & self._long.keys():
            numbers, weights = self._long[term]
            scores[numbers] += weights
        return scores / np.float32(self._mass(query))

    def score_without(self, text: str, entry: Entry) -> float:
        """`sheet_scores` of an entry's sheet as if it had not that entry."""
        query = set(terms(text))
        weights = self._bm25(self._whole[entry.sheet] - Counter(terms(entry.text)))
        return sum(weights.get(term, 0.0) for term in query) / self._mass(query)

    def _rarity(self, term: str) -> float:
        return self._idf.get(term, self._rarest)

    def _mass(self, query: set[str]) -> float:
        return sum(self._rarity(term) for term in query) or 1.0

    def _cosine(self, count: Counter[str]) -> dict[str, float]:
        norm = math.sqrt(sum(self._idf[t] ** 2 for t in count)) or 1.0
        return {t: self._idf[t] / norm for t in count}

    def _bm25(self, count: Counter[str]) -> dict[str, float]:
        spread = K1 * (1 - B + B * count.total() / self._mean)
        return {t: self._idf[t] * n * (K1 + 1) / (n + spread) for t, n in count.items()}


def _postings(counts: Iterable[Counter[str]], weigh: Weigh) -> Postings:
    lists: dict[str, list[tuple[int, float]]] = {}
    for number, count in enumerate(counts):
        for term, weight in weigh(count).items():
            lists.setdefault(term, []).append((number, weight))
    return {
        term: (np.array([n for n, _ in pairs]), np.array([w for _, w in pairs], np.float32))
        for term, pairs in lists.items()
    }
