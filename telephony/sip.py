"""The SIP side of the server: one baresip user agent that answers every number of the town.

baresip runs on a thread of its own; its events reach the loop. `SipServer` owns the stack and
turns each INVITE into a `SipCall` for the handler it was given.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from baresip import Call as BaresipCall
from baresip import Config, Event, Runtime
from baresip.errors import AudioNotActive, BaresipError, StaleHandleError
from baresip.events import StackEvent
from baresip.stats import CallStats

from records.drafts import MediaStats
from telephony.call import CallInfo, Handler, Handover, TransferRefused
from telephony.media_door import MediaDoor
from telephony.peers import Refused
from telephony.quality import of_call
from telephony.sip_desk import Desks
from telephony.sip_transfer import Leg, SipCaller
from telephony.sip_transport import SipTransport
from telephony.targets import TargetRefused
from telephony.targets import target as listed_target
from telephony.transfer import Transfer, TransferSettings
from telephony.trunks import EXPOSED, Trunks, TrunkSettings

logger = logging.getLogger("allomairie.telephony")
SECURITY = logging.getLogger("allomairie.security")

MEDIA_READY_S = 3.0
RTP_TIMEOUT = "rtp stream error"  #: the stack's words for audio that stopped
TRANSFERRED = "Call transfered"  #: the stack's words, in its spelling, at the end of a call


@dataclass(frozen=True)
class SipSettings:
    """Where and how the server answers."""

    address: str  #: local address to bind, e.g. "127.0.0.1"; baresip binds one, never all
    port: int = 5060
    rtp_first_port: int = 16384
    rtp_last_port: int = 32767
    max_calls: int = 12
    rtp_timeout_s: int = 20  #: a caller whose audio stops for this long is gone
    jitter_ms: tuple[int, int] = (60, 300)  #: least and longest delay of the jitter buffer
    user: str = "mairie"
    extensions_at: str = ""  #: host[:port] of the desks' extensions; '': where the call came from
    transfer: TransferSettings = field(default_factory=TransferSettings)
    trunks: TrunkSettings = field(default_factory=TrunkSettings)
    media_networks: tuple[IPv4Network, ...] = ()  #: audio comes from here, too; see media_door


def check_ports(address: str, port: int, *, tls: bool = False) -> None:
    """Try the SIP ports before anything slow is loaded.

    Args:
        tls: also the port after it, where the stack listens for TLS.

    Raises:
        OSError: one sentence saying which port of which address cannot be had.
    """
    wanted = [(socket.SOCK_DGRAM, "UDP", port), (socket.SOCK_STREAM, "TCP", port)]
    if tls:
        wanted.append((socket.SOCK_STREAM, "TLS", port + 1))
    for kind, name, port in wanted:
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

    def __init__(
        self,
        call: BaresipCall,
        domain: str,
        desks: Desks,
        settings: SipSettings,
        codec_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._call = call
        self._codec_of = codec_of
        self._domain = domain
        self._desks = desks
        self._settings = settings
        self._passing_to = ""  #: the desk of the transfer under way, or of the last one
        self.passed_to = ""
        self._transport: SipTransport | None = None
        self.rate_hz = 8000
        self._closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.info = CallInfo(channel="sip", sip_call_id=call.call_id or "")  # until admitted
        self._stats: CallStats | None = None  #: as of the far end's last report
        call.on(self._on_event)
        call.on_rtcp(self._on_report)

    def _on_report(self, stats: CallStats) -> None:
        self._stats = stats

    def _on_event(self, event: StackEvent) -> None:
        if event.event is Event.CALL_CLOSED and not self._closed.done():
            if event.text == TRANSFERRED:  # perhaps long after we stopped waiting for it
                self._passed()
            self._closed.set_result(self._reason(event.text))

    def _reason(self, text: str | None) -> str:
        """The end of the call in plain words where the stack's are none."""
        if text == RTP_TIMEOUT:
            return f"no audio for {self._settings.rtp_timeout_s} s"
        return text or "ended by the caller"

    @property
    def stack_call(self) -> BaresipCall:
        """The call as the stack has it."""
        return self._call

    def _passed(self) -> None:
        self.passed_to = self._passing_to

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
        """Let the last words be heard, then send BYE; a call already gone is not an error."""
        if self._transport is not None:
            await self._transport.drain()
        with contextlib.suppress(StaleHandleError):
            await self._call.hangup()

    async def transfer(
        self, target: str, *, timeout_s: float, handover: Handover | None = None
    ) -> None:
        """Pass the caller to an extension of the directory, as `sip.transfer` says how."""
        settings = self._settings.transfer
        try:
            desk = listed_target(target, settings.rules)
        except TargetRefused as error:
            logger.warning("a transfer was refused: %s", error)
            raise TransferRefused(str(error)) from error
        self._passing_to = target
        leg = Leg(
            call=self._call,
            number=self.info.caller,
            ipbx=self._domain,
            dials_at=self._settings.extensions_at,
            wait_closed=self.wait_closed,
            detach=self.transport.detach,
            passed=self._passed,
        )
        caller = SipCaller(leg, self._desks, settings)
        await Transfer(caller, settings).run(desk, handover or Handover(), timeout_s)

    async def wait_closed(self) -> str:
        """Wait until the stack reports the end of the call."""
        return await asyncio.shield(self._closed)

    def report(self) -> MediaStats:
        """The stack's closing figures."""
        stats = self._call.final_stats or self._stats
        if stats is None:
            return MediaStats()
        if not stats.rx_packets and self._stats is not None:
            stats = self._stats  # a call that timed out has none left at its end
        return of_call(stats, self._codec_of(self.info.sip_call_id))

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
        self._trunks = Trunks(settings.trunks, settings.address, settings.port, settings.user)
        address = (settings.address, settings.port)
        self._desks = Desks(self._runtime, address, settings.trunks.peers, self._on_incoming)
        self._media_door = MediaDoor(settings.media_networks)
        self.refusing = False  #: new calls get 486; unlike `drain` it may be taken back
        self._refused: Counter[str] = Counter()

    @property
    def active(self) -> int:
        """Calls being handled."""
        return len(self._calls)

    @property
    def refused(self) -> dict[str, int]:
        """Calls that were not taken, by why: "busy", "draining", "stranger", "failed"."""
        return {**self._refused, "busy": self._trunks.busy}

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
            sip_trace=True,  # telephony.wire reads it
            expose_headers=EXPOSED,
            extra_config_text=(
                f"sip_listen {s.address}:{s.port}\nrtp_ports {s.rtp_first_port}-{s.rtp_last_port}\n"
                "audio_jitter_buffer_type adaptive\naudio_jitter_buffer_size 50\n"
                f"audio_jitter_buffer_ms {s.jitter_ms[0]}-{s.jitter_ms[1]}\n" + self._trunks.open()
            ),
        )
        try:
            self._media_door.open()
            await self._runtime.start(config)
            await self._trunks.start(self._runtime, self._on_incoming)
        except BaresipError as error:
            self._trunks.close()
            raise OSError(f"SIP cannot listen on {s.address}:{s.port}: {error}") from error

    def _on_incoming(self, call: BaresipCall) -> None:
        domain, codec_of = self._domain_of(call), self._trunks.codec
        sip_call = SipCall(call, domain, self._desks, self._settings, codec_of)
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
            call.info = await self._trunks.admit(call.stack_call)
            if self.refusing:
                raise Refused("no new calls are taken now")
            await self._handler(call)
        except Refused as refusal:
            why = "draining" if self.refusing else "stranger"
            self._refused[why] += 1
            log = logger if self.refusing else SECURITY
            log.warning("a call is refused: %s", refusal, extra={"facts": {"event": why}})
            await call.hangup()  # before the answer this is 486
        except Exception:
            self._refused["failed"] += 1
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
        await self._desks.close()
        await self._trunks.stop()
        await self._runtime.close()
        self._media_door.close()
        self._trunks.close()
