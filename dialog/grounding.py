"""Checks that what is said stands in what was validated (rules 1 and A09).

A reply made of a sheet's own sentences passes by construction. Words that a model phrased are
refused when they hold a number, price, hour, date, phone number, place name or a yes or no that
the sheet does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dialog.hours import MONTHS
from dialog.search.normalise import fold
from dialog.sheets import Sheet
from dialog.town import WEEKDAYS, Town

_PHONE = re.compile(
    r"(?<!\d)0[\s.]?\d(?:[\s.]?\d\d){4}(?!\d)|(?<!\d)0[\s.]?8\d\d(?:[\s.]?\d\d){3}(?!\d)"
)
_HOUR = re.compile(r"(?<!\d)(\d{1,2})\s*(?:h|heures?)\s*(\d{2})?(?!\d)", re.IGNORECASE)
_PRICE = re.compile(r"(\d[\d\s]*(?:,\d+)?)\s*(?:€|euros?)(?:\s*(\d\d)\b)?", re.IGNORECASE)
_DAY = re.compile(rf"\b(1er|\d{{1,2}})\s+({'|'.join(MONTHS)})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:,\d+)?")
_NAME = re.compile(r"(?<=[a-zàâçéèêëîïôùûü,] )[A-ZÀÂÇÉÈÊËÎÏÔÙÛÜ][\w'’-]+")
_WRITTEN_NUMBERS = (
    "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    "vingt|trente|quarante|cinquante|soixante|cents?|mille|quatre-vingts?"
)
_WRITTEN = re.compile(rf"\b(?:{_WRITTEN_NUMBERS})(?:-\w+)*\b", re.IGNORECASE)
_FREE = re.compile(r"\b(?:gratuit\w*|sans frais|ne coûte rien|rien à payer)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:payant\w*|coûte|frais|€|euros?)\b|€", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:ne|n'|n’|pas|aucune?|jamais|sans|ni|non|interdit\w*|refus\w*|impossible)\b", re.I
)
_OPEN = re.compile(r"\b(?:ouvert|ouverte|ouvre)\w*\b", re.IGNORECASE)


@dataclass(frozen=True)
class Violation:
    """Something said that was not validated."""

    kind: str  #: "phone", "hour", "price", "date", "day", "number", "name", "yes", "no", …
    said: str


def check(say: str, source: Sheet | Town | str) -> list[Violation]:
    """What a reply says and its source does not; [] when the reply may be spoken."""
    text = _text(source)
    if _own_sentences(say, text):
        return []
    found = [v for kind, read in _FACTS for v in _unknown(kind, read, say, text)]
    return found + _yes_or_no(say, text)


def _text(source: Sheet | Town | str) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, Sheet):
        return f"{source.title}.\n{source.text}"
    parts = [source.name, source.phone, source.address, source.website, source.deaf_access]
    for service in source.services:
        parts += [service.name, service.phone, service.address, service.email]
        parts += [f"{d} {', '.join(map(str, spans))}" for d, spans in service.hours.items()]
    return ".\n".join(parts)


def _own_sentences(say: str, text: str) -> bool:
    """Whether each sentence said is one of the source's."""
    known = {fold(s) for s in re.split(r"(?<=[.!?])\s+", text)}
    return all(fold(s) in known for s in re.split(r"(?<=[.!?])\s+", say.strip()) if fold(s))


def _unknown(
    kind: str, read: Callable[[str], dict[str, str]], say: str, text: str
) -> list[Violation]:
    known = read(text)
    return [Violation(kind, said) for value, said in read(say).items() if value not in known]


def _phones(text: str) -> dict[str, str]:
    return {re.sub(r"\D", "", m.group()): m.group() for m in _PHONE.finditer(text)}


