"""The bot's own calls to desks: dialling them, speaking to them, hearing their keys.

Each service has a user agent of its own, because the display name belongs to the agent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Coroutine, Sequence
from ipaddress import IPv4Address
from typing import Any

import numpy as np
from baresip import Account, CallState, Event, Runtime, UserAgent
from baresip import Call as BaresipCall
from baresip.errors import (
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    CallBusy,
    CallDeclined,
    CallFailed,
    CallTimeout,
)
from baresip.events import StackEvent

from telephony.bridge import Resampler
from telephony.call import Pcm, TransferRefused
from telephony.mono import Mono
from telephony.peers import TRANSPORTS, Peer, Peers, Transport
from telephony.presented import Presented

logger = logging.getLogger("allomairie.telephony")

SPOKEN_HZ = 8000  #: what is said to desks is rendered at this rate
LEAD_S = 0.10
POLL_S = 0.01
MEDIA_READY_S = 3.0
FAREWELL_S = 6.0  #: of a last sentence
_URI = re.compile(r"sips?:[^@]+@(?P<host>[^:;]+)(?::\d+)?(?:;transport=(?P<transport>\w+))?", re.I)

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class SipDesk:
    """One call to a desk, from its INVITE on.

    Args:
        early: what the stack told of the call before its handle was known.
    """

    def __init__(self, call: BaresipCall, spawn: Spawn, early: Sequence[StackEvent] = ()) -> None:
        self.call = call
        self.sound = Mono(call.audio)
        self._spawn = spawn
        self._answered = any(one.event is Event.CALL_ESTABLISHED for one in early)
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._leaving = False
        call.on_dtmf(lambda event: self._keys.put_nowait(event.digit))
        call.on(self._on_event)
        for event in early:
            self._on_event(event)

    def _on_event(self, event: StackEvent) -> None:
        if event.event is Event.CALL_CLOSED and not self._closed.done():
            self._closed.set_result(event.text or "ended by the desk")

    async def ring(self, ring_s: float) -> None:
        """Wait until somebody answers and audio flows.

        Raises:
            TransferRefused: busy, refused or no answer.
        """
        try:
            if self._closed.done():
                raise CallFailed.from_close_reason(self._closed.result())
            if not self._answered:
                await self.call.wait_established(timeout=ring_s)
            async with asyncio.timeout(MEDIA_READY_S):
                while not self._ready():  # noqa: ASYNC110 - the stack has no event for it
                    await asyncio.sleep(POLL_S)
        except CallBusy as error:
            raise TransferRefused("the desk is busy") from error
        except CallDeclined as error:
            raise TransferRefused("the desk refused the call") from error
        except CallTimeout as error:
            raise TransferRefused(f"nobody answered within {ring_s:g} s") from error
        except (CallFailed, BaresipError) as error:
            raise TransferRefused(f"the desk cannot be reached: {error}") from error
        except TimeoutError as error:
            raise TransferRefused("the desk answered without audio") from error

    def _ready(self) -> bool:
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            info = self.sound.info()
            return bool(info.tx_ready and info.rx_ready)
        return False

    async def play(self, pcm: Pcm) -> None:
        """Say something; returns when its last sample was sent, or when the audio is gone."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            rate_hz = self.sound.info().tx_sample_rate
            left = Resampler(SPOKEN_HZ, rate_hz)(pcm.astype(np.int16).tobytes())
            lead = int(LEAD_S * rate_hz) * 2
            while left or self.sound.info().tx_buffered:
                if left and self.sound.info().tx_buffered < lead:
                    left = left[self.sound.write(left[:lead]) :]
                else:
                    await asyncio.sleep(POLL_S)

    async def key(self) -> str:
        """The next key that the desk presses."""
        return await self._keys.get()

    async def wait_closed(self) -> str:
        """Wait for the end of this call."""
        return await asyncio.shield(self._closed)

    def leave(self, farewell: Pcm | None = None) -> None:
        """End this call, in the background, after a last sentence."""
        if not self._leaving:
            self._leaving = True
            self._spawn(self._leave(farewell))

    async def _leave(self, farewell: Pcm | None) -> None:
        if farewell is not None and self.call.state is CallState.ESTABLISHED:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    with contextlib.suppress(AudioNotActive, AudioRestarted):
                        self.sound.flush_tx()
                    await self.play(farewell)
        with contextlib.suppress(BaresipError):
            await self.call.hangup()


