"""Dates and days, as callers say them, in relation to today.

A day without a year is the next one that fits, unless the words look back ("depuis lundi", "lundi
dernier"). A French week-span counts both ends: "dans huit jours" is 7 days, "dans quinze jours" 14.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dialog.hours import MONTHS, say_day
from dialog.search.normalise import fold
from dialog.town import WEEKDAYS
from dialog.values.cardinals import with_digits
from dialog.values.dates import DATE, dated
from dialog.values.day_spans import SINGLE, Reader, deadline, from_to, week_of
from dialog.values.words import utterance

PARIS = ZoneInfo("Europe/Paris")
_ENOUGH = 2_000  #: characters; a date is said in the first of them
_YEAR_AHEAD = 300  #: days from which the year is said
_READERS: tuple[Reader, ...] = (from_to, week_of, deadline, *SINGLE)


@dataclass(frozen=True, slots=True)
class DayReading:
    """What was understood of a date."""

    first: date
    last: date  #: the same day, or the end of a span (included)
    said: str  #: in French: "mardi", "le lundi 4 janvier"
    doubt: bool = False  #: the day of the week does not go with the date: ask again


def paris(at: datetime) -> date:
    """The date in metropolitan France; a naive moment is local already."""
    return (at if at.tzinfo is None else at.astimezone(PARIS)).date()


def say_days(first: date, last: date, today: date) -> str:
    """A day or a span in French, which `parse_day` reads back as the same one."""
    if first == last:
        return _say(first, today)
    if (first.year, first.month) == (last.year, last.month) and first.day > 1:
        return f"du {WEEKDAYS[first.weekday()]} {first.day} au {_full(last, today)}"
    return f"du {_full(first, today)} au {_full(last, today)}"


def parse_day(text: str, today: date) -> DayReading | None:
    """The day or span of days in an utterance, or None when none is said."""
    words = _prepared(text)
    if DATE.search(words) and dated(words, today) is None:
        return None  # "le 31 avril"
    for reader in _READERS:
        found = reader(words, today)
        if found is not None:
            first, last, doubt = found
            return DayReading(first, last, say_days(first, last, today), doubt)
    return None


def _prepared(text: str) -> str:
    """Folded words with the numbers in digits; "3/05/2027" becomes "3 mai 2027"."""
    text = re.sub(r"(?<!\d)(\d{1,2})\s?[/.]\s?(\d{1,2})(?!\d)(?:\s?[/.]\s?(\d{4}|\d\d)(?!\d))?",
                  _numeric, text[:_ENOUGH])  # fmt: skip
    words = " ".join(with_digits(utterance(text).folded))
    words = re.sub(r"\b1 (?:er|ere|re)\b", "1", words)
    return re.sub(rf"\bpremier(?= (?:{'|'.join(fold(m) for m in MONTHS)})\b)", "1", words)


def _numeric(match: re.Match[str]) -> str:
    day, month, year = match[1], int(match[2]), match[3] or ""
    if not 1 <= month <= 12:
        return match[0]
    return f"{day} {MONTHS[month - 1]} {'20' + year if len(year) == 2 else year}".strip()


def _say(day: date, today: date) -> str:
    """One day; the past and what is far with the year, so that it can only be that one."""
    ahead = (day - today).days
    if ahead == 2:
        return "après-demain"
    if ahead in (-1, -2):
        return ("hier", "avant-hier")[-ahead - 1]
    if 0 <= ahead < 7:
        return say_day(day, today)
    return f"le {_full(day, today)}"


def _full(day: date, today: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    written = f"{WEEKDAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"
    return written if 0 <= (day - today).days < _YEAR_AHEAD else f"{written} {day.year}"