def _hours(text: str) -> dict[str, str]:
    spoken = {"midi": "12:00", "minuit": "0:00"}
    found = {
        spoken[m.group().lower()]: m.group()
        for m in re.finditer(r"\b(?:midi|minuit)\b", text, re.I)
    }
    return found | {f"{int(m[1])}:{m[2] or '00'}": m.group() for m in _HOUR.finditer(text)}


def _prices(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _PRICE.finditer(text):
        euros, _, cents = re.sub(r"\s", "", match[1]).partition(",")
        value = int(euros) * 100 + int((cents or match[2] or "0").ljust(2, "0"))
        found[str(value)] = match.group()
    return found


def _dates(text: str) -> dict[str, str]:
    return {
        f"{m[1].lower().replace('1er', '1')} {fold(m[2])}": m.group() for m in _DAY.finditer(text)
    }


def _days(text: str) -> dict[str, str]:
    """Days of the week; "du lundi au mercredi" names the days between too."""
    found = {}
    for number, name in enumerate(WEEKDAYS):
        for match in re.finditer(rf"\b{name}s?\b", text, re.IGNORECASE):
            found[name] = match.group()
        for match in re.finditer(rf"\bdu {name} au (\w+)", text, re.IGNORECASE):
            last = match[1].lower()
            end = WEEKDAYS.index(last) if last in WEEKDAYS else number
            found |= {WEEKDAYS[n]: match.group() for n in range(number, end + 1)}
    return found


def _numbers(text: str) -> dict[str, str]:
    for other in (_PHONE, _HOUR, _PRICE, _DAY):  # "12h" does not make "12 ans" true
        text = other.sub(" ", text)
    found = {m.group().removesuffix(",00"): m.group() for m in _NUMBER.finditer(text)}
    return found | {fold(m.group()): m.group() for m in _WRITTEN.finditer(text)}


def _names(text: str) -> dict[str, str]:
    """Capitalised words; in a source every word counts, wherever it stands."""
    return {fold(m.group()): m.group() for m in _NAME.finditer(text)}


def _all_words(text: str) -> dict[str, str]:
    return {word: word for word in fold(text).split()} | _names(text)


_FACTS: tuple[tuple[str, Callable[[str], dict[str, str]]], ...] = (
    ("phone", _phones),
    ("hour", _hours),
    ("price", _prices),
    ("date", _dates),
    ("day", _days),
    ("number", _numbers),
)


def _yes_or_no(say: str, text: str) -> list[Violation]:
    """Yes, no, free, paid, open: only with the source's word for it; names must stand in it."""
    found: list[Violation] = []
    words = _all_words(text)
    for value, said in _names(say).items():
        if not all(part in words for part in value.split()):
            found.append(Violation("name", said))
    start = fold(say).split()[:1]
    if start == ["oui"] and not _starts(text, "oui"):
        found.append(Violation("yes", "oui"))
    if start == ["non"] and not _starts(text, "non"):
        found.append(Violation("no", "non"))
    for kind, sign in (("free", _FREE), ("paid", _PAID), ("open", _OPEN)):
        for match in sign.finditer(say):
            if not _same_sense(say, match, text, sign):
                found.append(Violation(kind, match.group()))
    return found


def _starts(text: str, word: str) -> bool:
    return any(fold(s).split()[:1] == [word] for s in re.split(r"(?<=[.!?])\s+|\n", text))


def _same_sense(say: str, match: re.Match[str], text: str, sign: re.Pattern[str]) -> bool:
    """Whether the source has the word, denied or not as the reply has it."""
    denied = bool(_NOT.search(_sentence_at(say, match.start())))
    return any(
        bool(_NOT.search(_sentence_at(text, other.start()))) is denied
        for other in sign.finditer(text)
    )


def _sentence_at(text: str, position: int) -> str:
    start = max(text.rfind(mark, 0, position) for mark in ".!?\n") + 1
    ends = [end for mark in ".!?\n" if (end := text.find(mark, position)) != -1]
    return text[start : min(ends, default=len(text))]
