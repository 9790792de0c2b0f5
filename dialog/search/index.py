"""The index of a town's sheets: one shared object, read by all calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialog.search.cache import Progress, vectors
from dialog.search.clauses import clauses
from dialog.search.embedding import Embedder, Vectors
from dialog.search.entries import Entry, Kind, entries
from dialog.search.lexical import Lexicon, Scores
from dialog.search.normalise import quiet, without_noise
from dialog.search.ranking import Ranking, Signals, Weights, rank
from dialog.sheets import Sheet

__all__ = ["Index", "Progress", "Query"]

BACKGROUND = 0.35  #: what the words with their context count beside the words alone
_FAR = -1.0  #: similarity of a sheet that has no entry of a kind


@dataclass(frozen=True)
class Query:
    """A caller's words, prepared and embedded once; searches with another context reuse it."""

    text: str
    whole: Vectors  #: shape (384,)
    parts: Vectors  #: one row per clause, none for a short turn


class Index:
    """Finds sheets. Nothing changes after `build`, so threads share it."""

    def __init__(
        self, sheets: Sequence[Sheet], found: Sequence[Entry], rows: Vectors, embedder: Embedder
    ) -> None:
        self.sheets = tuple(sheets)
        self.entries = tuple(found)
        self._rows = rows
        self._embedder = embedder
        self._owner = np.array([entry.sheet for entry in found], np.int64)
        kinds = np.array([entry.kind for entry in found], np.int64)
        self._of_kind = {kind: np.flatnonzero(kinds == kind) for kind in Kind}
        self._lexicon = Lexicon(found, len(self.sheets))
        self._weights = Weights.load()
        self._number = {sheet.id: n for n, sheet in enumerate(self.sheets)}

    @classmethod
    def build(
        cls, sheets: Sequence[Sheet], folder: Path, *, progress: Progress | None = None
    ) -> Index:
        """Embed what `folder` does not hold yet, and keep it there.

        Args:
            folder: where embeddings are kept, by content; made if needed.
            progress: called with (entries done, entries to do).
        """
        embedder = Embedder()
        found = entries(sheets)
        return cls(sheets, found, vectors(found, folder, embedder, progress), embedder)

    def query(self, text: str) -> Query:
        """Prepare a caller's words: the long turn is also cut into its clauses."""
        parts = clauses(text)
        if parts:
            rows = self._embedder.embed(parts, is_query=True)
            mean = rows.mean(axis=0)
            return Query(text, mean / (np.linalg.norm(mean) or 1.0), rows)
        return Query(text, self._embedder.embed([quiet(text)], is_query=True)[0], _no_rows())

    def rank(
        self,
        query: Query,
        day: date,
        *,
        context: Mapping[str, float] | None = None,
        background: Query | None = None,
    ) -> Ranking:
        """The sheets that may be spoken on `day`, likeliest first.

        Args:
            context: sheet id -> what the conversation adds to its score (or takes from it).
            background: the same words with what they follow; they count for a part.
        """
        if not self.sheets:
            return Ranking((), 1.0)
        signals: Signals = self.signals(query)
        if background is not None:
            signals += BACKGROUND * (self.signals(background) - signals)
        scores: Scores = signals @ np.array(self._weights.signals, np.float32)
        for sheet_id, bonus in (context or {}).items():
            if (number := self._number.get(sheet_id)) is not None:
                scores[number] += bonus
        allowed = np.array([sheet.speakable(day) for sheet in self.sheets])
        long = len(query.parts) > 0
        none = self._weights.none_long if long else self._weights.none
        return rank(self.sheets, scores, allowed, none)

    def signals(self, query: Query, *, without: int | None = None) -> Signals:
        """How close each sheet is, one column per signal.

        Args:
            without: number of an entry left out, when the query is that entry (to fit weights).
        """
        near = self._rows @ query.whole
        nearest = (self._rows @ query.parts.T).max(axis=1) if len(query.parts) else near
        words = without_noise(query.text)
        by_words = self._lexicon.entry_scores(words)
        by_sheet = self._lexicon.sheet_scores(words)
        if without is not None:
            entry = self.entries[without]
            near[without] = nearest[without] = _FAR
            by_words[without] = 0.0
            by_sheet[entry.sheet] = self._lexicon.score_without(words, entry)
        columns = (
            self._best(near, Kind.QUESTION),
            self._best(nearest, Kind.QUESTION),
            self._best(near, Kind.PARAGRAPH),
            self._best(near, Kind.TITLE),
            np.maximum(self._best(by_words, Kind.QUESTION), self._best(by_words, Kind.TITLE)),
            by_sheet,
        )
        return np.stack(columns, axis=1).astype(np.float32)

    def paragraphs(self, query: Query, sheet: Sheet) -> list[float]:
        """How close each paragraph of a sheet is, in the sheet's order (0..1)."""
        number = self._number[sheet.id]
        here = [n for n in self._of_kind[Kind.PARAGRAPH] if self._owner[n] == number]
        return [float(v) for v in self._rows[here] @ query.whole]

    def _best(self, scores: NDArray[np.float32], kind: Kind) -> NDArray[np.float32]:
        best = np.full(len(self.sheets), _FAR, np.float32)
        chosen = self._of_kind[kind]
        np.maximum.at(best, self._owner[chosen], scores[chosen])
        return best


def _no_rows() -> Vectors:
    return np.zeros((0, 0), np.float32)
