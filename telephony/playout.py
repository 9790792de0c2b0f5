"""What of a reply the caller has really heard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
from pipecat.frames.frames import Frame, OutputAudioRawFrame, TTSStoppedFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from voice.barge_in import Playback


@dataclass
class Playout:
    """One reply on its way to the ear: clauses queued, samples written to the wire."""

    clauses: list[tuple[str, int]] = field(default_factory=list)  #: text, samples
    written: int = 0
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    first_sound_at: float = 0.0

    def queue(self, text: str, samples: int) -> None:
        """A clause was handed to the transport."""
        self.clauses.append((text, samples))

    def split(self) -> tuple[str, list[str]]:
        """The words heard so far, and the clauses not heard to their end.

        A clause cut in the middle counts its first words in proportion to the samples played.
        """
        heard, left, remaining = [], [], self.written
        for text, samples in self.clauses:
            if remaining >= samples:
                heard.append(text)
            else:
                words = text.split()
                heard.extend(words[: int(len(words) * max(0, remaining) / samples)])
                left.append(text)
            remaining -= samples
        return " ".join(heard), left


class PlayoutMeter(FrameProcessor):
    """Sits behind the output transport, which passes on only what it has really sent."""

    def __init__(self) -> None:
        super().__init__()
        self.playout = Playout()
        self.playback = Playback()  #: the same sound, for those who must know its echo

    def begin(self) -> Playout:
        """Start counting for a new reply."""
        self.playout = Playout()
        return self.playout

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Count audio that went out; note the end of a reply."""
        await super().process_frame(frame, direction)
        if isinstance(frame, OutputAudioRawFrame):
            if not self.playout.first_sound_at:
                self.playout.first_sound_at = asyncio.get_running_loop().time()
            self.playout.written += len(frame.audio) // 2
            self.playback.add(np.frombuffer(frame.audio, np.int16), frame.sample_rate)
        elif isinstance(frame, TTSStoppedFrame):
            self.playout.finished.set()
        await self.push_frame(frame, direction)
