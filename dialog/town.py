"""The town as its configuration describes it: services, hours, lines.

Plain frozen data, checked on construction. Nothing here reads a file: `deploy.config` does, once,
and hands a `Town` to every part that needs it.
"""

from __future__ import annotations

import re
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MOST_TARGETS = 2  #: of one transfer
CRISIS_WORDS = 30  #: spoken in 12 seconds
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_SPAN = re.compile(r"(\d{1,2})\s*h\s*(\d{2})?\s*[-–]\s*(\d{1,2})\s*h\s*(\d{2})?")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Frozen):
    """One opening period of a day, `start` included and `end` excluded (local time)."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


def _clock(value: time) -> str:
    return f"{value.hour}h{value.minute:02d}" if value.minute else f"{value.hour}h"


def parse_spans(text: str) -> tuple[Span, ...]:
    """Read "8h30-12h, 13h30-17h" (or "fermé") into opening periods.

    Raises:
        ValueError: a sentence naming the text that is not an opening period.
    """
    if text.strip().lower() in {"", "fermé", "ferme"}:
        return ()
    spans = []
    for part in re.split(r"[,/;]| et ", text):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{part.strip()!r} is not an opening period such as '8h30-12h'")
        h1, m1, h2, m2 = (int(g or 0) for g in match.groups())
        if h1 > 23 or m1 > 59 or h2 > 23 or m2 > 59 or (h1, m1) >= (h2, m2):
            raise ValueError(f"{part.strip()!r} does not end after it starts, within one day")
        spans.append(Span(start=time(h1, m1), end=time(h2, m2)))
    for before, after in pairwise(spans):
        if after.start < before.end:
            raise ValueError(f"opening periods overlap in {text!r}")
    return tuple(spans)


def _read_hours(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    unknown = set(value) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is not a day of the week in French")
    return {d: parse_spans(v) if isinstance(v, str) else v for d, v in value.items()}


Hours = Annotated[dict[str, tuple[Span, ...]], BeforeValidator(_read_hours)]


class Closure(_Frozen):
    """An exceptional closing, first and last day included."""

    first: date
    last: date
    reason: str = ""


class Crisis(_Frozen):
    """What every caller hears first for some days: a heat wave, a flood (requirements E10)."""

    text: str = Field(min_length=1)
    until: date  #: the last day on which it is said

    @model_validator(mode="after")
    def _short(self) -> Crisis:
        words = len(self.text.split())
        if words > CRISIS_WORDS:
            raise ValueError(
                f"crisis.text has {words} words; at most {CRISIS_WORDS} are heard in 12 seconds"
            )
        return self


class Person(_Frozen):
    """Somebody at the town hall whom callers ask for by name."""

    name: str = Field(min_length=1)  #: first name and name: "Anne Lefebvre"
    title: Literal["madame", "monsieur"] = "madame"
    service: str  #: id of the service, whose hours are the person's
    extension: str = ""  #: the person's own; empty: the service's
    names: tuple[str, ...] = ()  #: what callers say besides: "la directrice de l'école"

    @property
    def called(self) -> str:
        """ "madame Anne Lefebvre"."""
        return f"{self.title} {self.name}"


class Service(_Frozen):
    """A desk of the town hall."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str  #: as spoken after "je vous passe": "le service état civil"
    names: tuple[str, ...] = ()  #: what callers call it: "état civil", "l'urbanisme"
    phone: str = ""  #: direct number, as written: "02 61 91 40 10"
    extension: str = ""  #: SIP user or URI to transfer to; empty: no transfer
    second: str = ""  #: the same, rung when nobody answers there (requirements Q03)
    address: str = ""
    email: str = ""
    hours: Hours = Field(default_factory=dict)  #: day of the week -> opening periods
    closures: tuple[Closure, ...] = ()
    duty: bool = False  #: the on-call post, reached when the town hall is closed
    booking: str = ""  #: where appointments are booked online, as spoken: "saint-aubin.example/rdv"


