"""Tickets leave the building and people write in: what the server needs for it, from one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.routing import BaseRoute

from deploy.parts import Town
from deploy.sending.digest import Digest
from deploy.sending.news import Recompose, TicketNews
from deploy.sending.notices import Notices
from deploy.sending.opening import open_routes, open_ticket_routes
from deploy.sending.outbox import Outbox
from records import AsyncRecords, ReviewStore, TicketRecord
from review.outside.app import OutsideSettings, outside_routes
from review.outside.form import FormWords
from review.outside.georeport import Shown
from review.outside.open311 import Open311Reading


class Leaving:
    """Everything that leaves: the outbox with its carriers, notices, other systems, the digest.

    Args:
        town: opened configuration.

    Raises:
        ConfigError: a secret or a certificate cannot be read; one sentence.
    """

    def __init__(self, town: Town) -> None:
        settings = town.settings
        self._town = town
        self._records: AsyncRecords | None = None
        self._outbox: Outbox | None = None
        self._digest: Digest | None = None
        self._routes = open_routes(settings.town, settings.sms, settings.email)
        self._routes |= open_ticket_routes(
            settings.town, settings.tickets, settings.email.ticket_link, self._ticket
        )

    async def _ticket(self, ticket_id: str) -> TicketRecord | None:
        return await self._records.ticket(ticket_id) if self._records else None

    def attach(self, records: AsyncRecords, clock: Callable[[], datetime]) -> None:
        """From now on, what happens to tickets is written to the outbox."""
        settings = self._town.settings
        self._records = records
        records.announce(Notices(settings.town, settings.email).of)
        records.publish(TicketNews(settings.tickets).of)
        self._outbox = Outbox(records, self._routes)
        self._digest = Digest(records, settings.town, settings.email, settings.tickets.mail, clock)

    def start(self) -> None:
        """Begin to send."""
        if self._outbox is not None and self._digest is not None:
            self._outbox.start()
            self._digest.start()

    async def stop(self) -> None:
        """Stop; what was being handed over is tried again at the next start."""
        if self._outbox is not None and self._digest is not None:
            await self._digest.stop()
            await self._outbox.stop()


def recompose(town: Town) -> Recompose:
    """Writes messages of tickets again."""
    return Recompose(town.settings.town, town.settings.email)


def routes(town: Town, store: ReviewStore) -> list[BaseRoute]:
    """What is served to people and systems outside; empty by default."""
    settings = town.settings
    names, form = settings.town, settings.public_form
    server = settings.tickets.open311_server
    wanted = OutsideSettings(
        form=FormWords(
            town=names.name,
            greeting_name=names.greeting_name,
            phone=names.phone,
            colour=settings.review.colour,
            controller=form.controller or f"la {names.greeting_name}",
            contact=form.contact,
            days=settings.records.transcript_days,
        )
        if form.enabled
        else None,
        per_hour=form.per_hour,
        open311=Open311Reading(Shown(names, server.precise), server.jurisdiction_id, server.days)
        if server.enabled
        else None,
        hook_secrets={
            name: hook.read_secret()
            for name, hook in settings.tickets.webhooks.items()
            if hook.status_back
        },
    )
    return outside_routes(store, wanted)
