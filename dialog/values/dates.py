"""Days of the month and feasts: "le 3 mai", "mardi 12", "à Noël"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dialog.hours import MONTHS
from dialog.search.normalise import fold
from dialog.town import WEEKDAYS
from dialog.values.feasts import NAMES, feast
from dialog.values.found_days import (
    BACK,
    DAY,
    MONTH,
    Found,
    checked,
    months_after,
    one_day,
    valid_day,
)

DATE = re.compile(
    rf"\b(?:{DAY} )?(?:le )?(?P<n>\d{{1,2}}) (?:du mois de |au mois de )?"
    rf"{MONTH}(?: (?P<year>\d{{4}}))?\b"
)
#: What follows "le premier" as a date: nothing, or a word of the sentence, never a noun.
_NOT_DATE = (
    r" (?!(?:du|a|au|vers|le|en|si|s|ou|et|dans|entre|avant|apres|c|ca|prochain|plutot|"
    r"merci|euh)\b)"
)
_NUMBER = re.compile(
    rf"\b(?:{DAY} |(?:le|partir du) )(?P<n>\d{{1,2}}|premier(?!{_NOT_DATE}))"
    r"(?P<next> (?:du )?(?:mois prochain|prochain))?"
    r"(?! (?:h|heures?|minutes?|jours?|mois|semaines?|ans?|euros?|rue|avenue|place|chemin|allee|"
    r"route|boulevard|impasse|bis|ter|quater|etage|jour|guichet|\d))\b"
)


def dated(words: str, today: date) -> Found:
    """ "le 3 mai", "lundi 3 mai 2027"."""
    match = DATE.search(words)
    if match is None:
        return None
    month = [fold(m) for m in MONTHS].index(match["month"]) + 1
    number, weekday = int(match["n"]), match["weekday"]
    if match["year"]:
        found = valid_day(int(match["year"]), month, number) if int(match["year"]) > 0 else None
    else:
        found = _in_some_year(month, number, weekday, today, back=bool(BACK.search(words)))
    return checked(found, weekday)


def _in_some_year(month: int, number: int, weekday: str, today: date, *, back: bool) -> date | None:
    """The nearest year that fits: ahead, or behind; 29 February waits for its year."""
    years = range(today.year, today.year - 9, -1) if back else range(today.year, today.year + 9)
    days = [day for year in years if (day := valid_day(year, month, number))]
    fitting = [day for day in days if (day <= today if back else day >= today)]
    near = [day for day in fitting[:2] if not weekday or WEEKDAYS[day.weekday()] == weekday]
    return next(iter(near or fitting), None)


def numbered(words: str, today: date) -> Found:
    """ "le 3", "le premier", "mardi 12"."""
    match = _NUMBER.search(words)
    if match is None:
        return None
    number = 1 if match["n"] == "premier" else int(match["n"])
    step = -1 if BACK.search(words) else 1
    month = today.replace(day=1)
    if match["next"] and "mois" in match["next"]:
        month = months_after(month, 1) or month
        return checked(valid_day(month.year, month.month, number), match["weekday"])
    found: list[date] = []
    for ahead in range(13):
        start = months_after(month, step * ahead)
        day = valid_day(start.year, start.month, number) if start else None
        if day and (day >= today if step > 0 else day <= today):
            found.append(day)
    near = [
        d for d in found[:2] if not match["weekday"] or WEEKDAYS[d.weekday()] == match["weekday"]
    ]
    return checked(next(iter(near or found), None), match["weekday"])


def feast_day(words: str, today: date) -> Found:
    """ "à Noël", "le lundi de Pâques"."""
    for pattern, (name, shift) in NAMES.items():
        if not re.search(rf"\b(?:{pattern})\b(?! \w*vacances)", words):
            continue
        back = bool(BACK.search(words))
        years = (today.year, today.year - 1) if back else (today.year, today.year + 1)
        days = [feast(name, year) + timedelta(days=shift) for year in years]
        return one_day(next((d for d in days if (d <= today if back else d >= today)), days[-1]))
    return None
