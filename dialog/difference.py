"""What tells sheets apart, in few words: the question back to a caller names only that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

_WORD = re.compile(r"[^\s'’]+['’]?")
_ARTICLES = frozenset(
    [
        "un",
        "une",
        "des",
        "du",
        "de",
        "d",
        "l",
        "le",
        "la",
        "les",
        "au",
        "aux",
        "en",
        "pour",
        "par",
        "à",
        "d'",
        "l'",
    ]
)
_PLAIN = {
    "majeur": "un adulte",
    "un majeur": "un adulte",
    "une personne majeure": "un adulte",
    "mineur": "un enfant",
    "un mineur": "un enfant",
}


def differences(titles: Sequence[str]) -> list[str]:
    """The parts of titles that differ, ready to stand in "… ou …".

    "Carte d'identité d'un majeur : en cas de perte" and "… d'un mineur : en cas de perte" give
    "un adulte" and "un enfant"; titles with little in common are given whole.
    """
    if len(titles) == 1:
        return [_inside(titles[0])]
    words = [_WORD.findall(_plain(title)) for title in titles]
    lowered = [[word.lower() for word in one] for one in words]
    start = len(_shared(lowered))
    rest = [one[start:] for one in lowered]
    end = len(_shared([one[::-1] for one in rest]))
    if 2 * (start + end) < min(map(len, words)):  # two sheets that only begin alike
        return [_inside(title) for title in titles]
    cut = [one[start : len(one) - end] for one in words]
    if any(not _telling(part) for part in cut):
        return [_inside(title) for title in titles]
    while start and lowered[0][start - 1] in {"un", "une"}:
        start -= 1
        cut = [one[start : len(one) - end] for one in words]
    said = [_joined(part) for part in cut]
    return [_PLAIN.get(one.lower(), one) for one in said]


def _shared(texts: Sequence[Sequence[str]]) -> Sequence[str]:
    """The words that all begin with."""
    return [
        one[0] for one in takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))
    ]


def _plain(title: str) -> str:
    return " ".join(re.sub(r"[\u00a0\u202f]", " ", title).split()).rstrip(" ?")


def _telling(part: Sequence[str]) -> bool:
    return any(word.lower() not in _ARTICLES and len(word) > 1 for word in part)


def _joined(words: Sequence[str]) -> str:
    text = " ".join(words).strip(" :-,(")
    return re.sub(r"(['’]) ", r"\1", text)


def _inside(title: str) -> str:
    """A title inside a sentence: "Prix de la cantine" -> "prix de la cantine"; sigles stay."""
    plain = _plain(title)
    first, _, rest = plain.partition(" ")
    sigle = len(first) > 1 and first.isupper()
    return plain if sigle else f"{first[:1].lower()}{first[1:]} {rest}".strip()
