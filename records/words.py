"""Words as the search compares them: no accents, no capitals, no plural."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

LONGEST_QUERY = 500  #: characters that are looked at; what is longer is no search
MOST_TERMS = 20
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_WORD = re.compile(r"[0-9a-z]+")
_IN_AIL = frozenset({"travaux", "vitraux", "emaux", "baux", "soupiraux"})
_STEMMER = snowballstemmer.stemmer("french")
_STEMMING = threading.Lock()  # the stemmer holds the word it works on; threads share it


def terms(text: str) -> list[str]:
    """The stems of a text in its order: "Les déchèteries" gives ["le", "decheter"].

    Accents go first, so that "ecole" and "écoles" have one stem whatever the stemmer thinks of é.
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return [_stem(word) for word in _WORD.findall(letters)]


def query_terms(text: str) -> list[str]:
    """The different stems of a search, those that say something first; [] finds everything."""
    found = dict.fromkeys(terms(text[:LONGEST_QUERY]))
    telling = [term for term in found if len(term) > 1] or list(found)
    return telling[:MOST_TERMS]


def searchable(*texts: str) -> str:
    """What the index holds of these texts: each stem once."""
    return " ".join(dict.fromkeys(term for text in texts for term in terms(text)))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    if word.isdigit():
        return word
    with _STEMMING:
        stem: str = _STEMMER.stemWord(_singular(word))
    return stem


def _singular(word: str) -> str:
    """The plurals in -x, which the stemmer leaves as they are."""
    if word in _IN_AIL:
        return f"{word[:-3]}ail"
    if word.endswith(("eaux", "eux", "oux")):
        return word[:-1]
    return f"{word[:-3]}al" if word.endswith("aux") and len(word) > 4 else word
