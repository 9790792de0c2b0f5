"""What of a pipeline a recording hears: two processors, only in the calls that are recorded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from telephony.gate import Gate
from telephony.recorder import Recorder


class CallerTap(FrameProcessor):
    """Stands behind the input transport."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hand the caller's audio to the recording."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            self._recorder.caller(np.frombuffer(frame.audio, np.int16))
        await self.push_frame(frame, direction)


class BotTap(FrameProcessor):
    """Stands behind the output transport, which passes on only what it has sent.

    Args:
        played: the transport passes on what was played, not what is about to be.
    """

    def __init__(self, recorder: Recorder, *, played: bool) -> None:
        super().__init__()
        self._recorder = recorder
        self._played = played

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hand the bot's audio to the recording, and that it was cut."""
        await super().process_frame(frame, direction)
        if isinstance(frame, OutputAudioRawFrame):
            samples = np.frombuffer(frame.audio, np.int16)
            self._recorder.bot(samples, frame.sample_rate, played=self._played)
        elif isinstance(frame, InterruptionFrame) and not self._played:
            self._recorder.cut()
        await self.push_frame(frame, direction)


def recorded(
    stages: Sequence[FrameProcessor], recorder: Recorder, gate: Gate
) -> list[FrameProcessor]:
    """The stages of a call with the taps between them; the first is the input transport."""
    ahead = gate.on_hold is not None  # speech is written ahead of the wire, and can be taken back
    if ahead:
        gate.watch(recorder.hold, recorder.release)
    return [stages[0], CallerTap(recorder), *stages[1:], BotTap(recorder, played=not ahead)]
