"""Dates and days, as callers say them, in relation to today.

A day without a year is the next one that fits, unless the words look back ("depuis lundi", "lundi
dernier"). A French week-span counts both ends: "dans huit jours" is 7 days, "dans quinze jours" 14.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dialog.hours import MONTHS, say_day
from dialog.search.normalise import fold
from dialog.town import WEEKDAYS
from dialog.values.cardinals import with_digits
from dialog.values.feasts import NAMES, after_days, feast, workable, worked
from dialog.values.words import utterance

PARIS = ZoneInfo("Europe/Paris")
_ENOUGH = 2_000  #: characters; a date is said in the first of them
_MOST_DAYS = 3_660  #: "dans … jours": ten years
_YEAR_AHEAD = 300  #: days from which the year is said


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
    if _DATE.search(words) and _dated(words, today) is None:
        return None  # "le 31 avril"
    for reader in _READERS:
        found = reader(words, today)
        if found is not None:
            first, last, doubt = found
            return DayReading(first, last, say_days(first, last, today), doubt)
    return None


_Found = tuple[date, date, bool] | None

_DAY = f"(?P<weekday>{'|'.join(WEEKDAYS)})"
_MONTH = f"(?P<month>{'|'.join(fold(m) for m in MONTHS)})"
_BACK = re.compile(
    r"\b(?:depuis|dernier|derniere|passee?|hier|y a|avais|avait|etait|s est|j ai|a eu|ont)\b"
)
_N = r"(?P<n>\d{1,4})"


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


def _one(day: date | None, doubt: bool = False) -> _Found:
    return None if day is None else (day, day, doubt)


def _plus(today: date, days: int) -> date | None:
    return today + timedelta(days=days) if abs(days) <= _MOST_DAYS else None


def _months_after(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year < 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _valid(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


# --- spans: from … to …, before a day -------------------------------------------------------

_FROM_TO = re.compile(
    r"\b(?:du|de|entre|a partir du)(?: le)? (?P<a>(?:\w+ ){1,5}?)(?:au|a|et)(?: le)? (?P<b>.+)"
)
#: "entre 9 et 11" are hours; "entre le 9 et le 11" are days
_HOURS = re.compile(rf"\bentre \d{{1,2}} et \d{{1,2}}\b(?! {'| '.join(map(fold, MONTHS))})")
_BY = re.compile(r"\b(?:d ici(?: a)?|avant|jusqu (?:a|au)|au plus tard)(?: le| la)? (?P<rest>.+)")


def _span(words: str, today: date) -> _Found:
    """ "du 3 au 5 mai", "entre lundi et mercredi"."""
    match = _FROM_TO.search(words)
    if match is None or _HOURS.search(words):
        return None
    last = _single(f"le {match['b']}", today)
    if last is None:
        return None
    start = match["a"].strip()
    bare = re.fullmatch(rf"(?:{_DAY} )?(?P<n>\d{{1,2}})", start)
    first = _number_before(int(bare["n"]), last) if bare else _single(f"le {start}", today)
    if first is None:
        return None
    if last < first and re.fullmatch(rf"{_DAY}.*", match["b"]):
        last += timedelta(days=7)
    return (first, last, False) if first <= last else None


def _number_before(number: int, last: date) -> date | None:
    """The last day with this number that is not after `last`."""
    same = _valid(last.year, last.month, number)
    if same and same <= last:
        return same
    before = _months_after(last.replace(day=1), -1)
    return _valid(before.year, before.month, number) if before else None


def _single(words: str, today: date) -> date | None:
    for reader in _SINGLE:
        found = reader(words, today)
        if found is not None:
            return found[1]
    return None


_WEEK_OF = re.compile(r"\b(?:la )?semaine du (?P<rest>.+)")


def _week_of(words: str, today: date) -> _Found:
    """ "la semaine du 7": Monday to Sunday around it."""
    match = _WEEK_OF.search(words)
    day = _single(f"le {match['rest']}", today) if match else None
    if day is None:
        return None
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6), False


def _deadline(words: str, today: date) -> _Found:
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


# --- counted from today -----------------------------------------------------------------------

_IN = re.compile(
    rf"\b(?:dans|d ici|sous) (?:les |a peu pres |environ )?{_N} "
    r"(?P<unit>jours?|semaines?|mois|ans?)(?: (?P<kind>ouvres?|ouvrables?))?\b"
)
_AGO = re.compile(
    rf"\b(?:il y a|y a|depuis|ca fait) (?:environ |a peu pres |bien )?{_N} "
    r"(?P<unit>jours?|semaines?|mois|ans?)\b"
)
_WITHIN = re.compile(r"\bsous (?P<word>huitaine|quinzaine)\b")
_ABOUT = re.compile(
    r"\b(?:dans|d ici) (?:une |1 )?(?P<word>huitaine|quinzaine|dizaine|vingtaine)(?: de jours)?\b"
)
_FORTNIGHT = {"huitaine": 7, "quinzaine": 14, "dizaine": 10, "vingtaine": 20}
_NEXT_WORKED = re.compile(r"\b(?:prochain|premier) jour (?P<kind>ouvre|ouvrable)\b")


def _length(unit: str, count: int) -> int | None:
    """Days of "huit jours" (7), "quinze jours" (14), "deux semaines"; None for months."""
    if unit.startswith("jour"):
        return {8: 7, 15: 14}.get(count, count)
    return 7 * count if unit.startswith("semaine") else None


def _counted(words: str, today: date) -> _Found:
    within = _WITHIN.search(words)
    if within:
        return today, today + timedelta(days=_FORTNIGHT[within["word"]]), False
    about = _ABOUT.search(words)
    if about:
        return _one(today + timedelta(days=_FORTNIGHT[about["word"]]))
    soon = _NEXT_WORKED.search(words)
    if soon:
        return _one(after_days(today, 1, worked if soon["kind"] == "ouvre" else workable))
    ahead = _IN.search(words)
    if ahead:
        count = int(ahead["n"])
        if ahead["kind"]:
            counts = workable if ahead["kind"].startswith("ouvrable") else worked
            return _one(after_days(today, min(count, 400), counts))
        return _one(_away(today, ahead["unit"], count, 1))
    ago = _AGO.search(words)
    return _one(_away(today, ago["unit"], int(ago["n"]), -1)) if ago else None


def _away(today: date, unit: str, count: int, sign: int) -> date | None:
    days = _length(unit, count)
    if days is not None:
        return _plus(today, sign * days)
    return _months_after(today, sign * count * (12 if unit.startswith("an") else 1))


_NEAR = (
    (re.compile(r"\bapres demain\b"), 2),
    (re.compile(r"\bavant hier\b"), -2),
    (re.compile(r"\bdemain en (?:8|huit)\b"), 8),
    (re.compile(r"\bdemain en (?:15|quinze)\b"), 15),
    (re.compile(r"\blendemain\b|\bdemain\b"), 1),
    (re.compile(r"\bhier\b"), -1),
    (
        re.compile(
            r"\baujourd hui\b|\bce (?:matin|soir|midi)\b|"
            r"\bcet(?:te)? (?:apres midi|aprem|nuit)\b|\btout a l heure\b"
        ),
        0,
    ),
)


def _near(words: str, today: date) -> _Found:
    for pattern, days in _NEAR:
        if pattern.search(words):
            return _one(today + timedelta(days=days))
    return None


# --- dates ------------------------------------------------------------------------------------

_DATE = re.compile(
    rf"\b(?:{_DAY} )?(?:le )?(?P<n>\d{{1,2}}) (?:du mois de |au mois de )?"
    rf"{_MONTH}(?: (?P<year>\d{{4}}))?\b"
)
#: What follows "le premier" as a date: nothing, or a word of the sentence, never a noun.
_NOT_DATE = (
    r" (?!(?:du|a|au|vers|le|en|si|s|ou|et|dans|entre|avant|apres|c|ca|prochain|plutot|"
    r"merci|euh)\b)"
)
_NUMBER = re.compile(
    rf"\b(?:{_DAY} |(?:le|partir du) )(?P<n>\d{{1,2}}|premier(?!{_NOT_DATE}))"
    r"(?P<next> (?:du )?(?:mois prochain|prochain))?"
    r"(?! (?:h|heures?|minutes?|jours?|mois|semaines?|ans?|euros?|rue|avenue|place|chemin|allee|"
    r"route|boulevard|impasse|bis|ter|quater|etage|jour|guichet|\d))\b"
)


def _dated(words: str, today: date) -> _Found:
    """ "le 3 mai", "lundi 3 mai 2027"."""
    match = _DATE.search(words)
    if match is None:
        return None
    month = [fold(m) for m in MONTHS].index(match["month"]) + 1
    number, weekday = int(match["n"]), match["weekday"]
    if match["year"]:
        found = _valid(int(match["year"]), month, number) if int(match["year"]) > 0 else None
    else:
        found = _in_some_year(month, number, weekday, today, back=bool(_BACK.search(words)))
    return _checked(found, weekday)


def _in_some_year(month: int, number: int, weekday: str, today: date, *, back: bool) -> date | None:
    """The nearest year that fits: ahead, or behind; 29 February waits for its year."""
    years = range(today.year, today.year - 9, -1) if back else range(today.year, today.year + 9)
    days = [day for year in years if (day := _valid(year, month, number))]
    fitting = [day for day in days if (day <= today if back else day >= today)]
    near = [day for day in fitting[:2] if not weekday or WEEKDAYS[day.weekday()] == weekday]
    return next(iter(near or fitting), None)


def _numbered(words: str, today: date) -> _Found:
    """ "le 3", "le premier", "mardi 12"."""
    match = _NUMBER.search(words)
    if match is None:
        return None
    number = 1 if match["n"] == "premier" else int(match["n"])
    step = -1 if _BACK.search(words) else 1
    month = today.replace(day=1)
    if match["next"] and "mois" in match["next"]:
        month = _months_after(month, 1) or month
        return _checked(_valid(month.year, month.month, number), match["weekday"])
    found: list[date] = []
    for ahead in range(13):
        start = _months_after(month, step * ahead)
        day = _valid(start.year, start.month, number) if start else None
        if day and (day >= today if step > 0 else day <= today):
            found.append(day)
    near = [
        d for d in found[:2] if not match["weekday"] or WEEKDAYS[d.weekday()] == match["weekday"]
    ]
    return _checked(next(iter(near or found), None), match["weekday"])


def _checked(day: date | None, weekday: str | None) -> _Found:
    return _one(day, bool(day and weekday and WEEKDAYS[day.weekday()] != weekday))


def _feast(words: str, today: date) -> _Found:
    """ "à Noël", "le lundi de Pâques"."""
    for pattern, (name, shift) in NAMES.items():
        if not re.search(rf"\b(?:{pattern})\b(?! \w*vacances)", words):
            continue
        back = bool(_BACK.search(words))
        years = (today.year, today.year - 1) if back else (today.year, today.year + 1)
        days = [feast(name, year) + timedelta(days=shift) for year in years]
        return _one(next((d for d in days if (d <= today if back else d >= today)), days[-1]))
    return None


# --- days of the week, weeks, months ----------------------------------------------------------

_WEEKDAY = re.compile(
    rf"\b(?P<this>ce |cette )?{_DAY}s?(?P<which> (?:en (?:8|15)|d apres|suivant|prochain|dernier|"
    r"passe|de la semaine prochaine"
    r"|de la semaine derniere|de cette semaine|de la semaine d apres))?\b"
)


def _weekday(words: str, today: date) -> _Found:
    match = _WEEKDAY.search(words)
    if match is None:
        return None
    wanted, which = WEEKDAYS.index(match["weekday"]), (match["which"] or "").strip()
    ahead = (wanted - today.weekday()) % 7
    monday = -today.weekday()
    if "semaine" in which:
        weeks = -1 if "derniere" in which else 0 if "cette" in which else 1
        return _one(today + timedelta(days=monday + wanted + 7 * weeks))
    if which in ("dernier", "passe") or (not which and re.search(r"\bdepuis\b", words)):
        return _one(today + timedelta(days=ahead - 7))
    if match["this"] and not which:
        return _one(today + timedelta(days=ahead))
    days = ahead or 7
    later = {"en 8": 7, "en 15": 14, "d apres": 7, "suivant": 7}.get(which, 0)
    return _one(today + timedelta(days=days + later))


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


def _week(words: str, today: date) -> _Found:
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
    rf"(?:en |au mois de |au mois d |du mois de )?{_MONTH}(?: (?P<year>\d{{4}}))?\b"
)
_THIS_MONTH = re.compile(
    r"\b(?P<part>(?:en |a la |au )?(?:debut|fin|milieu) (?:du |de ))?"
    r"(?P<det>ce |le |du )?mois(?P<which> prochain| dernier| passe| en cours)?\b"
)


def _month(words: str, today: date) -> _Found:
    """ "en janvier", "début mai", "fin du mois", "le mois prochain"."""
    named = _IN_MONTH.search(words)
    if named:
        month = [fold(m) for m in MONTHS].index(named["month"]) + 1
        back = bool(_BACK.search(words))
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
    start = _months_after(today.replace(day=1), step)
    return _part_of_month(start, match["part"] or "", today) if start else None


def _part_of_month(start: date, part: str, today: date) -> _Found:
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


_Reader = Callable[[str, date], _Found]
_SINGLE: tuple[_Reader, ...] = (_dated, _feast, _near, _counted, _numbered, _weekday, _week, _month)
_READERS: tuple[_Reader, ...] = (_span, _week_of, _deadline, *_SINGLE)


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
