"""Days: a sheet that is over or soon will be, and days in its text that are past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.lint.page import Page, Passage

SOON_DAYS = 30
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_WRITTEN = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:er)? (?P<month>{'|'.join(_MONTHS)}) (?P<year>20\d\d)\b"
)
_NUMERIC = re.compile(r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>20\d\d)(?!\d)")
_YEARS = re.compile(r"(?<!\d)(?P<first>20\d\d) ?[-/–] ?(?P<last>20\d\d)(?!\d)")
_TARIFF = re.compile(r"(?i)\b(?:tarifs?|rentrée|saison|année|calendrier|en) (?P<year>20\d\d)\b")
#: A day that is past for a reason: since then, a law, a birth, a street.
_HISTORY = re.compile(
    r"(?i)\b(?:depuis|loi|décret|arrêté|ordonnance|délibération|code|né|née|nés|avant|rue|place"
    r"|avenue|boulevard|à partir|à compter|créée?|ouverte?|construite?|inaugurée?)\b[^.!?]{0,30}$"
)


def check(folder: Folder) -> Iterator[Finding]:
    """Expired sheets, sheets that expire within a month, and past days that are still announced."""
    for page in folder.pages:
        yield from _validity(page, folder.today)
        for passage in page.passages:
            yield from _past(page, passage, folder.today)


def _validity(page: Page, today: date) -> Iterator[Finding]:
    until, line = page.sheet.valid_until, page.key("valid_until")
    if until is None:
        return
    left = (until - today).days
    if left < 0:
        message = f"Fiche périmée depuis le {_say(until)} : elle n'est plus dite aux appelants."
        yield page.finding(Severity.ERROR, "perimee", line, message)
    elif left <= SOON_DAYS:
        message = f"Fiche périmée dans {left} jours, le {_say(until)} : relisez-la."
        yield page.finding(Severity.WARNING, "bientot-perimee", line, message)


def _past(page: Page, passage: Passage, today: date) -> Iterator[Finding]:
    for match in (*_WRITTEN.finditer(passage.text), *_NUMERIC.finditer(passage.text)):
        day = _day(match)
        if day is None or day >= today or _HISTORY.search(passage.text[: match.start()]):
            continue
        message = f"Le {match[0]} est passé : cette information est-elle encore juste ?"
        yield page.finding(Severity.WARNING, "date-passee", passage.line, message)
    for match in _YEARS.finditer(passage.text):
        if date(int(match["last"]), 8, 31) < today:
            message = f"L'année {match[0]} est finie : mettez la fiche à jour."
            yield page.finding(Severity.WARNING, "date-passee", passage.line, message)
    for match in _TARIFF.finditer(passage.text):
        if int(match["year"]) < today.year and not _HISTORY.search(passage.text[: match.start()]):
            message = f"L'année est passée : « {match[0]} »."
            yield page.finding(Severity.WARNING, "date-passee", passage.line, message)


def _day(match: re.Match[str]) -> date | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
    try:
        return date(int(match["year"]), number, int(match["day"]))
    except ValueError:
        return None


def _say(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"
