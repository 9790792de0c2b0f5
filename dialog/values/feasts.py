"""The public holidays of France: what a caller names, and which days are worked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays

#: What callers call them -> the holiday's name in the `holidays` package, and days after it.
NAMES: dict[str, tuple[str, int]] = {
    r"jour de l an|nouvel an|premier de l an": ("Jour de l'an", 0),
    r"(?:le )?lundi de paques": ("Lundi de Pâques", 0),
    r"(?:le )?lundi de (?:la )?pentecote": ("Lundi de Pentecôte", 0),
    r"(?:dimanche de )?paques": ("Lundi de Pâques", -1),
    r"(?:dimanche de )?(?:la )?pentecote": ("Lundi de Pentecôte", -1),
    r"(?:jeudi de )?l ascension": ("Ascension", 0),
    r"fete du travail": ("Fête du Travail", 0),
    r"fete nationale": ("Fête nationale", 0),
    r"assomption": ("Assomption", 0),
    r"toussaint": ("Toussaint", 0),
    r"armistice": ("Armistice", 0),
    r"(?:veille|reveillon) de noel": ("Noël", -1),
    r"(?:jour de )?noel": ("Noël", 0),
    r"saint sylvestre": ("Noël", 6),
}


@lru_cache(maxsize=32)
def _of(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("FR", years=year, language="fr").items())


def feast(name: str, year: int) -> date:
    """The day of a holiday of the national calendar in a year."""
    return next(day for day, names in _of(year).items() if name in names.split("; "))


def worked(day: date) -> bool:
    """Monday to Friday, no national holiday."""
    return day.weekday() < 5 and day not in _of(day.year)


def workable(day: date) -> bool:
    """Monday to Saturday, no national holiday ("jours ouvrables")."""
    return day.weekday() < 6 and day not in _of(day.year)


def after_days(day: date, count: int, counts: Callable[[date], bool]) -> date:
    """The day that is `count` counting days after this one."""
    while count > 0:
        day += timedelta(days=1)
        count -= counts(day)
    return day
