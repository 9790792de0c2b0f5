"""The recording of one call, from the event loop's side: it only notes what happens, and when.

    CallerTap ─┐                        ┌─ held in memory until the caller was told
    BotTap ────┼─► Recorder ─► thread ─► Tape ─► Opus, Ogg ─► encrypted file
    Gate ──────┘      │
                      └─ refused, a number that must not be kept ─► erased, for good

A recording that fails costs the recording, never the call.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from records import BeingMade, Mark, RecordingStore, RecordsError
from telephony.tape import Happening, Kind, Tape
from telephony.timeline import RATE_HZ

logger = logging.getLogger("allomairie.telephony")

EVERY_S = 0.5  #: between two visits of the worker
BEHIND_S = 0.5  #: what is younger may still change: late packets, an interruption
MOST_WAITING = 4000  #: happenings while the disk does not keep up: half a minute of sound
MOST_HELD_S = 120.0  #: a caller who was not told within it is not recorded
THREADS = 2
FAILURES = (OSError, RecordsError, RuntimeError, ValueError)

Samples = NDArray[np.int16]


class Recorder:
    """One call's recording; used from one event loop. Methods that are not awaited never block.

    Args:
        tape: made in the worker's thread by `start`'s first visit.
        pool: the worker threads of all recordings.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        begin: Callable[[datetime], BeingMade],
        pool: ThreadPoolExecutor,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begin = begin
        self._pool = pool
        self._clock = clock
        self._tape: Tape | None = None
        self._started: float | None = None
        self._began = datetime.now(UTC)
        self._paused_at: float | None = None
        self._over = self._kept = False
        self._waiting: list[Happening] = []
        self._skipped = 0
        self._visited = 0.0
        self._visit: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._marks: list[Mark] = []

    @property
    def on(self) -> bool:
        """Whether the call is recorded, or will be once the caller was told."""
        return not self._over

    @property
    def kept(self) -> bool:
        """Whether the caller was told, so that something may be stored."""
        return self._kept

    # -- what is heard and said --------------------------------------------------------------

    def start(self) -> None:
        """The call's audio flows from now on."""
        self._started = self._visited = self._clock()
        self._began = datetime.now(UTC)

    def caller(self, samples: Samples) -> None:
        """The caller's sound of the last moment, 16 kHz."""
        self._note(Kind.CALLER, samples)

    def bot(self, samples: Samples, rate_hz: int, *, played: bool) -> None:
        """The bot's sound; `played`: it has been, else it is about to be."""
        if self._started is None or self._paused_at is not None:
            return
        self._note(Kind.BOT, samples, rate_hz, played=played)
        if self._marks:
            now, last = self._seconds(), self._marks[-1]
            reply = now if last.reply is None else last.reply
            self._marks[-1] = replace(last, reply=reply, end=now)

    def cut(self) -> None:
        """An interruption: what was on its way to the caller is not played."""
        self._note(Kind.CUT)

    def hold(self) -> None:
        """The bot falls silent and may go on."""
        self._note(Kind.HOLD)

    def release(self) -> None:
        """The bot goes on."""
        self._note(Kind.RELEASE)

    def turn(self, number: int, heard_s: tuple[float, float] | None) -> None:
        """A reply begins.

        Args:
            heard_s: the monotonic time at which the words that it answers ended, and their length.
        """
        if self._started is None:
            return
        heard = None
        if heard_s is not None:
            ended, length = heard_s
            heard = max(0.0, round(ended - length - self._started, 3))
        self._marks.append(Mark(turn=number, heard=heard))

    def pause(self) -> None:
        """A desk takes the call: nobody is recorded (requirements R07)."""
        if self._paused_at is None:
            self._note(Kind.CUT)
            self._paused_at = self._clock()

    def resume(self) -> None:
        """The desk did not take it."""
        self._paused_at = None

    # -- what becomes of it ------------------------------------------------------------------

    async def keep(self) -> None:
        """The caller was told: from here on it is stored, with what was held in memory."""
        if not (self._over or self._kept):
            self._kept = True
            await self._work(lambda tape: tape.keep())

    async def drop(self, reason: str) -> None:
        """Erase what there is, and record no more of this call."""
        if self._over:
            return
        self._over, self._waiting = True, []
        async with self._one_at_a_time:
            tape, self._tape = self._tape, None
            if tape is not None:
                await self._in_thread(lambda: tape.drop(reason))
        logger.info("a recording is erased: %s", reason)

    async def finish(self) -> None:
        """The call is over: what was kept is ended in good order."""
        if self._over:
            return
        self._over = True
        stopped = self._stopped()
        async with self._one_at_a_time:
            waiting, self._waiting = self._waiting, []
            tape, marks = self._tape, tuple(self._marks)
            self._tape = None
            if tape is None:
                return

            def end() -> None:
                tape.play(waiting, self._samples(stopped), marks)
                tape.finish(marks)

            await self._in_thread(end, tape)
        if self._skipped:
            logger.warning("a recording lacks %d pieces: the disk is too slow", self._skipped)

    # -- the worker --------------------------------------------------------------------------

    def _seconds(self) -> float:
        return round(self._clock() - (self._started or 0.0), 3)

    def _stopped(self) -> float:
        """Now, or since when nobody is recorded."""
        return self._clock() if self._paused_at is None else self._paused_at

    def _samples(self, moment: float) -> int:
        return max(0, round((moment - (self._started or 0.0)) * RATE_HZ))

    def _note(
        self,
        kind: Kind,
        samples: Samples | None = None,
        rate_hz: int = RATE_HZ,
        *,
        played: bool = False,
    ) -> None:
        if self._over or self._started is None or self._paused_at is not None:
            return
        now = self._clock()
        if not self._kept and now - self._started > MOST_HELD_S:
            self._over, self._waiting, self._tape = True, [], None
            return
        if len(self._waiting) >= MOST_WAITING:
            self._skipped += 1
            return
        given = {} if samples is None else {"samples": samples}
        self._waiting.append(
            Happening(kind, self._samples(now), rate_hz=rate_hz, played=played, **given)
        )
        if now - self._visited >= EVERY_S and (self._visit is None or self._visit.done()):
            self._visited = now
            self._visit = asyncio.create_task(self._work(None))

    async def _work(self, then: Callable[[Tape], None] | None) -> None:
        """Let the worker place and write what is old enough, then do something more."""
        async with self._one_at_a_time:
            if self._over:
                return
            waiting, self._waiting = self._waiting, []
            until = self._samples(self._stopped() - BEHIND_S)
            marks = tuple(self._marks)

            def work() -> None:
                if self._tape is None:
                    self._tape = Tape(lambda: self._begin(self._began))
                self._tape.play(waiting, until, marks)
                if then is not None:
                    then(self._tape)

            await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], None], tape: Tape | None = None) -> None:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.shield(loop.run_in_executor(self._pool, work))
        except FAILURES:
            logger.exception("a call goes on without being recorded")
            self._over = True
            failed = tape or self._tape
            self._tape = None
            if failed is not None:
                await self._give_up(failed)

    async def _give_up(self, tape: Tape) -> None:
        marks = tuple(self._marks)
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._pool, lambda: tape.give_up(marks)
            )
        except FAILURES as error:
            logger.warning("a recording is left as it is: %s", error)


class Recording:
    """Which calls are recorded, decided per call before it is answered (requirements R03).

    Args:
        share: of all calls, 0 to 1.
        draw: a number from 0 to 1.
    """

    def __init__(
        self,
        store: RecordingStore,
        *,
        mode: str,
        share: float,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._mode = mode
        self._share = share
        self._draw = draw
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="recording")

    def of(self, call_id: str) -> Recorder | None:
        """The recorder of a call, None where it is not drawn."""
        if self._draw() >= self._share:
            return None
        store, mode = self._store, self._mode
        return Recorder(lambda began: store.begin(call_id, mode, began), self._pool)

    def close(self) -> None:
        """Wait for what is being written."""
        self._pool.shutdown()
