"""How sure a sheet is that was found with the sheet spoken before: "et si c'est complet ?".

Two scores, of the words alone and of the words with that sheet's title, tell more together than
their sum: a sheet that leads by both is likelier right than one that leads by the title alone. A
logistic regression on the follow-ups of three sets (`dialog.search.fit_leaning`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
FILE = "data/leaning.toml"
#: the best sheet's lead and its share of the joint score; its lead and its score by the words alone
#: and with the title; whether it is the sheet spoken before; whether it is a wish; words said
FACTS = (
    "ahead",
    "share",
    "ahead_alone",
    "ahead_together",
    "alone",
    "together",
    "same",
    "wish",
    "words",
)
MOST_AHEAD = 6.0  #: a longer lead tells nothing more


@dataclass(frozen=True)
class Leant:
    """The scores of a turn that may lean on the sheet spoken before.

    `alone` and `together` have shape (sheets,); `last` is that sheet's number; `wishes` tells what
    is no sheet.
    """

    alone: Scores
    together: Scores
    last: int
    wishes: NDArray[np.bool_]
    words: int

    def facts(
        self, order: Sequence[int], best: Sequence[float], allowed: NDArray[np.bool_]
    ) -> tuple[float, ...]:
        """What tells how sure the first of `order` is, in the order of `FACTS`.

        Args:
            order: numbers of the best sheets.
            best: their joint scores, descending.
            allowed: which sheets may be spoken.
        """
        first = order[0]
        return (
            min(best[0] - best[1], MOST_AHEAD) if len(best) > 1 else MOST_AHEAD,
            -float(np.log(np.exp(np.array(best) - best[0]).sum())),
            _ahead(self.alone, first, allowed),
            _ahead(self.together, first, allowed),
            float(self.alone[first]),
            float(self.together[first]),
            float(first == self.last),
            float(self.wishes[first]),
            float(self.words),
        )


def confidence(facts: Sequence[float]) -> float:
    """Probability that the sheet with these facts is right."""
    weights, constant = _weights()
    return float(1.0 / (1.0 + np.exp(-(np.dot(facts, weights) + constant))))


def _ahead(scores: Scores, first: int, allowed: NDArray[np.bool_]) -> float:
    """The lead over every other sheet; less than 0 for one that does not lead."""
    others = np.where(allowed, scores, -np.inf)
    others[first] = -np.inf
    return float(np.clip(scores[first] - others.max(initial=-np.inf), -MOST_AHEAD, MOST_AHEAD))


@lru_cache(maxsize=1)
def _weights() -> tuple[tuple[float, ...], float]:
    table = tomllib.loads(files("dialog").joinpath(FILE).read_text(encoding="utf-8"))
    return tuple(table[name] for name in FACTS), float(table["constant"])
