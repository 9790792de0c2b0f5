"""Two calls' audio joined: both ways, small buffers, other rates, renegotiated streams."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from baresip.audio import AudioInfo
from baresip.errors import AudioNotActive, AudioRestarted

from telephony.bridge import LEAD_S, MOST_S, Bridge, Pipe, Resampler


class Line:
    """A call's audio: what arrives is put in `heard`, what is sent is found in `sent`."""

    def __init__(self, rate_hz: int = 8000) -> None:
        self.rate_hz = rate_hz
        self.heard = b""
        self.sent = b""
        self.waiting = 0  #: bytes of `sent` that the wire has not taken yet
        self.fails: list[Exception] = []

    def info(self) -> AudioInfo:
        rate = self.rate_hz
        return AudioInfo(True, True, rate, 1, 20, rate, 1, self.waiting, 0, 100_000, 100_000)

    def read(self, max_bytes: int) -> bytes:
        if self.fails:
            raise self.fails.pop(0)
        taken, self.heard = self.heard[:max_bytes], self.heard[max_bytes:]
        return taken

    def write(self, pcm: bytes) -> int:
        self.sent += pcm
        self.waiting += len(pcm)
        return len(pcm)

    def flush_tx(self) -> None:
        self.waiting = 0


def packet(value: int, rate_hz: int = 8000) -> bytes:
    return np.full(rate_hz // 50, value, np.int16).tobytes()


def lead(rate_hz: int = 8000) -> bytes:
    return bytes(2 * int(LEAD_S * rate_hz))


def test_what_arrives_goes_on_with_a_small_lead() -> None:
    one, other = Line(), Line()
    pipe = Pipe(one, other)
    for value in (1, 2):
        one.heard = packet(value)
        pipe.move()
    assert other.sent == lead() + packet(1) + packet(2)


def test_a_buffer_that_ran_dry_gets_its_lead_again() -> None:
    one, other = Line(), Line()
    pipe = Pipe(one, other)
    for value in (1, 2):
        one.heard = packet(value)
        pipe.move()
        other.waiting = 0
    assert other.sent == lead() + packet(1) + lead() + packet(2)


def test_audio_that_would_come_late_is_left_out_and_counted() -> None:
    """The delay between two people never grows: 80 ms at most wait."""
    one, other = Line(), Line()
    pipe = Pipe(one, other)
    for _ in range(50):
        one.heard = packet(1)
        pipe.move()
    assert other.waiting <= 2 * 8000 * (MOST_S + 0.02)
    assert pipe.late_bytes == 50 * len(packet(1)) + len(lead()) - len(other.sent)
    assert pipe.late_bytes > 0


def test_what_was_there_before_they_were_joined_is_not_heard() -> None:
    one, other = Line(), Line()
    one.heard, other.waiting = packet(9), 320
    pipe = Pipe(one, other)
    pipe.start()
    pipe.move()
    assert other.sent == b""
    assert other.waiting == 0


@pytest.mark.parametrize("error", [AudioNotActive("gone"), AudioRestarted("replaced")])
def test_a_renegotiated_stream_goes_on_with_the_next_packet(error: Exception) -> None:
    one, other = Line(), Line()
    pipe = Pipe(one, other)
    one.fails = [error]
    pipe.move()
    one.heard = packet(5)
    pipe.move()
    assert other.sent == lead() + packet(5)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(8000, 16000), (16000, 8000), (8000, 48000)])
def test_other_rates_keep_the_tone(from_hz: int, to_hz: int) -> None:
    """One second of 440 Hz is one second of 440 Hz at the other rate."""
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(from_hz) / from_hz)).astype(np.int16)
    resample = Resampler(from_hz, to_hz)
    step = from_hz // 50
    out = b"".join(resample(tone[at : at + step].tobytes()) for at in range(0, from_hz, step))
    samples = np.frombuffer(out, np.int16)
    assert len(samples) == pytest.approx(to_hz, abs=to_hz // 100)
    spectrum = np.abs(np.fft.rfft(samples[: to_hz // 2 * 2]))
    assert np.argmax(spectrum) * to_hz / len(samples) == pytest.approx(440, abs=2)


async def test_both_ways_until_it_is_cancelled() -> None:
    one, other = Line(), Line()
    moved = 0

    async def sleep(_: float) -> None:
        nonlocal moved
        moved += 1
        one.heard, other.heard = packet(moved), packet(-moved)
        if moved > 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Bridge(one, other, sleep).run()
    assert other.sent == lead() + packet(1) + packet(2)
    assert one.sent == lead() + packet(-1) + packet(-2)
