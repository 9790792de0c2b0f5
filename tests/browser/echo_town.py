"""A small town hall that echoes: what a browser's call reaches in tests without models."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
import soxr
from pipecat.frames.frames import Frame, InputAudioRawFrame, TTSAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from records.drafts import MediaStats
from telephony.call import Call, TransferRefused
from voice.turns import RATE_HZ


class Echo(FrameProcessor):
    """Says back what it hears, at the call's rate."""

    def __init__(self, rate_hz: int) -> None:
        super().__init__()
        self._rate_hz = rate_hz
        self._resampler = soxr.ResampleStream(RATE_HZ, rate_hz, 1, dtype="int16")

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            assert (frame.sample_rate, frame.num_channels) == (RATE_HZ, 1)
            wide = self._resampler.resample_chunk(np.frombuffer(frame.audio, np.int16))
            await self.push_frame(TTSAudioRawFrame(wide.tobytes(), self._rate_hz, 1))
        else:
            await self.push_frame(frame, direction)


@dataclass
class EchoTown:
    """A town hall that echoes sound and keys; `#` makes it hang up."""

    calls: list[Call] = field(default_factory=list)
    refused: str = ""
    reasons: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    stats: MediaStats = field(default_factory=MediaStats)

    async def run(self, call: Call) -> None:
        self.calls.append(call)
        await call.answer()
        keys: asyncio.Queue[str] = asyncio.Queue()
        call.on_key(keys.put_nowait)
        worker = PipelineWorker(
            Pipeline([call.transport.input(), Echo(call.rate_hz), call.transport.output()]),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=call.rate_hz),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )
        runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        answering = asyncio.create_task(self._answer_keys(call, keys))
        try:
            reason = await call.wait_closed()
        finally:
            answering.cancel()
            await runner.cancel()
            await asyncio.wait([running], timeout=10)
        self.stats = call.report()
        self.reasons.put_nowait(reason)

    async def _answer_keys(self, call: Call, keys: asyncio.Queue[str]) -> None:
        await call.publish({"who": "bot", "text": "Bonjour, écho à l'appareil."})
        while (key := await keys.get()) != "#":
            await call.publish({"who": "caller", "text": key})
        try:
            await call.transfer("100", timeout_s=1)
        except TransferRefused as refusal:
            self.refused = str(refusal)
        await call.hangup()
