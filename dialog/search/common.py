"""What all texts have in common in the embedding, taken away before they are compared.

E5's vectors share a large common part (cosines lie between 0.85 and 0.93), so a few hub sheets are
near to everything. Without the mean and the five strongest directions of the bank ("all but the
top", Mu and Viswanath, 2018) the cosine tells texts apart. The numbers are the bank's
(`python -m dialog.search.fit common`), so that a small town is searched on the same scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
FILE = "data/e5-common.npz"
DIRECTIONS = 5


@dataclass(frozen=True)
class Common:
    """The common part of callers' questions, and of sheets' titles and summaries."""

    question: Vectors  #: mean, shape (384,)
    question_directions: Vectors  #: shape (DIRECTIONS, 384), orthonormal
    summary: Vectors
    summary_directions: Vectors
    title: Vectors

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> Common:
        """The numbers shipped with the program."""
        with as_file(files("dialog").joinpath(FILE)) as path, np.load(path) as stored:
            return Common(**{name: stored[name].astype(np.float32) for name in stored.files})

    @classmethod
    def of(cls, questions: Vectors, summaries: Vectors, titles: Vectors) -> Common:
        """Measure it on many texts."""
        return cls(
            questions.mean(axis=0),
            _strongest(questions),
            summaries.mean(axis=0),
            _strongest(summaries),
            titles.mean(axis=0),
        )

    def of_questions(self, rows: Vectors) -> Vectors:
        """Questions ready to be compared with questions."""
        return _unit(_without(rows - self.question, self.question_directions))

    def of_summaries(self, rows: Vectors) -> Vectors:
        """Summaries ready to be compared with `against_summaries`."""
        return _unit(_without(rows - self.summary, self.summary_directions))

    def against_summaries(self, rows: Vectors) -> Vectors:
        """Questions ready to be compared with summaries."""
        return _unit(_without(rows - self.question, self.summary_directions))

    def of_titles(self, rows: Vectors) -> Vectors:
        """Titles ready to be compared with `against_titles`."""
        return _unit(rows - self.title)

    def against_titles(self, rows: Vectors) -> Vectors:
        """Questions ready to be compared with titles."""
        return _unit(rows - self.question)


def _strongest(rows: Vectors) -> Vectors:
    centred = (rows - rows.mean(axis=0)).astype(np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return np.asarray(vectors[:, : -DIRECTIONS - 1 : -1].T, np.float32)


def _without(rows: Vectors, directions: Vectors) -> Vectors:
    return np.asarray(rows - (rows @ directions.T) @ directions, np.float32)


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), np.float32)
