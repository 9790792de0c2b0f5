"""Says a reply into a running pipeline, clause by clause, and knows what was heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pipecat.frames.frames import Frame, TTSAudioRawFrame, TTSStartedFrame, TTSStoppedFrame

from dialog.state import USUAL_SPEED
from telephony.call import Pcm
from telephony.playout import Playout, PlayoutMeter
from voice.speaker import Clause, Speaker

Push = Callable[[Frame], Awaitable[None]]
DESK_HZ = 8000


@dataclass(frozen=True)
class Manner:
    """How a reply is spoken."""

    language: str = "fr"
    speed: float = USUAL_SPEED
    keep: bool = False  #: keep the rendered speech on disk: the sentence will be said again


class Mouth:
    """One caller's side of the shared `Speaker`.

    Args:
        speaker: shared by all calls.
        meter: the processor behind the output transport.
        push: pushes a frame towards the output transport.
        rate_hz: the call's rate.
    """

    def __init__(self, speaker: Speaker, meter: PlayoutMeter, push: Push, rate_hz: int) -> None:
        self._speaker = speaker
        self._meter = meter
        self._push = push
        self._rate_hz = rate_hz
        self.playout = Playout()

    @property
    def rate_hz(self) -> int:
        """The call's rate."""
        return self._rate_hz

    def clauses(self, text: str, manner: Manner) -> list[str]:
        """The text as it will be spoken, cut where synthesis may start."""
        return self._speaker.clauses(text, manner.language, slow=manner.speed < USUAL_SPEED)

    def clauses_in(self, parts: Iterable[tuple[str, str]], manner: Manner) -> list[str]:
        """The clauses of a reply that is said in several languages.

        Args:
            parts: each text with its language.
        """
        return [
            Clause(clause, language)
            for text, language in parts
            for clause in self.clauses(text, replace(manner, language=language))
        ]

    async def warm(self, clause: str, manner: Manner) -> None:
        """Have the first clause ready before it is needed."""
        await self._speaker.render(
            clause,
            lang=manner.language,
            rate_hz=self._rate_hz,
            speed=manner.speed,
            keep=manner.keep,
        )

    async def play(self, pcm: Pcm) -> None:
        """Play a sound that is no speech; returns once its last sample is on the wire."""
        playout = self.playout = self._meter.begin()
        await self._push(TTSStartedFrame())
        playout.queue("", len(pcm))
        await self._push(TTSAudioRawFrame(pcm.tobytes(), self._rate_hz, 1))
        await self._push(TTSStoppedFrame())
        await playout.finished.wait()

    async def for_desk(self, text: str) -> Pcm:
        """A French text at 8 kHz, whole, for whoever takes the call over."""
        spoken = [
            one.samples async for one in self._speaker.stream(text, lang="fr", rate_hz=DESK_HZ)
        ]
        return np.concatenate(spoken) if spoken else np.zeros(0, np.int16)

    async def say(self, clauses: Sequence[str], manner: Manner) -> None:
        """Speak and return once the last sample is on the wire.

        Cancelling it stops the rendering; what was heard stays in `playout`.
        """
        playout = self.playout = self._meter.begin()
        cancelled = asyncio.Event()
        await self._push(TTSStartedFrame())
        try:
            async for spoken in self._speaker.stream(
                clauses,
                lang=manner.language,
                rate_hz=self._rate_hz,
                speed=manner.speed,
                keep=manner.keep,
                cancelled=cancelled,
            ):
                playout.queue(spoken.text, len(spoken.samples))
                await self._push(TTSAudioRawFrame(spoken.samples.tobytes(), self._rate_hz, 1))
            await self._push(TTSStoppedFrame())
            await playout.finished.wait()
        finally:
            cancelled.set()
