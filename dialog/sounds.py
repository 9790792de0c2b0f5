"""How French words sound, roughly: what is heard alike gets the same key.

Two tables of rules, not phonemes. The close one tells names and streets apart, and keeps voiced and
unvoiced consonants ("Bruno" is not "Prunot"); "rue d'hélilas" and "rue des Lilas" both sound
"delila". The rough one finds sheets although the recogniser misheard: "se pacser" is written
"s'épacter", "seize ans" "saison". Voiced and unvoiced count as one, and word boundaries go, because
the recogniser puts them where it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from dialog.search.normalise import fold

RUN = 3  #: sounds of a run

_VOWEL = "aeiouyAOI"
#: Applied in this order to one folded word; capitals are sounds with no letter of their own.
_CLOSE = tuple(
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


_ROUGH = tuple(
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


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The close key of one word."""
    heard = fold(word).replace(" ", "")[:40]
    if heard in _ARTICLES:
        return _ARTICLES[heard]
    return _said(_CLOSE, heard)


def sounds(words: Iterable[str]) -> str:
    """The close key of words said in one breath: "des Écoles" is "dezekol", liaison included."""
    out = ""
    before = ""
    for word in words:
        heard = sound(word)
        if before.endswith(("s", "x", "z")) and re.match(rf"[{_VOWEL}]", heard):
            out += "z"
        out += heard
        before = word
    return re.sub(r"(.)\1+", r"\1", out)


def sound_runs(words: Iterable[str]) -> list[str]:
    """Every run of three rough sounds of folded words, across them."""
    line = "".join(_rough(word) for word in words)
    return [line[at : at + RUN] for at in range(len(line) - RUN + 1)]


@lru_cache(maxsize=50_000)
def _rough(word: str) -> str:
    return _said(_ROUGH, word)


def _said(rules: tuple[tuple[re.Pattern[str], str], ...], word: str) -> str:
    for rule, letters in rules:
        word = rule.sub(letters, word)
    return word
