"""One channel of a call's audio, whatever its codec has: Opus over RTP always has two (RFC 7587).

read ◄─ mean of the channels ◄─ the stack        write ─► the same on each channel ─► the stack
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from baresip.audio import AudioInfo, CallAudio
from baresip.errors import AudioNotActive, AudioRestarted


class Mono:
    """The audio of one call as 16-bit mono. Errors are those of baresip's `CallAudio`."""

    def __init__(self, audio: CallAudio) -> None:
        self._audio = audio
        self._channels: tuple[int, int] | None = None  #: sent, received; asked again after an error

    def info(self) -> AudioInfo:
        """Rates, and buffers in bytes of one channel."""
        info = self._audio.info()
        self._channels = sent, received = max(1, info.tx_channels), max(1, info.rx_channels)
        if sent == received == 1:
            return info
        return replace(
            info,
            tx_channels=1,
            rx_channels=1,
            tx_buffered=info.tx_buffered // sent,
            rx_buffered=info.rx_buffered // received,
            tx_capacity=info.tx_capacity // sent,
            rx_capacity=info.rx_capacity // received,
        )

    def read(self, max_bytes: int) -> bytes:
        """What arrived, at most `max_bytes` of one channel."""
        _, channels = self._known()
        try:
            pcm = self._audio.read(max_bytes * channels)
        except (AudioNotActive, AudioRestarted):
            self._channels = None
            raise
        if channels == 1 or not pcm:
            return bytes(pcm)
        samples = np.frombuffer(pcm, np.int16).reshape(-1, channels)
        return bytes(samples.mean(axis=1).astype(np.int16).tobytes())

    def write(self, pcm: bytes) -> int:
        """Queue samples; returns how many of these bytes were taken."""
        channels, _ = self._known()
        if channels > 1:
            pcm = np.repeat(np.frombuffer(pcm, np.int16), channels).tobytes()
        try:
            return int(self._audio.write(pcm)) // channels
        except (AudioNotActive, AudioRestarted):
            self._channels = None
            raise

    def flush_tx(self) -> None:
        """Forget what is queued."""
        self._audio.flush_tx()

    def _known(self) -> tuple[int, int]:
        if self._channels is None:
            self.info()
        return self._channels or (1, 1)
