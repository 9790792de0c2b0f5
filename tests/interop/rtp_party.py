"""One party's audio: sends a tone as A-law RTP, presses keys (RFC 4733), hears what comes back."""

from __future__ import annotations

import io
import socket
import struct
import threading
import time

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ = 8000
FRAME = 160
ALAW, EVENT = 8, 101
KEYS = "0123456789*#"


class RtpParty:
    """Talks to whoever talks to it first.

    Args:
        tone_hz: what it says, from the first packet that it gets.
    """

    def __init__(self, tone_hz: float) -> None:
        samples = 8000 * np.sin(2 * np.pi * tone_hz * np.arange(RATE_HZ) / RATE_HZ)
        buffer = io.BytesIO()
        soundfile.write(buffer, samples.astype(np.int16), RATE_HZ, format="RAW", subtype="ALAW")
        self._tone = buffer.getvalue()
        self.heard: list[tuple[float, bytes]] = []  #: when, and the payload
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self._peer: tuple[str, int] | None = None
        self._sequence = self._time = 0
        self._keys: list[str] = []
        self._running = True
        self._threads = [threading.Thread(target=work, daemon=True) for work in self._work()]
        for thread in self._threads:
            thread.start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def press(self, key: str) -> None:
        """Press a key in place of speaking."""
        self._keys.append(key)

    def loudest_hz(self, last_s: float = 0.5) -> float:
        """The tone that was heard last; 0.0 when it was silence."""
        payload = b"".join(one for _, one in self.heard)[-int(last_s * RATE_HZ) :]
        samples = _decoded(payload)
        if len(samples) < RATE_HZ // 10 or np.sqrt(np.mean(samples**2)) < 200:
            return 0.0
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        return float(np.argmax(spectrum) * RATE_HZ / len(samples))

    def close(self) -> None:
        self._running = False
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _work(self) -> tuple[object, object]:
        return self._listen, self._speak

    def _listen(self) -> None:
        while self._running:
            try:
                packet, peer = self._socket.recvfrom(2048)
            except TimeoutError:
                continue
            self._peer = peer
            if packet[1] & 0x7F == ALAW:
                self.heard.append((time.monotonic(), packet[12:]))

    def _speak(self) -> None:
        due = time.monotonic()
        while self._running:
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
            if self._peer is None:
                continue
            if self._keys:
                self._event(self._keys.pop(0))
            at = self._time % RATE_HZ
            self._send(ALAW, self._tone[at : at + FRAME], self._time)
            self._time += FRAME

    def _event(self, key: str) -> None:
        """100 ms of a key, its end said three times."""
        for number in range(8):
            ends, lasts = number >= 5, min(number + 1, 5) * FRAME
            body = struct.pack("!BBH", KEYS.index(key), 0x8A if ends else 0x0A, lasts)
            self._send(EVENT, body, self._time, marker=number == 0)
            if not ends:
                time.sleep(0.02)
        self._time += 5 * FRAME

    def _send(self, kind: int, payload: bytes, stamp: int, *, marker: bool = False) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack("!BBHII", 0x80, kind | (marker << 7), self._sequence, stamp, 0x5B5B)
        if self._peer is not None:
            self._socket.sendto(head + payload, self._peer)


def _decoded(payload: bytes) -> NDArray[np.float64]:
    if not payload:
        return np.zeros(0)
    samples, _ = soundfile.read(
        io.BytesIO(payload),
        format="RAW",
        subtype="ALAW",
        channels=1,
        samplerate=RATE_HZ,
        dtype="int16",
    )
    return samples.astype(np.float64)
