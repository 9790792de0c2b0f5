"""What the readers of dates share: what they find, and counting on the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from dialog.hours import MONTHS
from dialog.search.normalise import fold
from dialog.town import WEEKDAYS

_MOST_DAYS = 3_660  #: "dans … jours": ten years
#: first day, last day (included), and whether the day of the week does not go with the date
Found = tuple[date, date, bool] | None

DAY = f"(?P<weekday>{'|'.join(WEEKDAYS)})"
MONTH = f"(?P<month>{'|'.join(fold(m) for m in MONTHS)})"
BACK = re.compile(
    r"\b(?:depuis|dernier|derniere|passee?|hier|y a|avais|avait|etait|s est|j ai|a eu|ont|"
    r"(?:depose|envoye|recu|date|signe|rempli|demande)e?s?)\b"
)


def one_day(day: date | None, doubt: bool = False) -> Found:
    return None if day is None else (day, day, doubt)


def days_after(today: date, days: int) -> date | None:
    return today + timedelta(days=days) if abs(days) <= _MOST_DAYS else None


def months_after(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year < 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def valid_day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def checked(day: date | None, weekday: str | None) -> Found:
    return one_day(day, bool(day and weekday and WEEKDAYS[day.weekday()] != weekday))
