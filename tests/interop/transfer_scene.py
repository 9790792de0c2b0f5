"""One server's SIP side, without models, between a caller's IPBX and a desk (sipp)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from telephony.call import Call, Handover, Pcm, TransferRefused
from telephony.sip import SipServer, SipSettings
from telephony.targets import Rules
from telephony.transfer import Mode, TransferSettings
from tests.conftest import free_port
from tests.interop import sipp_parts as sipp
from tests.interop.rtp_party import RtpParty
from tests.interop.sipp_parts import (
    Peer,
    answer,
    notify,
    receive,
)

OK = '<recv response="200"/>\n'
NO_REFER = receive("REFER") + answer("405 Method Not Allowed", tag=False)
TRYING = notify("100 Trying", cseq=2) + OK


async def spoken(text: str) -> Pcm:
    """A tone as long as a short sentence."""
    return (8000 * np.sin(2 * np.pi * 600 * np.arange(4000) / 8000)).astype(np.int16)


HANDOVER = Handover(
    service="le service état civil",
    reference="7F3K-2Q",
    announcement="Un appel pour vous.",
    keys="Tapez 1 ou 2.",
    farewell="L'appelant a raccroché.",
    speak=spoken,
)


@dataclass
class Scene:
    """One server, one caller, one desk; what became of the transfer."""

    folder: Path
    mode: Mode
    ring_s: float = 5.0
    settings: dict[str, object] = field(default_factory=dict)
    outcome: str = ""  #: "connected", or why not
    reason: str = ""  #: why the caller's call ended
    passed_to: str = ""
    caller: Peer | None = None
    desk: Peer | None = None
    caller_audio: int = 0  #: UDP ports of the parties' audio; 0: sipp's own, which is silent
    desk_audio: int = 0
    target: str = "100"
    sip_port: int = 0
    desk_port: int = 0

    async def play(self, caller: str, desk: str = "") -> None:
        """Play both scenarios to their end."""
        async with self.running(desk):
            self.caller = self.begin("caller", caller, self.sip_port)
            await asyncio.to_thread(self.caller.process.wait, 30)
            if self.desk is not None:
                await asyncio.to_thread(self.desk.process.wait, 15)
            async with asyncio.timeout(10):
                while not self.reason:  # noqa: ASYNC110 - the handler ends with it
                    await asyncio.sleep(0.02)
        assert self.caller.process.returncode == 0, self._errors("caller")
        if self.desk is not None:
            assert self.desk.process.returncode == 0, self._errors("desk")

    @contextlib.asynccontextmanager
    async def running(self, desk: str = "") -> AsyncIterator[SipServer]:
        server = await self._started()
        try:
            if desk:
                self.desk = sipp.start("desk", desk, self.folder, self.desk_port, self.desk_audio)
                await asyncio.sleep(0.3)
            yield server
        finally:
            for peer in (self.caller, self.desk):
                if peer is not None:
                    peer.stop()
            await server.stop()

    async def _started(self) -> SipServer:
        """A server on ports of its own; other programs take ports, too, so it is tried again."""
        for _ in range(3):
            self.sip_port, self.desk_port = free_port(), free_port()
            server = self._server()
            try:
                await server.start()
            except OSError:
                await server.stop()
            else:
                return server
        raise RuntimeError("no port is free for the server")

    def _server(self) -> SipServer:
        first = 16384 + self.sip_port % 8000 * 2  # below the ports that systems give away
        transfer = TransferSettings(
            mode=self.mode,
            town_number="02 61 91 40 00",
            rules=Rules.of(["100"]),
            **self.settings,
        )
        return SipServer(
            SipSettings(
                address="127.0.0.1",
                port=self.sip_port,
                rtp_first_port=first,
                rtp_last_port=first + 100,
                rtp_timeout_s=0,
                extensions_at=f"127.0.0.1:{self.desk_port}",
                transfer=transfer,
            ),
            self._handle,
        )

    async def _handle(self, call: Call) -> None:
        await call.answer()
        try:
            await call.transfer(self.target, timeout_s=self.ring_s, handover=HANDOVER)
            self.outcome = "connected"
        except TransferRefused as refusal:
            self.outcome = f"{type(refusal).__name__}: {refusal}"
            await asyncio.sleep(0.4)  # the caller is back with the bot, which says something
            await call.hangup()
        reason = await call.wait_closed()
        self.passed_to = call.passed_to
        self.reason = reason

    def begin(self, name: str, steps: str, port: int) -> Peer:
        remote = f"127.0.0.1:{port}"
        return sipp.start(name, steps, self.folder, free_port(), self.caller_audio, remote)

    def _errors(self, name: str) -> str:
        found = sorted(self.folder.glob(f"{name}_*_errors.log"))
        return found[-1].read_text(errors="replace")[:2000] if found else f"no error log of {name}"


Make = Callable[..., Scene]


@pytest.fixture
def scene(tmp_path: Path) -> Make:
    def make(
        mode: Mode,
        *,
        ring_s: float = 5.0,
        caller_audio: int = 0,
        desk_audio: int = 0,
        **settings: object,
    ) -> Scene:
        return Scene(
            tmp_path, mode, ring_s, settings, caller_audio=caller_audio, desk_audio=desk_audio
        )

    return make


Party = Callable[[float], RtpParty]


@pytest.fixture
def party() -> Iterator[Party]:
    made: list[RtpParty] = []

    def make(tone_hz: float) -> RtpParty:
        made.append(RtpParty(tone_hz))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def until(true: Callable[[], bool], limit_s: float = 15.0) -> None:
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110 - the wire has no event
            await asyncio.sleep(0.02)


ANSWERING = {"accept": "answer", "announce": False}
