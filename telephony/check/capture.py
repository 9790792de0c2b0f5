"""A capture of a check for Wireshark, without voice (pcap, link type 228: raw IPv4).

SIP messages are written whole, but for what would open a lock: SDES keys (RFC 4568) and digest
responses (RFC 8760). Of RTP only the headers are kept, the payload is zeros of its length; key
events (RFC 4733) stay. Messages of TCP and TLS are written as UDP packets, in clear, so that they
can be read; addresses and ports are the real ones.
"""

from __future__ import annotations

import re
import struct
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import BinaryIO

Address = tuple[str, int]

LINKTYPE_IPV4 = 228
MOST_BYTES = 65507  #: the longest UDP payload
_HEADER_BYTES = 12  #: of RTP without CSRC (RFC 3550, 5.1)
_KEY = re.compile(rb"(a=crypto:[^\r\n]*?inline:)[^|\r\n ]+")
_RESPONSE = re.compile(rb'(\bresponse=")[^"]*(")', re.IGNORECASE)


class Capture:
    """Writes what passes to a file; without a path it keeps nothing.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file: BinaryIO | None = None
        if path is not None:
            self._file = path.open("wb")
            self._file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_IPV4))

    def sip(self, data: bytes, source: Address, to: Address) -> None:
        """A message of signalling."""
        hidden = _KEY.sub(lambda found: found[1] + b"X" * 40, data)
        hidden = _RESPONSE.sub(lambda found: found[1] + b"0" * 32 + found[2], hidden)
        self._write(hidden, source, to)

    def rtp(self, packet: bytes, source: Address, to: Address, *, event: bool = False) -> None:
        """A packet of audio, in clear; `event`: its payload is a key, not voice."""
        if not event:
            head = _HEADER_BYTES + 4 * (packet[0] & 0x0F)
            packet = packet[:head] + bytes(max(0, len(packet) - head))
        self._write(packet, source, to)

    def rtcp(self, packet: bytes, source: Address, to: Address) -> None:
        """A report on audio (RFC 3550, 6.4); it holds no voice."""
        self._write(packet, source, to)

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, payload: bytes, source: Address, to: Address) -> None:
        if self._file is None:
            return
        payload = payload[:MOST_BYTES]
        udp = struct.pack("!HHHH", source[1], to[1], 8 + len(payload), 0)  # 0: no checksum
        head = struct.pack(
            "!BBHHHBBH4s4s",
            *(0x45, 0, 20 + 8 + len(payload), 0, 0, 64, 17, 0),
            IPv4Address(source[0]).packed,
            IPv4Address(to[0]).packed,
        )
        head = head[:10] + struct.pack("!H", _checksum(head)) + head[12:]
        packet = head + udp + payload
        now = time.time_ns()
        seconds, rest = divmod(now, 1_000_000_000)
        self._file.write(struct.pack("<IIII", seconds, rest // 1000, len(packet), len(packet)))
        self._file.write(packet)


def _checksum(head: bytes) -> int:
    """Of an IPv4 header (RFC 1071)."""
    total: int = sum(struct.unpack(f"!{len(head) // 2}H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
