"""Loss, jitter and round trip of one RTP stream (RFC 3550, 6.4 and appendix A)."""

from __future__ import annotations

import struct
import time

NTP_EPOCH = 2_208_988_800  #: 1900 to 1970 in seconds
CLOCK_HZ = 8000


def ntp_now() -> int:
    """64 bits: seconds since 1900 and their fraction."""
    return int((time.time() + NTP_EPOCH) * 2**32)


class Quality:
    """What one side knows of a stream: counted here, and told by the far end."""

    def __init__(self) -> None:
        self.packets = 0
        self._ssrc = 0
        self._first = self._highest = -1
        self._jitter = 0.0
        self._transit: float | None = None
        self._last_report = (0, 0.0)  #: middle of its NTP time, and when it came
        self.round_trip_ms: list[float] = []
        self.far_lost: float | None = None  #: share that the far end lost, last told
        self.far_jitter_ms: float | None = None
        self.far_hears = False  #: a report of the far end says that our packets arrive

    def received(self, packet: bytes, now_s: float) -> None:
        """Count one RTP packet."""
        sequence, stamp, ssrc = struct.unpack("!HII", packet[2:12])
        if ssrc != self._ssrc:  # another stream: a transfer, or music on hold
            self._ssrc, self._first, self._highest = ssrc, sequence, sequence
            self._transit, self._base = None, self.packets
        extended = (self._highest & ~0xFFFF) | sequence
        if extended < self._highest - 0x8000:
            extended += 0x10000
        self._highest = max(self._highest, extended)
        self.packets += 1
        transit = now_s * CLOCK_HZ - stamp
        if self._transit is not None:
            step = abs(transit - self._transit)
            if step < CLOCK_HZ:  # a jump of the clock is no jitter
                self._jitter += (step - self._jitter) / 16
        self._transit = transit

    _base = 0  #: packets of streams before this one

    @property
    def expected(self) -> int:
        """Packets that the far end sent in its present stream, by their numbers."""
        return self._highest - self._first + 1 if self.packets else 0

    @property
    def lost(self) -> float:
        """Share of its packets that did not arrive, 0 to 1."""
        if not self.expected:
            return 0.0
        return max(0.0, 1 - (self.packets - self._base) / self.expected)

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter as RFC 3550 defines it."""
        return self._jitter / CLOCK_HZ * 1000

    def block(self) -> bytes:
        """A report block on what we received; b'' before anything came."""
        if not self.packets:
            return b""
        lost = max(0, self.expected - (self.packets - self._base)) & 0xFFFFFF
        middle, came = self._last_report
        delay = int((time.monotonic() - came) * 65536) if middle else 0
        return struct.pack(
            "!IIIIII",
            *(self._ssrc, lost, self._highest & 0xFFFFFFFF, int(self._jitter), middle, delay),
        )

    def reported(self, packet: bytes, own_ssrc: int) -> None:
        """Read a compound RTCP packet of the far end; what is cut short is left alone."""
        while len(packet) >= 8:
            count, kind, words = packet[0] & 0x1F, packet[1], struct.unpack("!H", packet[2:4])[0]
            one, packet = packet[: 4 * words + 4], packet[4 * words + 4 :]
            if kind == 200 and len(one) >= 28:
                self._last_report = (struct.unpack("!I", one[10:14])[0], time.monotonic())
            start = {200: 28, 201: 8}.get(kind)
            if start is None:
                continue
            for number in range(count):
                block = one[start + 24 * number : start + 24 * (number + 1)]
                if len(block) == 24:
                    self._about_us(block, own_ssrc)

    def _about_us(self, block: bytes, own_ssrc: int) -> None:
        ssrc, lost, highest, jitter, middle, delay = struct.unpack("!IIIIII", block)
        if ssrc != own_ssrc:
            return
        self.far_hears = self.far_hears or highest > 0
        self.far_lost = (lost >> 24) / 256
        self.far_jitter_ms = jitter / CLOCK_HZ * 1000
        if middle:
            trip = ((ntp_now() >> 16) - middle - delay) & 0xFFFFFFFF
            if trip < 10 * 65536:  # more is a far end that cannot count
                self.round_trip_ms.append(trip / 65.536)
