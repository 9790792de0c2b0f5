"""Opening hours: weekly periods, exceptional closings, public holidays, said in French."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from holidays.countries.france import France

from dialog.town import WEEKDAYS, Closure, Service, Span, Town

AHEAD_DAYS = 60  #: how far the next opening is looked for
MOST_DAYS_AHEAD = 400  #: of a deadline, whatever closings a configuration holds
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

#: Names that towns use -> those of the `holidays` package; Moselle's holidays are Alsace's too.
_SHARED = {
    **{"Alsace-Moselle": "57", "Alsace": "57", "Réunion": "974", "Corse": ""},
    **{"Polynésie française": "PF", "Saint-Pierre et Miquelon": "PM"},
}


@lru_cache(maxsize=64)
def _holidays(year: int, subdivision: str) -> dict[date, str]:
    found = holidays.country_holidays("FR", subdiv=subdivision or None, years=year, language="fr")
    return dict(found.items())


@dataclass(frozen=True)
class Day:
    """What one day looks like for a service."""

    date: date
    spans: tuple[Span, ...]
    reason: str = ""  #: why it is closed, when that is not the usual week


class Calendar:
    """When a town's services are open."""

    def __init__(self, town: Town) -> None:
        self._zone = ZoneInfo(town.timezone)
        self._closures = town.closures
        self._bridges = town.bridges
        wanted = town.country_subdivision
        known = {
            *France.subdivisions,
            *France.subdivisions_aliases,
            "",
        }
        self._subdivision = _SHARED.get(wanted, wanted)
        if self._subdivision not in known:
            raise ValueError(f"town.country_subdivision: {wanted!r} is not a part of France known")

    def local(self, at: datetime) -> datetime:
        """The same instant on the town's clock; a naive time is the town's already."""
        return at.replace(tzinfo=self._zone) if at.tzinfo is None else at.astimezone(self._zone)

    def day(self, service: Service, day: date) -> Day:
        """The opening periods of one day."""
        closure = self._closure(service, day)
        if closure is not None:
            return Day(day, (), closure.reason or "une fermeture exceptionnelle")
        spans = service.hours.get(WEEKDAYS[day.weekday()], ())
        if not spans or service.duty:
            return Day(day, spans)
        if name := self._holidays_of(day).get(day):
            return Day(day, (), f"le jour férié ({name})")
        if bridge := self._bridge(day):
            return Day(day, (), f"le pont ({bridge})")
        return Day(day, spans)

    def _closure(self, service: Service, day: date) -> Closure | None:
        """The exceptional closing of a day; those of the whole town spare the duty post."""
        every = service.closures if service.duty else (*service.closures, *self._closures)
        return next((one for one in every if one.first <= day <= one.last), None)

    def _bridge(self, day: date) -> str:
        """The holiday that makes a Monday or a Friday a bridge, where the town keeps them."""
        beside = {0: timedelta(days=1), 4: timedelta(days=-1)}.get(day.weekday())
        if not self._bridges or beside is None:
            return ""
        return self._holidays_of(day + beside).get(day + beside, "")

    def is_working_day(self, service: Service, day: date) -> bool:
        """Whether a deadline counts this day: Monday to Friday, no holiday, no closing."""
        if day.weekday() > 4 or self._closure(service, day) or self._bridge(day):
            return False
        return day not in self._holidays_of(day)

    def working_days_after(self, service: Service, day: date, count: int) -> date:
        """The last of so many working days after a day ("sous deux jours ouvrés")."""
        for _ in range(MOST_DAYS_AHEAD):
            if count <= 0:
                break
            day += timedelta(days=1)
            count -= self.is_working_day(service, day)
        return day

    def _holidays_of(self, day: date) -> dict[date, str]:
        return _holidays(day.year, self._subdivision)

    def is_open(self, service: Service, at: datetime) -> bool:
        """Whether somebody should be at the desk."""
        now = self.local(at)
        return any(s.start <= now.time() < s.end for s in self.day(service, now.date()).spans)

    def next_opening(self, service: Service, at: datetime) -> datetime | None:
        """When the desk opens next, or None within `AHEAD_DAYS`."""
        now = self.local(at)
        for ahead in range(AHEAD_DAYS):
            day = now.date() + timedelta(days=ahead)
            for span in self.day(service, day).spans:
                if ahead or span.start > now.time():
                    return datetime.combine(day, span.start, self._zone)
        return None

    def say_next(self, service: Service, at: datetime) -> str:
        """ "demain à 8h30", "lundi à 9h", "le lundi 4 janvier à 9h"; empty when unknown."""
        opening = self.next_opening(service, at)
        if opening is None:
            return ""
        day = say_day(opening.date(), self.local(at).date())
        return f"{day} à {say_time(opening.time())}"


def say_time(value: time) -> str:
    """ "8h30", "9h"."""
    return f"{value.hour}h{value.minute:02d}" if value.minute else f"{value.hour}h"


def say_spans(spans: tuple[Span, ...]) -> str:
    """ "de 8h30 à 12h et de 13h30 à 17h"."""
    parts = [f"de {say_time(span.start)} à {say_time(span.end)}" for span in spans]
    return " et ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def say_day(day: date, today: date) -> str:
    """ "aujourd'hui", "demain", "mardi" within a week, "le lundi 4 janvier" later."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("aujourd'hui", "demain")[ahead]
    name = WEEKDAYS[day.weekday()]
    if 0 < ahead < 7:
        return name
    number = "1er" if day.day == 1 else str(day.day)
    return f"le {name} {number} {MONTHS[day.month - 1]}"


def say_week(service: Service) -> str:
    """The week, days with the same hours together: "du lundi au jeudi de 8h30 à 12h, …"."""
    groups: list[tuple[list[int], tuple[Span, ...]]] = []
    for number, name in enumerate(WEEKDAYS):
        spans = service.hours.get(name, ())
        if not spans:
            continue
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == number - 1:
            groups[-1][0].append(number)
        else:
            groups.append(([number], spans))
    return ", ".join(f"{_days(days)} {say_spans(spans)}" for days, spans in groups)


def _days(numbers: list[int]) -> str:
    first, last = WEEKDAYS[numbers[0]], WEEKDAYS[numbers[-1]]
    if len(numbers) == 1:
        return f"le {first}"
    return f"du {first} au {last}" if len(numbers) > 2 else f"le {first} et le {last}"