class Desks:
    """Calls desks; one for the server.

    Args:
        runtime: the running stack.
        address: of the bot, with its port.
        peers: what is declared; a desk at a peer's address is called as that peer calls.
        on_incoming: takes calls that reach an agent of ours, as the server's other agents do.
    """

    def __init__(
        self,
        runtime: Runtime,
        address: tuple[str, int],
        peers: Sequence[Peer],
        on_incoming: Callable[[BaresipCall], None],
    ) -> None:
        self.address = f"{address[0]}:{address[1]}"
        self._host, self._port = address
        self._runtime = runtime
        self._declared = peers
        self._peers = Peers(peers)
        self._on_incoming = on_incoming
        self._agents: dict[tuple[str, str, Transport], UserAgent] = {}
        self._making = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work that goes on when the caller's own tasks are cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def dial(self, uri: str, shown: Presented) -> SipDesk:
        """Call a desk; a cancelled caller leaves no call behind.

        Raises:
            TransferRefused: the stack cannot call it.
        """
        dialling = asyncio.get_running_loop().create_task(self._dial(uri, shown))
        try:
            return await asyncio.shield(dialling)
        except asyncio.CancelledError:
            dialling.add_done_callback(_leave_dialled)
            raise
        except (BaresipError, ValueError) as error:
            raise TransferRefused(f"the desk cannot be called: {error}") from error

    async def _dial(self, uri: str, shown: Presented) -> SipDesk:
        transport = self._transport(uri)
        agent = await self._agent(shown, transport)
        if transport != "udp" and ";transport=" not in uri:
            uri = f"{uri};transport={transport}"
        events: list[StackEvent] = []
        self._runtime.subscribe(events.append)  # an answer may come before the handle does
        try:
            call = await agent.dial(uri, shown.headers)
        finally:
            self._runtime.unsubscribe(events.append)
        early = [event for event in events if event.call == call.handle]
        return SipDesk(call, self.spawn, early)

    def _transport(self, uri: str) -> Transport:
        """As the address says, else as the peer that is there is reached."""
        match = _URI.match(uri)
        named = (match["transport"] or "").lower() if match else ""
        for transport in TRANSPORTS:
            if named == transport:
                return transport
        with contextlib.suppress(ValueError):  # a name is no address: UDP
            there = IPv4Address(match["host"] if match else "")
            for peer in self._declared:
                if any(there in network for network in peer.networks):
                    return peer.transport
        return "udp"

    async def _agent(self, shown: Presented, transport: Transport) -> UserAgent:
        identity = (shown.name, shown.user, transport)
        encryption = self._peers.media_encryption(transport)
        async with self._making:
            agent = self._agents.get(identity)
            if agent is None:
                account = Account(
                    user=shown.user,
                    domain=f"{self._host}:{self._port + (transport == 'tls')}",
                    password="",
                    reg_interval=0,
                    transport=transport,
                    audio_codecs=self._peers.codecs(transport),
                    extra_params=(
                        "video_codecs=none",
                        *((f"mediaenc={encryption}",) if encryption else ()),
                    ),
                )
                # the account's own line has no display name
                agent = await UserAgent.create(self._runtime, f'"{shown.name}" {account.aor()}')
                agent.on_incoming(self._on_incoming)
                self._agents[identity] = agent
        return agent

    async def close(self) -> None:
        """End what goes on; the stack ends the calls themselves."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)


def _leave_dialled(dialling: asyncio.Task[SipDesk]) -> None:
    if not dialling.cancelled() and dialling.exception() is None:
        dialling.result().leave()
