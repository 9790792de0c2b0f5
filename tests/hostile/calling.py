"""A call that runs beside the hostility: RTP both ways, and what became of the bot's audio."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from dataclasses import dataclass

from tests.hostile.sip_peer import SipPeer

PACKET_S = 0.02
SAMPLES = 160
SILENCE = b"\xd5" * SAMPLES  #: A-law
PCMA, EVENT = 8, 101


def rtp(
    sequence: int, stamp: int, ssrc: int, payload: bytes = SILENCE, kind: int = PCMA, mark: int = 0
) -> bytes:
    """One packet (RFC 3550)."""
    head = struct.pack(
        "!BBHII", 0x80, mark << 7 | kind, sequence & 0xFFFF, stamp & 0xFFFFFFFF, ssrc
    )
    return head + payload


def key_press(digit: int, sequence: int, ssrc: int) -> list[bytes]:
    """A key as RFC 4733 sends it: three packets while it is down, the last three times."""
    stamp = sequence * SAMPLES
    packets = []
    for index in range(6):
        end, length = (0x80, 480) if index >= 3 else (0, 160 * (index + 1))
        payload = struct.pack("!BBH", digit, end | 10, length)
        packets.append(rtp(sequence + index, stamp, ssrc, payload, EVENT, mark=index == 0))
    return packets


@dataclass(frozen=True)
class Heard:
    """What came from the bot over a while."""

    packets: int
    lost: int  #: sequence numbers that never came
    expected: float  #: packets that the time had room for
    sources: int  #: addresses that it came from
    streams: int  #: SSRCs
    loud: int  #: packets that are not silence

    def is_whole(self) -> bool:
        """All that was sent arrived, and it was sent all the time."""
        return (
            self.lost == 0
            and self.streams == self.sources == 1
            and (self.packets > 0.9 * self.expected)
        )


class RunningCall:
    """Phones the server at once; a context that hangs up."""

    def __init__(self, target: tuple[str, int], address: str = "127.0.0.1") -> None:
        self.sip = SipPeer(target, address)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(0.05)
        self.rtp_port: int = self._socket.getsockname()[1]
        self.ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(15)
        self._count = 0
        self._packets: list[tuple[int, int, tuple[str, int], bytes]] = []
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._running = True

    def __enter__(self) -> RunningCall:
        reply = self.sip.invite(self.rtp_port, 20)
        assert reply is not None, "no answer to the INVITE"
        assert reply.status == 200, reply.text
        self.remote = reply.audio
        self.dialog = self.sip.accept(reply)
        self._threads = [threading.Thread(target=one) for one in (self._talk, self._listen)]
        for thread in self._threads:
            thread.start()
        deadline = time.monotonic() + 20
        while not self._packets and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self._packets, "the bot sends no audio"
        self.mark()
        return self

    def __exit__(self, *_: object) -> None:
        self._running = False
        for thread in self._threads:
            thread.join()
        self.sip.bye(self.dialog)
        self.sip.socket.close()
        self._socket.close()

    def _talk(self) -> None:
        begun = time.monotonic()
        while self._running:
            number = self._sequence + self._count
            self._socket.sendto(rtp(number, number * SAMPLES, self.ssrc), self.remote)
            self._count += 1
            time.sleep(max(0.0, begun + self._count * PACKET_S - time.monotonic()))

    def _listen(self) -> None:
        while self._running:
            try:
                data, source = self._socket.recvfrom(2048)
            except TimeoutError:
                continue
            if len(data) > 12 and data[1] & 0x7F == PCMA:
                sequence, ssrc = struct.unpack("!2xH4xI", data[:12])
                with self._lock:
                    self._packets.append((sequence, ssrc, source, data[12:]))

    def press(self, digit: int) -> None:
        """Press a key of this telephone, after what it said so far."""
        for packet in key_press(digit, self._sequence + self._count, self.ssrc):
            self._socket.sendto(packet, self.remote)

    def mark(self) -> None:
        """Count from now on."""
        with self._lock:
            self._packets.clear()
            self._begun = time.monotonic()

    def heard(self, at_least_s: float = 1.0) -> Heard:
        """What came since the mark, which must be long enough ago to judge."""
        time.sleep(max(0.0, self._begun + at_least_s - time.monotonic()))
        with self._lock:
            packets = list(self._packets)
            lasted = time.monotonic() - self._begun
        first = packets[0][0] if packets else 0
        numbers = {(sequence - first + 0x8000) % 0x10000 for sequence, *_ in packets}
        span = max(numbers) - min(numbers) + 1 if numbers else 0
        return Heard(
            packets=len(packets),
            lost=span - len(numbers),
            expected=lasted / PACKET_S,
            sources=len({source for _, _, source, _ in packets}),
            streams=len({ssrc for _, ssrc, _, _ in packets}),
            loud=sum(len(set(payload)) > 8 for *_, payload in packets),
        )

    def alive(self) -> bool:
        """Whether the server still knows the call: it answers an OPTIONS within it."""
        for _ in range(5):
            self.sip.send(self.sip.within(self.dialog, "OPTIONS"))
            if (reply := self.sip.final(2, "OPTIONS")) is not None:
                return reply.status == 200
        return False
