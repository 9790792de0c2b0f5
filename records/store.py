"""`Records`: the one object through which the rest remembers. Blocking and thread-safe."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from records import (
    calls,
    digests,
    doubts,
    events,
    history,
    outbox,
    refusals,
    resume,
    schema,
    ticket_desk,
    tickets,
    turns,
)
from records.alerts_store import AlertStore
from records.database import open_engine, reading, told_plainly
from records.drafts import (
    CallDraft,
    MediaStats,
    Outcome,
    TicketEntry,
    TicketStatus,
    TurnDraft,
    check_moment,
)
from records.errors import RecordsError, UnknownRecord
from records.outbox_drafts import OutboxEntry
from records.outbox_store import OutboxStore
from records.phone import check_hash_key
from records.privacy_store import PrivacyStore
from records.recording_store import RecordingStore
from records.resume import ResumedCall, ResumptionEntry
from records.review_store import ReviewStore
from records.tables import CallRow
from records.vault import Vault
from records.views import CallRecord, CallView, TicketRecord


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _draw_reference() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


class Records:
    """The database of calls. What a method wrote is committed when it returns.

    One server writes to a database; other programs may read it at any time. Every method may raise
    `RecordsError`, whose message is one sentence; the object stays usable after it.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        hash_key: bytes,
        now: Callable[[], datetime] = _utc_now,
        draw_reference: Callable[[], str] = _draw_reference,
    ) -> None:
        """Take over an engine whose schema is current; `open` is the usual way."""
        self._engine = engine
        self._reading = reading(engine)
        self._hash_key = hash_key
        self._now = now
        self._draw_reference = draw_reference
        self._closed = False
        # One writer at a time: SQLite has one anyway, and waiting here is fair and wakes at once,
        # where SQLite's busy timeout polls; it also keeps references and turn numbers unique.
        self._writing = threading.Lock()
        #: messages in all to write with a ticket, for the service that has to act
        self.announce: Callable[[TicketRecord], Sequence[OutboxEntry]] = lambda ticket: ()
        #: messages in all to write with what happens to a ticket, for other systems: the ticket,
        #: "created", "updated" or "closed", and who did it
        self.publish: Callable[[TicketRecord, str, str], Sequence[OutboxEntry]] = lambda *_: ()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        hash_key: bytes,
        migrate: bool = True,
        busy_timeout_s: float = 5.0,
        now: Callable[[], datetime] = _utc_now,
        draw_reference: Callable[[], str] = _draw_reference,
    ) -> Records:
        """Open the database, upgrading an older or empty one unless `migrate` is False.

        Args:
            url: any SQLAlchemy URL with a synchronous driver; `sqlite_url(path)` makes one.
            hash_key: secret for `caller_hash`, at least 16 bytes; changing it breaks statistics
                over callers.
            busy_timeout_s: how long a write waits for another program's lock (SQLite).

        Raises:
            RecordsError: cannot be opened, or the schema is newer than the code, or older and
                `migrate` is False.
            ValueError: the key is too short.
        """
        check_hash_key(hash_key)
        engine = open_engine(url, busy_timeout_s)
        try:
            with told_plainly(engine.url):
                if not schema.is_current(engine):
                    if not migrate:
                        raise schema.refuse_old(engine)
                    schema.upgrade_engine(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, hash_key=hash_key, now=now, draw_reference=draw_reference)

    def close(self) -> None:
        """Close the connections; SQLite then folds its log into the file. May be called twice."""
        with self._writing:
            self._closed = True
            self._engine.dispose()

    @property
    def alerts(self) -> AlertStore:
        """Emergencies that were told on the telephone."""
        return AlertStore(self._transaction, self._snapshot, self._now)

    @property
    def outbox(self) -> OutboxStore:
        """What is sent to callers and services."""
        return OutboxStore(self._transaction, self._snapshot, self._now, self._hash_key)

    @property
    def privacy(self) -> PrivacyStore:
        """What is kept of a person, and for how long: shown, and erased."""
        return self.review.privacy

    @property
    def review(self) -> ReviewStore:
        """What the supervisors' page reads and marks."""
        return ReviewStore(
            self._transaction, self._snapshot, self._now, self._hash_key, self._tell_others
        )

    def recordings(self, vault: Vault) -> RecordingStore:
        """The sound of calls, kept in this vault."""
        return RecordingStore(self._transaction, self._snapshot, self._now, vault)

    def add_past_calls(self, past: Sequence[history.PastCall]) -> tuple[str, ...]:
        """Write calls that are over, all or none; returns their ids."""
        with self._transaction() as session:
            return tuple(
                history.write(
                    session,
                    one,
                    self._hash_key,
                    self._draw_reference,
                    self._draw_ticket_reference,
                )
                for one in past
            )

    def start_call(self, draft: CallDraft) -> CallRecord:
        """Write a call in progress and return it with its id and reference."""
        with self._transaction() as session:
            call = calls.start(session, draft, self._now(), self._hash_key, self._draw_reference)
            digests.refresh(session, call.id)
            return call

    def answered(self, call_id: str) -> None:
        """Note that the call was answered now."""
        with self._transaction() as session:
            calls.answered(session, call_id, self._now())

    def add_turn(self, call_id: str, draft: TurnDraft) -> int:
        """Write a turn as decided, before its reply is played; return its id for `finish_turn`."""
        with self._transaction() as session:
            return turns.add(session, call_id, draft, self._now())

    def finish_turn(
        self,
        turn_id: int,
        *,
        played: str,
        interrupted: bool = False,
        timings: Mapping[str, float] | None = None,
    ) -> None:
        """Note what of the reply was really played; `timings` (ms) join those of the draft."""
        with self._transaction() as session:
            turns.finish(session, turn_id, self._now(), played, interrupted, timings or {})

    def add_event(
        self,
        call_id: str,
        kind: str,
        data: Mapping[str, object] | None = None,
        at: datetime | None = None,
    ) -> int:
        """Append an event, now unless `at` (with its zone) says otherwise; return its id."""
        check_moment(at, "at")
        with self._transaction() as session:
            return events.add(session, call_id, kind, data or {}, at or self._now())

    def refuse(self, call_id: str, what: str) -> int:
        """Note that the caller refuses "recording" or "transcription".

        A refused transcription replaces what was heard of the call by "[refusé]", and what will be;
        returns the number of turns that were emptied.

        Raises:
            ValueError: `what` is something else.
        """
        with self._transaction() as session:
            emptied = refusals.note(session, call_id, what, self._now())
            digests.refresh(session, call_id)
            return emptied

    def erase_old(self, transcript_days: int) -> tuple[int, int]:
        """Empty the words of calls older than so many days, delete tickets whose time is over.

        Returns:
            How many calls were emptied, and how many tickets deleted.
        """
        emptied, deleted, _ = self.privacy.erase_old(transcript_days)
        return emptied, deleted

    def end_call(
        self,
        call_id: str,
        outcome: Outcome,
        reason: str = "",
        stats: MediaStats | None = None,
        *,
        transfer_target: str = "",
    ) -> bool:
        """Note how the call ended. The first end counts: a later one changes nothing, gives False.

        Raises:
            ValueError: `outcome` is not one, or is `IN_PROGRESS`.
        """
        outcome = Outcome(outcome)
        if outcome is Outcome.IN_PROGRESS:
            raise ValueError("a call cannot end with the outcome 'in_progress'")
        with self._transaction() as session:
            first = calls.end(
                session, call_id, self._now(), outcome, reason, stats, transfer_target
            )
            digests.refresh(session, call_id)
            return first

    def add_ticket(self, entry: TicketEntry) -> TicketRecord:
        """Write what a caller leaves for a service; a report of a known problem joins it.

        The record's reference differs from the entry's only when another ticket had that one.
        """
        with self._transaction() as session:
            written = tickets.add(
                session, entry, self._now(), self._hash_key, self._draw_ticket_reference
            )
            for message in self.announce(written):
                outbox.add(session, message, self._now(), self._hash_key, limited=False)
            goes_on = written.events[-1].kind == "went_on"
            self._tell_others(session, written, "updated" if goes_on else "created")
            if written.joined_to and (first := ticket_desk.by_id(session, written.joined_to)):
                self._tell_others(session, first, "updated")
            if entry.call_id is not None:
                digests.refresh(session, entry.call_id)
            return written

    def set_ticket_status(self, reference: str, status: TicketStatus) -> TicketRecord:
        """Note how far the service is with a ticket."""
        with self._transaction() as session:
            moved = tickets.set_status(session, reference, TicketStatus(status), self._now())
            closed = moved.status is TicketStatus.CLOSED
            self._tell_others(session, moved, "closed" if closed else "updated")
            return moved

    def _tell_others(
        self, session: Session, ticket: TicketRecord, event: str, by: str = ""
    ) -> None:
        """Write what other systems are told, in the transaction of what happened."""
        for message in self.publish(ticket, event, by):
            outbox.add(session, message, self._now(), self._hash_key, limited=False)

    def ticket(self, ticket_id: str) -> TicketRecord | None:
        """The ticket with this id; None when it was erased."""
        with self._snapshot() as session:
            return ticket_desk.by_id(session, ticket_id)

    def find_ticket(self, reference: str) -> TicketRecord:
        """The ticket with this reference, with its history.

        Raises:
            UnknownRecord: there is none.
        """
        with self._snapshot() as session:
            return tickets.snapshot(session, tickets.find(session, reference))

    def open_tickets(self) -> tuple[TicketRecord, ...]:
        """The tickets that no service has closed, the earliest deadline first."""
        with self._snapshot() as session:
            return tickets.open_(session)

    def tickets_of(self, call_id: str) -> tuple[TicketRecord, ...]:
        """The tickets that one call left, oldest first."""
        with self._snapshot() as session:
            return tickets.of_call(session, call_id)

    def tickets_to_erase(self, day: date) -> tuple[str, ...]:
        """References of the tickets whose retention is over on this day."""
        with self._snapshot() as session:
            return tickets.to_erase(session, day)

    def draw_ticket_reference(self) -> str:
        """Six digits, not beginning with 0, that no ticket has."""
        for _ in range(100):
            reference = self._draw_ticket_reference()
            try:
                self.find_ticket(reference)
            except UnknownRecord:
                return reference
        raise RecordsError("no free ticket reference in 100 draws: too many tickets are kept")

    @staticmethod
    def _draw_ticket_reference() -> str:
        return str(100_000 + secrets.randbelow(900_000))

    def offer_resumption(self, call_id: str, entry: ResumptionEntry) -> None:
        """Let a call go on in writing; replaces the code that the call had."""
        salt = secrets.token_bytes(resume.SALT_BYTES)
        digest = resume.hashed(entry.code, salt, self._hash_key)
        with self._transaction() as session:
            resume.offer(session, call_id, entry, salt, digest, self._now())

    def keep_resumption(self, reference: str, state: Mapping[str, Any]) -> bool:
        """Write what such a conversation remembers now; False when it cannot go on any more."""
        with self._transaction() as session:
            return resume.keep(session, reference, state)

    def resume(self, reference: str, code: str) -> ResumedCall | None:
        """The call, when the code is right; None for whatever reason it is not.

        An unknown reference takes as long as a wrong code.
        """
        with self._snapshot() as session:
            salt = resume.salt_of(session, reference)
        digest = resume.hashed(code, salt, self._hash_key)
        with self._transaction() as session:
            return resume.find(session, reference, digest, self._now())

    def forget_resumptions(self) -> int:
        """Erase the states and codes that hold no more; returns how many."""
        with self._transaction() as session:
            return resume.forget(session, self._now())

    def close_interrupted(self) -> int:
        """Mark calls that a killed server left in progress; for the start, before any call."""
        with self._transaction() as session:
            left = digests.in_progress(session)
            closed = calls.close_interrupted(session)
            for call_id in left:
                digests.refresh(session, call_id)
            return closed

    def call(self, call_id: str) -> CallView:
        """The call with its turns and events, all read at one instant."""
        with self._snapshot() as session:
            return _view(session, calls.find(session, call_id))

    def call_by_sip_id(self, sip_call_id: str) -> CallView:
        """As `call`, for the Call-ID that the caller's telephone chose."""
        with self._snapshot() as session:
            return _view(session, calls.find_sip(session, sip_call_id))

    def recent_calls(self, limit: int = 50) -> tuple[CallRecord, ...]:
        """The calls that started last, newest first."""
        with self._snapshot() as session:
            return calls.recent(session, limit)

    def doubtful_questions(
        self, since: datetime, until: datetime, *, below: float = doubts.SURE, limit: int = 500
    ) -> tuple[doubts.DoubtfulQuestion, ...]:
        """Questions not answered, asked back, or answered with less confidence than `below`.

        Args:
            since, until: when the turn began, with their zone; `until` is not included.
        """
        check_moment(since, "since")
        check_moment(until, "until")
        with self._snapshot() as session:
            return doubts.doubtful(session, since, until, below, limit)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self._writing, told_plainly(self._engine.url):
            self._refuse_closed()
            with Session(self._engine) as session, session.begin():
                yield session

    @contextmanager
    def _snapshot(self) -> Iterator[Session]:
        self._refuse_closed()
        with told_plainly(self._engine.url), Session(self._reading) as session:
            yield session

    def _refuse_closed(self) -> None:
        if self._closed:
            raise RecordsError("the records are closed: the server is stopping")


def _view(session: Session, row: CallRow) -> CallView:
    return CallView(
        call=calls.snapshot(row),
        turns=turns.of_call(session, row.id),
        events=events.of_call(session, row.id),
    )
