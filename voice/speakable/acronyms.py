"""Sigles and abbreviations, from the table in acronyms.toml: letters, word or in full."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any


def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "acronyms.toml").read_text("utf-8"))


_DATA = _table()
_LETTER_NAMES: dict[str, str] = _DATA["letter_names"]
#: Sigles said letter by letter.
LETTERS: frozenset[str] = frozenset(_DATA["letters"])
#: Sigle -> the word the voice must read.
WORDS: dict[str, str] = _DATA["words"]
#: Sigle -> say, plural, gender.
EXPANDED: dict[str, dict[str, str]] = _DATA["expand"]
#: Abbreviation as written, with its full stop where it has one -> in full.
ABBREVIATIONS: dict[str, str] = _DATA["abbreviations"]
_BEFORE_NAME: dict[str, str] = _DATA["titles"]

_PLURAL = r"(?P<plural>(?i:\b(?:les|des|ces|vos|nos|mes|ses|leurs|aux|deux|trois|plusieurs)) )"
_ELIDED = r"(?P<elided>(?i:\b(?:de l'|à l'|l'|d')))"
_SIGLE = re.compile(
    r"(?<![\w@.])(?:[A-Z](?:\.[A-Z])+\b\.?|[A-Z]{2,8}|Pacs|pacs|Cerfa|Insee|Ehpad)(?![^\W\d])"
)
_SHORT = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(
        re.escape(key) + ("" if key.endswith((".", "°", "º")) else r"(?!\w)")
        for key in sorted(ABBREVIATIONS, key=len, reverse=True)
    )
    + ")"
)
_TITLES = "|".join(map(re.escape, sorted(_BEFORE_NAME, key=len, reverse=True)))
_TITLE = re.compile(
    rf"(?<![\w.'-])(?:(?P<title>{_TITLES})(?= (?:l[ea] |l'|et |ou |[A-ZÀ-Ý]))"
    r"|(?<= ou | et )(?P<alone>M\.|Mmes?|Mlles?)(?!\w))"
)
_VOWEL = re.compile(r"[AEIOUY]")


def letter_names(sigle: str) -> str:
    """ "CNI" -> "cé ène i": the French names of the letters, as espeak-ng reads them right."""
    return " ".join(_LETTER_NAMES[letter] for letter in sigle.upper() if letter in _LETTER_NAMES)


def say_acronyms(text: str) -> str:
    """Titles, abbreviations and sigles as they are said; unknown pronounceable sigles stay."""
    text = _TITLE.sub(lambda m: _BEFORE_NAME[m["title"] or m["alone"]], text)
    text = _SHORT.sub(_spoken_short, text)
    return _SIGLE.sub(_spoken_sigle, _IN_FULL.apply(text))


def _spoken_short(match: re.Match[str]) -> str:
    said = ABBREVIATIONS[match[0]]
    if match[0].endswith(".") and said == "et cetera":
        return said + _stop(match)
    return said + " " if _after(match, 1).isalnum() else said  # "n°5"


class Expansions:
    """Sigles said in full, with the article that the full words need: "l'ALSH", "les DP".

    Args:
        table: sigle -> say, plural, gender ("m" or "f").
    """

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._table = dict(table)
        names = "|".join(re.escape(name) for name in sorted(table, key=len, reverse=True))
        self._pattern = re.compile(
            rf"(?:{_PLURAL}|{_ELIDED})?(?<![\w-])(?P<sigle>{names})(?!\w)" if table else r"(?!)"
        )

    def apply(self, text: str) -> str:
        """The text with these sigles in full."""
        return self._pattern.sub(self._spoken, text)

    def _spoken(self, match: re.Match[str]) -> str:
        entry = self._table[match["sigle"]]
        if match["plural"]:
            return match["plural"] + entry["plural"]
        if not match["elided"]:
            return entry["say"]
        said = _article(match["elided"].lower(), entry) + entry["say"]
        return said[:1].upper() + said[1:] if match["elided"][0].isupper() else said


def _article(elided: str, entry: Mapping[str, str]) -> str:
    """The article that the sigle elided, before the words that stand for it."""
    if re.match(r"[aeéhiou]", entry["say"]):
        return elided
    masculine = {"l'": "le ", "de l'": "du ", "à l'": "au ", "d'": "de "}
    feminine = {"l'": "la ", "de l'": "de la ", "à l'": "à la ", "d'": "de "}
    return (masculine if entry["gender"] == "m" else feminine)[elided]


def _spoken_sigle(match: re.Match[str]) -> str:
    written = match[0]
    bare = written.replace(".", "").upper()
    numbered = _after(match, 1).isdigit() and len(bare) < 4  # "CE1"
    stop = _stop(match) if written.endswith(".") else ""
    if bare in WORDS:
        return WORDS[bare] + stop
    unsayable = len(bare) < 6 and not _VOWEL.search(bare)
    if bare in LETTERS or "." in written or numbered or unsayable:
        return letter_names(bare) + stop
    return written


def _stop(match: re.Match[str]) -> str:
    """The full stop of an abbreviation that also ends the sentence."""
    return "." if re.match(r"$| [A-ZÀ-Ý]", _after(match, 2)) else ""


def _after(match: re.Match[str], characters: int) -> str:
    return match.string[match.end() : match.end() + characters]


_IN_FULL = Expansions(EXPANDED)
