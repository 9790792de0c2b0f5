"""The SIP side of the server: one baresip user agent that answers every number of the town.

baresip runs on a thread of its own; its events reach the loop. `SipServer` owns the stack and
turns each INVITE into a `SipCall` for the handler it was given.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from baresip import Account, Config, Event, Runtime, UserAgent
from baresip import Call as BaresipCall
from baresip.errors import AudioNotActive, BaresipError, StaleHandleError, TransferFailed
from baresip.events import StackEvent

from records.drafts import MediaStats
from telephony.call import CallInfo, Handler, TransferRefused
from telephony.sip_transport import SipTransport

logger = logging.getLogger("allomairie.telephony")

_USER = re.compile(r"sips?:([^@;>\s]+)[^@>\s]*@", re.IGNORECASE)
_ANONYMOUS = {"anonymous", "unknown", "restricted", ""}
MEDIA_READY_S = 3.0


@dataclass(frozen=True)
class SipSettings:
    """Where and how the server answers."""

    address: str  #: local address to bind, e.g. "127.0.0.1"; baresip binds one, never all
    port: int = 5060
    rtp_first_port: int = 16384
    rtp_last_port: int = 32767
    max_calls: int = 12
    rtp_timeout_s: int = 20  #: a caller whose audio stops for this long is gone
    user: str = "mairie"
    extensions_at: str = ""  #: host[:port] of the desks' extensions; '': where the call came from


def user_part(uri: str) -> str:
    """The user part of a SIP URI or header value, '' when it has none."""
    match = _USER.search(uri)
    return match.group(1) if match else ""


def caller_of(peer: str, headers: dict[str, str]) -> str:
    """The calling number: asserted identity first (RFC 3325), then From; '' when anonymous."""
    if "id" in headers.get("Privacy", "").lower():
        return ""
    asserted = user_part(headers.get("P-Asserted-Identity", ""))
    number = asserted or user_part(peer)
    return "" if number.lower() in _ANONYMOUS else number


def check_ports(address: str, port: int) -> None:
    """Try the SIP ports before anything slow is loaded.

    Raises:
        OSError: one sentence saying which port of which address cannot be had.
    """
    for kind, name in ((socket.SOCK_DGRAM, "UDP"), (socket.SOCK_STREAM, "TCP")):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                raise OSError(
                    f"SIP cannot listen on {address}:{port}/{name} ({error.strerror}); stop the "
                    "program that uses this port, or set sip.port and sip.address in "
                    "allomairie.toml"
                ) from error


class SipCall:
    """One SIP call, as `telephony.call.Call`."""

    def __init__(self, call: BaresipCall, domain: str) -> None:
        headers = call.headers
        self._call = call
        self._domain = domain
        self._transport: SipTransport | None = None
        self.rate_hz = 8000
        self._closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.info = CallInfo(
            channel="sip",
            caller=caller_of(call.peer or "", headers),
            dialled=user_part(headers.get("To", "")),
            sip_call_id=call.call_id or headers.get("Call-ID", ""),
        )
        call.on(self._on_event)

    def _on_event(self, event: StackEvent) -> None:
        if event.event is Event.CALL_CLOSED and not self._closed.done():
            self._closed.set_result(event.text or "ended by the caller")

    @property
    def transport(self) -> SipTransport:
        """The audio of the call; there is none before `answer` returned."""
        if self._transport is None:
            raise RuntimeError("the call is not answered yet")
        return self._transport

    async def answer(self) -> None:
        """Accept the call and wait for its media."""
        try:
            await self._call.answer()
            await self._call.wait_established(timeout=10)
            self.rate_hz = await self._media_rate()
        except BaresipError as error:
            raise ConnectionError(f"the call could not be answered: {error}") from error
        self._transport = SipTransport(self._call, self.rate_hz)

    async def _media_rate(self) -> int:
        async with asyncio.timeout(MEDIA_READY_S):
            while True:
                with contextlib.suppress(AudioNotActive):
                    info = self._call.audio.info()
                    if info.tx_ready and info.rx_ready:
                        return int(info.tx_sample_rate)
                await asyncio.sleep(0.01)

    async def hangup(self) -> None:
        """Send BYE; a call already gone is not an error."""
        with contextlib.suppress(StaleHandleError):
            await self._call.hangup()

    async def transfer(self, target: str, *, timeout_s: float) -> None:
        """Blind transfer by REFER; returns once the far end says the desk answered."""
        uri = target if target.startswith(("sip:", "sips:")) else f"sip:{target}@{self._domain}"
        try:
            await self._call.transfer(uri, timeout=timeout_s)
        except (TransferFailed, StaleHandleError, BaresipError, ValueError) as error:
            raise TransferRefused(str(error)) from error

    async def wait_closed(self) -> str:
        """Wait until the stack reports the end of the call."""
        return await asyncio.shield(self._closed)

    def report(self) -> MediaStats:
        """The stack's closing figures."""
        stats = self._call.final_stats
        if stats is None:
            return MediaStats()
        return MediaStats(
            rx_packets=stats.rx_packets,
            tx_packets=stats.tx_packets,
            lost_packets=stats.rx_lost,
            jitter_ms=stats.rx_jitter_ms,
            mos=stats.mos_estimate,
        )

    def on_key(self, callback: Callable[[str], None]) -> None:
        """RFC 4733 events and SIP INFO both arrive here."""
        self._call.on_dtmf(lambda event: callback(event.digit))

    async def publish(self, message: dict[str, object]) -> None:
        """A telephone has no screen."""


