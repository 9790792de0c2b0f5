"""One call with a real `Conductor`, desk and records; the wire, the voice, the clock are ours."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

import numpy as np
from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import (
    InterruptionFrame,
    StartFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup
from pipecat.utils.asyncio.task_manager import TaskManager

from dialog.course import Course, Stage
from dialog.desk import Desk
from dialog.patience import Patience
from records import AsyncRecords, sqlite_url
from telephony.call import CallInfo, Handover, Pcm, TransferRefused
from telephony.conductor import Conductor
from telephony.ears import Utterance
from telephony.ledger import Ledger
from telephony.mouth import Manner
from telephony.playout import Playout
from telephony.recorder import Recording
from voice.recognition import Heard
from voice.speaker import Clause

OPEN = datetime(2026, 11, 24, 10, 30)
GIVE_UP_S = 15.0
BUSY = (Stage.DECIDING, Stage.SPEAKING, Stage.ALARM, Stage.ENDING)


class Clock:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        due: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), due))
        await due

    async def advance(self, seconds: float) -> None:
        """Let so much time pass; whoever wakes up acts before later ones do."""
        until = self.now + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            self.now, _, due = heapq.heappop(self._sleepers)
            if not due.done():
                due.set_result(None)
                await asyncio.sleep(0.01)
        self.now = until


@dataclass
class Wire:
    """The call as the conductor sees it."""

    info: CallInfo
    hung_up: bool = False
    transfers: list[str] = field(default_factory=list)
    answer: asyncio.Event = field(default_factory=asyncio.Event)  #: the desk decided
    refuses: bool = False
    passed_to: str = ""
    handover: Handover | None = None

    async def hangup(self) -> None:
        self.hung_up = True

    async def transfer(
        self, target: str, *, timeout_s: float, handover: Handover | None = None
    ) -> None:
        self.handover = handover
        self.transfers.append(target)
        await self.answer.wait()
        if self.refuses:
            raise TransferRefused("nobody answered")

    async def publish(self, message: dict[str, object]) -> None:
        """No screen here."""


class Ears:
    """What the conductor asks of the ears, and tells them."""

    def __init__(self) -> None:
        self.language = "fr"
        self.end_silence_s = 0.9
        self.caller_speaking = self.deaf = False
        self.attention: object = None


class Mouth:
    """Says what it is given at once, or until it is told that the reply is over."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.speeds: list[float] = []
        self.playout = Playout()
        self.rate_hz = 8000
        self.rings = 0
        self.at_once = True
        self.over = asyncio.Event()

    def clauses(self, text: str, manner: Manner) -> list[str]:
        return [text] if text else []

    def clauses_in(self, parts: Sequence[tuple[str, str]], manner: Manner) -> list[str]:
        return [Clause(text, language) for text, language in parts]

    async def warm(self, clause: str, manner: Manner) -> None:
        """Nothing to render."""

    async def play(self, pcm: Pcm) -> None:
        self.rings += 1

    async def for_desk(self, text: str) -> Pcm:
        return np.zeros(8 * len(text), np.int16)

    async def say(self, clauses: Sequence[str], manner: Manner) -> None:
        self.said += clauses
        self.speeds.append(manner.speed)
        self.playout = Playout()
        for clause in clauses:
            self.playout.queue(clause, 100)
        if not self.at_once:
            self.over.clear()
            await self.over.wait()
        self.playout.written = 100 * len(clauses)


class PhoneCall:
    """A caller with a clock: speaks, keys, stays silent, and hears what is said."""

    def __init__(
        self, desk: Desk, records: AsyncRecords, ledger: Ledger, patience: Patience, at: datetime
    ) -> None:
        self.clock = Clock()
        self.wire = Wire(CallInfo(channel="sip", caller="0612345642", dialled="mairie"))
        self.ears, self.mouth = Ears(), Mouth()
        self.records = records
        self.course = Course(strict=True)
        self.ledger = ledger
        self.conductor = Conductor(
            call=self.wire,
            desk=desk,
            ears=self.ears,
            ledger=ledger,
            clock=lambda: at,
            patience=patience,
            course=self.course,
            sleep=self.clock.sleep,
        )
        self.conductor.attach(self.mouth)

    @classmethod
    async def begin(
        cls,
        desk: Desk,
        folder: Path,
        *,
        patience: Patience | None = None,
        at: datetime = OPEN,
        recording: Callable[[AsyncRecords], Recording] | None = None,
        greeted: bool = True,
    ) -> PhoneCall:
        """Answered; the greeting was said, unless it is left to the test."""
        url = sqlite_url(folder / "records.db")
        records = await AsyncRecords.open(url, hash_key=b"a key that is only used in tests")
        ledger = await Ledger.open(records, CallInfo(channel="sip", caller="0612345642"))
        if recording is not None:
            ledger.recorder = recording(records).of(ledger.call_id)
        call = cls(desk, records, ledger, patience or Patience(), at)
        call.mouth.at_once = greeted
        if ledger.recorder is not None:
            ledger.recorder.start()
        setup = FrameProcessorSetup(
            clock=SystemClock(), task_manager=TaskManager(), pipeline_worker=None
        )
        await call.conductor.setup(setup)
        await call.conductor.process_frame(StartFrame(), FrameDirection.DOWNSTREAM)
        await call.conductor.greet("mairie")
        await call.until(Stage.LISTENING if greeted else Stage.GREETING)
        return call

    @property
    def last(self) -> str:
        """What was said last."""
        return self.mouth.said[-1]

    async def until(self, *stages: Stage) -> None:
        """Wait until the call is in one of these stages."""
        await self.eventually(lambda: self.course.stage in stages)

    async def eventually(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + GIVE_UP_S
        while not true():
            assert time.monotonic() < deadline, (self.course.stage, self.mouth.said[-2:])
            await asyncio.sleep(0.005)

    async def says(self, text: str, *, interrupts: bool = False, audio_s: float = 1.0) -> None:
        """A whole turn of the caller; "" is a sound without words."""
        await self.starts(interrupts=interrupts)
        self.ears.caller_speaking = False
        await self._down(UserStoppedSpeakingFrame())
        now = time.monotonic()
        heard = Heard(text, audio_s=audio_s)
        utterance = Utterance(heard, now, now, interrupts)
        await self._down(TranscriptionFrame(text, "caller", "", result=utterance, finalized=True))

    async def starts(self, *, interrupts: bool = False) -> None:
        self.ears.caller_speaking = True
        await self._down(UserStartedSpeakingFrame())
        if interrupts:
            await self._down(InterruptionFrame())

    async def answered(self, text: str) -> str:
        """Say something and hear the whole reply."""
        before = len(self.mouth.said)
        await self.says(text)
        await self.eventually(lambda: len(self.mouth.said) > before)
        await self.eventually(lambda: self.course.stage not in BUSY)
        return self.last

    async def silent(self, seconds: float) -> None:
        """Time passes; what follows from it is said."""
        await asyncio.sleep(0.02)  # timers just started are counted from now
        await self.clock.advance(seconds)
        await asyncio.sleep(0.02)

    async def close(self) -> None:
        """The caller hangs up."""
        await self.conductor.cleanup()
        if self.ledger.recorder is not None:
            await self.ledger.recorder.finish()
        await self.records.close()

    async def _down(self, frame: object) -> None:
        await self.conductor.process_frame(frame, FrameDirection.DOWNSTREAM)
