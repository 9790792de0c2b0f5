"""Ordinals and Roman numerals: 1er, 75e, XIXe, Louis XIV. The engine reads `75e` wrongly."""

from __future__ import annotations

import re

from voice.speakable.numbers import cardinal, ordinal

_DECIMAL = re.compile(
    r"(\d(?<![\d.,\w]\d)\d{0,3})(ères?|eres?|ers?|res?|(?:i?[èe]me|ème|eme|es?|nd|nde)s?)(?![\w'])"
)
_CENTURY = re.compile(r"\b([IVX]+)(er|re|ème|eme|e)(s?)(?!\w)")
_ROMAN = re.compile(r"\b[IVX]{2,}\b")
_MONARCH = re.compile(
    r"\b(Louis|Charles|Henri|François|Philippe|Napoléon|Jean-Paul|Jean|Pie|Paul|Benoît|Albert"
    r"|Léopold|Élisabeth|Georges|Édouard|Guillaume|Clovis|Léon|Grégoire|Urbain|Alexandre"
    r"|[Aa]nnexe|[Tt]itre|[Cc]hapitre|[Tt]ome|[Pp]hase) ([IVX])\b(?![.'-])"
)
_VALUES = {"I": 1, "V": 5, "X": 10}
_VALID = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")


def roman(numeral: str) -> int | None:
    """ "XIV" -> 14; None for letters that are no Roman numeral up to 39."""
    if not numeral or not _VALID.fullmatch(numeral):
        return None
    values = [_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def say_ordinals(text: str) -> str:
    """Ordinals in words, Roman numerals as the numbers they are said as."""
    text = _DECIMAL.sub(_spoken_decimal, text)
    text = _CENTURY.sub(_spoken_century, text)
    text = _MONARCH.sub(lambda m: f"{m[1]} {cardinal(_VALUES[m[2]])}", text)
    return _ROMAN.sub(_spoken_roman, text)


def _spoken_decimal(match: re.Match[str]) -> str:
    n, ending = int(match[1]), match[2]
    plural = "s" if ending.endswith("s") and n else ""
    if ending.startswith("nd") and n == 2:
        return ("seconde" if "e" in ending else "second") + plural
    return ordinal(n, feminine=ending.startswith(("r", "èr", "er" + "e"))) + plural


def _spoken_century(match: re.Match[str]) -> str:
    n = roman(match[1])
    if n is None:
        return match[0]
    return ordinal(n, feminine=match[2] == "re") + match[3]


def _spoken_roman(match: re.Match[str]) -> str:
    n = roman(match[0])
    return match[0] if n is None else cardinal(n)
