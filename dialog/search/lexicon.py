"""Search by words: phrasings by stems, letters and sounds, sheets by all their stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from numpy.typing import NDArray

from dialog.search.background import Background
from dialog.search.entries import Entry, Kind
from dialog.search.pieces import pieces, stems
from dialog.search.postings import Postings
from dialog.sheets import Sheet

_NAMES = ("stems", "runs", "sounds", "sheets")


@dataclass(frozen=True)
class Lexicon:
    """The inverted lists of one set of sheets."""

    stems: Postings  #: of phrasings
    runs: Postings  #: of phrasings
    sounds: Postings  #: of phrasings
    sheets: Postings  #: stems of title, direct answer and all phrasings of a sheet

    @classmethod
    def build(
        cls, sheets: Sequence[Sheet], found: Sequence[Entry], background: Background
    ) -> Lexicon:
        """Count and weigh.

        Args:
            background: phrasings of other sheets too: they tell how rare a word is among callers.
        """
        made = [pieces(entry.text) for entry in found if entry.kind is Kind.QUESTION]
        others = background.beside({sheet.id for sheet in sheets})
        return cls(
            Postings.by_cosine([one.stems for one in made], others.stems),
            Postings.by_cosine([one.runs for one in made], others.runs),
            Postings.by_cosine([one.sounds for one in made], others.sounds),
            Postings.by_bm25(list(map(sheet_bag, sheets)), others.sheets),
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
    texts = (sheet.title, sheet.title, *answer, *sheet.questions)
    return [stem for text in texts for stem in stems(text)]
