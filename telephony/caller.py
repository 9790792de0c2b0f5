"""A telephone in software: calls over real SIP, speaks, listens, and measures what a caller hears.

    say(step) ─► paced into baresip ─► RTP ─► the town hall
    recording ◄─ read every 10 ms   ◄─ RTP ◄─ its reply

Latency is taken at this ear: from the last sound of the step that left (known from the file) to
the first frame of the reply above `AUDIBLE`. Both clocks are this process's; the error is one
20 ms frame at each end.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import numpy as np
from baresip import Account, Call, CallState, Config, Runtime, UserAgent
from baresip.errors import AudioNotActive, AudioRestarted, BaresipError
from numpy.typing import NDArray

RATE_HZ = 8000
FRAME = RATE_HZ // 50
AUDIBLE = 10 ** (-45 / 20) * 32768  #: RMS of a frame from which it is sound, -45 dBFS
POLL_S = 0.01
LEAD_S = 0.06
START_ATTEMPTS = 5


class CallFailedError(Exception):
    """The call did not happen; one sentence says why."""


@dataclass(frozen=True)
class Step:
    """One thing the caller does: speak (8 kHz mono) or press keys."""

    speech: NDArray[np.int16] | None = None
    keys: str = ""
    after_s: float | None = (
        None  #: speak so long after the reply begins, without waiting for its end
    )


@dataclass(frozen=True)
class StepResult:
    """What came back."""

    voice_to_voice_ms: float | None  #: None: nothing was heard before the limit
    reply: NDArray[np.int16]  #: 8 kHz mono, from the end of the step to the end of the reply


@dataclass
class Phone:
    """One telephone for one call.

    Args:
        patience_s: longest wait for a reply, and for its end.
        quiet_s: silence that ends a reply.
    """

    patience_s: float = 40.0
    quiet_s: float = 4.0  #: more than "un instant" and what follows are apart
    call_id: str = ""
    greeting_s: float = 0.0  #: from the answer to the greeting's first sound
    transferred_to: str = ""  #: where the town hall sent this call, once the desk answered
    heard: list[NDArray[np.int16]] = field(default_factory=list)
    _samples: int = 0
    _loud: list[tuple[float, int]] = field(default_factory=list)  #: time, position of loud frames
    _ended: bool = False
    _desk: asyncio.Task[None] | None = None

    async def place(self, uri: str, steps: Sequence[Step]) -> list[StepResult]:
        """Call `uri`, wait for the greeting, do each step, hang up.

        Raises:
            CallFailedError: refused, unanswered or unreachable.
        """
        host, address = _route(uri)
        runtime = await _started(address)
        try:
            account = Account(
                user="appelant",
                domain=host,
                password="",
                reg_interval=0,
                audio_codecs=("pcma", "pcmu"),
                extra_params=("video_codecs=none",),
            )
            agent = await UserAgent.create(runtime, account)
            call = await agent.dial(uri)
            await call.wait_established(timeout=20)
            return await self._converse(call, steps)
        except BaresipError as error:
            raise CallFailedError(f"the call to {uri} failed: {error}") from error
        finally:
            await runtime.close()

    async def _converse(self, call: Call, steps: Sequence[Step]) -> list[StepResult]:
        self.call_id = call.call_id or ""
        call.on_transfer_request(lambda request: self._follow(call, request.target))
        answered = time.monotonic()
        ear = asyncio.create_task(self._listen(call))
        try:
            first = await self._first_sound(answered)
            self.greeting_s = (first or answered) - answered
            results = []
            if not steps or steps[0].after_s is None:
                await self._quiet(answered)
            for step, following in zip(steps, [*steps[1:], None], strict=True):
                results.append(await self._do(call, step, following))
            return results
        finally:
            if call.state is not CallState.CLOSED:
                with contextlib.suppress(BaresipError):
                    await call.hangup()
            if self._desk is not None:
                await self._desk
            await asyncio.sleep(0.2)  # the stack sends the BYE
            ear.cancel()

    def _follow(self, call: Call, target: str) -> None:
        """Do as a telephone does when it is transferred (RFC 5589): call the desk instead."""

        async def to_desk() -> None:
            desk = await call.accept_transfer()
            with contextlib.suppress(BaresipError):
                await desk.wait_established(timeout=30)
                self.transferred_to = target
                await asyncio.sleep(0.5)
                await desk.hangup()

        self._desk = asyncio.get_running_loop().create_task(to_desk())

    async def _do(self, call: Call, step: Step, following: Step | None) -> StepResult:
        if step.after_s is not None:
            await asyncio.sleep(step.after_s)
        ended = time.monotonic()
        if step.keys:
            await call.send_dtmf(step.keys)
            ended = time.monotonic()
        if step.speech is not None:
            ended = await self._speak(call, step.speech)
        start = self._samples
        first = await self._first_sound(ended)
        if following is None or following.after_s is None:
            await self._quiet(first or ended)
        received = np.concatenate(self.heard) if self.heard else np.zeros(0, np.int16)
        latency = None if first is None else round((first - ended) * 1000, 1)
        return StepResult(latency, received[start:])

    async def _speak(self, call: Call, speech: NDArray[np.int16]) -> float:
        """Send the speech in real time; returns when its last sound left."""
        loud = np.flatnonzero(np.abs(speech.astype(np.int32)) > AUDIBLE)
        spoken = speech[: loud[-1] + 1] if len(loud) else speech
        pcm = memoryview(spoken.tobytes())
        lead = int(LEAD_S * RATE_HZ) * 2
        buffered = 0
        while (len(pcm) or buffered) and not self._ended:
            if len(pcm) and buffered < lead:
                pcm = pcm[call.audio.write(bytes(pcm[: FRAME * 2])) :]
            else:
                await asyncio.sleep(POLL_S / 4)
            buffered = call.audio.info().tx_buffered
        return time.monotonic()

    async def _listen(self, call: Call) -> None:
        pending = np.zeros(0, np.int16)
        while True:
            await asyncio.sleep(POLL_S)
            if call.state is CallState.CLOSED:
                self._ended = True
                return
            try:
                pcm = call.audio.read(16_000)
            except (AudioNotActive, AudioRestarted):
                continue
            now = time.monotonic()
            pending = np.concatenate([pending, np.frombuffer(pcm, np.int16)])
            while len(pending) >= FRAME:
                frame, pending = pending[:FRAME], pending[FRAME:]
                self.heard.append(frame)
                if np.sqrt(np.mean(frame.astype(np.float64) ** 2)) > AUDIBLE:
                    self._loud.append((now, self._samples))
                self._samples += FRAME

    async def _first_sound(self, since: float) -> float | None:
        """The moment of the first sound after `since`, or None when patience ends."""
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline and not self._ended:
            for moment, _ in self._loud[-400:]:
                if moment > since:
                    return moment
            await asyncio.sleep(POLL_S)
        return None

    async def _quiet(self, since: float) -> None:
        """Wait until the bot has been silent for `quiet_s`."""
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline and not self._ended:
            last = max(since, self._loud[-1][0] if self._loud else since)
            if time.monotonic() - last >= self.quiet_s:
                return
            await asyncio.sleep(POLL_S)


def _route(uri: str) -> tuple[str, str]:
    """The peer's host and port as written, and the local address that reaches it."""
    if not uri.startswith(("sip:", "sips:")) or "@" not in uri:
        raise CallFailedError(f"{uri!r} is not a SIP address such as sip:mairie@127.0.0.1")
    host = unquote(uri.partition("@")[2]).partition(";")[0]
    name, _, port = host.partition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((name, int(port or 5060)))
            return host, probe.getsockname()[0]
    except (OSError, ValueError) as error:
        raise CallFailedError(f"{name} cannot be reached: {error}") from error


async def _started(address: str) -> Runtime:
    """A SIP stack on free ports; another program may take one between the look and the start."""
    attempt = 1
    while True:
        runtime = Runtime(native_log_level="error")
        first = random.randrange(40000, 60000, 2)
        try:
            listen = f"sip_listen {address}:{_free_port(address)}\n"
            config = Config(
                net_interface=address,
                max_concurrent_calls=2,  # the second is the desk after a transfer
                extra_config_text=listen + f"rtp_ports {first}-{first + 100}\n"
                # what is measured is the wire
                "audio_jitter_buffer_type off\n",
            )
            await runtime.start(config)
        except (BaresipError, OSError) as error:
            if attempt == START_ATTEMPTS:
                raise CallFailedError(f"no telephone can be started here: {error}") from error
            attempt += 1
        else:
            return runtime


def _free_port(address: str) -> int:
    """A port that is free for UDP and TCP: the stack listens on both."""
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind((address, 0))
        port = int(tcp.getsockname()[1])
        udp.bind((address, port))
        return port
