"""Each working morning a service gets the list of its late tickets: references, never words.

The list is written to the outbox under a key of its day and address, so a server that is restarted
writes it once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from deploy.sending.settings import Email
from deploy.sending.ticket_json import KINDS
from deploy.sending.ticket_settings import TicketMail
from dialog.hours import Calendar
from dialog.town import Town
from records import AsyncRecords, Means, OutboxEntry, RecordsError, TicketFilter, TicketRecord

logger = logging.getLogger("allomairie.sending")

LOOK_EVERY_S = 60.0
MOST_LISTED = 100  #: tickets of one service; more are counted


class Digest:
    """Writes the lists while the server runs.

    Args:
        clock: the time in the town.
    """

    def __init__(
        self,
        records: AsyncRecords,
        town: Town,
        email: Email,
        settings: TicketMail,
        clock: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._town = town
        self._email = email
        self._settings = settings
        self._clock = clock
        self._calendar = Calendar(town)
        self._written: date | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look at the time from now on, where e-mails are sent to services at all."""
        if self._email.enabled and self._email.to_services and self._settings.digest:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.write()
            except RecordsError:
                logger.exception("late tickets cannot be read; it is tried again")
            await asyncio.sleep(LOOK_EVERY_S)

    async def write(self) -> int:
        """Write the lists of this morning, once it is time; returns how many there are."""
        now = self._clock()
        if now.time() < self._settings.digest_at or self._written == now.date():
            return 0
        entries = await asyncio.to_thread(self._entries, now.date())
        for entry in entries:
            await self._records.outbox.add(entry, limited=False)
        self._written = now.date()
        return len(entries)

    def _entries(self, today: date) -> list[OutboxEntry]:
        by_address: defaultdict[str, list[TicketRecord]] = defaultdict(list)
        counts: defaultdict[str, int] = defaultdict(int)
        for service in self._town.services:
            if not service.email or not self._calendar.is_working_day(service, today):
                continue
            wanted = TicketFilter(service=service.id, overdue_on=today, joined=False)
            late = self._records.review.tickets(wanted, limit=MOST_LISTED)
            by_address[service.email] += late
            counts[service.email] += self._records.review.count_tickets(wanted) if late else 0
        return [
            OutboxEntry(
                means=Means.EMAIL,
                to=address,
                subject=_subject(counts[address]),
                text=self.letter(late, counts[address], today),
                key=f"digest:{today.isoformat()}:{address}",
            )
            for address, late in by_address.items()
            if late
        ]

    def letter(self, late: Sequence[TicketRecord], count: int, today: date) -> str:
        """The text of the e-mail, in French."""
        link = self._email.ticket_link
        lines = ["Bonjour,", "", f"{_subject(count)} :", ""]
        for ticket in late:
            reference = f"{ticket.reference[:3]} {ticket.reference[3:]}"
            due = f"{ticket.due_on:%d/%m/%Y}" if ticket.due_on else "—"
            kind = KINDS.get(ticket.kind, "Demande")
            lines.append(f"- {reference}, {kind.lower()}, à traiter pour le {due}")
            if link:
                lines.append(f"  {link.replace('{reference}', ticket.reference)}")
        if count > len(late):
            lines.append(f"… et {count - len(late)} autres.")
        if not link:
            lines += ["", "Elles se lisent dans l'espace des agents."]
        lines += [
            "",
            f"L'assistant téléphonique de la {self._town.greeting_name}, le {today:%d/%m/%Y}",
        ]
        return "\n".join(lines) + "\n"


def _subject(count: int) -> str:
    if count == 1:
        return "1 demande de votre service est en retard"
    return f"{count} demandes de votre service sont en retard"
