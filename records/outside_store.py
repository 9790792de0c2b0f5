"""What leaves for other systems and what comes in from outside. Blocking and thread-safe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy.orm import Session

from records import reports, suggestions, ticket_desk, ticket_outbox, tickets
from records.drafts import TicketStatus
from records.outbox_drafts import OutboxEntry, OutboxRecord
from records.review_tables import SuggestionKind
from records.suggestions import Suggestion
from records.ticket_outbox import TicketMessage
from records.views import TicketRecord

Opens = Callable[[], AbstractContextManager[Session]]
FROM_OUTSIDE = "from_outside"  #: event of a ticket: another system told its status


class OutsideStore:
    """What a method wrote is committed when it returns; each may raise `RecordsError`."""

    def __init__(
        self,
        writing: Opens,
        reading: Opens,
        now: Callable[[], datetime],
        hash_key: bytes,
        tell: Callable[[Session, TicketRecord, str, str], None],
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now
        self._hash_key = hash_key
        self._tell = tell

    # -- the outbox of tickets ---------------------------------------------------------------

    def not_sent(self, since: datetime, limit: int = 200) -> tuple[TicketMessage, ...]:
        """Messages of tickets that wait, and those given up since a moment."""
        with self._reading() as session:
            return ticket_outbox.not_sent(session, since, limit)

    def count_given_up(self, since: datetime) -> int:
        """How many messages of tickets were given up since a moment."""
        with self._reading() as session:
            return ticket_outbox.count_given_up(session, since)

    def message(self, message_id: str) -> tuple[OutboxRecord, TicketRecord | None]:
        """A message and its ticket, None when it was erased.

        Raises:
            UnknownRecord: there is no such message.
        """
        with self._reading() as session:
            message = ticket_outbox.find(session, message_id)
            ticket_id = message.ticket_id or ""
            return message, ticket_desk.by_id(session, ticket_id)

    def retry(self, message_id: str, entry: OutboxEntry, by: str) -> OutboxRecord:
        """Try a message again, now; see `records.ticket_outbox.retry`.

        Raises:
            UnknownRecord: there is none that waits or was given up.
        """
        with self._writing() as session:
            return ticket_outbox.retry(session, message_id, entry, by, self._now(), self._hash_key)

    # -- status from another system ----------------------------------------------------------

    def told_status(
        self, reference: str, status: TicketStatus, by: str, event_id: str, note: str = ""
    ) -> bool:
        """Move a ticket on because another system says so; False when this event is known.

        Raises:
            UnknownRecord: there is no such ticket.
            ValueError: the note is too long; in French.
        """
        now = self._now()
        with self._writing() as session:
            row = tickets.find(session, reference)
            known = tickets.snapshot(session, row).events
            if any(e.kind == FROM_OUTSIDE and e.data.get("id") == event_id for e in known):
                return False
            told = {"id": event_id, "from": by}
            tickets.add_event(session, row.id, FROM_OUTSIDE, told, now)
            if note.strip():
                ticket_desk.note(session, reference, note, by, now)
            if row.status is not status:
                moved = ticket_desk.move(session, reference, status, by, now)
                closed = status is TicketStatus.CLOSED
                self._tell(session, moved, "closed" if closed else "updated", by)
            return True

    # -- reports for everybody ---------------------------------------------------------------

    def reports(self, wanted: reports.ReportFilter, limit: int) -> tuple[TicketRecord, ...]:
        """Street reports, newest first."""
        with self._reading() as session:
            return reports.found(session, wanted, limit)

    def report(self, ticket_id: str) -> TicketRecord | None:
        """A street report that may be shown to everybody, or None."""
        with self._reading() as session:
            return reports.by_id(session, ticket_id)

    # -- the public form ---------------------------------------------------------------------

    def suggest(self, kind: SuggestionKind, text: str, answer: str = "") -> Suggestion:
        """Keep what a resident wrote.

        Raises:
            ValueError: it is empty, too long, or too many wait already; in French.
        """
        with self._writing() as session:
            return suggestions.add(session, kind, text, answer, self._now())

    def suggestions(self, limit: int = 100) -> tuple[Suggestion, ...]:
        """What nobody dealt with yet, newest first."""
        with self._reading() as session:
            return suggestions.waiting(session, limit)

    def suggestion_done(self, number: int, by: str) -> Suggestion:
        """Somebody dealt with it.

        Raises:
            UnknownRecord: there is none with this number.
        """
        with self._writing() as session:
            return suggestions.done(session, number, by, self._now())
