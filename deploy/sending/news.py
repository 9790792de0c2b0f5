"""What other systems are told of a ticket: which event, which system. Nothing of the caller.

The subject of such a message is "NAME EVENT MOMENT"; it stays when the message left, so that one
that was given up can be written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from deploy.sending.notices import Notices
from deploy.sending.settings import Email
from deploy.sending.ticket_settings import TicketSettings, Webhook
from dialog.town import Town
from records import MACHINES, Means, OutboxEntry, OutboxRecord, TicketRecord

OPEN311 = "open311"  #: the name of the only GeoReport server


class TicketNews:
    """Writes what goes to webhooks and to the GeoReport server."""

    def __init__(self, settings: TicketSettings) -> None:
        self._settings = settings

    def of(self, ticket: TicketRecord, event: str, by: str = "") -> Sequence[OutboxEntry]:
        """The messages; a system that caused an event is not told of it."""
        return [
            *(
                _message(Means.WEBHOOK, name, ticket, event)
                for name, hook in self._settings.webhooks.items()
                if name != by and _wants(hook, ticket, event)
            ),
            *self._report(ticket, event),
        ]

    def _report(self, ticket: TicketRecord, event: str) -> Sequence[OutboxEntry]:
        """A street report goes once, when it is complete and the first of its problem."""
        wanted = self._settings.open311
        goes_on = bool(ticket.events) and ticket.events[-1].kind == "went_on"
        if event != "created" and not goes_on:
            return ()  # reports of before it was switched on stay here
        of_kind = ticket.kind == "report" and ticket.fields.get("problem", "") in wanted.services
        if not (wanted.enabled and of_kind and ticket.complete and ticket.joined_to is None):
            return ()
        key = f"{OPEN311}:{ticket.id}"
        return (_message(Means.OPEN311, OPEN311, ticket, "created", key),)


class Recompose:
    """Writes a message of a ticket again, after it was given up and erased."""

    def __init__(self, town: Town, email: Email) -> None:
        self._notices = Notices(town, email)

    def __call__(self, message: OutboxRecord, ticket: TicketRecord) -> OutboxEntry | None:
        """The entry; None when it cannot be had again: it was for a caller."""
        if message.means in MACHINES:
            name, event, _ = read_subject(message.subject)
            return OutboxEntry(
                means=message.means,
                to=name,
                subject=message.subject,
                text=event,
                ticket_id=ticket.id,
            )
        notices = self._notices.of(ticket) if message.means is Means.EMAIL else ()
        return next(iter(notices), None)


def read_subject(subject: str) -> tuple[str, str, str]:
    """Name of the system, event, and moment in ISO 8601; empty where there is none."""
    name, event, moment = (*subject.split(" "), "", "", "")[:3]
    return name, event, moment


def happened(message: OutboxRecord) -> str:
    """When it happened, in ISO 8601."""
    return read_subject(message.subject)[2] or message.created_at.isoformat()


def _wants(hook: Webhook, ticket: TicketRecord, event: str) -> bool:
    return (
        event in hook.events
        and (not hook.services or ticket.service in hook.services)
        and (not hook.kinds or ticket.kind in hook.kinds)
    )


def _message(
    means: Means, name: str, ticket: TicketRecord, event: str, key: str = ""
) -> OutboxEntry:
    at = max((one.at for one in ticket.events), default=datetime.now(UTC))
    return OutboxEntry(
        means=means,
        to=name,
        subject=f"{name} {event} {at.isoformat()}",
        text=event,
        call_id=ticket.call_id,
        ticket_id=ticket.id,
        key=key,
    )
