"""A caller's audio as it stands on the wire: A-law RTP out every 20 ms, RTP in, both timed.

    noise + speech ─► A-law ─► RTP out, timed when the packet left
    frames with the kernel's time of arrival ◄─ RTP in

The times of arrival are the kernel's (SO_TIMESTAMPNS), so a caller whose process waits for the
processor still knows when the reply came. Both clocks are the machine's.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telephony.check.capture import Capture
from telephony.check.media import Media
from telephony.check.sdp import PAYLOADS, Audio

RATE_HZ = 8000
FRAME = RATE_HZ // 50
FRAME_S = 0.02
AUDIBLE = 10 ** (-45 / 20) * 32768  #: RMS of a frame from which it is sound, -45 dBFS
SO_TIMESTAMPNS = 35  # asm-generic/socket.h; the socket module does not name it
_ALAW = PAYLOADS["pcma"]
_REPORT_S = 2.0

Pcm = NDArray[np.int16]


def _expansion() -> Pcm:
    """The 256 values of A-law (ITU-T G.711)."""
    code = np.arange(256) ^ 0x55
    segment, step = (code >> 4) & 7, code & 15
    value = np.where(
        segment == 0, (step << 4) + 8, ((step << 4) + 0x108) << np.maximum(segment - 1, 0)
    )
    return np.where(code & 0x80, value, -value).astype(np.int16)


EXPANDED = _expansion()
_ORDER = np.argsort(EXPANDED, kind="stable")
_SORTED = EXPANDED[_ORDER].astype(np.int32)
_LIMITS = (_SORTED[1:] + _SORTED[:-1]) // 2


def compressed(pcm: Pcm) -> bytes:
    """16-bit samples as A-law: each the nearest of the 256 values."""
    return bytes(_ORDER[np.searchsorted(_LIMITS, pcm.astype(np.int32))].astype(np.uint8))


def is_loud(payload: bytes) -> bool:
    """Whether a frame of A-law is sound."""
    samples = EXPANDED[np.frombuffer(payload, np.uint8)].astype(np.float64)
    return bool(len(samples) and np.sqrt(np.mean(samples**2)) > AUDIBLE)


@dataclass(frozen=True)
class Frame:
    """20 ms that arrived."""

    at: float  #: UNIX time, the kernel's
    payload: bytes
    loud: bool


@dataclass(frozen=True)
class Said:
    """What became of a clip: when which part of it left."""

    onset: float  #: UNIX time of the frame with its first sound
    end: float  #: and of the frame with the end of its last syllable


class Line(Media):
    """The audio of one call, as `telephony.check.dialog.Dialog` opens, starts and closes it.

    Args:
        noise: 8 kHz, repeated under everything that is said.
    """

    def __init__(self, address: str, noise: Pcm) -> None:
        super().__init__(address, Capture())
        self._at = address
        self._noise = noise if len(noise) >= FRAME else np.zeros(FRAME, np.int16)
        self._noise_at = 0
        self._sockets: tuple[socket.socket, ...] = ()
        self._far: tuple[str, int] | None = None
        self._number, self._clock = random.getrandbits(15), random.getrandbits(31)
        self._source = random.getrandbits(32)
        self._speech: Pcm = np.zeros(0, np.int16)
        self._left: list[float] = []  #: UNIX time at which each frame of the clip left
        self._spoken = asyncio.Event()
        self._running: list[asyncio.Task[None]] = []
        self.frames: list[Frame] = []  #: all that arrived
        self.lateness: list[float] = []  #: seconds after its due time, of each frame sent

    async def open(self) -> None:
        """Take a pair of ports, even and odd.

        Raises:
            OSError: there is none.
        """
        for _ in range(50):
            port = random.randrange(40_000, 60_000, 2)
            rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                rtp.bind((self._at, port))
                rtcp.bind((self._at, port + 1))
            except OSError:
                rtp.close()
                rtcp.close()
                continue
            rtp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            rtp.setblocking(False)
            self._sockets = (rtp, rtcp)
            self.port = port
            asyncio.get_running_loop().add_reader(rtp, self._receive, rtp)
            return
        raise OSError(f"no free pair of UDP ports on {self._at}")

    def start(self, far: Audio, own_key: bytes | None = None) -> None:
        """Speak to the far end of an answer; it must have taken A-law."""
        self._far = (far.host, far.port)
        if not self._running:
            self._running = [asyncio.create_task(self._send_for_ever())]

    async def close(self) -> None:
        """Fall silent and give the ports back."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        for one in self._sockets:
            if one is self._sockets[0]:
                asyncio.get_running_loop().remove_reader(one)
            one.close()
        self._sockets = ()

    async def say_clip(self, clip: Pcm, onset: int, end: int) -> Said:
        """Say a clip to its end, in real time.

        Args:
            onset, end: samples of its first sound, and after its last syllable.

        Returns:
            UNIX times of the frames with both. Cancelling it stops the clip.
        """
        self._left, self._spoken = [], asyncio.Event()
        self._speech = clip[: -(-end // FRAME) * FRAME]
        try:
            await self._spoken.wait()
        finally:
            self._speech = np.zeros(0, np.int16)
        first, last = onset // FRAME, (end - 1) // FRAME
        return Said(self._left[first], self._left[min(last, len(self._left) - 1)])

    # -- the wire ----------------------------------------------------------------------------

    async def _send_for_ever(self) -> None:
        due = time.monotonic()
        while True:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late = time.monotonic() - due
            self.lateness.append(late)
            self._send_frame()
            if late > 1.0:  # the machine slept: a burst of a second would be no telephone
                due = time.monotonic()

    def _send_frame(self) -> None:
        frame = self._noise_frame().astype(np.int32)
        part, self._speech = self._speech[:FRAME], self._speech[FRAME:]
        frame[: len(part)] += part
        payload = compressed(np.clip(frame, -32768, 32767).astype(np.int16))
        head = struct.pack("!BBHII", 0x80, _ALAW, self._number, self._clock, self._source)
        self._number = (self._number + 1) & 0xFFFF
        self._clock = (self._clock + FRAME) & 0xFFFFFFFF
        if self._far is not None and self._sockets:
            self._sockets[0].sendto(head + payload, self._far)
        if len(part):
            self._left.append(time.time())
            if not len(self._speech):
                self._spoken.set()

    def _noise_frame(self) -> Pcm:
        if self._noise_at + FRAME > len(self._noise):
            self._noise_at = 0
        part = self._noise[self._noise_at : self._noise_at + FRAME]
        self._noise_at += FRAME
        return part

    def _receive(self, rtp: socket.socket) -> None:
        while True:
            try:
                packet, ancillary, _, source = rtp.recvmsg(2048, 128)
            except (BlockingIOError, ConnectionError):
                return
            if self._far is None or source[0] != self._far[0] or len(packet) <= 12:
                continue
            if packet[0] >> 6 != 2 or packet[1] & 0x7F != _ALAW:
                continue
            payload = packet[12 + 4 * (packet[0] & 0x0F) :]
            self.frames.append(Frame(_arrival(ancillary), payload, is_loud(payload)))


def _arrival(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= 16:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return float(seconds) + float(nanoseconds) / 1e9
    return time.time()
