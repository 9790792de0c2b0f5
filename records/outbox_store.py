"""The outbox as `Records.outbox` and, for an event loop, `AsyncRecords.outbox` show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from records import outbox
from records.drafts import check_moment
from records.outbox_drafts import Means, OutboxEntry, OutboxRecord

Opens = Callable[[], AbstractContextManager[Session]]


class OutboxStore:
    """Blocking and thread-safe; what a method wrote is committed when it returns."""

    def __init__(
        self, writing: Opens, reading: Opens, now: Callable[[], datetime], hash_key: bytes
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now
        self._hash_key = hash_key

    def add(self, entry: OutboxEntry, *, limited: bool = True) -> OutboxRecord:
        """Write a message that waits to be sent.

        Args:
            limited: False for what goes to a service, which gets all its messages.

        Raises:
            RecordsError: this number or address had enough messages today.
        """
        with self._writing() as session:
            return outbox.add(session, entry, self._now(), self._hash_key, limited=limited)

    def due(self, means: Means, limit: int = 20) -> tuple[OutboxRecord, ...]:
        """The messages to try now, the oldest first."""
        with self._reading() as session:
            return outbox.due(session, means, self._now(), limit)

    def trying(self, message_id: str, again_at: datetime) -> OutboxRecord:
        """Count an attempt before it is made, and when the next one is due if this one dies.

        Raises:
            UnknownRecord: the message does not wait any more.
        """
        check_moment(again_at, "again_at")
        with self._writing() as session:
            return outbox.trying(session, message_id, again_at)

    def sent(self, message_id: str, remote: str = "") -> OutboxRecord:
        """It left: its address and text are erased, the proof stays."""
        with self._writing() as session:
            return outbox.sent(session, message_id, self._now(), remote)

    def note(self, message_id: str, reason: str) -> None:
        """Why the last attempt did not succeed."""
        with self._writing() as session:
            outbox.note(session, message_id, reason)

    def failed(self, message_id: str, reason: str) -> OutboxRecord:
        """Given up: erased, and an event tells the supervisors."""
        with self._writing() as session:
            return outbox.failed(session, message_id, reason, self._now())

    def expire(self, before: datetime, means: Collection[Means] = tuple(Means)) -> int:
        """Give up what waits since before a moment; returns how many."""
        check_moment(before, "before")
        with self._writing() as session:
            return outbox.expire(session, before, self._now(), means)

    def erase(self, to: str) -> int:
        """Erase what concerns a number or address, also what waits; returns how many."""
        with self._writing() as session:
            return outbox.erase(session, to, self._now(), self._hash_key)

    def of_call(self, call_id: str) -> tuple[OutboxRecord, ...]:
        """What one call sent, oldest first."""
        with self._reading() as session:
            return outbox.of_call(session, call_id)

    def given_up(self, since: datetime) -> tuple[OutboxRecord, ...]:
        """Messages that failed since a moment, newest first."""
        check_moment(since, "since")
        with self._reading() as session:
            return outbox.given_up(session, since)


class AsyncOutbox:
    """The same, awaitable."""

    def __init__(
        self,
        store: OutboxStore,
        write: Callable[..., Awaitable[Any]],
        read: Callable[..., Awaitable[Any]],
    ) -> None:
        self._store = store
        self._write = write
        self._read = read

    async def add(self, entry: OutboxEntry, *, limited: bool = True) -> OutboxRecord:
        """See `OutboxStore.add`."""
        record: OutboxRecord = await self._write(self._store.add, entry, limited=limited)
        return record

    async def due(self, means: Means, limit: int = 20) -> tuple[OutboxRecord, ...]:
        """See `OutboxStore.due`."""
        found: tuple[OutboxRecord, ...] = await self._read(self._store.due, means, limit)
        return found

    async def trying(self, message_id: str, again_at: datetime) -> OutboxRecord:
        """See `OutboxStore.trying`."""
        record: OutboxRecord = await self._write(self._store.trying, message_id, again_at)
        return record

    async def sent(self, message_id: str, remote: str = "") -> OutboxRecord:
        """See `OutboxStore.sent`."""
        record: OutboxRecord = await self._write(self._store.sent, message_id, remote)
        return record

    async def note(self, message_id: str, reason: str) -> None:
        """See `OutboxStore.note`."""
        await self._write(self._store.note, message_id, reason)

    async def failed(self, message_id: str, reason: str) -> OutboxRecord:
        """See `OutboxStore.failed`."""
        record: OutboxRecord = await self._write(self._store.failed, message_id, reason)
        return record

    async def expire(self, before: datetime, means: Collection[Means] = tuple(Means)) -> int:
        """See `OutboxStore.expire`."""
        count: int = await self._write(self._store.expire, before, means)
        return count
