"""Who speaks next: one bounded queue in front of the engine that all calls share.

Every clause has a time at which its caller would hear silence without it. The most urgent one is
made first: a reply's first clause is due at once, a later one when those before it have been
played, sentences made in advance never. So nobody starves, and nobody waits for somebody's tail.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
NEVER = math.inf


class SpeechBusy(RuntimeError):
    """Too many clauses wait for the engine."""


@dataclass(order=True)
class _Job:
    due_s: float
    number: int
    make: Callable[[], Pcm] = field(compare=False)
    future: Future[Pcm] = field(compare=False)


class SpeechQueue:
    """Worker threads that make clauses in order of urgency.

    Args:
        workers: clauses made at once.
        longest: clauses that may wait.
    """

    def __init__(self, *, workers: int = 1, longest: int = 256) -> None:
        self._longest = longest
        self._jobs: list[_Job] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"speak-{n}", daemon=True)
            for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Clauses that wait for the engine."""
        with self._changed:
            return sum(not job.future.cancelled() for job in self._jobs)

    def submit(self, make: Callable[[], Pcm], *, due_s: float) -> Future[Pcm]:
        """Queue a clause; cancelling the future before its turn costs nothing.

        Args:
            make: blocks until the clause is made.
            due_s: when it is needed, on the caller's monotonic clock; `NEVER` is last.

        Raises:
            SpeechBusy: the queue is full or closed.
        """
        with self._changed:
            if len(self._jobs) >= self._longest:
                self._jobs = [job for job in self._jobs if not job.future.cancelled()]
                heapq.heapify(self._jobs)
            if self._closed or len(self._jobs) >= self._longest:
                raise SpeechBusy(
                    "The voice is shutting down."
                    if self._closed
                    else f"The voice is busy: {self._longest} clauses are waiting."
                )
            job = _Job(due_s, next(self._numbers), make, Future())
            heapq.heappush(self._jobs, job)
            self._changed.notify()
        return job.future

    def close(self) -> None:
        """Cancel what waits, let what is being made finish."""
        with self._changed:
            self._closed = True
            for job in self._jobs:
                job.future.cancel()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=10.0)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                job.future.set_result(job.make())
            except Exception as error:
                job.future.set_exception(error)

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._jobs:
                if self._closed:
                    return None
                self._changed.wait()
            return heapq.heappop(self._jobs)
