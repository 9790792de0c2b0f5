"""The index of a town's sheets: one shared object, read by all calls.

words ─► fillers out ─► embedding ─┬► each phrasing: meaning, stems, letters ─► best, three best
                                   └► summary, title        ranking ◄── weights ◄── signals ◄┘
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialog.search.ages import Ages
from dialog.search.background import Background, shipped_background
from dialog.search.bank import Bank
from dialog.search.cache import Progress, lexicon, vectors
from dialog.search.common import Common
from dialog.search.context import ALONE, ASIDE, TOGETHER, Neighbours
from dialog.search.embedding import Embedder, Vectors
from dialog.search.entries import Entry, Kind, entries
from dialog.search.groups import Groups, Scores
from dialog.search.leaning import Leant
from dialog.search.lexicon import Lexicon
from dialog.search.normalise import quiet
from dialog.search.pieces import pieces
from dialog.search.ranking import Ranking, Signals, Weights, rank
from dialog.search.standing import standing
from dialog.search.windows import pooled, windows
from dialog.sheets import Sheet

__all__ = ["Index", "Progress", "Query"]

LEXICAL = 0.6  #: what stems, and letters, each count beside meaning in the joint score
OWN = 3.0  #: what a sheet of the town gains: it knows better than the State what is done here
LONGEST = 48  #: words of a turn that are embedded, the last ones: time grows with them


@dataclass(frozen=True)
class Query:
    """A caller's words, prepared and embedded once; searches with another context reuse it."""

    text: str
    vector: Vectors  #: shape (384,), as the engine gives it
    windows: Vectors  #: shape (pieces of a long turn, 384); none for a short one
    stems: tuple[str, ...]
    runs: tuple[str, ...]
    sounds: tuple[str, ...]


