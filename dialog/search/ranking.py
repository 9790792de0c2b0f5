"""From the signals of each sheet to an order, and to how sure the best one is."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from dialog.sheets import Sheet

SIGNALS = (
    "meaning",
    "meaning_three",
    "stems",
    "letters",
    "words_three",
    "sound",
    "sound_three",
    "joint",
    "joint_three",
    "summary",
    "title",
    "sheet_words",
)
EVIDENCE = ("score", "ahead", "ahead_of_third", "share")
Signals = NDArray[np.float32]  #: shape (sheets, len(SIGNALS))
KEPT = 8  #: sheets of a ranking


@dataclass(frozen=True)
class Weights:
    """How signals make a score, and how scores make a confidence.

    `score = signals · weights`, a conditional logit fitted so that the right sheet is likeliest.
    The confidence is a logistic regression on four facts about the best scores (`EVIDENCE`), fitted
    on the development set: of answers told with 0.9, nine in ten are right.
    """

    signals: tuple[float, ...]
    evidence: tuple[float, ...]
    constant: float
    floor: float  #: score that a rival has at least: in a small town nothing else is near

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> Weights:
        """The weights of `data/search.toml`, fitted by `dialog.search.fit`."""
        text = files("dialog").joinpath("data/search.toml").read_text(encoding="utf-8")
        table = tomllib.loads(text)
        return Weights(
            tuple(table["ranking"][name] for name in SIGNALS),
            tuple(table["confidence"][name] for name in EVIDENCE),
            table["confidence"]["constant"],
            table["confidence"]["floor"],
        )

    def confidence(self, scores: Sequence[float]) -> float:
        """Probability that the best sheet is the right one.

        Args:
            scores: of the best sheets, descending.
        """
        logit = float(np.dot(evidence(scores, self.floor), self.evidence)) + self.constant
        return float(1.0 / (1.0 + np.exp(-logit)))


def evidence(scores: Sequence[float], floor: float) -> NDArray[np.float64]:
    """What the best scores tell, in the order of `EVIDENCE`."""
    best = np.full(KEPT, floor)
    best[: len(scores)] = scores[:KEPT]
    best[1:] = np.maximum(best[1:], floor)
    share = -np.log(np.exp(np.minimum(best - best[0], 50.0)).sum())
    return np.array([best[0], best[0] - best[1], best[0] - best[2], share])


@dataclass(frozen=True)
class Hit:
    """A sheet that may answer."""

    sheet: Sheet
    probability: float  #: that it answers, 0..1
    number: int  #: its place in the index


@dataclass(frozen=True)
class Ranking:
    """The sheets that may answer, best first."""

    hits: tuple[Hit, ...]
    score: float = 0.0  #: of the best one: a low one speaks of nothing that the sheets know

    @property
    def best(self) -> Hit | None:
        """The likeliest sheet."""
        return self.hits[0] if self.hits else None

    @property
    def confidence(self) -> float:
        """Probability that the best sheet answers; 0 when there is none."""
        return self.hits[0].probability if self.hits else 0.0


def rank(
    sheets: Sequence[Sheet],
    scores: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    weights: Weights,
) -> Ranking:
    """Order the allowed sheets by score.

    The best one has the calibrated confidence; what remains of it is shared among the others.
    """
    if not allowed.any():
        return Ranking(())
    usable = np.where(allowed, scores, -np.inf)
    order = [int(n) for n in np.argsort(-usable, kind="stable")[:KEPT] if allowed[n]]
    best = [float(usable[n]) for n in order]
    sure = weights.confidence(best)
    relative = np.exp(np.array(best) - best[0])
    others = relative[1:] / (relative[1:].sum() or 1.0)
    shares = [sure, *(float(share) for share in (1.0 - sure) * others)]
    hits = tuple(Hit(sheets[n], min(p, sure), n) for n, p in zip(order, shares, strict=True))
    return Ranking(hits, best[0])
