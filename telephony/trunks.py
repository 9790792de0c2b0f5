"""The server's connections: which agents the stack runs, who may call on them, what is watched.

INVITE ─► door (kernel: declared networks) ─► stack ─► admit: whose is it? ─► CallInfo ─► SipCall
accounts ─► Registration, one each        trunks ─► OPTIONS, one task each   ─► Status
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from baresip import Account as StackAccount
from baresip import Call as BaresipCall
from baresip import Runtime, UserAgent

from telephony.accounts import Account, Registration, resolve
from telephony.call import CallInfo
from telephony.dialled import line_of
from telephony.door import close_to_strangers
from telephony.identity import caller_of
from telephony.keepalive import Target, keep_asking
from telephony.peers import TRANSPORTS, Peer, Peers, Transport
from telephony.sip_message import Message
from telephony.status import Status
from telephony.tls import TlsFiles
from telephony.wire import Wire

logger = logging.getLogger("allomairie.telephony")

_NO_DOOR = "the kernel does not filter the SIP ports (%s): strangers get 486 instead of silence"
EXPOSED = ("From", "To", "P-Asserted-Identity", "Privacy", "Call-ID", "Diversion", "History-Info")


@dataclass(frozen=True)
class TrunkSettings:
    """Who may call, as whom the server registers, and what it shows over TLS."""

    peers: tuple[Peer, ...] = ()
    accounts: tuple[Account, ...] = ()
    tls: TlsFiles | None = None
    lines: tuple[str, ...] = ()  #: the town's dialled numbers
    answering: tuple[str, ...] = ()  #: hosts that are called and may not call: desks elsewhere
    status: Status = field(default_factory=Status)

    @property
    def closed(self) -> bool:
        """Whether strangers are refused."""
        return bool(self.peers or self.accounts)

    @property
    def transports(self) -> tuple[Transport, ...]:
        """What the stack listens on."""
        used = {one.transport for one in self.peers} | {one.transport for one in self.accounts}
        served = self.tls is not None and self.tls.certificate is not None
        return TRANSPORTS if served or "tls" in used else ("udp", "tcp")


class Trunks:
    """The connections of one server: `open` before the stack starts, `start` after, then `stop`.

    Raises:
        ValueError: two peers cannot both be served; one sentence.
    """

    def __init__(self, settings: TrunkSettings, address: str, port: int, user: str) -> None:
        self._settings = settings
        self._address = address
        self._port = port
        self._user = user
        self._peers = Peers(settings.peers)
        self._wire = Wire()
        self._pem: Path | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._registrations: list[Registration] = []
        self._addresses: dict[str, tuple[IPv4Address, ...]] = {}

    # -- before the stack starts -------------------------------------------------------------

    def open(self) -> str:
        """Listen to the trace; returns the lines that the stack's configuration needs."""
        self._wire.open()
        lines = ["dns_getaddrinfo yes", f"sip_transports {','.join(self._settings.transports)}"]
        tls = self._settings.tls
        if tls is not None:
            self._pem = tls.joined()
            if self._pem is not None:
                lines.append(f"sip_certificate {self._pem}")
        if "tls" in self._settings.transports:
            lines.append("sip_verify_server yes")
            if tls is not None and tls.authorities is not None:
                lines.append(f"sip_cafile {tls.authorities}")
        return "\n".join(lines) + "\n"

    # -- while the stack runs ----------------------------------------------------------------

    async def start(self, runtime: Runtime, on_incoming: Callable[[BaresipCall], None]) -> None:
        """Open an agent for each transport and account, shut the door, watch what is to be watched.

        Raises:
            BaresipError: the stack refuses an agent.
        """
        for transport in self._settings.transports:
            agent = await UserAgent.create(runtime, self._agent(transport))
            agent.on_incoming(on_incoming)
        self._remove_pem()
        await self._shut_the_door()
        for account in self._settings.accounts:
            agent = await UserAgent.create(runtime, account.for_stack())
            agent.on_incoming(on_incoming)
            self._settings.status.watch(account.name, "account")
            registration = Registration(
                account.name, agent, self._settings.status, self._shut_the_door
            )
            registration.start()
            self._registrations.append(registration)
        self._ask_trunks()

    def _agent(self, transport: Transport) -> StackAccount:
        """An agent answers the requests of its own transport only: there is one for each."""
        port = self._port + 1 if transport == "tls" else self._port
        encryption = self._peers.media_encryption(transport)
        return StackAccount(
            user=self._user,
            domain=f"{self._address}:{port}",
            password="",
            reg_interval=0,
            transport=transport,
            audio_codecs=self._peers.codecs(transport),
            # catchall: every number dialled; video_codecs=none: else baresip sends a re-INVITE
            extra_params=(
                "video_codecs=none",
                "catchall=yes",
                *((f"mediaenc={encryption}",) if encryption else ()),
            ),
        )

    async def _shut_the_door(self) -> None:
        """Let the declared networks through, and the registrars at the addresses they have now."""
        if not self._settings.closed:
            return
        for account in self._settings.accounts:
            self._addresses[account.name] = await resolve(account) or self._addresses.get(
                account.name, ()
            )
        registrars = [
            account.peer(self._addresses[account.name])
            for account in self._settings.accounts
            if self._addresses[account.name]
        ]
        self._peers = Peers((*self._settings.peers, *registrars))
        allowed = self._peers.networks | await _networks(self._settings.answering)
        ports = (self._port, self._port + 1)
        try:
            if not close_to_strangers(self._address, ports, allowed):
                logger.warning(_NO_DOOR, f"no socket is bound to {self._address}")
        except OSError as error:
            logger.warning(_NO_DOOR, error.strerror)

    def _ask_trunks(self) -> None:
        tls = self._settings.tls
        for peer in self._settings.peers:
            if not peer.options_every_s:
                continue
            host = str(peer.networks[0].network_address)
            target = Target(peer.name, host, peer.port, peer.transport, peer.options_every_s)
            context = tls.client_context() if tls and peer.transport == "tls" else None
            self._settings.status.watch(peer.name, "trunk")
            asking = keep_asking(target, self._address, self._settings.status, context)
            self._tasks.append(asyncio.get_running_loop().create_task(asking))

    async def admit(self, call: BaresipCall) -> CallInfo:
        """Who calls on which line.

        Raises:
            Refused: the call is no declared peer's, or its media is not as agreed.
        """
        seen = await self._wire.invite(call.call_id or "")
        peer = self._peers.judge(seen)
        message = seen.message if seen is not None else _as_exposed(call)
        return CallInfo(
            channel="sip",
            caller=caller_of(message, trusted=peer is None or peer.trusted),
            dialled=line_of(message, self._settings.lines),
            sip_call_id=call.call_id or "",
            peer=peer.name if peer is not None else "",
        )

    @property
    def busy(self) -> int:
        """Calls that the stack refused because all lines are taken."""
        return self._wire.busy

    def codec(self, call_id: str) -> str:
        """What a call speaks; '' when it is not known."""
        return self._wire.codec(call_id)

    # -- the end -----------------------------------------------------------------------------

    async def stop(self) -> None:
        """Take registrations back and watch nothing more; before the stack stops."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.gather(*(registration.stop() for registration in self._registrations))

    def close(self) -> None:
        """Forget the trace; after the stack stopped."""
        self._wire.close()
        self._remove_pem()

    def _remove_pem(self) -> None:
        if self._pem is not None:
            self._pem.unlink(missing_ok=True)
            self._pem = None


def _as_exposed(call: BaresipCall) -> Message:
    """What the stack itself tells of an INVITE, where its trace was lost."""
    headers = {"From": f"<{call.peer or ''}>", **call.headers}
    return Message(
        "INVITE sip: SIP/2.0", tuple((name.lower(), value) for name, value in headers.items())
    )


async def _networks(hosts: Sequence[str]) -> frozenset[IPv4Network]:
    loop = asyncio.get_running_loop()
    found = set()
    for host in hosts:
        with contextlib.suppress(OSError):
            for *_, address in await loop.getaddrinfo(host, None, family=socket.AF_INET):
                found.add(IPv4Network(address[0]))
    return frozenset(found)
