"""The best of each sheet's phrasings: from a score per phrasing to scores per sheet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
BEST = 3  #: phrasings whose mean is the second opinion beside the single best one
NOTHING = -1.0  #: score of a sheet without phrasings


class Groups:
    """Which phrasings belong to which sheet."""

    def __init__(self, owner: NDArray[np.int64], sheets: int) -> None:
        """
        Args:
            owner: the sheet of each phrasing.
            sheets: how many sheets there are.
        """
        counts = np.bincount(owner, minlength=sheets) if len(owner) else np.zeros(sheets, np.int64)
        self._width = max(1, int(counts.max(initial=0)))
        order = np.argsort(owner, kind="stable")
        first = np.cumsum(counts) - counts
        place = np.arange(len(owner)) - first[owner[order]]
        # one row a sheet; what a sheet lacks points at the extra last score, which is NOTHING
        self._members = np.full((sheets, self._width), len(owner), np.int64)
        self._members[owner[order], place] = order
        self._kept = np.maximum(1, np.minimum(BEST, counts)).astype(np.float32)

    def best(self, scores: Scores) -> tuple[Scores, Scores]:
        """The best score of each sheet, and the mean of its three best.

        Args:
            scores: shape (phrasings,), or (windows, phrasings).

        Returns:
            Two arrays of shape (sheets,), or (windows, sheets).
        """
        missing = np.full((*scores.shape[:-1], 1), NOTHING, np.float32)
        table = np.concatenate([scores, missing], axis=-1)[..., self._members]
        if self._width > BEST:
            table = -np.partition(-table, BEST - 1, axis=-1)[..., :BEST]
        top = np.asarray(table.max(axis=-1, initial=NOTHING), np.float32)
        known = np.where(table > NOTHING, table, np.float32(0)).sum(axis=-1)
        mean = np.where(top > NOTHING, known / self._kept, np.float32(NOTHING))
        return top, np.asarray(mean, np.float32)
