"""What a caller hears who waits for a reply: that we are looking, said again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from dialog.course import Course, Event
from dialog.desk import Desk
from dialog.patience import Patience
from dialog.state import State
from telephony.ledger import Ledger
from telephony.speaking import Speaking
from telephony.waiting import Spawn, Waiting


class Searching:
    """One call's; the timer is the call's only one, so whatever else is awaited ends it.

    Args:
        spawn: makes a task of the call.
        cancel: ends one, and returns when it has ended.
    """

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        course: Course,
        speaking: Speaking,
        waiting: Waiting,
        *,
        spawn: Spawn,
        cancel: Callable[[asyncio.Task[None]], Awaitable[None]],
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._course = course
        self._speaking = speaking
        self._waiting = waiting
        self._spawn = spawn
        self._cancel = cancel
        self._task: asyncio.Task[None] | None = None

    def start(self, state: State, limits: Patience) -> None:
        """The caller stopped, and waits from now on."""
        self._wait(limits.filler_s, state, limits, again=False)

    @property
    def saying(self) -> bool:
        """Whether it is being said."""
        return self._task is not None and not self._task.done()

    async def ended(self) -> None:
        """Return when what is being said was said, even if whoever waits is ended."""
        if self._task is not None and self.saying:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Say no more of it."""
        if self._task is not None and self.saying:
            await self._cancel(self._task)

    def _wait(self, seconds: float, state: State, limits: Patience, *, again: bool) -> None:
        async def tell() -> None:
            if self._course.may(Event.SEARCHING):
                self._course.on(Event.SEARCHING)
                self._task = self._spawn(self._say(state, limits, again=again))

        self._waiting.start(seconds, tell)

    async def _say(self, state: State, limits: Patience, *, again: bool) -> None:
        await self._ledger.event("filler")
        await self._speaking.aside(self._desk.filler(state, again=again), state.speed)
        if self._course.may(Event.SEARCHING):
            self._wait(limits.filler_again_s, state, limits, again=True)
