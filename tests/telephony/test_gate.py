"""The gate in front of the wire: silent at once, and not a sample lost or said twice."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest
from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.transports.base_transport import TransportParams

from telephony.gate import Gate
from telephony.sip_transport import LEAD_S, SipOutput

RATE_HZ = 8_000


class Wire:
    """baresip's transmit side: a buffer that a clock of ours empties."""

    def __init__(self) -> None:
        self.buffer = b""
        self.sent = b""

    def info(self) -> SimpleNamespace:
        return SimpleNamespace(tx_buffered=len(self.buffer), tx_channels=1, rx_channels=1)

    def write(self, pcm: bytes) -> int:
        self.buffer += bytes(pcm)
        return len(pcm)

    def flush_tx(self) -> None:
        self.buffer = b""

    def tick(self, seconds: float) -> None:
        count = int(seconds * RATE_HZ) * 2
        self.sent, self.buffer = self.sent + self.buffer[:count], self.buffer[count:]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def output(wire: Wire) -> SipOutput:
    call = SimpleNamespace(audio=wire)
    return SipOutput(call, RATE_HZ, TransportParams(audio_out_enabled=True))  # type: ignore[arg-type]


def numbered(count: int) -> bytes:
    """Samples that tell where they belong."""
    return np.arange(count, dtype=np.int16).tobytes()


async def played(output: SipOutput, wire: Wire, pcm: bytes, holds: set[int]) -> bytes:
    """What the wire sends of `pcm`, when it is held after so many of its ticks, for so long."""

    async def write() -> None:
        for at in range(0, len(pcm), 640):
            await output.write_audio_frame(OutputAudioRawFrame(pcm[at : at + 640], RATE_HZ, 1))

    writing = asyncio.create_task(write())
    tick = 0
    while not writing.done() or wire.buffer:
        await asyncio.sleep(0.005)
        wire.tick(0.02)
        tick += 1
        if tick in holds:
            output.gate.hold()
            assert wire.buffer == b"", "nothing is left that would still be heard"
            before = wire.sent
            for _ in range(3):
                await asyncio.sleep(0.005)
                wire.tick(0.02)
            assert wire.sent == before, "it is silent"
            output.gate.release()
    return wire.sent


@pytest.mark.parametrize("holds", [set(), {3}, {3, 9}, {3, 4, 5}])
async def test_nothing_is_lost_by_a_hold(output: SipOutput, wire: Wire, holds: set[int]) -> None:
    pcm = numbered(RATE_HZ // 2)
    assert await played(output, wire, pcm, holds) == pcm


async def test_the_end_of_a_reply_is_held_too(output: SipOutput, wire: Wire) -> None:
    """All of it was handed over; what is in the buffer comes back."""
    pcm = numbered(int(LEAD_S * RATE_HZ))
    await output.write_audio_frame(OutputAudioRawFrame(pcm, RATE_HZ, 1))
    wire.tick(0.02)
    output.gate.hold()
    wire.tick(0.1)
    output.gate.release()
    wire.tick(1)
    assert wire.sent == pcm


async def test_an_interruption_drops_what_was_held(output: SipOutput, wire: Wire) -> None:
    await output.write_audio_frame(OutputAudioRawFrame(numbered(400), RATE_HZ, 1))
    output.gate.hold()
    output._flush()
    output.gate.release()
    assert wire.buffer == b""


async def test_whoever_waits_at_the_gate_passes_when_it_opens() -> None:
    gate = Gate()
    await gate.passed()
    gate.hold()
    assert gate.held
    waiting = asyncio.create_task(gate.passed())
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.release()
    await asyncio.wait_for(waiting, 5)
    gate.release()  # once more changes nothing
    assert not gate.held
