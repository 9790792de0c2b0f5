"""E-mail addresses as callers write, dictate or spell them, and their read-back.

"jean point dupont arobase orange point fr", "D U P O N T arobase free point fr", or written. The
name of the provider is said, hardly ever spelled: the usual ones are known by their sound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialog.search.normalise import fold
from dialog.values.cardinals import readings
from dialog.values.spelling import parse_spelling, spell

LONGEST = 254  #: characters of an address (RFC 5321)

_ADDRESS = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?!\.)){0,62}(?<![.])@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_WRITTEN = re.compile(r"[\w.+-]+@[\w.-]+\.[a-zA-Z]{2,24}")
_AT = re.compile(r"\b(?:arobase?s?|arrobase|a robase|a commercial|at)\b")
_SIGNS = {
    **{"point": ".", "tiret du bas": "_", "souligne": "_", "underscore": "_", "sous tiret": "_"},
    **{"trait d union": "-", "tiret du six": "-", "tiret": "-", "moins": "-", "plus": "+"},
}
_HEARD = {  # how recognition writes the usual providers
    **{"g mail": "gmail", "j mail": "gmail", "jemail": "gmail", "gemail": "gmail"},
    **{"hot mail": "hotmail", "out look": "outlook", "la poste": "laposte", "i cloud": "icloud"},
    **{
        "yahou": "yahoo",
        "s f r": "sfr",
        "wana doo": "wanadoo",
        "free": "free",
        "oranges": "orange",
    },
}
_LEAD = re.compile(
    r"^(?:.*\b(?:adresse|mail|email|courriel)s? (?:c est|est)|c est|alors|oui|euh|donc|mon mail"
    r"|mon adresse|voila|a l adresse|a(?= \w\w))\b"
)
_ENDS = re.compile(r"\b(fr|com|net|org|eu|re|gp|mq|gf|yt|be|ch|info)\b.*$")


def parse_email(text: str) -> str:
    """The address in these words, in small letters; empty when there is none."""
    written = _WRITTEN.search(text)
    if written:
        return _checked(written.group().strip(".-").lower())
    said = fold(_signs_said(text))
    halves = _AT.split(said, maxsplit=1)
    if len(halves) != 2:
        return ""
    return _checked(f"{_local(halves[0])}@{_domain(halves[1])}")


def _signs_said(text: str) -> str:
    """Signs that recognition wrote inside a word, as words; "D-U-P" is spelling, not signs."""
    said = text.lower().replace("@", " arobase ").replace("_", " tiret du bas ")
    said = re.sub(r"(?<=\w)\.(?=\w)", " point ", said)
    return re.sub(r"(?<=\w\w)-(?=\w\w)", " tiret ", said)


def say_email(address: str) -> str:
    """The address as it is read back: letters one by one, the provider as a word."""
    local, _, domain = address.partition("@")
    spelled = ", ".join(part for piece in re.split(r"([^a-z])", local) if (part := _piece(piece)))
    return f"{spelled}, arobase, {domain.replace('.', ' point ').replace('-', ' tiret ')}"


def _piece(piece: str) -> str:
    signs = {".": "point", "_": "tiret du bas", "-": "tiret", "+": "plus"}
    return signs.get(piece) or (piece if piece.isdecimal() else spell(piece))


def _checked(address: str) -> str:
    return address if len(address) <= LONGEST and _ADDRESS.fullmatch(address) else ""


def _local(folded: str) -> str:
    """What stands before the arobase."""
    rest = folded.strip()
    while (match := _LEAD.match(rest)) and match.end() < len(rest):
        rest = rest[match.end() :].strip()
    pieces = re.split(rf"\b({'|'.join(_SIGNS)})\b", rest)
    return "".join(_SIGNS.get(piece) or _word(piece) for piece in map(str.strip, pieces) if piece)


def _word(words: str) -> str:
    """A stretch between signs: spelled, or said as one or several words, then maybe a number."""
    tokens = words.split()
    at = next((n for n in range(len(tokens)) if _number(tokens, n)), len(tokens))
    letters = " ".join(tokens[:at])
    if all(len(token) == 1 for token in tokens[:at]):
        return "".join(tokens[:at]) + _number(tokens, at)
    spelled = parse_spelling(letters) if at > 1 else ""
    plain = fold(spelled) if spelled else letters
    return plain.replace(" ", "") + _number(tokens, at)


def _number(tokens: Sequence[str], at: int) -> str:
    """The digits that all words from here on are; empty when one of them is something else."""
    digits = ""
    while at < len(tokens):
        if tokens[at].isdecimal():
            digits, at = digits + tokens[at], at + 1
            continue
        longest = max(readings(tokens, at), key=lambda found: found.end, default=None)
        if longest is None:
            return ""
        digits, at = digits + str(longest.value), longest.end
    return digits


def _domain(folded: str) -> str:
    rest = folded.strip()
    for heard, name in _HEARD.items():
        rest = re.sub(rf"\b{heard}\b", name, rest)
    rest = re.sub(r"\btiret\b", "-", re.sub(r"\bpoint\b", ".", rest))
    rest = re.sub(r"\s*([.-])\s*", r"\1", rest)
    rest = _ENDS.sub(r"\1", rest)
    name, dot, end = rest.rpartition(".")
    if " " in name:
        spelled = parse_spelling(name)
        name = fold(spelled) if spelled else name
    return f"{name.replace(' ', '')}{dot}{end.strip()}"
