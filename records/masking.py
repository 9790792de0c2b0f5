"""Masks what must never be written: NIR, IBAN, bank card, e-mail (R12 of the requirements).

A run of digits is masked when its checksum holds. Recognition may mishear one digit and break the
checksum, so a run of the right length is also masked when the caller named it just before ("mon
numéro de sécurité sociale, c'est le…"). Digits may be grouped in any way, and dictated in words:
`records.spoken` says what the words may mean. It prefers to mask too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from records import spoken


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
_IBAN_START = re.compile(rf"(?<!\w)([A-Za-z])[\s.]?([A-Za-z])(?={_GAP}[0-9])")
_COUNTRY = re.compile(r"(?<!\w)([A-Za-z])[\s.]?([A-Za-z])(?![^\W\d_])")
_NEAR = 4  # characters between the country and its digits
_MAX_SPREAD = 31 * 4  # characters: the longest IBAN, each of its own followed by a gap of three
_LONG_GAP = re.compile(r"[^0-9A-Za-z]{4}")
_WORD = r"[\w.+-]+"
_SIGN = r"(?:point|tiret(?: du)?(?: (?:bas|haut|six|6|huit|8))?|underscore)"
_EMAIL = re.compile(
    rf"(?<![\w.+-])(?:(?:\w[\s.,-]{{1,2}}){{2,40}})?{_WORD}(?:,?\s{_SIGN},?\s{_WORD})*"
    r"(?:\s?@\s?|,?\s(?:arob(?:ase?|as|aze)|a commercial),?\s)"
    rf"(?:\w[\s.,-]{{1,2}}){{0,40}}[\w-]+(?:(?:\s?\.\s?|,?\s{_SIGN},?\s)[\w-]+)+"
    r"(?:[\s.]\w(?!\w)){0,3}",
    re.IGNORECASE,
)

_NAMED_WITHIN = 80  # characters before the run in which its name is looked for
_NAMED = {
    Kind.NIR: re.compile(r"\bs[ée]cu\b|s[ée]curit[ée] sociale|\bNIR\b|carte vitale", re.I),
    Kind.IBAN: re.compile(r"\bIBAN\b|\bRIB\b|relev[ée] d'identit[ée] bancaire", re.I),
    Kind.CARD: re.compile(r"carte (?:bancaire|bleue|de cr[ée]dit|visa)|\bCB\b", re.I),
}
# Of a NIR that was named, a part is enough: callers dictate it in several breaths.
_NAMED_DIGITS = {Kind.NIR: range(7, 16), Kind.IBAN: range(14, 33), Kind.CARD: range(13, 20)}
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
_PHONE = re.compile(r"(?:0|33|0033)[1-79][0-9]{8}")
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
    for finder in (_emails, _spoken_ibans, _ibans, _spoken_runs, _digit_runs):
        for one in finder(text):
            if one.kind in kinds and all(one.end <= f.start or f.end <= one.start for f in found):
                found.append(one)
    found.sort(key=lambda f: f.start)
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], LABELS[one.kind]]
        at = one.end
    return "".join([*parts, text[at:]]), tuple(dict.fromkeys(f.kind for f in found))


def mask_numbers(text: str) -> tuple[str, tuple[Kind, ...]]:
    """As `mask`, for what a caller must not even be heard to say: all but e-mail addresses."""
    return mask(text, frozenset(Kind) - {Kind.EMAIL})


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
    named = _named(text, places[0], digits)
    return named or (Kind.NIR if _KEYLESS_NIR.fullmatch(digits) else None)


def _named(text: str, start: int, digits: str) -> Kind | None:
    """What the caller said that these digits are, when they may be that."""
    before = text[max(0, start - _NAMED_WITHIN) : start]
    for named, pattern in _NAMED.items():
        fits = len(digits) in _NAMED_DIGITS[named] and not _PHONE.fullmatch(digits)
        if fits and pattern.search(before):
            return named
    return None


def _by_checksum(digits: str) -> Kind | None:
    if _NIR.fullmatch(digits) and nir_key_holds(digits):
        return Kind.NIR
    if any(card.fullmatch(digits) for card in _CARDS) and luhn_holds(digits):
        return Kind.CARD
    return None


def _spoken_ibans(text: str) -> Iterator[_Found]:
    """IBANs of which a part is dictated in words, "F R" before them."""
    runs = [run for run in spoken.runs(text) if spoken.in_words(run)]
    for match in _COUNTRY.finditer(text) if runs else ():
        country = (match[1] + match[2]).upper()
        length = _IBAN_LENGTHS.get(country, 0)
        for run in runs if length else ():
            at = next((i for i, token in enumerate(run) if token.start >= match.end()), None)
            if at is None or run[at].start - match.end() > _NEAR:
                continue
            ends = [
                reading.end
                for reading in spoken.readings(text, run, at, length - 2)
                if iban_holds(country + reading.digits)
            ]
            if ends:
                yield _Found(match.start(), run[max(ends) - 1].end, Kind.IBAN)


def _spoken_runs(text: str) -> Iterator[_Found]:
    """NIR and cards dictated in words, or in words and digits."""
    for run in spoken.runs(text):
        if not spoken.in_words(run):
            continue
        whole = _whole_spoken(text, run)
        if whole:
            yield whole
            continue
        after = 0
        for start in spoken.starts(run):
            found = _spoken_from(text, run, start) if start >= after else None
            if found is not None:
                after, kind = found
                yield _Found(run[start].start, run[after - 1].end, kind)


def _whole_spoken(text: str, run: list[spoken.Token]) -> _Found | None:
    """A run that the caller named, whatever its checksum, or a NIR without its key."""
    start = next(spoken.starts(run), None)
    if start is None:
        return None
    likely = [
        _corsican(reading.digits)
        for reading in spoken.readings(text, run, start, max(_CHECKED_DIGITS))
        if reading.end == len(run) and reading.cost == 0
    ]
    if any(_PHONE.fullmatch(digits) for digits in likely):
        return None
    for digits in likely:
        kind = _named(text, run[start].start, digits)
        if kind is None and _KEYLESS_NIR.fullmatch(digits):
            kind = Kind.NIR
        if kind:
            return _Found(run[start].start, run[-1].end, kind)
    return None


def _spoken_from(text: str, run: list[spoken.Token], start: int) -> tuple[int, Kind] | None:
    """The longest number with a right checksum that starts at a token, and where it ends."""
    found: tuple[int, Kind] | None = None
    given = spoken.readings(text, run, start, max(_CHECKED_DIGITS))
    cheapest = {one.end: one.cost for one in sorted(given, key=lambda one: -one.cost)}
    for reading in given:
        kind = _by_checksum(_corsican(reading.digits))
        whole = start == 0 and reading.end == len(run)
        if kind is Kind.CARD and not whole and reading.cost > cheapest[reading.end]:
            continue  # one in ten of all readings has a right Luhn sum
        if kind is not None and (found is None or reading.end > found[0]):
            found = reading.end, kind
    return found


def _corsican(digits: str) -> str:
    return digits.replace("2A", "19").replace("2B", "18")