class Line(_Frozen):
    """A dialled number."""

    number: str  #: the user part dialled, "0261914000" or "mairie"
    service: str = ""  #: default service of calls on this line
    greeting: str = ""  #: replaces the town's greeting name: "service état civil de Saint-Aubin"
    language: Literal["fr", "en"] = "fr"  #: of its first words; "en" needs English switched on


class Town(_Frozen):
    """A town: who answers, when, and to whom calls go."""

    name: str
    greeting_name: str  #: after "Bonjour, ": "mairie de Saint-Aubin"
    timezone: str = "Europe/Paris"
    country_subdivision: str = (
        ""  #: public holidays beyond the national ones, e.g. "Alsace-Moselle"
    )
    address: str = ""
    phone: str  #: the front desk, spoken when all else fails
    website: str = ""
    deaf_access: str = ""  #: how deaf callers reach the town (law 2005-102, art. 78)
    dpo: str = Field(default="", max_length=120)  #: how the data protection officer is reached
    privacy_page: str = ""  #: where the whole notice is, as spoken: "saint-aubin.example/donnees"
    relay_numbers: tuple[str, ...] = ()  #: relay services for deaf callers: straight to a person
    elected_service: str = ""  #: who takes calls for the mayor and elected people
    closures: tuple[Closure, ...] = ()  #: of every service but the duty post
    bridges: bool = False  #: closed between a public holiday and a weekend
    people: tuple[Person, ...] = ()  #: whom callers may ask for by name
    default_service: str
    callback_working_days: int = Field(default=2, ge=1, le=30)  #: deadline of what callers leave
    crisis: Crisis | None = None  #: said to every caller after the greeting's first sentences
    election_period: bool = False  #: sheets about events and achievements stay silent
    election_periods: tuple[Closure, ...] = ()  #: the same, from one day to another
    services: tuple[Service, ...]
    lines: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _references_exist(self) -> Town:
        ids = [s.id for s in self.services]
        for one in ids:
            if ids.count(one) > 1:
                raise ValueError(f"two services have the id {one!r}")
        for where, name in (
            [("town.default_service", self.default_service)]
            + [(f"line {line.number}", line.service) for line in self.lines if line.service]
            + self._named_services()
        ):
            if name not in ids:
                raise ValueError(f"{where} names the service {name!r}, which does not exist")
        return self

    def _named_services(self) -> list[tuple[str, str]]:
        elected = [("town.elected_service", self.elected_service)] if self.elected_service else []
        return elected + [(f"the person {one.name}", one.service) for one in self.people]

    @property
    def data_officer(self) -> str:
        """How the data protection officer is reached, as spoken; the town hall when none is set."""
        return self.dpo or self.phone

    @property
    def privacy_notice(self) -> str:
        """Where the whole notice is to be had, as spoken after "Pour tout savoir :"."""
        if self.privacy_page or self.website:
            return self.privacy_page or self.website
        return self.address or self.phone

    def crisis_on(self, day: date) -> str:
        """What every caller hears first on this day; empty when there is no crisis."""
        return self.crisis.text if self.crisis and day <= self.crisis.until else ""

    def service(self, service_id: str) -> Service:
        """The service with this id, or the default one when the id is empty or unknown."""
        by_id = {s.id: s for s in self.services}
        return by_id.get(service_id) or by_id[self.default_service]

    def targets(self, service_id: str, extension: str = "") -> tuple[str, ...]:
        """Whom a transfer rings, one after the other: at most two, for 25 s each (Q03).

        Args:
            extension: of the person asked for, if that has one.
        """
        service = self.service(service_id)
        wanted = (extension, service.extension, service.second)
        return tuple(dict.fromkeys(one for one in wanted if one))[:MOST_TARGETS]

    @property
    def directory(self) -> frozenset[str]:
        """Every extension that calls may be transferred to."""
        services = (one for service in self.services for one in (service.extension, service.second))
        return frozenset(one for one in (*services, *(p.extension for p in self.people)) if one)

    def line(self, dialled: str) -> Line | None:
        """The line with this dialled user part, or None."""
        return next((line for line in self.lines if line.number == dialled), None)
