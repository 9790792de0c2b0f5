"""Dates: 01/09/2026, lun. 2 nov., les 17/18 juin, rue du 8-Mai-1945."""

from __future__ import annotations

import re
from datetime import date, timedelta

from voice.speakable.numbers import cardinal, year

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
RECENT_DAYS = 31  #: a day of this year that is over for longer keeps its year
_MONTH_ABBREVIATIONS = {
    **{"janv": 1, "jan": 1, "févr": 2, "fév": 2, "fevr": 2, "fev": 2, "avr": 4, "juil": 7},
    **{"juill": 7, "sept": 9, "oct": 10, "nov": 11, "déc": 12, "dec": 12},
}
_DAY_ABBREVIATIONS = {
    **{"lun": "lundi", "mar": "mardi", "mer": "mercredi", "jeu": "jeudi"},
    **{"ven": "vendredi", "sam": "samedi", "dim": "dimanche"},
}
_DAY = "|".join(_DAY_ABBREVIATIONS)
_SHORT_MONTH = "|".join(sorted(_MONTH_ABBREVIATIONS, key=len, reverse=True))
_LONG_MONTH = "|".join((*MONTHS, "fevrier", "aout", "decembre"))
_UNACCENTED = {"fevrier": "février", "aout": "août", "decembre": "décembre"}

_NUMERIC = re.compile(
    r"(\d(?<![\d/.-]\d)\d?)(?P<sep>[/.-])(\d{1,2})(?P=sep)(\d{4}|\d{2})(?![\d/]|[.-]\d)"
)
_ISO = re.compile(r"(\d(?<![\d-]\d)\d{3})-(\d{2})-(\d{2})(?![\d-])")
_NO_YEAR = re.compile(r"(\d(?<![\d/,.]\d)\d?)/(\d{1,2})(?![\d/]|[.,]\d)")
_DATE_COMES = re.compile(
    r"(?i)\b(?:le|du|au|avant|jusqu'au|depuis|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche) $"
)
_WRITTEN = re.compile(
    rf"(?P<day>\d(?<![\d,.]\d)\d?)(?:er)?(?P<to>(?: ?[-/] ?|, | et | au )(?P<last>\d{{1,2}}))?"
    rf"[ -](?:(?P<short>(?i:{_SHORT_MONTH}))(?:\.|\b)|(?P<long>(?i:{_LONG_MONTH}))\b)"
    rf"(?:[ -](?P<year>[12]\d{{3}})(?!\d| ?€))?"
)
_WEEKDAYS = re.compile(rf"\b(?i:({_DAY}))(?:\. ?[-–/à] ?|[-–])(?i:({_DAY}))(?:\.|\b)(?![\w-])")
_WEEKDAY = re.compile(rf"\b(?i:({_DAY}))\.(?=,? (?:\d|matin|après-midi|soir|et |au |à ))")
_WEEKDAY_NAMED = re.compile(
    rf"(?:(?<=\bdu )|(?<=\bau )|(?<=\ble ))(?i:({_DAY}))\.(?=(?P<end> ?$| [A-ZÀ-Ý])?)"
)
_WEEKDAY_BEFORE_DATE = re.compile(rf"\b(?i:({_DAY}))(?= \d{{1,2}}[ /])")


def spoken_date(day: int, month: int, said_year: int | None = None) -> str:
    """1, 9, 2026 -> "premier septembre deux mille vingt-six"; without a year when None."""
    words = f"{_spoken_day(day)} {MONTHS[month - 1]}"
    return f"{words} {year(said_year)}" if said_year else words


def say_dates(text: str, *, today: date | None = None) -> str:
    """Dates in words; the year is left out when it is `today`'s and the day is not long past."""
    text = _WEEKDAYS.sub(
        lambda m: f"du {_weekday(m[1])} au {_weekday(m[2])}".replace("du du", "du"), text
    )
    text = _WEEKDAY.sub(lambda m: _weekday(m[1]), text)
    text = _WEEKDAY_NAMED.sub(_spoken_weekday, text)
    if not re.search(r"\d", text):
        return text
    text = _WEEKDAY_BEFORE_DATE.sub(lambda m: _weekday(m[1]), text)
    text = _ISO.sub(lambda m: _numeric(m[0], m[3], m[2], m[1], today), text)
    text = _NUMERIC.sub(lambda m: _numeric(m[0], m[1], m[3], m[4], today), text)
    text = _NO_YEAR.sub(_spoken_no_year, text)
    return _WRITTEN.sub(lambda m: _spoken_written(m, today), text)


def _spoken_day(day: int) -> str:
    return "premier" if day == 1 else cardinal(day)


def _weekday(short: str) -> str:
    return _DAY_ABBREVIATIONS[short.lower()]


def _full_year(written: str) -> int:
    if len(written) == 4:
        return int(written)
    return int(written) + (2000 if int(written) < 50 else 1900)


def _exists(day: int, month: int, in_year: int = 2000) -> bool:
    try:
        date(in_year, month, day)
    except ValueError:
        return False
    return True


def _numeric(whole: str, day: str, month: str, in_year: str, today: date | None) -> str:
    full = _full_year(in_year)
    if not full or not _exists(int(day), int(month), full):
        return whole
    current = _is_this_year(int(day), int(month), full, today)
    return spoken_date(int(day), int(month), None if current else full)


def _spoken_no_year(match: re.Match[str]) -> str:
    day, month = match[1], match[2]
    announced = _DATE_COMES.search(match.string[: match.start()])
    if not (announced or len(day) == len(month) == 2) or not _exists(int(day), int(month)):
        return match[0]
    return spoken_date(int(day), int(month))


def _spoken_weekday(match: re.Match[str]) -> str:
    """ "du lun. au ven.": the full stop stays where it also ends the sentence."""
    return _weekday(match[1]) + ("" if match["end"] is None else ".")


def _is_this_year(day: int, month: int, in_year: int, today: date | None) -> bool:
    """Whether a day of `today`'s year needs no year: one long gone would be taken for the next."""
    if today is None or today.year != in_year or not _exists(day, month, in_year):
        return False
    return date(in_year, month, day) >= today - timedelta(days=RECENT_DAYS)


def _spoken_written(match: re.Match[str], today: date | None) -> str:
    day, last = int(match["day"]), match["last"]
    if match["short"]:
        month = MONTHS[_MONTH_ABBREVIATIONS[match["short"].lower()] - 1]
    else:
        lower = match["long"].lower()
        month = _UNACCENTED.get(lower, lower)
    said = _spoken_day(day)
    if last:
        said += _joint(match["to"], day, int(last)) + _spoken_day(int(last))
    said += f" {month}"
    if not match["year"]:
        return said
    in_year = int(match["year"])
    if "-" not in match[0] and _is_this_year(
        int(last or day), MONTHS.index(month) + 1, in_year, today
    ):
        return said
    return f"{said} {year(in_year)}"


def _joint(written: str, day: int, last: int) -> str:
    """How two days of one month are joined: "17/18" is two days, "10-15" a span."""
    if re.match(r", | et | au ", written):
        return re.sub(r"\d+", "", written)
    return " et " if "/" in written or last == day + 1 else " au "
