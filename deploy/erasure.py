"""Once a day, words, calls and tickets whose time is over are erased (requirements R09)."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from records import AsyncRecords, RecordingStore, RecordsError

EVERY_S = 24 * 3600.0
BY = "serve"  #: who the access log says it was

logger = logging.getLogger("allomairie.erasure")


class Erasure:
    """Erases at start and then every day, until stopped.

    Args:
        transcript_days: how long the words of a call are kept.
        sound: the recordings; None: there are none.
        sound_days: how long they are kept.
        every_s: seconds between two runs.
    """

    def __init__(
        self,
        records: AsyncRecords,
        transcript_days: int,
        *,
        sound: RecordingStore | None = None,
        sound_days: int = 30,
        every_s: float = EVERY_S,
    ) -> None:
        self._records = records
        self._sound = sound
        self._sound_days = sound_days
        self._days = transcript_days
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin in the background; a database that fails is tried again the next time."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Wait for nothing more to be erased."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def _erase_sound(self) -> None:
        if self._sound is not None:
            count = await asyncio.to_thread(self._sound.purge, self._sound_days, BY)
            if count:
                logger.info("erased %d recordings", count)

    async def once(self) -> None:
        """Erase what is over now."""
        try:
            gone = await self._records.purge(self._days, BY)
            await self._erase_sound()
        except RecordsError:
            logger.exception("what is too old could not be erased; it is tried again")
            return
        if gone.words or gone.tickets:
            logger.info("erased the words of %d calls, and %d tickets", gone.words, gone.tickets)
        if gone.calls:
            logger.info("deleted %d calls of more than a year ago", gone.calls)
        if gone.held:
            logger.info("%d old calls are kept by a legal hold", gone.held)
