"""One call from the page at /, as `telephony.call.Call`: WebRTC audio and a data channel.

    microphone ─► Opus, SRTP ─► aiortc ─► 16 kHz mono ─► pipeline
    loudspeaker ◄─ Opus, SRTP ◄─ aiortc ◄─ 24 kHz mono ◄─ pipeline
    data channel   page ─► {"type":"key","digit":"5"}  {"type":"bye"}
                   page ◄─ {"type":"line","who","text",…}  {"type":"ended"}

The page owns its end of the connection: hanging up asks it to leave, and only when it does not is
the connection cut. When its network changes it offers anew, and the same conversation goes on over
the new connection (aiortc cannot restart ICE): the pipeline does not notice but for a pause.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from aiortc import (
    RTCDataChannel,
    RTCIceServer,
    RTCInboundRtpStreamStats,
    RTCOutboundRtpStreamStats,
    RTCRemoteInboundRtpStreamStats,
)
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection

from records.drafts import MediaStats
from telephony.call import CallInfo, Handover, TransferRefused
from telephony.gate import GatedWebRTCTransport
from telephony.quality import of_browser
from voice.turns import RATE_HZ

logger = logging.getLogger("allomairie.telephony")

OUT_RATE_HZ = 24_000  #: what Kokoro speaks at; Opus carries it whole
CONNECT_S = 15.0  #: from our answer to a connection with media
LEAVE_S = 1.0  #: how long the page may take to leave once it was told
RESUME_S = 20.0  #: a page that lost its network may come back within it
MOST_RESUMES = 30  #: per call
MESSAGE_CHARS = 200  #: the longest message a page has reason to send
MOST_KEYS = 500  #: per call; more is not a person
KEYS = frozenset("0123456789*#")
OPUS_CLOCK_KHZ = 48  #: RFC 7587: Opus counts time at 48 kHz whatever its content


class BadOffer(ValueError):
    """The browser's offer cannot be answered."""


class AudioConnection(SmallWebRTCConnection):
    """A connection that is known to have no picture; pipecat would warn of each one missing."""

    def video_input_track(self) -> None:
        """No camera."""

    def screen_video_input_track(self) -> None:
        """No screen."""


