"""`AsyncRecords`: the records for an event loop, which they never block."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar

from records.alerts_store import AsyncAlerts
from records.drafts import CallDraft, MediaStats, Outcome, TicketEntry, TicketStatus, TurnDraft
from records.errors import DatabaseUnavailable, RecordsError
from records.outbox_drafts import OutboxEntry
from records.outbox_store import AsyncOutbox
from records.privacy_store import Purged
from records.recording_store import RecordingStore
from records.resume import ResumedCall, ResumptionEntry
from records.review_store import ReviewStore
from records.store import Records
from records.vault import Vault
from records.views import CallRecord, CallView, TicketRecord

P = ParamSpec("P")
T = TypeVar("T")

MAX_WAITING = 1000  #: writes queued while the database does not answer


class AsyncRecords:
    """The methods of `Records`, awaitable. Used from one event loop; owns the `Records` given.

    Writes run in one thread, in the order they were asked for; reads run in another. A write that
    was asked for happens even when the caller who awaits it is cancelled: the end of a call
    cancels its tasks, and must not cost its last turn.
    """

    def __init__(self, records: Records, *, max_waiting: int = MAX_WAITING) -> None:
        self._records = records
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="records-writer")
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="records-reader")
        self._max_waiting = max_waiting
        self._waiting = 0
        self._closing = False

    @classmethod
    async def open(cls, url: str, *, hash_key: bytes, migrate: bool = True) -> AsyncRecords:
        """Open as `Records.open` does, in a thread."""
        return cls(await asyncio.to_thread(Records.open, url, hash_key=hash_key, migrate=migrate))

    @property
    def waiting(self) -> int:
        """Writes that are not durable yet."""
        return self._waiting

    @property
    def alerts(self) -> AsyncAlerts:
        """See `Records.alerts`."""
        return AsyncAlerts(self._records.alerts, self._write, self._read)

    @property
    def outbox(self) -> AsyncOutbox:
        """See `Records.outbox`."""
        return AsyncOutbox(self._records.outbox, self._write, self._read)

    @property
    def review(self) -> ReviewStore:
        """See `Records.review`; blocking, for the threads that serve the supervisors' page."""
        return self._records.review

    def announce(self, messages: Callable[[TicketRecord], Sequence[OutboxEntry]]) -> None:
        """Write these messages together with each ticket, for the service that has to act."""
        self._records.announce = messages

    def recordings(self, vault: Vault) -> RecordingStore:
        """See `Records.recordings`; blocking, for the threads that write and play sound."""
        return self._records.recordings(vault)

    async def start_call(self, draft: CallDraft) -> CallRecord:
        """See `Records.start_call`."""
        return await self._write(self._records.start_call, draft)

    async def answered(self, call_id: str) -> None:
        """See `Records.answered`."""
        await self._write(self._records.answered, call_id)

    async def add_turn(self, call_id: str, draft: TurnDraft) -> int:
        """See `Records.add_turn`."""
        return await self._write(self._records.add_turn, call_id, draft)

    async def finish_turn(
        self,
        turn_id: int,
        *,
        played: str,
        interrupted: bool = False,
        timings: Mapping[str, float] | None = None,
    ) -> None:
        """See `Records.finish_turn`."""
        await self._write(
            self._records.finish_turn,
            turn_id,
            played=played,
            interrupted=interrupted,
            timings=timings,
        )

    async def add_event(
        self,
        call_id: str,
        kind: str,
        data: Mapping[str, object] | None = None,
        at: datetime | None = None,
    ) -> int:
        """See `Records.add_event`."""
        return await self._write(self._records.add_event, call_id, kind, data, at)

    async def refuse(self, call_id: str, what: str) -> int:
        """See `Records.refuse`."""
        return await self._write(self._records.refuse, call_id, what)

    async def erase_old(self, transcript_days: int) -> tuple[int, int]:
        """See `Records.erase_old`."""
        return await self._write(self._records.erase_old, transcript_days)

    async def purge(self, transcript_days: int, by: str) -> Purged:
        """See `PrivacyStore.purge`."""
        return await self._write(self._records.privacy.purge, transcript_days, by)

    async def end_call(
        self,
        call_id: str,
        outcome: Outcome,
        reason: str = "",
        stats: MediaStats | None = None,
        *,
        transfer_target: str = "",
    ) -> bool:
        """See `Records.end_call`."""
        return await self._write(
            self._records.end_call,
            call_id,
            outcome,
            reason,
            stats,
            transfer_target=transfer_target,
        )

    async def add_ticket(self, entry: TicketEntry) -> TicketRecord:
        """See `Records.add_ticket`."""
        return await self._write(self._records.add_ticket, entry)

    async def set_ticket_status(self, reference: str, status: TicketStatus) -> TicketRecord:
        """See `Records.set_ticket_status`."""
        return await self._write(self._records.set_ticket_status, reference, status)

    async def find_ticket(self, reference: str) -> TicketRecord:
        """See `Records.find_ticket`."""
        return await self._read(self._records.find_ticket, reference)

    def publish(self, messages: Callable[[TicketRecord, str, str], Sequence[OutboxEntry]]) -> None:
        """Write these messages with whatever happens to a ticket, for other systems."""
        self._records.publish = messages

    async def ticket(self, ticket_id: str) -> TicketRecord | None:
        """See `Records.ticket`."""
        return await self._read(self._records.ticket, ticket_id)

    async def open_tickets(self) -> tuple[TicketRecord, ...]:
        """See `Records.open_tickets`."""
        return await self._read(self._records.open_tickets)

    async def tickets_of(self, call_id: str) -> tuple[TicketRecord, ...]:
        """See `Records.tickets_of`."""
        return await self._read(self._records.tickets_of, call_id)

    def draw_ticket_reference(self) -> str:
        """See `Records.draw_ticket_reference`; blocking, for the desk, which runs in a thread."""
        return self._records.draw_ticket_reference()

    async def offer_resumption(self, call_id: str, entry: ResumptionEntry) -> None:
        """See `Records.offer_resumption`."""
        await self._write(self._records.offer_resumption, call_id, entry)

    async def keep_resumption(self, reference: str, state: Mapping[str, Any]) -> bool:
        """See `Records.keep_resumption`."""
        return await self._write(self._records.keep_resumption, reference, state)

    async def resume(self, reference: str, code: str) -> ResumedCall | None:
        """See `Records.resume`."""
        return await self._write(self._records.resume, reference, code)

    async def forget_resumptions(self) -> int:
        """See `Records.forget_resumptions`."""
        return await self._write(self._records.forget_resumptions)

    async def close_interrupted(self) -> int:
        """See `Records.close_interrupted`."""
        return await self._write(self._records.close_interrupted)

    async def call(self, call_id: str) -> CallView:
        """See `Records.call`."""
        return await self._read(self._records.call, call_id)

    async def recent_calls(self, limit: int = 50) -> tuple[CallRecord, ...]:
        """See `Records.recent_calls`."""
        return await self._read(self._records.recent_calls, limit)

    async def close(self) -> None:
        """Finish the writes asked for, then close the database."""
        self._closing = True
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._reader.shutdown)
        await asyncio.to_thread(self._records.close)

    async def _write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._refuse_closing()
        if self._waiting >= self._max_waiting:
            raise DatabaseUnavailable(
                f"{self._waiting} writes already wait for the records database: "
                "it is locked or its disk is too slow"
            )
        loop = asyncio.get_running_loop()
        self._waiting += 1
        written = loop.run_in_executor(self._writer, partial(work, *args, **kwargs))
        written.add_done_callback(self._one_less)
        return await asyncio.shield(written)

    async def _read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._refuse_closing()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, partial(work, *args, **kwargs))

    def _one_less(self, _: object) -> None:
        self._waiting -= 1

    def _refuse_closing(self) -> None:
        if self._closing:
            raise RecordsError("the records are closed: the server is stopping")
