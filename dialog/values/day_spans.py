"""Spans of days: "du 3 au 5 mai", "la semaine du 7", "d'ici vendredi"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from dialog.hours import MONTHS
from dialog.search.normalise import fold
from dialog.values.counted_days import counted, near
from dialog.values.dates import dated, feast_day, numbered
from dialog.values.found_days import DAY, Found, months_after, valid_day
from dialog.values.weeks import in_month, in_week, on_weekday

Reader = Callable[[str, date], Found]
#: readers of one day, a week or a month; the first that finds something is right
SINGLE: tuple[Reader, ...] = (
    dated,
    feast_day,
    near,
    counted,
    numbered,
    on_weekday,
    in_week,
    in_month,
)

_FROM_TO = re.compile(
    r"\b(?:du|de|entre|a partir du)(?: le)? (?P<a>(?:\w+ ){1,5}?)(?:au|a|et)(?: le)? (?P<b>.+)"
)
#: "entre 9 et 11" are hours; "entre le 9 et le 11" are days
_HOURS = re.compile(rf"\bentre \d{{1,2}} et \d{{1,2}}\b(?! {'| '.join(map(fold, MONTHS))})")
_BY = re.compile(r"\b(?:d ici(?: a)?|avant|jusqu (?:a|au)|au plus tard)(?: le| la)? (?P<rest>.+)")


def from_to(words: str, today: date) -> Found:
    """ "du 3 au 5 mai", "entre lundi et mercredi"."""
    match = _FROM_TO.search(words)
    if match is None or _HOURS.search(words):
        return None
    last = _single(f"le {match['b']}", today)
    if last is None:
        return None
    start = match["a"].strip()
    bare = re.fullmatch(rf"(?:{DAY} )?(?P<n>\d{{1,2}})", start)
    first = _number_before(int(bare["n"]), last) if bare else _single(f"le {start}", today)
    if first is None:
        return None
    if last < first and re.fullmatch(rf"{DAY}.*", match["b"]):
        last += timedelta(days=7)
    return (first, last, False) if first <= last else None


def _number_before(number: int, last: date) -> date | None:
    """The last day with this number that is not after `last`."""
    same = valid_day(last.year, last.month, number)
    if same and same <= last:
        return same
    before = months_after(last.replace(day=1), -1)
    return valid_day(before.year, before.month, number) if before else None


def _single(words: str, today: date) -> date | None:
    for reader in SINGLE:
        found = reader(words, today)
        if found is not None:
            return found[1]
    return None


_WEEK_OF = re.compile(r"\b(?:la )?semaine du (?P<rest>.+)")


def week_of(words: str, today: date) -> Found:
    """ "la semaine du 7": Monday to Sunday around it."""
    match = _WEEK_OF.search(words)
    day = _single(f"le {match['rest']}", today) if match else None
    if day is None:
        return None
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6), False


def deadline(words: str, today: date) -> Found:
    """ "d'ici vendredi": from today to Friday; "avant le 3": the day before."""
    match = _BY.search(words)
    if match is None:
        return None
    last = _single(f"le {match['rest']}", today) or _single(match["rest"], today)
    if last is None:
        return None
    if match[0].startswith("avant") and last > today:
        last -= timedelta(days=1)
    return (today, last, False) if last >= today else None
