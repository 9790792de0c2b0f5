"""Registration as an extension (RFC 3261, section 10), for hosted lines and IPBXes without trunks.

The stack answers the challenge and refreshes in time; this side tries again after a failure, sooner
than the stack does, and says what became of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from baresip import Account as StackAccount
from baresip import Event
from baresip.errors import BaresipError, RegistrationError
from baresip.events import StackEvent

from telephony.peers import CODECS, STACK_CODECS, Codec, Peer, Srtp, Transport
from telephony.status import Status

logger = logging.getLogger("allomairie.telephony")

FIRST_RETRY_S = 5.0
LAST_RETRY_S = 120.0
AFTER_REFUSAL_S = 60.0  #: a wrong password tried quickly locks accounts
_REFUSALS = {401, 403, 407}
MEDIA_ENCRYPTION: dict[Srtp, str] = {"off": "", "preferred": "srtp", "required": "srtp-mand"}


@dataclass(frozen=True)
class Account:
    """One extension that the server registers as."""

    name: str
    user: str
    registrar: str  #: host or host:port, the domain of the account
    password: str = field(default="", repr=False)
    auth_user: str = ""  #: '': the user
    proxy: str = ""  #: host[:port] that REGISTER is sent through, when not the registrar
    transport: Transport = "udp"
    srtp: Srtp = "off"
    codecs: tuple[Codec, ...] = CODECS
    expires_s: int = 300
    trusted: bool = True  #: its P-Asserted-Identity is believed

    def for_stack(self) -> StackAccount:
        """The account as the stack takes it."""
        encryption = MEDIA_ENCRYPTION[self.srtp]
        return StackAccount(
            user=self.user,
            domain=self.registrar,
            password=self.password,
            registrar=self._way,
            reg_interval=self.expires_s,
            transport=self.transport,
            audio_codecs=tuple(STACK_CODECS[codec] for codec in self.codecs),
            auth_user=self.auth_user or None,
            extra_params=(
                "video_codecs=none",
                *((f"mediaenc={encryption}",) if encryption else ()),
            ),
        )

    @property
    def _way(self) -> str | None:
        """Where REGISTER goes when the domain does not say it: with a port nobody asks for SRV.

        The stack would follow SRV records to machines that `resolve`, and so the door, do not know.
        """
        if not self.proxy and ":" in self.registrar:
            return None
        host, _, port = (self.proxy or self.registrar).partition(":")
        usual = 5061 if self.transport == "tls" else 5060
        return f"sip:{host}:{port or usual};transport={self.transport}"

    def peer(self, addresses: tuple[IPv4Address, ...]) -> Peer:
        """The registrar as the peer that this account's calls come from."""
        return Peer(
            name=self.name,
            networks=tuple(IPv4Network(address) for address in addresses),
            transport=self.transport,
            srtp=self.srtp,
            codecs=self.codecs,
            trusted=self.trusted,
            account=True,
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The machines that speak for this account."""
        return tuple(host.partition(":")[0] for host in (self.registrar, self.proxy) if host)


async def resolve(account: Account) -> tuple[IPv4Address, ...]:
    """The addresses of an account's machines now; none when its names are not known."""
    loop = asyncio.get_running_loop()
    found: dict[IPv4Address, None] = {}
    for host in account.hosts:
        with contextlib.suppress(OSError):
            for *_, address in await loop.getaddrinfo(host, None, family=socket.AF_INET):
                found[IPv4Address(address[0])] = None
    return tuple(found)


def retry_after(failures: int, status: int | None, *, jitter: float = 0.0) -> float:
    """Seconds until the next attempt: doubled each time, slower once a password was refused.

    Args:
        failures: attempts that failed in a row, at least 1.
        status: the registrar's answer, None when there was none.
        jitter: -1 to 1: a fifth shorter or longer, so that a building does not return at once.
    """
    wait_s = min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(failures - 1, 10))
    if status in _REFUSALS:
        wait_s = max(wait_s, AFTER_REFUSAL_S)
    return wait_s * (1 + jitter / 5)


class Agent(Protocol):
    """What a registration needs of the stack's user agent."""

    async def register(self) -> None:
        """Register, or raise RegistrationError."""

    async def unregister(self) -> None:
        """Take the registration back."""

    def on(self, listener: Callable[[StackEvent], None]) -> None:
        """Hear this agent's events."""


class Registration:
    """Keeps one account registered from `start` to `stop`.

    Args:
        agent: the account's user agent.
        status: told whenever the account is up or down.
        before: awaited before each attempt: the registrar's address may have changed.
    """

    def __init__(
        self, name: str, agent: Agent, status: Status, before: Callable[[], Awaitable[None]]
    ) -> None:
        self._name = name
        self._agent = agent
        self._status = status
        self._before = before
        self._failed = asyncio.Event()
        self._refusal: tuple[int | None, str] = (None, "")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Register from now on."""
        self._agent.on(self._on_event)
        self._task = asyncio.get_running_loop().create_task(self._keep())

    def _on_event(self, event: StackEvent) -> None:
        """The stack's refreshes report here, long after `register` returned."""
        if event.event is Event.REGISTER_OK:
            self._status.report(self._name, up=True)
        elif event.event is Event.REGISTER_FAIL:
            self._refusal = _reason(event.text or "")
            self._failed.set()

    async def _keep(self) -> None:
        failures = 0
        while True:
            self._failed.clear()
            await self._before()
            try:
                await self._agent.register()
                failures = 0
                await self._failed.wait()
            except RegistrationError as error:
                self._refusal = (error.status, error.reason or str(error))
            except BaresipError as error:
                self._refusal = (None, str(error))
            failures += 1
            status, reason = self._refusal
            self._status.report(self._name, up=False, detail=f"{status or ''} {reason}".strip())
            await asyncio.sleep(retry_after(failures, status, jitter=random.uniform(-1, 1)))

    async def stop(self) -> None:
        """Take the registration back; a registrar that is gone is not waited for."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        with contextlib.suppress(BaresipError, TimeoutError):
            async with asyncio.timeout(2):
                await self._agent.unregister()


def _reason(text: str) -> tuple[int | None, str]:
    """A stack's "403 Forbidden" in two."""
    code, _, reason = text.partition(" ")
    return (int(code), reason) if code.isdecimal() else (None, text)
