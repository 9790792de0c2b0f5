"""Whether the bot's speech flows to the wire. Held, it waits where it is and goes on from there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pipecat.frames.frames import OutputAudioRawFrame
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import (
    SmallWebRTCOutputTransport,
    SmallWebRTCTransport,
)


class Gate:
    """One call's gate, between the queue of speech and the wire; open at first."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self.on_hold: Callable[[], None] | None = None  #: takes back what is not sent yet
        self.on_release: Callable[[], None] | None = None  #: gives it to the wire again
        self._watchers: list[tuple[Callable[[], None], Callable[[], None]]] = []

    def watch(self, held: Callable[[], None], released: Callable[[], None]) -> None:
        """Be told when speech was held, and when it goes on."""
        self._watchers.append((held, released))

    @property
    def held(self) -> bool:
        """Whether speech waits."""
        return not self._open.is_set()

    def hold(self) -> None:
        """Fall silent now; nothing is lost."""
        if self.held:
            return
        self._open.clear()
        if self.on_hold is not None:
            self.on_hold()
        for held, _ in self._watchers:
            held()

    def release(self) -> None:
        """Go on with what was held, if anything was."""
        if not self.held:
            return
        if self.on_release is not None:
            self.on_release()
        for _, released in self._watchers:
            released()
        self._open.set()

    async def passed(self) -> None:
        """Wait until speech flows."""
        await self._open.wait()


class _GatedOutput(SmallWebRTCOutputTransport):
    """Speech to a browser, behind a gate; the track keeps one chunk ahead, 40 ms."""

    gate: Gate

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        """Send one chunk once the gate is open."""
        await self.gate.passed()
        return bool(await super().write_audio_frame(frame))


class GatedWebRTCTransport(SmallWebRTCTransport):
    """A browser's transport whose speech can be held."""

    def __init__(self, connection: SmallWebRTCConnection, params: TransportParams) -> None:
        super().__init__(connection, params)
        self.gate = Gate()

    def output(self) -> SmallWebRTCOutputTransport:
        """Where the bot's speech leaves it; made once."""
        if not self._output:
            self._output = _GatedOutput(self._client, self._params, name=self._output_name)
            self._output.gate = self.gate
        return self._output
