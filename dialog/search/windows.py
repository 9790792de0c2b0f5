"""A long turn, a dozen words at a time: the request is somewhere in the story around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
SHORT = 14  #: words up to which a turn is one window
WIDTH, STEP = 12, 6  #: words of a window, and between the beginnings of two
SHARPNESS = 20.0  #: of the soft maximum: cosines are close to each other


def windows(text: str) -> list[str]:
    """Overlapping pieces of a turn; none when it is short."""
    words = text.split()
    if len(words) <= SHORT:
        return []
    begins = range(0, len(words) - WIDTH + STEP, STEP)  # the last one reaches the end
    return [" ".join(words[begin : begin + WIDTH]) for begin in begins]


def pooled(best: Scores, three: Scores, summary: Scores) -> tuple[Scores, ...]:
    """Six opinions on each sheet from those of the windows, each of shape (windows, sheets).

    The closest window and the mean of all, for the best phrasing and for the best three; a soft
    maximum of the latter; the closest window for the summary.
    """
    soft = np.log(np.exp(SHARPNESS * three).mean(axis=0)) / SHARPNESS
    return (
        best.max(axis=0),
        best.mean(axis=0),
        three.max(axis=0),
        three.mean(axis=0),
        np.asarray(soft, np.float32),
        summary.max(axis=0),
    )