class Index:
    """Finds sheets. Nothing changes after `build`, so threads share it."""

    def __init__(
        self,
        sheets: Sequence[Sheet],
        found: Sequence[Entry],
        rows: Vectors,
        words: Lexicon,
        embedder: Embedder,
    ) -> None:
        self.sheets = tuple(sheets)
        self.entries = tuple(found)
        self._embedder = embedder
        self.words = words
        self._weights = Weights.load()
        self._common = common = Common.load()
        self._number = {sheet.id: n for n, sheet in enumerate(self.sheets)}
        kinds = np.array([entry.kind for entry in found], np.int64)
        owner = np.array([entry.sheet for entry in found], np.int64)
        self._questions = np.flatnonzero(kinds == Kind.QUESTION)
        self._paragraphs = np.flatnonzero(kinds == Kind.PARAGRAPH)
        self._paragraph_owner = owner[self._paragraphs]
        self._paragraph_rows = rows[self._paragraphs]
        self._question_rows = common.of_questions(rows[self._questions])
        self._summary_rows = common.of_summaries(rows[kinds == Kind.SUMMARY])
        self._title_rows = common.of_titles(rows[kinds == Kind.TITLE])
        self._groups = Groups(owner[self._questions], len(self.sheets))
        self._neighbours = Neighbours(self.sheets)
        self._ages = Ages(self.sheets)
        self._standing = standing(self.sheets)
        self._subjectless = np.array([not (one.service or one.theme) for one in self.sheets])
        gain = OWN if any(one.national for one in self.sheets) else 0.0
        self._allowed_on: dict[tuple[date, str], NDArray[np.bool_]] = {}
        self._own = np.array([gain if one.service else 0.0 for one in self.sheets], np.float32)

    @classmethod
    def build(
        cls,
        sheets: Sequence[Sheet],
        folder: Path,
        *,
        progress: Progress | None = None,
        background: Bank | None = None,
    ) -> Index:
        """Embed what `folder` does not hold yet, and keep it there.

        Args:
            folder: where embeddings are kept, by content; made if needed.
            progress: called with (entries done, entries to do).
            background: phrasings that tell how rare a word is, beside the sheets' own; default:
                those shipped with the program.
        """
        embedder = Embedder()
        found = entries(sheets)
        rows = vectors(found, folder, embedder, progress)
        known = shipped_background() if background is None else Background(background)
        return cls(sheets, found, rows, lexicon(sheets, found, known, folder), embedder)

    def query(self, text: str, alternatives: Sequence[str] = ()) -> Query:
        """Prepare a caller's words.

        Args:
            alternatives: what the recogniser also considered; their words count too.
        """
        kept = " ".join(quiet(text).split()[-LONGEST:])
        every = [pieces(one) for one in (text, *alternatives)]
        return Query(
            text,
            self._embedder.embed([kept], is_query=True)[0],
            self._embedder.embed(windows(kept), is_query=True),
            *(tuple(dict.fromkeys(chain.from_iterable(kind))) for kind in zip(*every, strict=True)),
        )

    def rank(
        self,
        query: Query,
        day: date,
        *,
        context: Mapping[str, float] | None = None,
        last: Sheet | None = None,
        language: str = "fr",
    ) -> Ranking:
        """The sheets in this language that may be spoken on `day`, likeliest first.

        Args:
            context: sheet id -> what the conversation adds to its score (or takes from it).
            last: the sheet spoken last, when the words may lean on it.
        """
        if not self.sheets:
            return Ranking(())
        signals = self.signals(query)
        scores = self._score(query, signals)
        leant = None if last is None else self._leant(query, scores, last)
        if leant is not None:
            near = self._neighbours.bonus(leant.last)
            joined = ALONE * scores + TOGETHER * leant.together + near
            scores = np.where(self._subjectless, (ALONE + TOGETHER) * scores + ASIDE, joined)
        for sheet_id, bonus in (context or {}).items():
            if (number := self._number.get(sheet_id)) is not None:
                scores[number] += bonus
        return rank(
            self.sheets, scores, signals, self._allowed(day, language), self._weights, leant
        )

    def _allowed(self, day: date, language: str) -> NDArray[np.bool_]:
        """Which sheets may be spoken; asked for each turn, it changes once a day."""
        known = self._allowed_on.get((day, language))
        if known is None:
            known = np.array([one.lang == language and one.speakable(day) for one in self.sheets])
            self._allowed_on = {**dict(list(self._allowed_on.items())[-3:]), (day, language): known}
        return known

    def _leant(self, query: Query, alone: Scores, last: Sheet) -> Leant:
        """The scores alone, and together with the title of the sheet spoken last."""
        joint = self.query(f"{last.title} {query.text}")
        together = self._score(joint, self.signals(joint))
        words, number = len(query.text.split()), self._number[last.id]
        return Leant(alone, together, number, self._subjectless, words)

    def signals(self, query: Query) -> Signals:
        """How close each sheet is, one column per signal of `ranking.SIGNALS`."""
        meaning = self._question_rows @ self._common.of_questions(query.vector)
        by_stems = self.words.stems.cosine(query.stems)
        by_runs = self.words.runs.cosine(query.runs)
        by_sounds = self.words.sounds.cosine(query.sounds)
        whole = self.words.sheets.share(query.stems)
        joint = meaning + LEXICAL * (by_stems + by_runs)
        by_meaning = self._groups.best(meaning)
        summary = self._summary_rows @ self._common.against_summaries(query.vector)
        columns = (
            *by_meaning,
            self._groups.best(by_stems)[0],
            self._groups.best(by_runs)[0],
            self._groups.best(by_stems + by_runs)[1],
            *self._groups.best(by_sounds),
            *self._groups.best(joint),
            summary,
            self._title_rows @ self._common.against_titles(query.vector),
            whole,
            *self._of_windows(query, *by_meaning, summary),
            *self._standing,
        )
        return np.stack(columns, axis=1).astype(np.float32)

    def _of_windows(
        self, query: Query, best: Scores, three: Scores, summary: Scores
    ) -> tuple[Scores, ...]:
        """What the pieces of a long turn say; a short one is its only piece."""
        if not len(query.windows):
            return pooled(best[None], three[None], summary[None])
        close = self._common.of_questions(query.windows) @ self._question_rows.T
        against = self._common.against_summaries(query.windows) @ self._summary_rows.T
        return pooled(*self._groups.best(close), against)

    def offsets(self, query: Query) -> Scores:
        """What each sheet's score has besides the weighted signals."""
        return np.asarray(self._ages.bonus(query.text) + self._own, np.float32)

    def _score(self, query: Query, signals: Signals) -> Scores:
        weights = np.array(self._weights.signals, np.float32)
        return np.asarray(signals @ weights + self.offsets(query), np.float32)

    def paragraphs(self, query: Query, sheet: Sheet) -> list[float]:
        """How close each paragraph of a sheet is, in the sheet's order (0..1); 0 if unknown."""
        here = np.flatnonzero(self._paragraph_owner == self._number[sheet.id])
        if not len(here):
            return [0.0] * sum(len(section.paragraphs) for section in sheet.sections)
        return [float(v) for v in self._paragraph_rows[here] @ query.vector]
