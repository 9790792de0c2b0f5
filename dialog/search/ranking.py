"""From the signals of each sheet to an order, and to how sure the best one is."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialog.search.leaning import Leant, confidence
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
    "piece",
    "piece_mean",
    "piece_three",
    "piece_three_mean",
    "piece_soft",
    "piece_summary",
    "referred",
    "phrasings",
    "wish",
)
TELLING = ("joint", "meaning", "stems", "sheet_words", "title", "wish")
EVIDENCE = ("score", "ahead", "ahead_of_third", "share", *TELLING)
Signals = NDArray[np.float32]  #: shape (sheets, len(SIGNALS))
KEPT = 8  #: sheets of a ranking


@dataclass(frozen=True)
class Weights:
    """How signals make a score, and how scores make a confidence.

    `score = signals · weights`, a conditional logit fitted so that the right sheet is likeliest.
    The confidence is a logistic regression on `EVIDENCE`: four facts about the best scores, and how
    close the best sheet is by itself (`TELLING`): of answers told with 0.9, nine in ten are right.
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

    def confidence(self, scores: Sequence[float], signals: NDArray[np.float32]) -> float:
        """Probability that the best sheet is the right one.

        Args:
            scores: of the best sheets, descending.
            signals: of the best one, in the order of `SIGNALS`.
        """
        facts = evidence(scores, signals, self.floor)
        logit = float(np.dot(facts, self.evidence)) + self.constant
        return float(1.0 / (1.0 + np.exp(-logit)))


def evidence(
    scores: Sequence[float], signals: NDArray[np.floating[Any]], floor: float
) -> NDArray[np.float64]:
    """What the best scores and the best sheet's signals tell, in the order of `EVIDENCE`."""
    best = np.full(KEPT, floor)
    best[: len(scores)] = scores[:KEPT]
    best[1:] = np.maximum(best[1:], floor)
    share = -np.log(np.exp(np.minimum(best - best[0], 50.0)).sum())
    own = [float(signals[SIGNALS.index(name)]) for name in TELLING]
    return np.array([best[0], best[0] - best[1], best[0] - best[2], share, *own])


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
    leant: tuple[float, ...] = ()  #: `leaning.FACTS` of the best one, when a sheet was leant on

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
    signals: Signals,
    allowed: NDArray[np.bool_],
    weights: Weights,
    leant: Leant | None = None,
) -> Ranking:
    """Order the allowed sheets by score.

    The best one has the calibrated confidence; what remains of it is shared among the others.

    Args:
        leant: the scores that the joint ones were made of, when the turn may lean on a sheet.
    """
    if not allowed.any():
        return Ranking(())
    usable = np.where(allowed, scores, -np.inf)
    order = [int(n) for n in np.argsort(-usable, kind="stable")[:KEPT] if allowed[n]]
    best = [float(usable[n]) for n in order]
    facts = () if leant is None else leant.facts(order, best, allowed)
    sure = confidence(facts) if facts else weights.confidence(best, signals[order[0]])
    relative = np.exp(np.array(best) - best[0])
    others = relative[1:] / (relative[1:].sum() or 1.0)
    shares = [sure, *(float(share) for share in (1.0 - sure) * others)]
    hits = tuple(Hit(sheets[n], min(p, sure), n) for n, p in zip(order, shares, strict=True))
    return Ranking(hits, best[0], facts)
