"""How rare a piece is among callers: counted over the whole bank, once for all towns of a process.

A town of eight sheets has too few phrasings to tell that "voudrais" says nothing and "canapé" does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from dialog.search.bank import Bank, shipped_bank
from dialog.search.pieces import pieces


@dataclass(frozen=True)
class Counts:
    """In how many texts each piece stands, and how many texts there are."""

    texts: int = 0
    holding: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, bags: Iterable[Sequence[str]]) -> Counts:
        """Count; a piece that stands twice in one text counts once."""
        holding: Counter[str] = Counter()
        texts = 0
        for bag in bags:
            holding.update(set(bag))
            texts += 1
        return cls(texts, holding)

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.texts + other.texts, self.holding + other.holding)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.texts - other.texts, self.holding - other.holding)


@dataclass(frozen=True)
class Rarity:
    """The counts of one bank by kind of piece; `sheets` counts sheets, the others phrasings."""

    stems: Counts
    runs: Counts
    sounds: Counts
    sheets: Counts

    @classmethod
    def of(cls, lines_of_sheets: Iterable[Sequence[str]]) -> Rarity:
        """Count the phrasings of some sheets."""
        made = [[pieces(line) for line in lines] for lines in lines_of_sheets]
        every = [one for lines in made for one in lines]
        return cls(
            Counts.of(one.stems for one in every),
            Counts.of(one.runs for one in every),
            Counts.of(one.sounds for one in every),
            Counts.of([stem for one in lines for stem in one.stems] for lines in made),
        )

    def __sub__(self, other: Rarity) -> Rarity:
        return Rarity(
            self.stems - other.stems,
            self.runs - other.runs,
            self.sounds - other.sounds,
            self.sheets - other.sheets,
        )


class Background:
    """A bank that only tells how rare a piece is."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def beside(self, sheets: Collection[str]) -> Rarity:
        """The counts of all phrasings but those of these sheets (ids)."""
        here = [lines for sheet, lines in self.bank.items() if sheet in sheets]
        others = [lines for sheet, lines in self.bank.items() if sheet not in sheets]
        if len(others) < len(here):
            return Rarity.of(others)
        return self._whole - Rarity.of(here)

    @cached_property
    def _whole(self) -> Rarity:
        return Rarity.of(self.bank.values())


@lru_cache(maxsize=1)
def shipped_background() -> Background:
    """The phrasings that come with the program; read and counted once."""
    return Background(shipped_bank())
