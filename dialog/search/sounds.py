"""How French words sound, roughly: what the recogniser misheard often still sounds the same.

"se pacser" is written "s'épacter", "seize ans" "saison". Letters become sounds by rules (silent
endings, digraphs, nasal vowels), voiced and unvoiced consonants count as one, and word boundaries
go: the recogniser puts them where it likes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dialog.search.normalise import spelt, without_noise

RUN = 3

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?:eaux?|aux?|o[tspx])$", "o"),
        (r"(?:ai[tsx]?|aient|ees?|er|ez|et|es|e)$", "e"),
        (r"[tdspxz]$", ""),
        (r"ai|ei|ay|ey", "e"),
        (r"eau|au", "o"),
        (r"ph", "f"),
        (r"sc(?=[eiy])", "s"),
        (r"ch|sh", "S"),
        (r"qu|ck|q", "k"),
        (r"gu(?=[eiy])", "k"),
        (r"c(?=[eiy])", "s"),
        (r"g(?=[eiy])", "S"),
        (r"ge(?=[ao])", "S"),
        (r"j", "S"),
        (r"tion", "sO"),
        (r"[ae][mn](?![aeiouymn])", "A"),
        (r"(?:ai|ei|i|y|u)[mn](?![aeiouymn])", "I"),
        (r"o[mn](?![aeiouymn])", "O"),
        (r"oi", "ua"),
        (r"ou|w", "u"),
        (r"oeu|eu|oe", "e"),
        (r"y", "i"),
        (r"h", ""),
        (r"x", "ks"),
        (r"[cg]", "k"),
        (r"d", "t"),
        (r"b", "p"),
        (r"v", "f"),
        (r"z", "s"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """The sounds of one folded word, a letter each."""
    for pattern, said in _RULES:
        word = pattern.sub(said, word)
    return word


def sound_runs(text: str) -> list[str]:
    """Every run of three sounds of a text, across its words."""
    line = "".join(sound(word) for word in without_noise(spelt(text)).split())
    return [line[at : at + RUN] for at in range(len(line) - RUN + 1)]
