"""RTP that sipp plays, as capture files (RFC 3550, RFC 4733): a tone, and keys."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

RATE_HZ = 8000
KEYS = "0123456789*#ABCD"


def alaw_tone(samples: int) -> bytes:
    """A loud square tone of 400 Hz in A-law: two codes, no encoder needed."""
    high = np.arange(samples) // 10 % 2 == 0
    return np.where(high, 0xB5, 0x35).astype(np.uint8).tobytes()


def tone(path: Path, *, seconds: float, ptime_ms: int = 20, kind: int = 8) -> Path:
    """A tone in packets of `ptime_ms`."""
    samples = RATE_HZ * ptime_ms // 1000
    packets = []
    for number in range(int(seconds * 1000 / ptime_ms)):
        rtp = struct.pack("!BBHII", 0x80, kind, number, number * samples, 0xCAFE)
        packets.append((number * ptime_ms, rtp + alaw_tone(samples)))
    return _write(path, packets)


def keys(path: Path, pressed: str, kind: int) -> Path:
    """Keys of 100 ms each, as telephone-events of payload number `kind`."""
    packets, sequence = [], 0
    for number, key in enumerate(pressed):
        at_ms = number * 300
        for step in range(8):  # five reports, then the end three times
            duration = min(step + 1, 5) * 160
            end = 0x80 if step >= 5 else 0
            mark = 0x80 if step == 0 else 0
            head = struct.pack(
                "!BBHII", 0x80, mark | kind, sequence, at_ms * RATE_HZ // 1000, 0xCAFE
            )
            event = struct.pack("!BBH", KEYS.index(key), end | 10, duration)
            packets.append((at_ms + step * 20, head + event))
            sequence += 1
    return _write(path, packets)


def _write(path: Path, packets: list[tuple[int, bytes]]) -> Path:
    with path.open("wb") as stream:
        stream.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))  # Ethernet
        for at_ms, payload in packets:
            frame = _frame(payload)
            moment = (at_ms // 1000, at_ms % 1000 * 1000)
            stream.write(struct.pack("<IIII", *moment, len(frame), len(frame)) + frame)
    return path


def _frame(payload: bytes) -> bytes:
    """Ethernet, IPv4 and UDP around it; sipp puts its own addresses."""
    here = bytes([127, 0, 0, 1])
    udp = struct.pack("!HHHH", 40000, 40000, 8 + len(payload), 0) + payload
    size = 20 + len(udp)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 17, 0, here, here)
    return bytes(12) + b"\x08\x00" + ip + udp