class SipServer:
    """Owns the SIP stack: `start`, then one handler task a call, then `drain` and `stop`."""

    def __init__(self, settings: SipSettings, handler: Handler) -> None:
        self._settings = settings
        self._handler = handler
        self._runtime = Runtime(native_log_level="warning")
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def active(self) -> int:
        """Calls being handled."""
        return len(self._calls)

    async def start(self) -> None:
        """Bind the ports and answer from now on.

        Raises:
            OSError: the address or port cannot be had; one sentence says which.
        """
        s = self._settings
        config = Config(
            net_interface=s.address,
            max_concurrent_calls=s.max_calls,
            rtp_timeout=s.rtp_timeout_s,
            expose_headers=("To", "P-Asserted-Identity", "Privacy", "Call-ID"),
            extra_config_text=(
                f"sip_listen {s.address}:{s.port}\nrtp_ports {s.rtp_first_port}-{s.rtp_last_port}\n"
            ),
        )
        try:
            await self._runtime.start(config)
            for transport in ("udp", "tcp"):
                agent = await UserAgent.create(self._runtime, self._account(transport))
                agent.on_incoming(self._on_incoming)
        except BaresipError as error:
            raise OSError(f"SIP cannot listen on {s.address}:{s.port}: {error}") from error

    def _account(self, transport: Literal["udp", "tcp"]) -> Account:
        """An agent answers the requests of its own transport only: there is one for each."""
        return Account(
            user=self._settings.user,
            domain=f"{self._settings.address}:{self._settings.port}",
            password="",
            reg_interval=0,
            transport=transport,
            audio_codecs=("pcma", "pcmu"),
            # catchall: every number dialled; video_codecs=none: else baresip sends a re-INVITE
            extra_params=("video_codecs=none", "catchall=yes"),
        )

    def _on_incoming(self, call: BaresipCall) -> None:
        sip_call = SipCall(call, self._domain_of(call))
        task = asyncio.get_running_loop().create_task(self._handle(sip_call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    def _domain_of(self, call: BaresipCall) -> str:
        """Where extensions live: the peer that sent the call is the town's IPBX."""
        if self._settings.extensions_at:
            return self._settings.extensions_at
        return (call.peer or "").partition("@")[2].partition(";")[0] or self._settings.address

    async def _handle(self, call: SipCall) -> None:
        try:
            await self._handler(call)
        except Exception:
            logger.exception("call failed")
            await call.hangup()

    async def drain(self, timeout_s: float) -> int:
        """Refuse new calls, let the others finish; returns how many had not after `timeout_s`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._runtime.drain()
                if self._calls:
                    await asyncio.wait(self._calls)
        return self.active

    async def stop(self) -> None:
        """End what remains and release the ports."""
        for task in list(self._calls):
            task.cancel()
        if self._calls:
            await asyncio.wait(self._calls, timeout=5)
        await self._runtime.close()
