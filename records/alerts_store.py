"""The alerts as `Records.alerts` and, for an event loop, `AsyncRecords.alerts` show them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from records import alerts
from records.alerts import AlertRecord

Opens = Callable[[], AbstractContextManager[Session]]


class AlertStore:
    """Blocking and thread-safe; what a method wrote is committed when it returns."""

    def __init__(self, writing: Opens, reading: Opens, now: Callable[[], datetime]) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now

    def add(self, call_id: str, kind: str, words: str) -> AlertRecord:
        """Write that an emergency was told in this call."""
        with self._writing() as session:
            return alerts.add(session, call_id, kind, words, self._now())

    def untold(self, most_attempts: int) -> tuple[AlertRecord, ...]:
        """Alerts that nobody was told of yet, after fewer attempts than this."""
        with self._reading() as session:
            return alerts.untold(session, most_attempts)

    def tried(self, alert_id: int, *, told: bool) -> None:
        """Count an attempt to tell of an alert."""
        with self._writing() as session:
            alerts.tried(session, alert_id, self._now() if told else None)

    def acknowledge(self, alert_id: int, by: str) -> AlertRecord:
        """A supervisor has seen it; the first one counts.

        Raises:
            UnknownRecord: there is no such alert.
            ValueError: nobody is named.
        """
        with self._writing() as session:
            return alerts.acknowledge(session, alert_id, by, self._now())

    def recent(self, limit: int = 50, *, open_only: bool = False) -> tuple[AlertRecord, ...]:
        """The last alerts, newest first."""
        with self._reading() as session:
            return alerts.recent(session, limit, open_only=open_only)

    def per_day(self, zone: ZoneInfo, days: int = 30) -> dict[date, int]:
        """How many alerts each of the last days had, in the town's time."""
        with self._reading() as session:
            return alerts.per_day(session, zone, alerts.since(self._now(), days))


class AsyncAlerts:
    """What the server needs of them, awaitable."""

    def __init__(
        self,
        store: AlertStore,
        write: Callable[..., Awaitable[Any]],
        read: Callable[..., Awaitable[Any]],
    ) -> None:
        self._store = store
        self._write = write
        self._read = read

    async def add(self, call_id: str, kind: str, words: str) -> AlertRecord:
        """See `AlertStore.add`."""
        record: AlertRecord = await self._write(self._store.add, call_id, kind, words)
        return record

    async def untold(self, most_attempts: int) -> tuple[AlertRecord, ...]:
        """See `AlertStore.untold`."""
        found: tuple[AlertRecord, ...] = await self._read(self._store.untold, most_attempts)
        return found

    async def tried(self, alert_id: int, *, told: bool) -> None:
        """See `AlertStore.tried`."""
        await self._write(self._store.tried, alert_id, told=told)
