"""Days of the week, weeks and months: "mardi en huit", "la semaine prochaine", "fin mai"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from dialog.hours import MONTHS
from dialog.search.normalise import fold
from dialog.town import WEEKDAYS
from dialog.values.found_days import BACK, DAY, MONTH, Found, months_after, one_day

_WEEKDAY = re.compile(
    rf"\b(?P<this>ce |cette )?{DAY}s?(?P<which> (?:en (?:8|15)|d apres|suivant|prochain|dernier|"
    r"passe|de la semaine prochaine"
    r"|de la semaine derniere|de cette semaine|de la semaine d apres))?\b"
)


def on_weekday(words: str, today: date) -> Found:
    match = _WEEKDAY.search(words)
    if match is None:
        return None
    wanted, which = WEEKDAYS.index(match["weekday"]), (match["which"] or "").strip()
    ahead = (wanted - today.weekday()) % 7
    monday = -today.weekday()
    if "semaine" in which:
        weeks = -1 if "derniere" in which else 0 if "cette" in which else 1
        return one_day(today + timedelta(days=monday + wanted + 7 * weeks))
    if which in ("dernier", "passe") or (not which and re.search(r"\bdepuis\b", words)):
        return one_day(today + timedelta(days=ahead - 7))
    if match["this"] and not which:
        return one_day(today + timedelta(days=ahead))
    days = ahead or 7
    if which == "prochain" and days <= 1:
        days += 7  # who means tomorrow says "demain"
    later = {"en 8": 7, "en 15": 14, "d apres": 7, "suivant": 7}.get(which, 0)
    return one_day(today + timedelta(days=days + later))


_WEEK = re.compile(
    r"\b(?P<part>(?:en )?(?:debut|fin|milieu) de )?(?:la |cette |de )?"
    r"(?P<what>semaine|week end|weekend)"
    r"(?: (?P<which>prochaine?|derniere?|passee?|d apres|suivante?|qui vient))?\b"
)
_SOLE = re.compile(
    r"\b(?:en (?:debut|fin|milieu) de|cette|la|ce|le|dans la) (?:semaine|week end|weekend)"
    r"|\ben (?:week end|weekend)"
)
_PART_OF_WEEK = {"debut": (0, 1), "milieu": (2, 2), "fin": (3, 4)}


def in_week(words: str, today: date) -> Found:
    """ "la semaine prochaine", "en fin de semaine", "ce week-end"."""
    match = _WEEK.search(words)
    if match is None or not (match["which"] or match["part"] or _SOLE.search(words)):
        return None
    which = match["which"] or ""
    back = which.startswith(("dern", "pass"))
    weeks = -1 if back else 1 if which else 0
    monday = today + timedelta(days=7 * weeks - today.weekday())
    part = next((name for name in _PART_OF_WEEK if name in (match["part"] or "")), "")
    a, b = _PART_OF_WEEK.get(part, (0, 6)) if match["what"] == "semaine" else (5, 6)
    if not which and match["what"] != "semaine" and today.weekday() == 6:
        a = 6
    first, last = monday + timedelta(days=a), monday + timedelta(days=b)
    if last < today and not back:
        first, last = first + timedelta(days=7), last + timedelta(days=7)
    return (first if back else max(first, today)), last, False


_IN_MONTH = re.compile(
    rf"\b(?P<part>(?:en |a la |au )?(?:debut|mi|fin|courant|milieu)(?: du mois)?(?: de| d)? )?"
    rf"(?:en |au mois de |au mois d |du mois de )?{MONTH}(?: (?P<year>\d{{4}}))?\b"
)
_THIS_MONTH = re.compile(
    r"\b(?P<part>(?:en |a la |au )?(?:debut|fin|milieu) (?:du |de ))?"
    r"(?P<det>ce |le |du )?mois(?P<which> prochain| dernier| passe| en cours)?\b"
)


def in_month(words: str, today: date) -> Found:
    """ "en janvier", "début mai", "fin du mois", "le mois prochain"."""
    named = _IN_MONTH.search(words)
    if named:
        month = [fold(m) for m in MONTHS].index(named["month"]) + 1
        back = bool(BACK.search(words))
        passed = (month > today.month) if back else (month < today.month)
        year = int(named["year"]) if named["year"] else today.year + (-passed if back else passed)
        if not 1 <= year < 9999:
            return None
        return _part_of_month(date(year, month, 1), named["part"] or "", today)
    match = _THIS_MONTH.search(words)
    if match is None or not (match["which"] or match["part"] or match["det"] == "ce "):
        return None
    which = (match["which"] or "").strip()
    step = 1 if which == "prochain" else -1 if which in ("dernier", "passe") else 0
    start = months_after(today.replace(day=1), step)
    return _part_of_month(start, match["part"] or "", today) if start else None


def _part_of_month(start: date, part: str, today: date) -> Found:
    end = monthrange(start.year, start.month)[1]
    a, b = 1, end
    if "debut" in part:
        b = 10
    elif "fin" in part:
        a = 21
    elif re.search(r"\bmi\b|milieu", part):
        a, b = 11, 20
    first, last = start.replace(day=a), start.replace(day=b)
    return (max(first, today) if first <= today <= last else first), last, False
