"""One call's audio: RTP sent every 20 ms, RTCP, SRTP, and what arrives, counted (RFC 3550).

Tone ─► Coder ─► RTP ─► (SRTP) ─► far end
heard, events, loss, jitter ◄─ RTP ◄─ (SRTP) ◄─ far end
round trip, the far end's loss ◄─ RTCP reports
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
import time
from collections.abc import Callable, Sequence

import numpy as np
from pylibsrtp import Error as SrtpError
from pylibsrtp import Policy, Session

from telephony.check.capture import Address, Capture
from telephony.check.quality import Quality, ntp_now
from telephony.check.sdp import PAYLOADS, Audio
from telephony.check.sound import KEYS, Coder, Pcm, Tone, has_tones, is_sound, key_tones

FRAME_S = 0.02
CLOCK = 160  #: RTP's time in 20 ms, for G.722 too (RFC 3551, 4.5.2)
HEARD_S = 0.3  #: of the latest sound, in which a tone is looked for
REPORT_S = 1.0
KEY_S = 0.1
POLL_S = 0.05
_CODES = {key: code for code, key in enumerate("0123456789*#")}


class _Port(asyncio.DatagramProtocol):
    """Hands datagrams on."""

    def __init__(self, media: Media, *, reports: bool) -> None:
        self._media = media
        self._reports = reports

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._media.arrived(data, addr, reports=self._reports)


class Media:
    """The audio of one call; `open`, then `start` once the far end is known, then `close`."""

    def __init__(self, address: str, capture: Capture, *, echo: bool = False) -> None:
        self._address = address
        self._capture = capture
        self._echo = echo
        self._rtp: asyncio.DatagramTransport | None = None
        self._rtcp: asyncio.DatagramTransport | None = None
        self.port = 0
        self.quality = Quality()
        self.keys: list[str] = []  #: that arrived as events
        self.packets_sent = self._bytes_sent = 0
        self._remote: Address | None = None
        self._coder: Coder | None = None
        self._payload = 0
        self._event: int | None = None
        self._out: Session | None = None
        self._in: Session | None = None
        self.unreadable = 0  #: packets that the SRTP key did not open
        self._ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(15)
        self._stamp = random.getrandbits(31)
        self._tone: Tone | None = None
        self._heard: list[Pcm] = []
        self._presses: asyncio.Queue[str] = asyncio.Queue()
        self._last_event = -1
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Take a pair of ports, even and odd.

        Raises:
            OSError: there is none.
        """
        loop = asyncio.get_running_loop()
        for _ in range(50):
            port = random.randrange(40_000, 60_000, 2)
            try:
                self._rtp, _ = await loop.create_datagram_endpoint(
                    lambda: _Port(self, reports=False), local_addr=(self._address, port)
                )
                self._rtcp, _ = await loop.create_datagram_endpoint(
                    lambda: _Port(self, reports=True), local_addr=(self._address, port + 1)
                )
            except OSError:
                if self._rtp is not None:
                    self._rtp.close()
                continue
            self.port = port
            return
        raise OSError(f"no free pair of UDP ports on {self._address}")

    def start(self, far: Audio, own_key: bytes | None = None) -> None:
        """Speak to the far end of an answer, with its codec; again after a re-INVITE."""
        first = self._remote is None
        self._remote = (far.host, far.port) if far.host != "0.0.0.0" else None  # noqa: S104
        if far.codec is not None:
            self._payload = PAYLOADS[far.codec]
            if self._coder is None:
                self._coder = Coder(far.codec)
                self._tone = Tone(self._coder.rate_hz)
        self._event = far.event
        if own_key and far.key and self._out is None:
            self._out = Session(Policy(key=own_key, ssrc_type=Policy.SSRC_ANY_OUTBOUND))
            self._in = Session(Policy(key=far.key, ssrc_type=Policy.SSRC_ANY_INBOUND))
        if first and not self._tasks:
            self._tasks = [asyncio.create_task(self._report())]
            if not self._echo:
                self._tasks.append(asyncio.create_task(self._speak()))

    async def close(self) -> None:
        """Fall silent and give the ports back."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for transport in (self._rtp, self._rtcp):
            if transport is not None:
                transport.close()

    # -- what is said ------------------------------------------------------------------------

    def say(self, *hz: int) -> None:
        """These tones from now on; none is silence."""
        if self._tone is not None:
            self._tone.hz = hz

    def press(self, key: str) -> None:
        """A key as an event of RFC 4733, in place of sound."""
        self._presses.put_nowait(key)

    async def _speak(self) -> None:
        due = time.monotonic()
        first = True
        while True:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self._coder is None or self._tone is None:
                continue
            if not self._presses.empty() and self._event is not None:
                due += await self._press(self._presses.get_nowait())
            payload = self._coder.encode(self._tone.frame())
            self._send(self._payload, payload, self._stamp, marker=first)
            self._stamp = (self._stamp + CLOCK) & 0xFFFFFFFF
            first = False

    async def _press(self, key: str) -> float:
        """100 ms of a key, its end said three times; returns the time that it took."""
        frames = round(KEY_S / FRAME_S)
        for number in range(frames + 3):
            ends = number >= frames
            lasts = min(number + 1, frames) * CLOCK
            body = struct.pack("!BBH", _CODES[key], 0x8A if ends else 0x0A, lasts)
            self._send(self._event or 0, body, self._stamp, marker=number == 0)
            if not ends:
                await asyncio.sleep(FRAME_S)
        self._stamp = (self._stamp + frames * CLOCK) & 0xFFFFFFFF
        return KEY_S

    def _send(self, kind: int, payload: bytes, stamp: int, *, marker: bool = False) -> None:
        if self._remote is None or self._rtp is None:
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack("!BBHII", 0x80, kind | marker << 7, self._sequence, stamp, self._ssrc)
        packet = head + payload
        event = kind == self._event
        self._capture.rtp(packet, (self._address, self.port), self._remote, event=event)
        self._rtp.sendto(self._out.protect(packet) if self._out else packet, self._remote)
        self.packets_sent += 1
        self._bytes_sent += len(payload)

    async def _report(self) -> None:
        """Sender reports, so that the far end can tell what it lost and how far it is."""
        while True:
            await asyncio.sleep(REPORT_S)
            if self._remote is None or self._rtcp is None:
                continue
            head = struct.pack("!BBH", 0x80, 200, 6)
            block = self.quality.block()
            if block:
                head = struct.pack("!BBH", 0x81, 200, 12)
            packet = (
                head
                + struct.pack("!IQI", self._ssrc, ntp_now(), self._stamp)
                + struct.pack("!II", self.packets_sent, self._bytes_sent)
                + block
                + struct.pack("!BBHI", 0x81, 202, 3, self._ssrc)
                + b"\x01\x05essai\x00"
            )
            to = (self._remote[0], self._remote[1] + 1)
            self._capture.rtcp(packet, (self._address, self.port + 1), to)
            self._rtcp.sendto(self._out.protect_rtcp(packet) if self._out else packet, to)

    # -- what arrives ------------------------------------------------------------------------

    def arrived(self, data: bytes, source: Address, *, reports: bool) -> None:
        """A datagram; what is no RTP of version 2, or of a stranger, is dropped."""
        if self._remote is not None and source[0] != self._remote[0]:
            return
        if len(data) < (8 if reports else 12) or data[0] >> 6 != 2:
            return
        if self._in is not None:
            try:
                data = self._in.unprotect_rtcp(data) if reports else self._in.unprotect(data)
            except SrtpError:
                self.unreadable += 1
                return
        if reports:
            self._capture.rtcp(data, source, (self._address, self.port + 1))
            self.quality.reported(data, self._ssrc)
        else:
            self._hear(data, source)

    def _hear(self, packet: bytes, source: Address) -> None:
        kind = packet[1] & 0x7F
        event = kind == self._event
        self._capture.rtp(packet, source, (self._address, self.port), event=event)
        self.quality.received(packet, time.monotonic())
        start = 12 + 4 * (packet[0] & 0x0F)
        payload = packet[start:]
        if event:
            self._note_event(payload, packet)
        elif kind == self._payload and self._coder is not None and payload:
            self._heard.append(self._coder.decode(payload))
            del self._heard[:-200]
        if self._echo and payload:
            stamp = struct.unpack("!I", packet[4:8])[0]
            self._send(kind, payload, stamp, marker=bool(packet[1] & 0x80))

    def _note_event(self, payload: bytes, packet: bytes) -> None:
        stamp = struct.unpack("!I", packet[4:8])[0]
        if len(payload) >= 4 and payload[0] < 12 and stamp != self._last_event:
            self._last_event = stamp  # all packets of one key have its first moment (RFC 4733)
            self.keys.append("0123456789*#"[payload[0]])

    def _latest(self) -> Pcm:
        if self._coder is None or not self._heard:
            return np.zeros(0, np.int16)
        wanted = int(HEARD_S * self._coder.rate_hz)
        return np.concatenate(self._heard[-40:])[-wanted:]

    async def hears(self, hz: Sequence[int], wait_s: float) -> bool:
        """Whether these tones come back within `wait_s`."""
        rate_hz = self._coder.rate_hz if self._coder else 8000
        return await self._within(wait_s, lambda: has_tones(self._latest(), rate_hz, hz))

    async def hears_anything(self, wait_s: float) -> bool:
        """Whether any sound comes within `wait_s`."""
        return await self._within(wait_s, lambda: is_sound(self._latest()))

    async def gets_key(self, key: str, after: int, wait_s: float) -> bool:
        """Whether an event with this key comes, after the first `after` ones."""
        return await self._within(wait_s, lambda: key in self.keys[after:])

    async def gets_report(self, wait_s: float) -> bool:
        """Whether the far end says by RTCP that it hears us."""
        return await self._within(wait_s, lambda: self.quality.far_hears)

    async def gets_round_trip(self, wait_s: float) -> bool:
        """Whether the far end's reports tell how far it is."""
        return await self._within(wait_s, lambda: bool(self.quality.round_trip_ms))

    async def hears_key(self, key: str, wait_s: float) -> bool:
        """Whether the tones of a key come."""
        return key in KEYS and await self.hears(key_tones(key), wait_s)

    def forget(self) -> None:
        """What was heard until now does not count any more."""
        self._heard.clear()

    async def _within(self, wait_s: float, check: Callable[[], bool]) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not check():  # noqa: ASYNC110  # sound has no event
                    await asyncio.sleep(POLL_S)
                return True
        return False

    @property
    def codec_rate_hz(self) -> int:
        """Of the sound in use; 0 before `start`."""
        return self._coder.rate_hz if self._coder else 0
