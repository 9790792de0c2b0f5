"""Whether a text has given words: exactly, or as far as a recogniser can be trusted."""

from __future__ import annotations

from rapidfuzz import fuzz

from dialog.search.normalise import fold

NEARLY = 80  #: percent alike, where a recogniser wrote the words


def has(text: str, words: str, *, heard: bool = False) -> bool:
    """Whether a text has these words; case, accents and punctuation do not count.

    Args:
        heard: the text may hold what a recogniser wrote: nearly these words do. Digits must agree.
    """
    said, wanted = f" {fold(text)} ", f" {fold(words)} "
    if wanted in said or not wanted.strip():
        return True
    if not heard or any(c.isdigit() for c in wanted):
        return False
    return fuzz.partial_ratio(wanted.strip(), said.strip()) >= NEARLY


def same(value: str, wanted: str, *, heard: bool = False) -> bool:
    """Whether a value is this one, by the same rules."""
    mine, theirs = fold(value), fold(wanted)
    if mine == theirs:
        return True
    if not heard or any(c.isdigit() for c in theirs) or not theirs:
        return False
    return fuzz.ratio(mine, theirs) >= NEARLY
