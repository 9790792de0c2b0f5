"""The media path of the server alone, in its own process: says a WAV and keeps what it hears.

    SipServer ─► SipTransport.input ─► kept at 16 kHz        a WAV ─► SipTransport.output

What is heard is what a call's ears get; what is said takes the way of a reply. Settings come as
JSON on the command line; what happens is one JSON object a line on standard output.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network
from pathlib import Path

import loguru
import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from telephony.call import Call
from telephony.peers import CODECS, Codec, Peer
from telephony.playout import PlayoutMeter
from telephony.sip import SipServer, SipSettings
from telephony.trunks import TrunkSettings
from voice.audio import resample, to_int16, wav_read, wav_write
from voice.turns import RATE_HZ

CLAUSE_S = 4


def tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


@dataclass(frozen=True)
class Settings:
    """What is said to each caller, and where it is kept what each says."""

    say: str = ""
    keep: str = ""
    hang_up: bool = False  #: as soon as all is said
    silent_s: float = 0.0  #: before it speaks


class Parrot(FrameProcessor):
    """Stands where ears and mouth stand."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            self.heard.append(frame.audio)
            return
        await self.push_frame(frame, direction)

    async def say(self, pcm: bytes, rate_hz: int) -> None:
        await self.push_frame(TTSStartedFrame())
        for at in range(0, len(pcm), CLAUSE_S * 2 * rate_hz):  # as clauses come
            part = pcm[at : at + CLAUSE_S * 2 * rate_hz]
            await self.push_frame(TTSAudioRawFrame(part, rate_hz, 1))
        await self.push_frame(TTSStoppedFrame())


class Talker:
    """Answers calls."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, call: Call) -> None:
        await call.answer()
        tell(event="answered", rate_hz=call.rate_hz)
        parrot, meter = Parrot(), PlayoutMeter()
        transport = call.transport
        worker = PipelineWorker(
            Pipeline([transport.input(), parrot, transport.output(), meter]),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=call.rate_hz),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )
        speaking: list[asyncio.Task[None]] = []

        async def started(_worker: PipelineWorker, _frame: object) -> None:
            speaking.append(asyncio.create_task(self._speak(call, parrot, meter)))

        worker.add_event_handler("on_pipeline_started", started)
        runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        reason = await call.wait_closed()
        for task in speaking:
            task.cancel()
        await runner.cancel()
        await asyncio.wait([running], timeout=10)
        if self._settings.keep:
            heard = np.frombuffer(b"".join(parrot.heard), np.int16)
            wav_write(Path(self._settings.keep), heard, RATE_HZ)
        tell(event="closed", reason=reason, **call.report().as_json())

    async def _speak(self, call: Call, parrot: Parrot, meter: PlayoutMeter) -> None:
        await asyncio.sleep(self._settings.silent_s)
        if self._settings.say:
            samples, rate_hz = wav_read(Path(self._settings.say))
            pcm = to_int16(resample(samples, rate_hz, call.rate_hz))
            playout = meter.begin()
            await parrot.say(pcm.tobytes(), call.rate_hz)
            await playout.finished.wait()
            tell(event="said", samples=playout.written)
        if self._settings.hang_up:
            await call.hangup()


def trunks(codecs: tuple[Codec, ...]) -> TrunkSettings:
    """Everybody is a peer that speaks these."""
    return TrunkSettings(peers=(Peer("all", (IPv4Network("0.0.0.0/0"),), codecs=codecs),))


async def main() -> None:
    loguru.logger.remove()  # pipecat tells its life's story
    wanted = json.loads(sys.argv[1])
    sip = SipSettings(**wanted.pop("sip"), trunks=trunks(tuple(wanted.pop("codecs", CODECS))))
    settings = Settings(**wanted)
    server = SipServer(sip, Talker(settings))
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tell(event="ready", **{k: str(v) for k, v in asdict(settings).items()})
    await stop.wait()
    await server.drain(1)
    await server.stop()
    tell(event="stopped")


if __name__ == "__main__":
    asyncio.run(main())
