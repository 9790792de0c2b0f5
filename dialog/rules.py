"""Rules over callers' words, written as data: one per line, in French, `…` for a few words.

Words and rules lose case, accents, apostrophes and hyphens alike; only "où" and "là" stay apart
from "ou" and "la".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from dialog.search.normalise import fold

_YA = re.compile(r"\bya\b")  #: how "y a" is written by ear
_DRAWN = re.compile(r"([aeiouyé])\1{2,}")  #: "ouiiii", "nooon"
_GAP = r"\b.{0,60}?\b"  #: "…": up to about ten words


def spoken(text: str) -> str:
    """A caller's words as rules see them."""
    return fold(_apart(_YA.sub("y a", _DRAWN.sub(r"\1", text.lower()))))


def _apart(text: str) -> str:
    return re.sub(r"\blà\b", "laa", re.sub(r"\boù\b", "ouu", text))


class Rules:
    """A list of rules; the words match when one of them does."""

    def __init__(self, lines: str | Iterable[str]) -> None:
        """
        Args:
            lines: one regular expression per line, in plain French words.

        Raises:
            ValueError: names the line that is not a regular expression.
        """
        given = lines.splitlines() if isinstance(lines, str) else list(lines)
        self._any = _compiled(tuple(line.strip() for line in given if line.strip()))

    def search(self, words: str) -> re.Match[str] | None:
        """The first place where a rule holds, in words that went through `spoken`."""
        return self._any.search(words) if self._any else None

    def covers(self, words: str) -> bool:
        """Whether one rule is all that was said."""
        return bool(self._any and self._any.fullmatch(words))

    def without(self, words: str) -> str:
        """The words with every match taken out."""
        return " ".join(self._any.sub(" ", words).split()) if self._any else words


@lru_cache(maxsize=2_000)  # a town that is read again, and each test, has the same rules
def _compiled(lines: tuple[str, ...]) -> re.Pattern[str] | None:
    for line in lines:
        try:
            re.compile(_written(line))
        except re.error as error:
            raise ValueError(f"{line!r} is not a rule: {error}") from error
    return re.compile(rf"\b(?:{'|'.join(map(_written, lines))})\b") if lines else None


def _written(line: str) -> str:
    """A rule with the same letters as `spoken` words have."""
    line = _apart(line.lower()).replace("œ", "oe").replace("’", "'")
    plain = unicodedata.normalize("NFKD", line)
    letters = "".join(c for c in plain if not unicodedata.combining(c) or c == "…")
    letters = re.sub(r"'\s*", " ", letters).replace("-", " ")
    return re.sub(r"\s*(?:…|\.\.\.)\s*", lambda _: _GAP, letters)
