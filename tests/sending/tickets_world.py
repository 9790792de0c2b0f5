"""Tickets that leave: a town, its settings, and an outbox that empties when it is told to."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.sending.news import TicketNews
from deploy.sending.opening import open_ticket_routes
from deploy.sending.outbox import Outbox
from deploy.sending.ticket_settings import TicketSettings
from dialog.town import Town
from records import AsyncRecords, Means, Records, TicketEntry

SECRET = "a secret of tests only"  # noqa: S105
LINK = "https://assistant.valmont.example/review/tickets/{reference}"
PRIVATE = ("Weiss", "0639980101", "salle des fêtes", "trou profond")


def ticket(reference: str = "482913", **more: Any) -> TicketEntry:
    """A message for the default service."""
    given: dict[str, Any] = {
        "call_id": None,
        "kind": "message",
        "reference": reference,
        "service": "accueil",
        "fields": {"name": "Rosa Weiss", "phone": "0639980101", "subject": "salle des fêtes"},
        "due_on": date(2026, 11, 26),
    }
    return TicketEntry(**{**given, **more})


def report(reference: str = "400001", **more: Any) -> TicketEntry:
    """A hole in the street."""
    given: dict[str, Any] = {
        "kind": "report",
        "fields": {
            "problem": "pothole",
            "description": "un trou profond",
            "number": "3",
            "name": "Rosa Weiss",
            "phone": "0639980101",
        },
        "lat": 47.97231,
        "lon": -0.40942,
        "street": "Rue du Puits",
    }
    return ticket(reference, **{**given, **more})


def hook(url: str, **more: Any) -> TicketSettings:
    """One webhook named gru."""
    return TicketSettings.model_validate(
        {"webhooks": {"gru": {"url": url, "secret": SECRET, "timeout_s": 2, **more}}}
    )


def outbox_of(
    records: AsyncRecords, store: Records, town: Town, settings: TicketSettings, now: Any
) -> Outbox:
    """An outbox for other systems; what happens to tickets is written from now on."""
    store.publish = TicketNews(settings).of
    routes = open_ticket_routes(town, settings, LINK, records.ticket)
    return Outbox(records, routes, now=now)


async def passed(outbox: Outbox, clock: Any, means: Means, *, hours: float) -> list[int]:
    """The moments, in minutes, at which something was tried within so many hours."""
    tried = []
    for minute in range(int(hours * 60)):
        if await outbox.empty(means):
            tried.append(minute)
        clock.move(minutes=1)
    return tried
