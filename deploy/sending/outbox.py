"""Empties the outbox while the server runs: due messages are tried, again and again, or given up.

    due ─► counted as tried, due again later (durable) ─► handed over ─► sent, erased
                      │ the server is killed here: tried again later, with the same id
                      └ failed: waits twice as long each time ─► given up, supervisors are told

So every message leaves at least once, and a gateway or mail program knows a repetition by its id.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from deploy.sending.errors import SendingFailed, SendingRefused
from records import AsyncRecords, Means, OutboxRecord, RecordsError, UnknownRecord

logger = logging.getLogger("allomairie.sending")

POLL_S = 2.0  #: between two looks at the outbox
LONGEST_WAIT_S = 3600.0  #: between two attempts
TOO_OLD = timedelta(hours=24)  #: what a person waits for is worth nothing later
TOO_OLD_POLL_S = 600.0


class Carrier(Protocol):
    """Hands messages over."""

    async def send(self, message: OutboxRecord) -> str | None:
        """Hand one message over, or raise `SendingFailed`; the number that it got there, if any."""

    async def close(self) -> None:
        """Free what is open."""


@dataclass(frozen=True)
class Route:
    """A carrier, and how patient to be with it."""

    carrier: Carrier
    attempts: int
    retry_s: float
    longest_wait_s: float = LONGEST_WAIT_S
    keep: timedelta = TOO_OLD  #: what waits for longer is given up

    def wait_s(self, attempts: int) -> float:
        """The wait after so many attempts."""
        wait_s: float = self.retry_s * 2 ** max(0, attempts - 1)
        return min(self.longest_wait_s, wait_s)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Outbox:
    """One worker for each means, so that a slow gateway holds up no e-mail."""

    def __init__(
        self,
        records: AsyncRecords,
        routes: Mapping[Means, Route],
        *,
        now: Callable[[], datetime] = _utc_now,
        poll_s: float = POLL_S,
    ) -> None:
        self._records = records
        self._routes = dict(routes)
        self._now = now
        self._poll_s = poll_s
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to send; messages of an earlier run first."""
        work = [self._forever(self._expire, TOO_OLD_POLL_S)]
        work += [self._forever(partial(self.empty, one), self._poll_s) for one in self._routes]
        self._tasks = [asyncio.create_task(one) for one in work]

    async def stop(self) -> None:
        """Stop; what was being handed over is tried again at the next start."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for route in self._routes.values():
            await route.carrier.close()

    async def _forever(self, work: Callable[[], Awaitable[object]], every_s: float) -> None:
        while True:
            try:
                await work()
            except RecordsError:
                logger.exception("the outbox cannot be read; it is tried again")
            except Exception:
                logger.exception("the outbox met a mistake of the program; it goes on")
            await asyncio.sleep(every_s)

    async def empty(self, means: Means) -> int:
        """Try everything that is due; returns how many were tried."""
        found = await self._records.outbox.due(means)
        for message in found:
            with contextlib.suppress(UnknownRecord):  # erased by number in the meantime
                await self._try(message, self._routes[means])
        return len(found)

    async def _expire(self) -> None:
        for means in Means:
            keep = self._routes[means].keep if means in self._routes else TOO_OLD
            if count := await self._records.outbox.expire(self._now() - keep, (means,)):
                logger.error("%d %s message(s) waited too long and were given up", count, means)

    async def _try(self, message: OutboxRecord, route: Route) -> None:
        outbox = self._records.outbox
        again = self._now() + timedelta(seconds=route.wait_s(message.attempts + 1))
        message = await outbox.trying(message.id, again)
        name = f"{message.means} {message.id[:8]}"
        try:
            remote = await route.carrier.send(message)
        except SendingFailed as error:
            if isinstance(error, SendingRefused) or message.attempts >= route.attempts:
                await outbox.failed(message.id, str(error))
                logger.error("%s given up after %d attempt(s): %s", name, message.attempts, error)
            else:
                await outbox.note(message.id, str(error))
                logger.warning("%s, attempt %d: %s", name, message.attempts, error)
            return
        await outbox.sent(message.id, remote or "")
        logger.info("%s sent, %d part(s)", name, message.parts)
