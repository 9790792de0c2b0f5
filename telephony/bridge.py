"""Joins the audio of two calls inside the bot, where the peer does not transfer (B2BUA).

    caller ─► read every 10 ms ─► resample if the rates differ ─► write ≤ 80 ms ahead ─► desk
    caller ◄─ write ≤ 80 ms ahead ◄─ resample if the rates differ ◄─ read every 10 ms ◄─ desk

Nothing is heard, recorded or kept of it (requirements R07): samples go from one buffer of the stack
to the other and are forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import numpy as np
from av import AudioFrame
from av.audio.resampler import AudioResampler
from baresip.audio import AudioInfo
from baresip.errors import AudioNotActive, AudioRestarted

EVERY_S = 0.01
LEAD_S = 0.04  #: silence put first into an empty buffer: survives a late loop
MOST_S = 0.08  #: audio that waits for longer is stale: the newest is left out
MOST_BYTES = 16_000  #: of one read


class Sound(Protocol):
    """The audio of one call, as baresip gives it."""

    def info(self) -> AudioInfo:
        """Rates and buffers."""

    def read(self, max_bytes: int) -> bytes:
        """What arrived."""

    def write(self, pcm: bytes) -> int:
        """Queue what is sent; returns the bytes taken."""

    def flush_tx(self) -> None:
        """Forget what is queued."""


class Resampler:
    """16-bit mono from one rate to another; the same rate passes untouched."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._from_hz = from_hz
        same = from_hz == to_hz
        self._resampler = None if same else AudioResampler("s16", "mono", to_hz)

    def __call__(self, pcm: bytes) -> bytes:
        """The samples at the other rate."""
        if self._resampler is None:
            return pcm
        samples = np.frombuffer(pcm, np.int16)[np.newaxis]
        frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = self._from_hz
        return b"".join(one.to_ndarray().tobytes() for one in self._resampler.resample(frame))


class Pipe:
    """One direction of a bridge.

    Attributes:
        late_bytes: what was left out because the other side did not take it in time.
    """

    def __init__(self, source: Sound, sink: Sound) -> None:
        self.late_bytes = 0
        self._source = source
        self._sink = sink
        self._resample: Resampler | None = None
        self._rate_hz = 0

    def start(self) -> None:
        """Forget what came before the two were joined."""
        try:
            self._source.read(MOST_BYTES)
            self._sink.flush_tx()
        except (AudioNotActive, AudioRestarted):
            self._resample = None

    def move(self) -> None:
        """Pass on what arrived; streams that are being renegotiated are met at the next move."""
        try:
            if self._resample is None:
                self._resample = self._bind()
            pcm = self._source.read(MOST_BYTES)
            if pcm:
                self._give(self._resample(pcm))
        except (AudioNotActive, AudioRestarted):
            self._resample = None

    def _bind(self) -> Resampler:
        source, sink = self._source.info(), self._sink.info()
        if not (source.rx_ready and sink.tx_ready):
            raise AudioNotActive("the audio is not ready")
        self._rate_hz = sink.tx_sample_rate
        return Resampler(source.rx_sample_rate, sink.tx_sample_rate)

    def _give(self, pcm: bytes) -> None:
        waiting = self._sink.info().tx_buffered
        second = 2 * self._rate_hz
        if waiting > MOST_S * second:
            self.late_bytes += len(pcm)
            return
        lead = bytes(2 * int(LEAD_S * self._rate_hz)) if waiting == 0 else b""
        taken = self._sink.write(lead + pcm)
        self.late_bytes += max(0, len(lead) + len(pcm) - taken)


class Bridge:
    """Both directions, until `run` is cancelled.

    Args:
        sleep: waits for seconds.
    """

    def __init__(
        self, one: Sound, other: Sound, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.pipes = (Pipe(one, other), Pipe(other, one))
        self._sleep = sleep

    async def run(self) -> None:
        """Pass audio both ways for as long as this task lives."""
        for pipe in self.pipes:
            pipe.start()
        while True:
            await self._sleep(EVERY_S)
            for pipe in self.pipes:
                pipe.move()
