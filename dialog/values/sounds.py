"""How French words sound, roughly: two spellings that are heard alike get the same key.

Rules, not phonemes: only the town's street names and a caller's words are compared by them.
"rue d'hélilas" and "rue des Lilas" both sound "delila".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from dialog.search.normalise import fold

_VOWEL = "aeiouyAOI"
#: Applied in this order to one folded word; capitals are sounds with no letter of their own.
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:les|des|mes|ses|ces|tes|est|et)$", "e"),
        (r"ph", "f"),
        (r"sch|ch|sh", "S"),
        (r"h", ""),
        (r"(?<=.)(?:ent|es|e)$", ""),
        (r"(?<=[aeiou])(?:x|s|t|d|p)+$|(?<=[nr])(?:s|t|d|c|g|p)+$|(?<=[lctdgpmf])s+$", ""),
        (r"(?<=.)(?:er|ez|et|ai)$", "e"),
        (r"(?:e|o)?eau|au", "o"),
        (r"oeu|eu|oe", "e"),
        (r"gn", "N"),
        (r"(?<=[aeiou])ill?(?=[aeiou]|$)|(?<=i)ll(?=[aeio]|$)", "y"),
        (r"oi|oy", "wa"),
        (r"ou|ow", "u"),
        (r"(?:ain|ein|aim|in|im|yn|ym|un|um)(?![aeiouymn])", "I"),
        (r"(?:en|em|an|am)(?![aeiouymn])", "A"),
        (r"(?:on|om)(?![aeiouymn])", "O"),
        (r"ai|ei|ay|ey|ae", "e"),
        (r"tion", "sion"),
        (r"qu|q|ck|c(?![eiyS])|k", "k"),
        (r"sc(?=[eiy])|c(?=[eiy])|ss", "s"),
        (rf"(?<=[{_VOWEL}])s(?=[{_VOWEL}])|z", "z"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"w", "v"),
        (r"y", "i"),
        (r"x", "ks"),
        (r"(.)\1+", r"\1"),
    )
)
_ARTICLES = {"les": "le", "des": "de", "d": "d", "l": "l"}


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The key of one word."""
    heard = fold(word).replace(" ", "")[:40]
    if heard in _ARTICLES:
        return _ARTICLES[heard]
    for rule, letters in _RULES:
        heard = rule.sub(letters, heard)
    return heard


def sounds(words: Iterable[str]) -> str:
    """The key of several words said in one breath: "des Écoles" is "dezekol", liaison included."""
    out = ""
    before = ""
    for word in words:
        heard = sound(word)
        if before.endswith(("s", "x", "z")) and re.match(rf"[{_VOWEL}]", heard):
            out += "z"
        out += heard
        before = word
    return re.sub(r"(.)\1+", r"\1", out)
