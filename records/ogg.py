"""Opus in Ogg pages (RFC 3533, RFC 7845): written page by page, read back, passages silenced.

Every page here holds whole packets of 20 ms and nothing of another page, so that a file cut at a
page's end plays, and a passage is silenced by exchanging its packets without decoding any sound.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PACKET_S = 0.02  #: sound in one packet
PACKETS_A_PAGE = 50
GRANULES = 960  #: of one packet: Ogg counts Opus at 48 kHz, whatever its content
CHANNELS = 2  #: the caller left, the town hall right
_HEADER = struct.Struct("<4sBBqIIIB")
_FIRST, _LAST = 0x02, 0x04
_MOST_SEGMENTS = 255
#: 20 ms of silence in each of two uncoupled streams (RFC 6716, appendix B: the first one is
#: self-delimited)
SILENCE = bytes.fromhex("f802fffef8fffe")
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

Span = tuple[float, float]  #: seconds from the start


class BadOgg(ValueError):
    """These bytes are not what `Pages` writes."""


def _checksum(page: bytes) -> int:
    """Ogg's CRC-32 runs the other way round than zlib's, and starts from 0."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: whole packets, and where the sound stands after them."""

    granule: int
    flags: int
    serial: int
    number: int
    packets: tuple[bytes, ...]

    @property
    def bytes(self) -> bytes:
        """The page with its checksum."""
        lacing = bytearray()
        for packet in self.packets:
            lacing += b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
        if len(lacing) > _MOST_SEGMENTS:
            raise BadOgg(f"{len(self.packets)} packets do not fit into one page")
        head = (b"OggS", 0, self.flags, self.granule, self.serial, self.number)
        body = bytes(lacing) + b"".join(self.packets)
        page = _HEADER.pack(*head, 0, len(lacing)) + body
        return _HEADER.pack(*head, _checksum(page), len(lacing)) + body


class Pages:
    """Makes the pages of one file, in order.

    Args:
        pre_skip: samples at 48 kHz that the encoder is behind, from its own header.
        rate_hz: of what was encoded; players only show it.
    """

    def __init__(self, serial: int, *, pre_skip: int, rate_hz: int) -> None:
        self._serial = serial
        self._number = 0
        self._packets = 0
        self._pre_skip = pre_skip
        self._rate_hz = rate_hz

    def start(self) -> bytes:
        """The pages before the sound: two streams of one channel each, not coupled."""
        head = struct.pack(
            "<8sBBHIhB", b"OpusHead", 1, CHANNELS, self._pre_skip, self._rate_hz, 0, 1
        ) + bytes([2, 0, 0, 1])
        vendor = b"allomairie"
        tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
        return self._page((head,), _FIRST, 0) + self._page((tags,), 0, 0)

    def page(self, packets: Sequence[bytes], *, last: bool = False) -> bytes:
        """The next page of sound."""
        self._packets += len(packets)
        flags = _LAST if last else 0
        return self._page(tuple(packets), flags, self._packets * GRANULES)

    @property
    def seconds(self) -> float:
        """How much sound the pages hold."""
        return self._packets * PACKET_S

    def _page(self, packets: tuple[bytes, ...], flags: int, granule: int) -> bytes:
        page = Page(granule, flags, self._serial, self._number, packets)
        self._number += 1
        return page.bytes


def pages(data: bytes) -> Iterator[Page]:
    """Read pages back.

    Raises:
        BadOgg: the bytes are no Ogg, end within a page, or a checksum is wrong.
    """
    at = 0
    while at < len(data):
        try:
            magic, _, flags, granule, serial, number, crc, segments = _HEADER.unpack_from(data, at)
        except struct.error:
            raise BadOgg("the file ends within a page") from None
        if magic != b"OggS":
            raise BadOgg("this is no Ogg page")
        body = at + _HEADER.size
        lacing = data[body : body + segments]
        stop = body + segments + sum(lacing)
        if stop > len(data) or len(lacing) < segments:
            raise BadOgg("the file ends within a page")
        whole = data[at : at + 22] + bytes(4) + data[at + 26 : stop]
        if _checksum(whole) != crc:
            raise BadOgg(f"page {number} is damaged")
        yield Page(granule, flags, serial, number, _packets(data, body + segments, lacing))
        at = stop


def _packets(data: bytes, at: int, lacing: bytes) -> tuple[bytes, ...]:
    found, length = [], 0
    for size in lacing:
        length += size
        if size < 255:
            found.append(data[at : at + length])
            at, length = at + length, 0
    return tuple(found)


def seconds_of(data: bytes) -> float:
    """How much sound a file holds.

    Raises:
        BadOgg: see `pages`.
    """
    return max((page.granule for page in pages(data)), default=0) / GRANULES * PACKET_S


def silenced(data: bytes, spans: Sequence[Span]) -> bytes:
    """The same file with silence in these spans; as long as before, nothing of them is left.

    Raises:
        BadOgg: see `pages`.
    """
    written = []
    for page in pages(data):
        begins = page.granule // GRANULES - len(page.packets)
        if page.granule > 0:
            packets = tuple(
                SILENCE if _within(begins + at, spans) else packet
                for at, packet in enumerate(page.packets)
            )
            page = Page(page.granule, page.flags, page.serial, page.number, packets)
        written.append(page.bytes)
    return b"".join(written)


def _within(packet: int, spans: Sequence[Span]) -> bool:
    # the decoder is behind by the pre-skip, less than one packet
    start, stop = (packet - 1) * PACKET_S, (packet + 1) * PACKET_S
    return any(start < end and stop > begin for begin, end in spans)
