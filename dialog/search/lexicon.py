"""Search by words: phrasings by stems, letters and sounds, sheets by all their stems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from numpy.typing import NDArray

from dialog.search.bank import Bank
from dialog.search.entries import Entry, Kind
from dialog.search.pieces import runs, stems
from dialog.search.postings import Postings
from dialog.sheets import Sheet
from dialog.sounds import sound_runs

_NAMES = ("stems", "runs", "sounds", "sheets")


@dataclass(frozen=True)
class Lexicon:
    """The inverted lists of one set of sheets."""

    stems: Postings  #: of phrasings
    runs: Postings  #: of phrasings
    sounds: Postings  #: of phrasings
    sheets: Postings  #: stems of title, direct answer and all phrasings of a sheet

    @classmethod
    def build(cls, sheets: Sequence[Sheet], found: Sequence[Entry], bank: Bank) -> Lexicon:
        """Count and weigh.

        Args:
            bank: phrasings of other sheets too: they tell how rare a word is among callers.
        """
        texts = [entry.text for entry in found if entry.kind is Kind.QUESTION]
        here = {sheet.id for sheet in sheets}
        others = [lines for sheet, lines in bank.items() if sheet not in here]
        elsewhere = [line for lines in others for line in lines]
        return cls(
            Postings.by_cosine([stems(t) for t in texts], map(stems, elsewhere)),
            Postings.by_cosine([runs(t) for t in texts], map(runs, elsewhere)),
            Postings.by_cosine([sound_runs(t) for t in texts], map(sound_runs, elsewhere)),
            Postings.by_bm25(list(map(sheet_bag, sheets)), (_bag(lines) for lines in others)),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restored` needs."""
        every = [(name, getattr(self, name)) for name in _NAMES]
        return dict(chain.from_iterable(one.arrays(name).items() for name, one in every))

    @classmethod
    def restored(cls, stored: Mapping[str, NDArray[Any]]) -> Lexicon:
        """The lexicon that `arrays` gave."""
        return cls(*(Postings.restored(stored, name) for name in _NAMES))


def sheet_bag(sheet: Sheet) -> list[str]:
    """All stems that stand for a sheet; its title counts twice."""
    answer = sheet.sections[0].paragraphs if sheet.sections else ()
    return _bag((sheet.title, sheet.title, *answer, *sheet.questions))


def _bag(texts: Iterable[str]) -> list[str]:
    return [stem for text in texts for stem in stems(text)]
