"""Counting word errors, whichever way numbers were written down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from num2words import num2words

_DIGITS = {word: str(n) for n, word in enumerate(num2words(i, lang="fr") for i in range(10))}


@dataclass(frozen=True)
class Errors:
    """Word errors of one or many turns."""

    words: int = 0  #: in the reference
    wrong: int = 0  #: replaced, missing and inserted words
    inserted: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.words + other.words, self.wrong + other.wrong, self.inserted + other.inserted
        )

    @property
    def rate(self) -> float:
        """Word error in percent."""
        return 100 * self.wrong / max(1, self.words)


def total(errors: Iterable[Errors]) -> Errors:
    """All of them together."""
    return sum(errors, Errors())


def plain_words(text: str) -> list[str]:
    """Lower-case words; a text of nothing but digits becomes single digits, numbers get letters."""
    text = re.sub(r"\b(\d{1,2}) ?h\b", r"\1 heures", text.lower())
    words = re.findall(r"[^\W_]+", re.sub(r"(\d)[. -](?=\d)", r"\1 ", text))
    digits = "".join(_DIGITS.get(word, word) for word in words)
    if digits.isdigit() and len(digits) >= 4:
        return list(digits)
    spelt = (num2words(int(w), lang="fr") if w.isdecimal() else w for w in words)
    return re.findall(r"[^\W_]+", " ".join(spelt))


def compare(reference: str, heard: str) -> Errors:
    """The fewest edits between two texts, with the fewest insertions among those."""
    ref, hyp = plain_words(reference), plain_words(heard)
    # a cell is (edits, insertions); tuples compare in that order
    row = [(j, j) for j in range(len(hyp) + 1)]
    for i, word in enumerate(ref, 1):
        new = [(i, 0)]
        for j, other in enumerate(hyp, 1):
            replaced = (row[j - 1][0] + (word != other), row[j - 1][1])
            missing = (row[j][0] + 1, row[j][1])
            inserted = (new[j - 1][0] + 1, new[j - 1][1] + 1)
            new.append(min(replaced, missing, inserted))
        row = new
    return Errors(len(ref), *row[-1])
