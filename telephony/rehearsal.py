"""A call without a network: the whole session runs, a script speaks, what was answered is kept.

For the self-test of the emergency path and for tests. Audio goes through 8 kHz A-law both ways in
real time, so turn-taking, recognition and the gate see what a telephone would bring.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.frames.frames import Frame as PipelineFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams

from records.drafts import MediaStats
from telephony.call import CallInfo, Handover, TransferRefused
from telephony.gate import Gate
from telephony.sip_transport import Widener
from voice.audio import to_float
from voice.line import over_the_line
from voice.turns import RATE_HZ

LINE_HZ = 8_000
FRAME_S = 0.02
FRAME = round(FRAME_S * LINE_HZ)

Pcm = NDArray[np.int16]


class _Microphone(BaseInputTransport):
    """What the script says, and silence, 20 ms at a time on the wall clock."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self.pending = np.zeros(0, np.int16)
        self.silent = asyncio.Event()
        self.said_at: list[float] = []  #: time.monotonic() when a sentence had been played
        self._widen = Widener(LINE_HZ)
        self._reader: asyncio.Task[None] | None = None

    async def start(self, frame: StartFrame) -> None:
        """Run from here on."""
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._reader = self.create_task(self._run())

    async def stop(self, frame: EndFrame) -> None:
        """Fall silent."""
        await self._end()
        await super().stop(frame)

    async def cancel(self, frame: CancelFrame) -> None:
        """Fall silent at once."""
        await self._end()
        await super().cancel(frame)

    async def _end(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await self.cancel_task(reader)

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            frame = np.zeros(FRAME, np.int16)
            part, self.pending = self.pending[:FRAME], self.pending[FRAME:]
            frame[: len(part)] = part
            if len(part) and not len(self.pending):
                self.said_at.append(time.monotonic())
                self.silent.set()
            await self.push_audio_frame(
                InputAudioRawFrame(self._widen(frame.tobytes()), RATE_HZ, 1)
            )


class _Earpiece(BaseOutputTransport):
    """What the caller hears, kept with its time; takes audio no faster than it is heard."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self.gate = Gate()
        self.heard: list[tuple[float, Pcm]] = []
        self._due = 0.0

    async def start(self, frame: StartFrame) -> None:
        """Accept audio as soon as the pipeline runs."""
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def process_frame(self, frame: PipelineFrame, direction: FrameDirection) -> None:
        """An interruption leaves nothing to be waited for."""
        if isinstance(frame, InterruptionFrame):
            self._due = 0.0
        await super().process_frame(frame, direction)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        """Hear one chunk."""
        await self.gate.passed()
        samples = np.frombuffer(frame.audio, np.int16)
        self._due = max(self._due, time.monotonic())
        self.heard.append((self._due, samples))
        self._due += len(samples) / LINE_HZ
        await asyncio.sleep(max(0.0, self._due - time.monotonic()))
        return True


class RehearsalTransport:
    """Both directions of a rehearsal."""

    def __init__(self) -> None:
        params = TransportParams(
            audio_in_enabled=True,
            audio_in_sample_rate=RATE_HZ,
            audio_out_enabled=True,
            audio_out_sample_rate=LINE_HZ,
            audio_out_end_silence_secs=0,
        )
        self._microphone = _Microphone(params)
        self._earpiece = _Earpiece(params)

    @property
    def gate(self) -> Gate:
        """Holds the speech of this call."""
        return self._earpiece.gate

    def input(self) -> _Microphone:
        """Where the caller's audio enters the pipeline."""
        return self._microphone

    def output(self) -> _Earpiece:
        """Where the bot's speech leaves it."""
        return self._earpiece


@dataclass
class Rehearsal:
    """One call, as `telephony.call.Call`, with a caller who does what a script says."""

    info: CallInfo = field(default_factory=lambda: CallInfo(channel="sip", caller="0261914099"))
    transfer_refused: str = ""  #: why a transfer fails; empty: it succeeds
    passed_to: str = ""
    rate_hz: int = LINE_HZ

    def __post_init__(self) -> None:
        self.transport = RehearsalTransport()
        self.shown: list[dict[str, object]] = []
        self.transfers: list[str] = []
        self.press: Callable[[str], None] = lambda _digit: None
        self._closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    # -- the caller --------------------------------------------------------------------------

    def speak(self, speech: Pcm) -> None:
        """Say something now (8 kHz), after what is still being said."""
        line = over_the_line(to_float(speech), LINE_HZ)[::2]
        microphone = self.transport.input()
        microphone.pending = np.concatenate([microphone.pending, line])
        microphone.silent.clear()

    async def spoken(self) -> float:
        """Wait until everything is said; when it was (time.monotonic())."""
        microphone = self.transport.input()
        await microphone.silent.wait()
        return microphone.said_at[-1]

    def heard_since(self, moment: float) -> list[tuple[float, Pcm]]:
        """What sounded from this moment on: times and samples at 8 kHz."""
        return [
            (at, samples)
            for at, samples in self.transport.output().heard
            if at >= moment and np.any(np.abs(samples) > 200)
        ]

    def pauses(self, *, longer_than_s: float) -> list[float]:
        """How long the bot was silent between two sounds, each time that it was for so long."""
        heard = self.heard_since(0.0)
        gaps = [
            later - at - len(samples) / LINE_HZ
            for (at, samples), (later, _) in itertools.pairwise(heard)
        ]
        return [gap for gap in gaps if gap > longer_than_s]

    @property
    def closed(self) -> bool:
        """Whether somebody hung up."""
        return self._closed.done()

    def leave(self) -> None:
        """Hang up."""
        if not self._closed.done():
            self._closed.set_result("the rehearsal is over")

    # -- telephony.call.Call -----------------------------------------------------------------

    async def answer(self) -> None:
        """There is nothing to wait for."""

    async def hangup(self) -> None:
        """The bot hangs up."""
        if not self._closed.done():
            self._closed.set_result("ended by the bot")

    async def transfer(
        self, target: str, *, timeout_s: float, handover: Handover | None = None
    ) -> None:
        """Note whom the caller was passed to."""
        self.transfers.append(target)
        if self.transfer_refused:
            raise TransferRefused(self.transfer_refused)

    async def wait_closed(self) -> str:
        """Wait for the end of the rehearsal."""
        return await asyncio.shield(self._closed)

    def report(self) -> MediaStats:
        """Nothing went over a network."""
        return MediaStats()

    def on_key(self, callback: Callable[[str], None]) -> None:
        """Deliver each key the caller presses."""
        self.press = callback

    async def publish(self, message: dict[str, object]) -> None:
        """Keep the live transcript."""
        self.shown.append(message)
