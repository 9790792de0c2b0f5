"""How late the event loop is: a timer every 10 ms, and how long after its time it came.

A callback that holds the loop for 50 ms makes the timer 40 to 50 ms late, so holds are counted a
little short, never long. A machine without a free core makes it late, too: both delay the audio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

EVERY_S = 0.01


class LoopWatch:
    """Measures the loop that it is started on.

    Args:
        observe: told of each lateness in seconds; must be cheap.
        every_s: between two looks.
    """

    def __init__(self, observe: Callable[[float], None], *, every_s: float = EVERY_S) -> None:
        self._observe = observe
        self._every_s = every_s
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look from now on."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._every_s
        self._timer = loop.call_at(due, self._look, loop, due)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._observe(max(0.0, now - due))
        if self._timer is not None:
            due = now + self._every_s
            self._timer = loop.call_at(due, self._look, loop, due)
