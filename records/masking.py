"""Masks what must never be written: NIR, IBAN, bank card, e-mail (R12 of the requirements).

A run of digits is masked when its checksum holds. Recognition may mishear one digit and break the
checksum, so a run of the right length is also masked when the caller named it just before ("mon
numéro de sécurité sociale, c'est le…"). Digits may be grouped in any way; digits spoken as words
must be normalised before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was masked."""

    NIR = "nir"
    IBAN = "iban"
    CARD = "card"
    EMAIL = "email"


LABELS = {
    Kind.NIR: "[NIR masqué]",
    Kind.IBAN: "[IBAN masqué]",
    Kind.CARD: "[carte masquée]",
    Kind.EMAIL: "[e-mail masqué]",
}

_GAP = r"[\s.,;:/_\-–—']{0,3}"
# Digits with short gaps; A and B only as the department of a Corsican NIR (2A, 2B).
_RUN = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{_GAP}[0-9]|(?<=2)\s?[ABab](?={_GAP}[0-9]))*")
_IBAN_START = re.compile(rf"(?<![0-9A-Za-z])([A-Za-z])[\s.]?([A-Za-z])(?={_GAP}[0-9])")
_MAX_SPREAD = 31 * 4  # characters: the longest IBAN, each of its own followed by a gap of three
_LONG_GAP = re.compile(r"[^0-9A-Za-z]{4}")
_WORD = r"[\w.+-]+"
_EMAIL = re.compile(
    rf"(?<![\w.+-]){_WORD}(?:\s(?:point|tiret|underscore)\s{_WORD})*(?:\s?@\s?|\sarobase?\s)"
    r"[\w-]+(?:(?:\s?\.\s?|\spoint\s|\stiret\s)[\w-]+)+",
    re.IGNORECASE,
)

_NAMED_WITHIN = 80  # characters before the run in which its name is looked for
_NAMED = {
    Kind.NIR: re.compile(r"\bs[ée]cu\b|s[ée]curit[ée] sociale|\bNIR\b|carte vitale", re.I),
    Kind.IBAN: re.compile(r"\bIBAN\b|\bRIB\b|relev[ée] d'identit[ée] bancaire", re.I),
    Kind.CARD: re.compile(r"carte (?:bancaire|bleue|de cr[ée]dit|visa)|\bCB\b", re.I),
}
_NAMED_DIGITS = {Kind.NIR: range(13, 16), Kind.IBAN: range(14, 33), Kind.CARD: range(13, 20)}
_CHECKED_DIGITS = range(13, 20)  # of what has a checksum: NIR and cards

# Length of an IBAN by country (ISO 13616 registry): the SEPA area.
_IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "VA": 22,
}  # fmt: skip

# Sex, year, month (20 and more: unknown or from abroad), place, order, key.
_NIR = re.compile(r"[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])[0-9]{10}")
_KEYLESS_NIR = re.compile(
    r"[12][0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8][0-9]|9[0-57-9])[0-9]{6}[0-9]?"
)
_CARDS = (  # ISO/IEC 7812 prefixes of what French callers hold, with the lengths in use
    re.compile(r"4[0-9]{12}(?:[0-9]{3}){0,2}"),
    re.compile(r"(?:5[1-5]|2[2-7])[0-9]{14}"),
    re.compile(r"3[47][0-9]{13}"),
    re.compile(r"(?:50|5[6-8]|6[0-9])[0-9]{14}(?:[0-9]{2,3})?"),
)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: Kind


def mask(text: str, kinds: frozenset[Kind] = frozenset(Kind)) -> tuple[str, tuple[Kind, ...]]:
    """The text with what must not be written replaced by a label, and the kinds replaced.

    The kinds are in the order of the text, each once. `kinds` limits what is looked for.
    """
    found: list[_Found] = []
    for finder in (_emails, _ibans, _digit_runs):
        for one in finder(text):
            if one.kind in kinds and all(one.end <= f.start or f.end <= one.start for f in found):
                found.append(one)
    found.sort(key=lambda f: f.start)
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], LABELS[one.kind]]
        at = one.end
    return "".join([*parts, text[at:]]), tuple(dict.fromkeys(f.kind for f in found))


def nir_key_holds(nir: str) -> bool:
    """Whether the last two of 15 digits are 97 − (the first 13 modulo 97); 2A is 19, 2B is 18."""
    return int(nir[13:]) == 97 - int(nir[:13]) % 97


def luhn_holds(digits: str) -> bool:
    """Whether the Luhn sum (ISO/IEC 7812) of these digits is a multiple of ten."""
    doubled = [d * 2 - 9 * (d > 4) for d in map(int, digits[-2::-2])]
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def iban_holds(iban: str) -> bool:
    """Whether the account has its country's length and the remainder 1 modulo 97 (ISO 13616)."""
    if len(iban) != _IBAN_LENGTHS.get(iban[:2]):
        return False
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def _emails(text: str) -> Iterator[_Found]:
    for match in _EMAIL.finditer(text):
        yield _Found(match.start(), match.end(), Kind.EMAIL)


def _ibans(text: str) -> Iterator[_Found]:
    for match in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get((match[1] + match[2]).upper(), 0)
        if not length:
            continue
        reach = match.start() + _MAX_SPREAD
        gap = _LONG_GAP.search(text, match.end(), reach)
        places = _places(text, match.start(), gap.start() if gap else reach)
        follows = len(places) > length and places[length] == places[length - 1] + 1
        if not follows and iban_holds("".join(text[i] for i in places[:length]).upper()):
            yield _Found(match.start(), places[length - 1] + 1, Kind.IBAN)


def _places(text: str, start: int, end: int) -> list[int]:
    """Where the letters and digits stand."""
    return [i for i in range(start, min(end, len(text))) if text[i].isascii() and text[i].isalnum()]


def _digit_runs(text: str) -> Iterator[_Found]:
    for match in _RUN.finditer(text):
        places = _places(text, match.start(), match.end())
        compact = "".join(text[i] for i in places).upper()
        yield from _in_run(text, places, compact.replace("2A", "19").replace("2B", "18"))


def _in_run(text: str, places: list[int], digits: str) -> Iterator[_Found]:
    """The longest numbers first, so that a NIR is not taken for the NIR without its key."""
    whole = _whole_run(text, places, digits)
    if whole:
        yield _Found(places[0], places[-1] + 1, whole)
        return
    edges = [i for i, p in enumerate(places) if i == 0 or p > places[i - 1] + 1]
    ends = {*edges[1:], len(places)}
    for first in edges:
        for last in (first + n for n in reversed(_CHECKED_DIGITS) if first + n in ends):
            kind = _by_checksum(digits[first:last])
            if kind:
                yield _Found(places[first], places[last - 1] + 1, kind)


def _whole_run(text: str, places: list[int], digits: str) -> Kind | None:
    kind = _by_checksum(digits)
    if kind:
        return kind
    before = text[max(0, places[0] - _NAMED_WITHIN) : places[0]]
    for named, pattern in _NAMED.items():
        if len(digits) in _NAMED_DIGITS[named] and pattern.search(before):
            return named
    return Kind.NIR if _KEYLESS_NIR.fullmatch(digits) else None


def _by_checksum(digits: str) -> Kind | None:
    if _NIR.fullmatch(digits) and nir_key_holds(digits):
        return Kind.NIR
    if any(card.fullmatch(digits) for card in _CARDS) and luhn_holds(digits):
        return Kind.CARD
    return None
