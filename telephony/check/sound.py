"""Tones, keys as tones, codecs: what the check says and how it knows it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from telephony.peers import Codec

Pcm = NDArray[np.int16]

FRAME_S = 0.02
PEAK = 8000  #: of a tone, -12 dBFS
QUIET = 10 ** (-45 / 20) * 32768  #: RMS under which it is silence, -45 dBFS
SHARE = 0.6  #: of the power that a pure tone must have at its frequencies
RATES: dict[Codec, int] = {"pcma": 8000, "pcmu": 8000, "g722": 16_000}  #: of the sound, in Hz
_NAMES: dict[Codec, str] = {"pcma": "pcm_alaw", "pcmu": "pcm_mulaw", "g722": "g722"}
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)  #: ITU-T Q.23
KEYS = "123456789*0#"


def key_tones(key: str) -> tuple[int, int]:
    """The two frequencies of a key in Hz (ITU-T Q.23)."""
    row, column = divmod(KEYS.index(key), 3)
    return _ROWS[row], _COLUMNS[column]


class Tone:
    """A sum of tones without end; changing them does not click."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._at = 0
        self.hz: tuple[int, ...] = ()

    def frame(self) -> Pcm:
        """The next 20 ms."""
        samples = int(self._rate_hz * FRAME_S)
        at = (self._at + np.arange(samples)) / self._rate_hz
        self._at += samples
        if not self.hz:
            return np.zeros(samples, np.int16)
        waves = np.sum([np.sin(2 * np.pi * hz * at) for hz in self.hz], axis=0)
        frame: Pcm = (PEAK / len(self.hz) * waves).astype(np.int16)
        return frame


class Coder:
    """One direction's codec state, at the rate of `RATES`."""

    def __init__(self, codec: Codec) -> None:
        self.rate_hz = RATES[codec]
        self._encoder = _context(codec, "w")
        self._decoder = _context(codec, "r")

    def encode(self, pcm: Pcm) -> bytes:
        """20 ms as payload, 160 bytes."""
        frame = av.AudioFrame.from_ndarray(pcm[None, :], format="s16", layout="mono")
        frame.sample_rate = self.rate_hz
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))

    def decode(self, payload: bytes) -> Pcm:
        """Whatever length a packet has."""
        parts = [frame.to_ndarray()[0] for frame in self._decoder.decode(av.Packet(payload))]
        return np.concatenate(parts).astype(np.int16) if parts else np.zeros(0, np.int16)


def _context(codec: Codec, mode: Literal["r", "w"]) -> av.AudioCodecContext:
    context = av.CodecContext.create(_NAMES[codec], mode)
    assert isinstance(context, av.AudioCodecContext)  # noqa: S101  # the names are audio's
    context.sample_rate = RATES[codec]
    context.layout = "mono"
    context.format = "s16"
    return context


def is_sound(pcm: Pcm) -> bool:
    """Whether this is more than silence and line noise."""
    return bool(len(pcm) and np.sqrt(np.mean(pcm.astype(np.float64) ** 2)) > QUIET)


def has_tones(pcm: Pcm, rate_hz: int, tones: Sequence[int]) -> bool:
    """Whether the sound is these tones and little else; needs 0.2 s at least."""
    if len(pcm) < rate_hz // 5 or not is_sound(pcm):
        return False
    windowed = pcm.astype(np.float64) * np.hanning(len(pcm))
    power = np.abs(np.fft.rfft(windowed)) ** 2
    at = np.fft.rfftfreq(len(pcm), 1 / rate_hz)
    shares = [power[np.abs(at - hz) < 20].sum() / power.sum() for hz in tones]
    return bool(sum(shares) > SHARE and min(shares) > SHARE / len(tones) / 4)