class BrowserCall:
    """One WebRTC call; `BrowserCall.from_offer` makes it, `answer` waits for its media."""

    rate_hz = OUT_RATE_HZ

    def __init__(self, connection: AudioConnection, *, connect_s: float) -> None:
        self.info = CallInfo(channel="webrtc")
        self._connect_s = connect_s
        self._connection = connection
        self._transport = GatedWebRTCTransport(
            connection,
            TransportParams(
                audio_in_enabled=True,
                audio_in_sample_rate=RATE_HZ,
                audio_out_enabled=True,
                audio_out_sample_rate=OUT_RATE_HZ,
                audio_out_end_silence_secs=0,
            ),
        )
        loop = asyncio.get_running_loop()
        self._connected = asyncio.Event()  #: or it is known that it never will be
        self.passed_to = ""  #: a browser is never passed on
        self._closed: asyncio.Future[str] = loop.create_future()
        self._ending: asyncio.Task[None] | None = None
        self._cutting: asyncio.Task[None] | None = None
        self._hanging_up = False
        self._stats = MediaStats()
        self._keys = 0
        self._press: Callable[[str], None] | None = None
        self._lost: asyncio.TimerHandle | None = None  #: runs out while the page is away
        self._resumes = 0
        self._follow()

    def _follow(self) -> None:
        """Hear what the present connection reports."""
        self._connection.pc.on("connectionstatechange", self._on_state)
        self._connection.pc.on("datachannel", self._on_channel)

    @classmethod
    async def from_offer(
        cls, sdp: str, *, ice: Sequence[RTCIceServer] = (), connect_s: float = CONNECT_S
    ) -> BrowserCall:
        """Make the call that an SDP offer asks for; `answer` gives it `connect_s` to connect.

        Args:
            ice: the STUN and TURN servers that this side uses, too.

        Raises:
            BadOffer: the offer cannot be parsed or shares no codec with us.
        """
        connection = AudioConnection(list(ice))
        call = cls(connection, connect_s=connect_s)
        try:
            await connection.initialize(sdp, "offer")
        except Exception as error:  # hostile SDP breaks the parser in any of a dozen ways
            with contextlib.suppress(AttributeError):  # aiortc, when a transport was never made
                await connection.pc.close()
            raise BadOffer(f"{type(error).__name__}: {error}") from error
        return call

    async def resume(self, sdp: str, ice: Sequence[RTCIceServer] = ()) -> None:
        """Go on over the new connection that this offer asks for.

        Raises:
            BadOffer: the offer cannot be answered, or the call is over.
        """
        self._resumes += 1
        if self._ending is not None or self._resumes > MOST_RESUMES:
            raise BadOffer("the call is over") from LookupError("no call")
        self._wait_for_page()
        self._connection.ice_servers = list(ice)
        old = self._connection.pc
        old.remove_all_listeners()
        try:
            await self._connection.renegotiate(sdp, "offer", restart_pc=True)
        except Exception as error:
            raise BadOffer(f"{type(error).__name__}: {error}") from error
        self._follow()

    @property
    def sdp_answer(self) -> dict[str, str]:
        """`sdp`, `type` and `pc_id` for the page."""
        local = self._connection.pc.localDescription
        return {"sdp": local.sdp, "type": local.type, "pc_id": self._connection.pc_id}

    @property
    def transport(self) -> GatedWebRTCTransport:
        """The audio of the call."""
        return self._transport

    async def answer(self) -> None:
        """Wait until media can flow; the SDP answer was given with the offer.

        Raises:
            ConnectionError: the page left, or did not connect in time.
        """
        try:
            async with asyncio.timeout(self._connect_s):
                await self._connected.wait()
        except TimeoutError:
            reason = f"the browser did not connect within {self._connect_s:g} s"
            raise ConnectionError(reason) from None
        if self._ending is not None:
            raise ConnectionError(f"the browser did not connect: {await self.wait_closed()}")

    async def hangup(self) -> None:
        """Ask the page to leave, then cut the connection; a call already gone is not an error."""
        if not self._closed.done():
            self._hanging_up = True
            if self._connection.pc.connectionState == "connected":
                self._connection.send_app_message({"type": "ended"})
                await asyncio.wait({self._closed}, timeout=LEAVE_S)
        self._end("ended by the server")
        if self._cutting is None:
            self._cutting = asyncio.create_task(self._connection.pc.close())
        # aiortc never finishes a close that was cancelled half-way, and we may be cancelled here
        await asyncio.shield(self._cutting)
        await self.wait_closed()

    async def transfer(
        self, target: str, *, timeout_s: float, handover: Handover | None = None
    ) -> None:
        """There is no network to transfer within.

        Raises:
            TransferRefused: always.
        """
        raise TransferRefused("a call from the browser cannot be transferred")

    async def wait_closed(self) -> str:
        """Wait until the page left, the connection failed or we hung up."""
        return await asyncio.shield(self._closed)

    def report(self) -> MediaStats:
        """What aiortc counted, taken when the call ended."""
        return self._stats

    def on_key(self, callback: Callable[[str], None]) -> None:
        """Deliver each key of the page's keypad."""
        self._press = callback

    async def publish(self, message: dict[str, object]) -> None:
        """Show a line of the transcript on the page."""
        self._connection.send_app_message({"type": "line", **message})

    # -- what the connection reports ---------------------------------------------------------

    def _on_state(self) -> None:
        state = self._connection.pc.connectionState
        if state == "connected":
            self._connected.set()
            self._page_is_back()
        elif state == "failed" and self._connected.is_set():
            self._wait_for_page()
        elif state == "failed":
            self._end("the connection was lost")
        elif state == "closed":
            self._page_left()

    def _page_left(self) -> None:
        """A connection that was closed in good order; one that was lost may come back."""
        if self._lost is None:
            self._end("ended by the caller")

    def _wait_for_page(self) -> None:
        self._page_is_back()
        loop = asyncio.get_running_loop()
        self._lost = loop.call_later(RESUME_S, self._end, "the connection was lost")

    def _page_is_back(self) -> None:
        if self._lost is not None:
            self._lost.cancel()
            self._lost = None

    def _on_channel(self, channel: RTCDataChannel) -> None:
        # pipecat's own listener logs whole messages as errors and keeps them without a bound
        channel.remove_all_listeners("message")
        channel.on("message", self._on_message)
        channel.on("close", self._page_left)

    def _on_message(self, raw: str | bytes) -> None:
        message = _parse(raw)
        digit = message.get("digit")
        if message.get("type") == "bye":
            self._end("ended by the caller")
        elif message.get("type") == "key" and isinstance(digit, str) and digit in KEYS:
            self._keys += 1
            if self._press is not None and self._keys <= MOST_KEYS:
                self._press(digit)
        else:
            logger.debug("a message of the page was ignored (%d characters)", len(raw))

    def _end(self, reason: str) -> None:
        self._page_is_back()
        if self._ending is None:
            reason = "ended by the server" if self._hanging_up else reason
            self._ending = asyncio.get_running_loop().create_task(self._settle(reason))
            self._connected.set()

    async def _settle(self, reason: str) -> None:
        """Take the statistics, then say that the call is over."""
        try:
            self._stats = _media_stats(await self._connection.pc.getStats())
        finally:
            self._closed.set_result(reason)


def _parse(raw: str | bytes) -> dict[str, Any]:
    """A message of the page; anything that is not a small JSON object is an empty one."""
    if len(raw) > MESSAGE_CHARS:
        return {}
    try:
        message = json.loads(raw)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _media_stats(report: dict[str, object]) -> MediaStats:
    received = [s for s in report.values() if isinstance(s, RTCInboundRtpStreamStats)]
    sent = [s for s in report.values() if isinstance(s, RTCOutboundRtpStreamStats)]
    far = [s for s in report.values() if isinstance(s, RTCRemoteInboundRtpStreamStats)]
    return of_browser(
        rx_packets=sum(s.packetsReceived for s in received),
        tx_packets=sum(s.packetsSent for s in sent),
        lost_packets=sum(s.packetsLost for s in received),
        jitter_ms=max((s.jitter / OPUS_CLOCK_KHZ for s in received), default=None),
        rtt_ms=max((1000 * s.roundTripTime for s in far if s.roundTripTime), default=None),
    )
