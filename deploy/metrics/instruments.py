"""The instruments of one server: what is counted, what is read, and how it stands now.

calls, engines ─► CallMetrics ─┐
event loop ─────► LoopWatch ───┼─► Registry ─► /metrics
parts ──────────► Parts ───────┘      └─────► allomairie status
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import date

from prometheus_client import CollectorRegistry, ProcessCollector

from deploy.metrics.calls import CallMetrics
from deploy.metrics.engines import TimedSynthesizer, TimedTranscriber
from deploy.metrics.logs import LogMetrics
from deploy.metrics.loop import LoopWatch
from deploy.metrics.parts import SENTENCES, Parts, Work, add_parts
from deploy.metrics.registry import text
from records import RecordsError, ReviewStore, TicketFilter
from voice.recognition import Transcriber
from voice.synthesis import Synthesizer

logger = logging.getLogger("allomairie")

LOOK_EVERY_S = 30.0  #: at what waits for people: days, not seconds, matter there
NOT_CLOSED = ("open", "in_progress")
MOST_ALERTS = 1000


class Instruments:
    """Made before the parts, so that they can be handed what they tell to.

    Args:
        profile: the models that run.
        today: the day in the town, for deadlines.
    """

    def __init__(self, profile: str, today: Callable[[], date]) -> None:
        self.registry = CollectorRegistry()
        self.parts = Parts()
        self.calls = CallMetrics(self.registry)
        self._today = today
        self._loop = LoopWatch(self.calls.lag)
        self._logs = LogMetrics(self.registry)
        self._task: asyncio.Task[None] | None = None
        add_parts(self.registry, self.parts, profile)
        ProcessCollector(registry=self.registry)

    def text(self) -> str:
        """What a collector reads."""
        return text(self.registry)

    def transcriber(self, engine: Transcriber) -> TimedTranscriber:
        """The recogniser, timed."""
        return TimedTranscriber(engine, self.calls.engine("recognition"))

    def voices(self, voices: Mapping[str, Synthesizer]) -> dict[str, Synthesizer]:
        """The voices, timed."""
        note = self.calls.engine("synthesis")
        return {language: TimedSynthesizer(voice, note) for language, voice in voices.items()}

    def troubles(self) -> dict[str, str]:
        """The parts whose last use failed, each with a sentence."""
        return {part: SENTENCES[part] for part in self.calls.failing}

    def start(self, store: ReviewStore) -> None:
        """Watch the event loop, the log and what waits for people."""
        self._loop.start()
        self._logs.start()
        self._task = asyncio.create_task(self._look_at(store))

    async def stop(self) -> None:
        """Watch no more."""
        self._loop.stop()
        self._logs.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _look_at(self, store: ReviewStore) -> None:
        while True:
            try:
                self.parts.work = await asyncio.to_thread(work_of, store, self._today())
            except RecordsError as error:
                logger.warning("what waits for people cannot be counted: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)


def work_of(store: ReviewStore, today: date) -> Work:
    """What waits for people on this day; blocking.

    Raises:
        RecordsError: the database does not answer.
    """
    return Work(
        tickets_open=store.count_tickets(TicketFilter(statuses=NOT_CLOSED)),
        tickets_due=store.count_tickets(TicketFilter(due_by=today)),
        tickets_overdue=store.count_tickets(TicketFilter(overdue_on=today)),
        alerts_open=len(store.alerts.recent(MOST_ALERTS, open_only=True)),
    )
