"""The words of an utterance: digits and letters alike, with where they stand in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dialog.search.normalise import fold

_WORD = re.compile(r"\d+|[^\W\d_]+|\+(?=\s?\d)")
_MAX_DIGITS = 9  #: a longer run of digits is no quantity


@dataclass(frozen=True, slots=True)
class Word:
    """One word or run of digits."""

    folded: str  #: lower case without accents: "ecole", "06", "+"
    written: str  #: as the recogniser wrote it: "École"
    start: int  #: first character in the utterance's text
    end: int  #: one past the last


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a caller said, cut into words; the marks between them are kept."""

    text: str  #: composed accents, plain apostrophes
    words: tuple[Word, ...]

    @property
    def folded(self) -> tuple[str, ...]:
        """The words, comparable."""
        return tuple(word.folded for word in self.words)

    def gap(self, number: int) -> str:
        """What is written between word `number` and the next one (or the end)."""
        following = number + 1
        end = self.words[following].start if following < len(self.words) else len(self.text)
        return self.text[self.words[number].end : end]

    def written(self, first: int, last: int) -> str:
        """The text of words `first` to `last` (excluded), marks between them included."""
        if first >= last:
            return ""
        return self.text[self.words[first].start : self.words[last - 1].end]


def utterance(text: str) -> Utterance:
    """Cut a text into words; signs that are no word (emoji, NUL) stay between them."""
    plain = unicodedata.normalize("NFC", text).replace("’", "'").replace("‑", "-")
    found = (
        Word(_folded(match[0]), match[0], match.start(), match.end())
        for match in _WORD.finditer(plain)
    )
    return Utterance(plain, tuple(word for word in found if word.folded))


def after(text: str, folded: str) -> str:
    """The text behind its first words, given folded."""
    said = utterance(text)
    count = len(folded.split())
    return said.text[said.words[count].start :] if count < len(said.words) else ""


def line(text: str) -> str:
    """The folded words on one line: "8 h 30", "c est rue des lilas"."""
    return " ".join(utterance(text).folded)


def number_of(token: str) -> int | None:
    """The value of a run of digits, or None for anything else."""
    return int(token) if token.isdecimal() and len(token) <= _MAX_DIGITS else None


def listed(words: str) -> frozenset[str]:
    """The words of a list written in one string."""
    return frozenset(words.split())


def _folded(written: str) -> str:
    if written == "+":
        return written
    letters = fold(written).replace(" ", "")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in letters)
