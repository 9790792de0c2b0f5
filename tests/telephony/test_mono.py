"""Two channels on the wire, one in here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from baresip.audio import AudioInfo
from baresip.errors import AudioNotActive, AudioRestarted

from telephony.mono import Mono


@dataclass
class Stack:
    """A call's audio as the binding gives it; a renegotiation changes the channels."""

    channels: int
    arrived: bytes = b""
    sent: bytes = b""
    room: int = 10_000
    restarted: bool = False
    asked: int = field(default=0)

    def info(self) -> AudioInfo:
        self.asked += 1
        if self.channels == 0:
            raise AudioNotActive("none")
        size = 4 * self.channels
        return AudioInfo(
            True, True, 48000, self.channels, 20, 48000, self.channels, size, size, 8000, 8000
        )

    def read(self, max_bytes: int) -> bytes:
        self._check()
        part, self.arrived = self.arrived[:max_bytes], self.arrived[max_bytes:]
        return part

    def write(self, pcm: bytes) -> int:
        self._check()
        taken = min(len(pcm), self.room)
        self.sent += pcm[:taken]
        return taken

    def flush_tx(self) -> None:
        self.sent = b""

    def _check(self) -> None:
        if self.restarted:
            self.restarted = False
            raise AudioRestarted("renegotiated")


def pcm(*samples: int) -> bytes:
    return np.array(samples, np.int16).tobytes()


def test_one_channel_passes_untouched_and_is_asked_for_once() -> None:
    stack = Stack(1, arrived=pcm(1, 2, 3))
    mono = Mono(stack)  # type: ignore[arg-type]
    assert mono.read(100) == pcm(1, 2, 3)
    assert mono.write(pcm(7, 8)) == 4
    assert (stack.sent, stack.asked) == (pcm(7, 8), 1)


def test_two_channels_are_one_here() -> None:
    stack = Stack(2, arrived=pcm(100, 200, -300, -100))
    mono = Mono(stack)  # type: ignore[arg-type]
    assert mono.read(2) == pcm(150), "as much as was asked for, of one channel"
    assert mono.read(100) == pcm(-200)
    assert mono.read(100) == b""
    assert mono.write(pcm(7, 8)) == 4
    assert stack.sent == pcm(7, 7, 8, 8)
    info = mono.info()
    assert (info.tx_channels, info.tx_buffered, info.tx_capacity) == (1, 4, 4000)


def test_a_full_buffer_takes_whole_samples() -> None:
    stack = Stack(2, room=8)
    assert Mono(stack).write(pcm(1, 2, 3)) == 4  # type: ignore[arg-type]


def test_another_codec_in_the_middle_of_a_call() -> None:
    """1. A-law. 2. A re-INVITE to Opus: one error. 3. Two channels from then on."""
    stack = Stack(1, arrived=pcm(5))
    mono = Mono(stack)  # type: ignore[arg-type]
    assert mono.read(10) == pcm(5)
    stack.channels, stack.restarted, stack.arrived = 2, True, pcm(10, 20)
    with pytest.raises(AudioRestarted):
        mono.read(10)
    assert mono.read(10) == pcm(15)


def test_no_audio_is_told_as_the_stack_tells_it() -> None:
    with pytest.raises(AudioNotActive):
        Mono(Stack(0)).read(10)  # type: ignore[arg-type]
