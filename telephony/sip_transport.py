"""A pipecat transport over one baresip call.

    RTP ─► baresip (jitter buffer, G.711) ─► read every 20 ms ─► 8→16 kHz ─► pipeline
    RTP ◄─ baresip (20 ms clock)          ◄─ write, ≤ LEAD_S ahead ◄─ pipeline at the call's rate

baresip's own transmit clock paces the RTP, so lateness never adds up: this side only keeps a
little audio ahead of it. A barge-in flushes that little, too.
"""

from __future__ import annotations

import asyncio
import logging
import time

import numpy as np
from av import AudioFrame
from av.audio.resampler import AudioResampler
from baresip import Call as BaresipCall
from baresip.errors import AudioNotActive, AudioRestarted
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import BaseTransport, TransportParams

from telephony.gate import Gate
from telephony.mono import Mono
from voice.turns import RATE_HZ

logger = logging.getLogger("allomairie.telephony")

READ_EVERY_S = 0.02
MOST_BYTES = 32_000  #: of one read: a third of a second at 48 kHz
LEAD_S = 0.10  #: audio kept ahead of the RTP clock: survives a late loop, still short to flush
GIVE_UP_S = 3.0  #: a call whose media does not take audio for this long is not there any more
DRAIN_S = 0.5  #: what was written is on the wire by then, whatever happens
FAR_BUFFER_S = 0.2  #: a telephone drops what its jitter buffer holds when it is told BYE


class Widener:
    """The call's rate to the recogniser's. libswresample holds back 2 ms; soxr's streams 25-115."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._resampler = AudioResampler("s16", "mono", RATE_HZ)

    def __call__(self, pcm: bytes) -> bytes:
        samples = np.frombuffer(pcm, np.int16)[np.newaxis]
        frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = self._rate_hz
        return b"".join(wide.to_ndarray().tobytes() for wide in self._resampler.resample(frame))


class SipInput(BaseInputTransport):
    """The caller's audio, as 16 kHz mono frames of what arrived in the last 20 ms."""

    def __init__(self, call: BaresipCall, rate_hz: int, params: TransportParams) -> None:
        super().__init__(params)
        self._audio = Mono(call.audio)
        self._widen = Widener(rate_hz)
        self._reader: asyncio.Task[None] | None = None
        self.detached = False  #: somebody else reads the call's audio

    async def start(self, frame: StartFrame) -> None:
        """Start reading as soon as the pipeline runs."""
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._reader = self.create_task(self._read())

    async def stop(self, frame: EndFrame) -> None:
        """Stop reading, then let the pipeline drain."""
        await self._stop_reading()
        await super().stop(frame)

    async def cancel(self, frame: CancelFrame) -> None:
        """Stop reading at once."""
        await self._stop_reading()
        await super().cancel(frame)

    async def _stop_reading(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await self.cancel_task(reader)

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(READ_EVERY_S)
            if self.detached:
                return
            try:
                pcm = self._audio.read(MOST_BYTES)
            except (AudioNotActive, AudioRestarted):
                continue  # a re-INVITE is replacing the streams: the next read binds to them
            if pcm:
                await self.push_audio_frame(InputAudioRawFrame(self._widen(pcm), RATE_HZ, 1))


class SipOutput(BaseOutputTransport):
    """Speech to the caller, at the rate the call negotiated."""

    def __init__(self, call: BaresipCall, rate_hz: int, params: TransportParams) -> None:
        super().__init__(params)
        self._audio = Mono(call.audio)
        self._lead_bytes = int(LEAD_S * rate_hz) * 2
        self._written = b""  #: the end of what was written, as long as the transmit buffer may be
        self._back = b""  #: what a hold took back
        self.detached = False  #: somebody else writes the call's audio
        self.gate = Gate()
        self.gate.on_hold, self.gate.on_release = self._take_back, self._give_again

    async def start(self, frame: StartFrame) -> None:
        """Accept audio as soon as the pipeline runs."""
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """On an interruption, also empty what baresip has not sent yet."""
        if isinstance(frame, InterruptionFrame):
            self._flush()
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._flush()  # a write under way when the first flush ran

    async def drain(self) -> None:
        """Wait until what was written has left and the far end has played it; at once if idle."""
        deadline = time.monotonic() + DRAIN_S
        spoke = False
        while self._unsent() and not self.gate.held and time.monotonic() < deadline:
            spoke = True
            await asyncio.sleep(READ_EVERY_S / 2)
        if spoke:
            await asyncio.sleep(FAR_BUFFER_S)

    def _unsent(self) -> int:
        """Bytes that wait for the transmit clock; none of ours once somebody else writes."""
        if self.detached:
            return 0
        try:
            return int(self._audio.info().tx_buffered)
        except (AudioNotActive, AudioRestarted):
            return 0

    def _flush(self) -> None:
        self._written = self._back = b""
        if self.detached:
            return
        try:
            self._audio.flush_tx()
        except (AudioNotActive, AudioRestarted):
            logger.debug("no media to flush")

    def _take_back(self) -> None:
        try:
            unsent = self._audio.info().tx_buffered
            self._audio.flush_tx()
        except (AudioNotActive, AudioRestarted):
            unsent = 0
        self._back = self._written[len(self._written) - min(unsent, len(self._written)) :]

    def _give_again(self) -> None:
        back, self._back = self._back, b""
        try:
            self._audio.write(back)  # it came from this buffer, so there is room
        except (AudioNotActive, AudioRestarted):
            logger.debug("no media to give speech back to")

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        """Queue one chunk once there is room within the lead; False when the media is gone."""
        pcm = frame.audio
        deadline = time.monotonic() + GIVE_UP_S
        while pcm and time.monotonic() < deadline and not self.detached:
            if self.gate.held:
                await self.gate.passed()
                deadline = time.monotonic() + GIVE_UP_S
            try:
                if self._audio.info().tx_buffered <= self._lead_bytes:
                    taken = self._audio.write(pcm)
                    self._written = (self._written + pcm[:taken])[-4 * self._lead_bytes :]
                    pcm = pcm[taken:]
                    continue
            except (AudioNotActive, AudioRestarted):
                logger.debug("media not active, retrying")
            await asyncio.sleep(READ_EVERY_S / 2)
        return not pcm or self.detached


class SipTransport(BaseTransport):
    """Both directions of one answered call.

    Args:
        call: an established baresip call.
        rate_hz: the rate its codec works at (8000 for G.711, 48000 for Opus).
    """

    def __init__(self, call: BaresipCall, rate_hz: int) -> None:
        super().__init__()
        params = TransportParams(
            audio_in_enabled=True,
            audio_in_sample_rate=RATE_HZ,
            audio_out_enabled=True,
            audio_out_sample_rate=rate_hz,
            audio_out_end_silence_secs=0,
        )
        self._input = SipInput(call, rate_hz, params)
        self._output = SipOutput(call, rate_hz, params)

    @property
    def gate(self) -> Gate:
        """Holds the speech of this call."""
        return self._output.gate

    async def drain(self) -> None:
        """Wait until the caller has heard the end of what was said; 0.7 s at most."""
        await self._output.drain()

    def detach(self) -> None:
        """The audio is somebody else's from now on: nothing is heard or said here any more."""
        self._input.detached = self._output.detached = True

    def input(self) -> SipInput:
        """Where the caller's audio enters the pipeline."""
        return self._input

    def output(self) -> SipOutput:
        """Where the bot's speech leaves it."""
        return self._output
