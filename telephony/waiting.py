"""The timers of one call: one that waits for what comes next, and the longest call.

Both only say that time is over; what that means is the conductor's matter, and may come too late to
mean anything. The sleep is a parameter, so that tests make the clock jump.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from dialog.course import Event
from dialog.patience import Patience

Sleep = Callable[[float], Awaitable[object]]
Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]
Act = Callable[[], Awaitable[None]]


class Waiting:
    """One timer at a time; starting one stops the one before.

    Args:
        spawn: makes a task of the call.
        sleep: waits for seconds.
    """

    def __init__(self, spawn: Spawn, sleep: Sleep) -> None:
        self._spawn = spawn
        self._sleep = sleep
        self._timer: asyncio.Task[None] | None = None

    def start(self, seconds: float, act: Act) -> None:
        """Act after so long, unless stopped before."""
        self.stop()
        self._timer = self._spawn(self._run(seconds, act))

    def stop(self) -> None:
        """Forget what was waited for; the act itself may call this."""
        timer, self._timer = self._timer, None
        if timer is not None and timer is not asyncio.current_task():
            timer.cancel()

    async def _run(self, seconds: float, act: Act) -> None:
        await self._sleep(seconds)
        await act()


class LongestCall:
    """Says when a call is about to be too long, and when it is.

    Attributes:
        due: what the caller is to be told as soon as nobody speaks; None when nothing is.
    """

    def __init__(self, limits: Patience, spawn: Spawn, sleep: Sleep) -> None:
        self.due: Event | None = None
        self._limits = limits
        self._spawn = spawn
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    def start(self, act: Act) -> None:
        """Count from now; `act` is called each time that something is due."""
        if self._limits.longest_call_s > 0:
            self._task = self._spawn(self._run(act))

    def stop(self) -> None:
        """The call is over, or has no limit any more."""
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def told(self) -> None:
        """The caller was warned; the end itself stays due until the call is over."""
        if self.due is Event.CAP_NEAR:
            self.due = None

    async def _run(self, act: Act) -> None:
        warning_s = min(self._limits.warning_s, self._limits.longest_call_s)
        await self._sleep(self._limits.longest_call_s - warning_s)
        self.due = Event.CAP_NEAR
        await act()
        await self._sleep(warning_s)
        self.due = Event.CAP_REACHED
        await act()
