"""A caller at the level of packets: he knows when each of his left, and each of ours came."""

from __future__ import annotations

import io
import socket
import struct
import threading
import time
from collections.abc import Callable

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.hostile.calling import rtp
from tests.hostile.sip_peer import SipPeer

HZ = 8000
FRAME = 160
PACKET_S = 0.02
PCMA = 8
SILENCE = b"\xd5" * FRAME
Samples = NDArray[np.int16]


def a_law(samples: Samples) -> bytes:
    """The samples as G.711 A-law."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, HZ, format="RAW", subtype="ALAW")
    return buffer.getvalue()


def from_a_law(payload: bytes) -> Samples:
    """A-law as samples."""
    if not payload:
        return np.zeros(0, np.int16)
    samples, _ = soundfile.read(
        io.BytesIO(payload), format="RAW", subtype="ALAW", channels=1, samplerate=HZ, dtype="int16"
    )
    return np.asarray(samples, np.int16)


_LOUDNESS = np.abs(from_a_law(bytes(range(256))).astype(np.float32))
AUDIBLE = 180  #: mean of a packet's samples from which it is sound, -45 dBFS


class Party:
    """Calls `target`, A-law only; a context that hangs up.

    Args:
        says: what it says from its first packet, which leaves right after the ACK.
        answers: makes each 20 ms that it says of what it heard so far (A-law), in place of `says`.
    """

    def __init__(
        self,
        target: tuple[str, int],
        says: Samples | None = None,
        *,
        answers: Callable[[bytearray], bytes] | None = None,
    ) -> None:
        self._sip = SipPeer(target)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._waiting = bytearray(a_law(says)) if says is not None else bytearray()
        self._answers = answers
        self.speaking = True
        self.sent = 0  #: packets
        self.came: list[tuple[float, int, int, bytes]] = []  #: when, number, time stamp, payload
        self.loud: list[float] = []  #: when packets with sound came
        self.call_id = ""
        self._running = True
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._stream = bytearray()

    def __enter__(self) -> Party:
        reply = self._sip.invite(self._socket.getsockname()[1], 30)
        assert reply is not None
        assert reply.status == 200, reply.text
        self._remote = reply.audio
        self._dialog = self._sip.accept(reply)
        self.call_id = self._dialog.call_id
        self._threads = [threading.Thread(target=one) for one in (self._speak, self._listen)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._sip.bye(self._dialog)
        self._sip.socket.close()
        self._socket.close()

    def stop(self) -> None:
        """Neither speak nor listen any more; no BYE."""
        self._running = False
        for thread in self._threads:
            thread.join()

    def bye(self) -> None:
        """Hang up in the middle of all."""
        self._sip.send(self._sip.within(self._dialog, "BYE"))

    @property
    def said_all(self) -> bool:
        return not self._waiting

    def say(self, samples: Samples) -> None:
        """Speak after what is still waiting."""
        with self._lock:
            self._waiting += a_law(samples)

    def until(self, done: Callable[[], bool], wait_s: float) -> bool:
        """Whether something became true in time."""
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            if done():
                return True
            time.sleep(0.005)
        return False

    def quiet(self, since: float, quiet_s: float = 1.5, wait_s: float = 40.0) -> float | None:
        """Wait for sound after `since` and for its end; when it began, None if it never did."""
        if not self.until(lambda: bool(self.loud) and self.loud[-1] > since, wait_s):
            return None
        began = next(at for at in self.loud if at > since)
        self.until(lambda: time.monotonic() - self.loud[-1] > quiet_s, wait_s)
        return began

    def missing(self) -> int:
        """Packets of ours that never came, between the first and the last."""
        with self._lock:
            numbers = [number for _, number, _, _ in self.came]
        if not numbers:
            return 0
        places = {(number - numbers[0] + 0x8000) % 0x10000 for number in numbers}
        return max(places) - min(places) + 1 - len(places)

    def ended(self) -> bool:
        """Whether the other side sent BYE."""
        reply = self._sip.receive(0.001)
        if reply is not None and reply.method == "BYE":
            self._sip.answer(reply)
            return True
        return False

    def heard(self) -> Samples:
        """All that came, in order; what did not come is silence."""
        with self._lock:
            came = list(self.came)
        if not came:
            return np.zeros(0, np.int16)
        first = came[0][1]
        places = {(number - first + 0x8000) % 0x10000 - 0x8000: data for _, number, _, data in came}
        order = range(min(places), max(places) + 1)
        return from_a_law(b"".join(places.get(one, SILENCE) for one in order))

    def _speak(self) -> None:
        begun = time.monotonic()
        while self._running:
            if self.speaking:
                stamp = self.sent * FRAME
                self._socket.sendto(rtp(self.sent, stamp, 0x6D61, self._next()), self._remote)
                self.sent += 1
            time.sleep(max(0.0, begun + self.sent * PACKET_S - time.monotonic()) or 0.001)

    def _next(self) -> bytes:
        with self._lock:
            if self._answers is not None:
                return self._answers(self._stream)
            part = bytes(self._waiting[:FRAME])
            del self._waiting[:FRAME]
        return part.ljust(FRAME, SILENCE[:1])

    def _listen(self) -> None:
        while self._running:
            try:
                data, _ = self._socket.recvfrom(2048)
            except TimeoutError:
                continue
            now = time.monotonic()
            if len(data) > 12 and data[1] & 0x7F == PCMA:
                number, stamp = struct.unpack("!2xHI", data[:8])
                if float(np.mean(_LOUDNESS[np.frombuffer(data[12:], np.uint8)])) > AUDIBLE:
                    self.loud.append(now)
                with self._lock:
                    self.came.append((now, number, stamp, data[12:]))
                    if self._answers is not None:
                        self._stream += data[12:]


STALL_S = 0.01


def drift(came: list[tuple[float, int, int, bytes]]) -> tuple[float, int]:
    """How much faster than this machine's clock packets come, in millionths, and how often they
    stalled: a sender that got no processor for a while goes on later for good.

    The earliest packet of each second is taken: lateness has only one sign.
    """
    stamps = np.array([stamp for _, _, stamp, _ in came], np.float64) / HZ
    times = np.array([at for at, *_ in came])
    stamps, late = stamps - stamps[0], (times - times[0]) - (stamps - stamps[0])
    seconds = stamps.astype(int)
    groups = [np.flatnonzero(seconds == one) for one in range(int(seconds.max()) + 1)]
    best = [group[np.argmin(late[group])] for group in groups if len(group) >= 25]
    steps = np.diff(late[best])
    stalled = np.abs(steps) > STALL_S
    smooth = np.concatenate([[0.0], np.cumsum(np.where(stalled, 0.0, steps))])
    slope = np.polyfit(stamps[best], smooth, 1)[0]
    return float(-slope * 1e6), int(np.sum(stalled))


def where(needle: Samples, hay: Samples) -> tuple[int, float]:
    """At which sample `needle` stands in `hay`, and how well it correlates there, 0..1."""
    if len(hay) < len(needle):
        hay = np.pad(hay, (0, len(needle) - len(hay)))
    a, b = needle.astype(np.float64), hay.astype(np.float64)
    size = 1 << (len(a) + len(b)).bit_length()
    products = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)
    products = products[: len(b) - len(a) + 1]
    sums = np.concatenate([[0.0], np.cumsum(b**2)])
    energies = sums[len(a) :] - sums[: -len(a)]
    fits = products / np.sqrt(np.maximum(energies, 1.0) * (a @ a))
    at = int(np.argmax(fits))
    return at, float(fits[at])
