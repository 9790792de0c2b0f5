"""How long what is kept, what the next purge will take, and the purge by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from records import Purged
from review.desk import ReviewDesk
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who

_SIX_MONTHS = "6 mois"
#: as `str(Purged)` is in the access log
_PURGED = re.compile(r"(\d+) words, (\d+) calls, (\d+) tickets, (\d+) log lines; (\d+) held")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClass:
    """A class of data: how long it is kept here, and what no town may go beyond (R09)."""

    name: str
    kept: str
    ceiling: str
    setting: str  #: the key of the configuration; empty: the program's own
    due: int | None  #: how many the next purge takes; None: nothing is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPurge:
    """The last purge, as the access log has it."""

    at: datetime
    by: str
    took: str  #: how much, in French


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """All classes; `held`: calls whose time is over and that a legal hold keeps."""

    classes: tuple[KeptClass, ...]
    held: int
    last: LastPurge | None


class RetentionPages:
    """What is kept how long."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._privacy = desk.store.privacy

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/retention", Right.PERSONS)(self.page)
        routes.form("/retention/purge", Right.PERSONS)(self.purge_form)
        routes.api("GET", "/api/retention", Right.PERSONS)(self.retention)
        routes.api("POST", "/api/retention/purge", Right.PERSONS)(self.purge)

    def page(self, request: Request, who: Who) -> Response:
        """The classes, their ceilings and what is due."""
        return self._pages.show(request, "retention.html", {"kept": self.retention(who)})

    def retention(self, who: Who) -> Retention:
        """What is kept how long, what the next purge would take, and the last one."""
        due = self._privacy.due(self._desk.transcript_days)
        last = self._privacy.last_purge()
        return Retention(
            classes=_classes(self._desk, due),
            held=due.held,
            last=LastPurge(at=last.at, by=last.login, took=_took(last.detail)) if last else None,
        )

    def purge_form(self, request: Request, who: Who) -> Response:
        """Purge now, from the page."""
        self.purge(who)
        return RedirectResponse(f"{request.scope['root_path']}/retention?done=purge", 303)

    def purge(self, who: Who) -> Purged:
        """Erase now whatever is past its time; the server does the same every day."""
        purged = self._privacy.purge(self._desk.transcript_days, who.login)
        if self._desk.recordings is not None:
            self._desk.recordings.purge(self._desk.sound_days, who.login)
        return purged


def _took(detail: str) -> str:
    """What the log says of a purge, in French."""
    found = _PURGED.fullmatch(detail)
    if found is None:
        return ""
    words, calls, tickets, lines, held = found.groups()
    return (
        f"paroles de {words} appels, {calls} appels entiers, {tickets} demandes, "
        f"{lines} lignes du journal ; {held} appels conservés par une décision"
    )


def _classes(desk: ReviewDesk, due: Purged) -> tuple[KeptClass, ...]:
    days = f"{desk.transcript_days} jours"
    sound = desk.recordings
    return (
        KeptClass(
            name="Enregistrements du son",
            kept=f"{desk.sound_days} jours" if sound is not None else "aucun",
            ceiling=_SIX_MONTHS,
            setting="recording.days",
            due=sound.due(desk.sound_days) if sound is not None else None,
        ),
        KeptClass(
            name="Paroles des appels, notes et corrections",
            kept=days,
            ceiling=_SIX_MONTHS,
            setting="records.transcript_days",
            due=due.words,
        ),
        KeptClass(
            name="Appel sans ses paroles : heures, ligne, issue, fiches",
            kept="12 mois",
            ceiling="12 mois",
            setting="",
            due=due.calls,
        ),
        KeptClass(
            name="Demandes laissées aux services",
            kept="90 jours après la clôture, 12 mois au plus",
            ceiling="12 mois",
            setting="",
            due=due.tickets,
        ),
        KeptClass(
            name="Journal d'accès",
            kept="12 mois",
            ceiling="12 mois, 6 au moins",
            setting="",
            due=due.log_lines,
        ),
        KeptClass(
            name="Appel conservé par une décision",
            kept="90 jours, à renouveler",
            ceiling="le temps du motif",
            setting="",
            due=None,
        ),
        KeptClass(
            name="Rapports mensuels, petits nombres cachés",
            kept="sans limite",
            ceiling="aucun : ce ne sont plus des données personnelles",
            setting="",
            due=None,
        ),
    )
