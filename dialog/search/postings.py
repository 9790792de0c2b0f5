"""Search by shared pieces of text, weighted by how rare they are: one inverted list a piece."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialog.search.background import Counts

Scores = NDArray[np.float32]
K1, B = 1.2, 0.6  # BM25's usual constants, a little less length correction: texts are short
UNKNOWN = 0.5  #: how much a piece that no text has counts in the length of a query


@dataclass(frozen=True)
class Postings:
    """Texts as bags of pieces (stems, or runs of letters), searched by cosine or BM25."""

    numbers: dict[str, int]  #: piece -> its list
    rarity: Scores  #: inverse document frequency of each piece
    starts: NDArray[np.int64]  #: where each list begins in `texts`, and the end of the last
    texts: NDArray[np.int32]
    weights: Scores
    size: int  #: texts in all

    @classmethod
    def by_cosine(cls, bags: Sequence[Sequence[str]], background: Counts) -> Postings:
        """Each text's pieces counted once, to unit length.

        Args:
            background: more texts, which only tell how rare a piece is.
        """
        rarity, rarest = _rarity(bags, background)

        def weigh(bag: Sequence[str]) -> dict[str, float]:
            norm = math.sqrt(sum(rarity[p] ** 2 for p in set(bag))) or 1.0
            return {p: rarity[p] / norm for p in bag}

        return cls._of([weigh(bag) for bag in bags], rarity, rarest)

    @classmethod
    def by_bm25(cls, bags: Sequence[Sequence[str]], background: Counts) -> Postings:
        """Each text's pieces by BM25."""
        rarity, rarest = _rarity(bags, background)
        mean = sum(map(len, bags)) / max(1, len(bags)) or 1.0

        def weigh(bag: Sequence[str]) -> dict[str, float]:
            spread = K1 * (1 - B + B * len(bag) / mean)
            return {p: rarity[p] * n * (K1 + 1) / (n + spread) for p, n in Counter(bag).items()}

        return cls._of([weigh(bag) for bag in bags], rarity, rarest)

    @classmethod
    def _of(
        cls,
        weighed: Sequence[dict[str, float]],
        rarity: dict[str, float],
        rarest: float,
    ) -> Postings:
        numbers = {piece: n for n, piece in enumerate(rarity)}
        piece = np.array([numbers[p] for bag in weighed for p in bag], np.int64)
        text = np.repeat(np.arange(len(weighed), dtype=np.int32), [len(bag) for bag in weighed])
        weight = np.array([w for bag in weighed for w in bag.values()], np.float32)
        order = np.argsort(piece, kind="stable")
        starts = np.searchsorted(piece[order], np.arange(len(numbers) + 1))
        rare = np.array([*rarity.values(), rarest], np.float32)
        return cls(numbers, rare, starts, text[order], weight[order], len(weighed))

    def cosine(self, bag: Iterable[str]) -> Scores:
        """Cosine of a query with each text, 0..1, shape (size,)."""
        scores, mass = np.zeros(self.size, np.float32), 0.0
        for piece in set(bag):
            number = self.numbers.get(piece)
            if number is None:
                mass += UNKNOWN * float(self.rarity[-1]) ** 2
                continue
            rare = float(self.rarity[number])
            mass += rare**2
            held = slice(self.starts[number], self.starts[number + 1])
            scores[self.texts[held]] += self.weights[held] * np.float32(rare)
        return scores / np.float32(math.sqrt(mass) or 1.0)

    def share(self, bag: Iterable[str]) -> Scores:
        """BM25 of each text over the rarity of all that was asked, about 0..2, shape (size,)."""
        scores, mass = np.zeros(self.size, np.float32), 0.0
        for piece in set(bag):
            number = self.numbers.get(piece)
            mass += float(self.rarity[-1 if number is None else number])
            if number is not None:
                held = slice(self.starts[number], self.starts[number + 1])
                scores[self.texts[held]] += self.weights[held]
        return scores / np.float32(mass or 1.0)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What `restored` needs, under names that begin with `name`."""
        pieces = "\n".join(self.numbers).encode()
        return {
            f"{name}.pieces": np.frombuffer(pieces, np.uint8),
            f"{name}.rarity": self.rarity,
            f"{name}.starts": self.starts,
            f"{name}.texts": self.texts,
            f"{name}.weights": self.weights,
            f"{name}.size": np.array([self.size]),
        }

    @classmethod
    def restored(cls, stored: Mapping[str, NDArray[Any]], name: str) -> Postings:
        """The postings that `arrays` gave."""
        pieces = stored[f"{name}.pieces"].tobytes().decode().split("\n")
        return cls(
            {piece: n for n, piece in enumerate(pieces)},
            stored[f"{name}.rarity"],
            stored[f"{name}.starts"],
            stored[f"{name}.texts"],
            stored[f"{name}.weights"],
            int(stored[f"{name}.size"][0]),
        )


def _rarity(bags: Iterable[Sequence[str]], background: Counts) -> tuple[dict[str, float], float]:
    """Inverse document frequency of each piece, and that of a piece never seen."""
    counts = Counts.of(bags) + background
    total = counts.texts
    rarity = {p: math.log(1 + (total - n + 0.5) / (n + 0.5)) for p, n in counts.holding.items()}
    return rarity, math.log(1 + total)
