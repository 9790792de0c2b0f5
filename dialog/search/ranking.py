"""From the signals of each sheet to probabilities: which sheet, or none."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from dialog.sheets import Sheet

SIGNALS = ("question", "clause", "paragraph", "title", "entry_words", "sheet_words")
Signals = NDArray[np.float32]  #: shape (sheets, len(SIGNALS))


@dataclass(frozen=True)
class Weights:
    """A conditional logit: `score = signals · weights`, and a constant for "no sheet"."""

    signals: tuple[float, ...]
    none: float
    none_long: float  #: the same, for a turn searched by clauses

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> Weights:
        """The weights of `data/search.toml`, fitted by `dialog.search.fit`."""
        text = files("dialog").joinpath("data/search.toml").read_text(encoding="utf-8")
        table = tomllib.loads(text)["ranking"]
        return Weights(
            tuple(table["weights"][name] for name in SIGNALS), table["none"], table["none_long"]
        )


@dataclass(frozen=True)
class Hit:
    """A sheet that may answer."""

    sheet: Sheet
    probability: float  #: that it answers, 0..1, against all other sheets and none
    number: int  #: its place in the index


@dataclass(frozen=True)
class Ranking:
    """The sheets that may answer, best first, and the probability that none does."""

    hits: tuple[Hit, ...]
    none: float

    @property
    def best(self) -> Hit | None:
        """The likeliest sheet."""
        return self.hits[0] if self.hits else None


def probabilities(scores: NDArray[np.float32], none: float) -> NDArray[np.float64]:
    """Softmax over the sheets and, last, "none"."""
    logits = np.append(scores.astype(np.float64), none)
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum())


def rank(
    sheets: Sequence[Sheet], scores: NDArray[np.float32], allowed: NDArray[np.bool_], none: float
) -> Ranking:
    """Order the allowed sheets by score."""
    if not allowed.any():
        return Ranking((), 1.0)
    shares = probabilities(np.where(allowed, scores, -np.inf), none)
    order = [int(n) for n in np.argsort(-shares[:-1], kind="stable")[:8] if allowed[n]]
    hits = tuple(Hit(sheets[n], float(shares[n]), n) for n in order)
    return Ranking(hits, float(shares[-1]))
