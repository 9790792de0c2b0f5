"""Sound of two voices as Opus packets of 20 ms, each voice in a stream of its own.

Coupled stereo would share bits between the voices at this rate; uncoupled, nothing of one is ever
heard in the other's channel.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

RATE_HZ = 16_000
PACKET_SAMPLES = 320
BITS_A_SECOND = 32_000  #: of both voices; silence takes almost none
EFFORT = 4  #: of 10; more is not heard at this rate

Stereo = NDArray[np.int16]


class OpusEncoder:
    """One stream; blocking, for one thread at a time.

    Raises:
        RuntimeError: this build of PyAV has no libopus.
    """

    def __init__(self) -> None:
        try:
            made = av.CodecContext.create("libopus", "w")
        except av.error.FFmpegError as error:
            raise RuntimeError("this PyAV has no libopus: recordings cannot be made") from error
        assert isinstance(made, AudioCodecContext)  # noqa: S101 - libopus knows sound only
        self._codec = made
        self._codec.sample_rate = RATE_HZ
        self._codec.layout = "stereo"
        self._codec.format = "s16"
        self._codec.bit_rate = BITS_A_SECOND
        self._codec.options = {
            "application": "voip",
            "frame_duration": "20",
            "compression_level": str(EFFORT),
            "mapping_family": "255",  # two streams that are not coupled
        }
        self._codec.open()
        self._left = np.zeros((0, 2), np.int16)
        self._samples = 0

    @property
    def pre_skip(self) -> int:
        """Samples at 48 kHz that the packets are behind what was given (RFC 7845, 4.2)."""
        (skip,) = struct.unpack_from("<H", bytes(self._codec.extradata or b""), 10)
        return int(skip)

    def encode(self, samples: Stereo) -> Iterator[bytes]:
        """The packets of what was given so far.

        Args:
            samples: 16 kHz, (n, 2).
        """
        pending = np.concatenate([self._left, samples])
        whole = len(pending) - len(pending) % PACKET_SAMPLES
        self._left = pending[whole:]
        for at in range(0, whole, PACKET_SAMPLES):
            yield from self._one(pending[at : at + PACKET_SAMPLES])

    def finish(self) -> Iterator[bytes]:
        """The last packets; the last samples are padded with silence."""
        if len(self._left):
            missing = PACKET_SAMPLES - len(self._left)
            yield from self._one(np.pad(self._left, ((0, missing), (0, 0))))
            self._left = self._left[:0]
        yield from (bytes(packet) for packet in self._codec.encode(None))

    def _one(self, samples: Stereo) -> Iterator[bytes]:
        interleaved = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE_HZ, self._samples
        self._samples += PACKET_SAMPLES
        yield from (bytes(packet) for packet in self._codec.encode(frame))


def decode(data: bytes) -> Stereo:
    """The sound of an Ogg file as 16 kHz, (n, 2).

    Raises:
        ValueError: the bytes cannot be decoded.
    """
    resampler = av.AudioResampler("s16", "stereo", RATE_HZ)
    found: list[NDArray[np.int16]] = []
    try:
        with av.open(io.BytesIO(data), "r") as container:
            frames = list(container.decode(audio=0))
        for frame in (*frames, None):
            found += [one.to_ndarray().astype(np.int16) for one in resampler.resample(frame)]
    except av.error.FFmpegError as error:
        raise ValueError(f"this sound cannot be decoded: {error}") from error
    return np.concatenate(found, axis=1).reshape(-1, 2) if found else np.zeros((0, 2), np.int16)
