"""The session of one call: one pipecat pipeline between the wire and the engines.

transport.input ─► Ears ─► Conductor ─► transport.output ─► PlayoutMeter
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import copy_context
from dataclasses import dataclass, field

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.workers.runner import WorkerRunner

from dialog.desk import Desk
from dialog.patience import Patience
from records import AsyncRecords, Outcome
from telephony.call import Call
from telephony.conductor import Clock, Conductor
from telephony.ears import Ears
from telephony.ledger import Ledger
from telephony.mouth import Mouth
from telephony.playout import PlayoutMeter
from telephony.progress import Carried, Progress
from telephony.recorder import Recording
from telephony.taps import recorded
from telephony.watching import NOBODY, Watch
from voice.endpointing import EndOfTurnJudge, SpeechDetector
from voice.partials import PartialRules, Partials
from voice.recognition import Recognizer
from voice.speaker import Speaker
from voice.turns import RATE_HZ

logger = logging.getLogger("allomairie.telephony")


@dataclass(frozen=True)
class Engines:
    """What all calls share; opened by the server, closed by it."""

    desk: Desk
    recognizer: Recognizer
    judge: EndOfTurnJudge
    speaker: Speaker
    records: AsyncRecords
    clock: Clock
    hints: str = ""
    patience: Patience = field(default_factory=Patience)
    partials: PartialRules = field(default_factory=PartialRules)
    watch: Watch = NOBODY
    recording: Recording | None = None  #: which calls' sound is kept; None: none


class Session:
    """Carries calls from the first ring to the last record; one `run` a call."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self.progress = Progress()

    async def run(self, call: Call) -> None:
        """Answer, converse until the call is over, remember it.

        Raises:
            ConnectionError: the call could not be answered; it is recorded as failed.
        """
        ledger = await Ledger.open(self._engines.records, call.info, self._engines.watch)
        with self.progress.carrying(call, ledger) as carried:
            await self._carry(carried)

    async def _carry(self, carried: Carried) -> None:
        call, ledger = carried.call, carried.ledger
        outcome, reason, target = Outcome.FAILED, "the server stopped the call", ""
        if self._engines.recording is not None and ledger.call_id:
            ledger.recorder = self._engines.recording.of(ledger.call_id)
        try:
            # the detector loads its model while the call is being answered
            detector, _ = await asyncio.gather(asyncio.to_thread(SpeechDetector), call.answer())
            await ledger.answered()
            outcome, reason, target = await self._converse(carried, detector)
        except (ConnectionError, TimeoutError) as error:
            reason = str(error)
            await call.hangup()
        finally:
            await asyncio.shield(
                ledger.close(outcome, reason, call.report(), transfer_target=target)
            )

    async def _converse(
        self, carried: Carried, detector: SpeechDetector
    ) -> tuple[Outcome, str, str]:
        engines, call, ledger = self._engines, carried.call, carried.ledger
        meter = PlayoutMeter()
        ears = Ears(
            engines.recognizer,
            engines.judge,
            detector,
            engines.hints,
            gate=call.transport.gate,
            playback=meter.playback,
            partials=Partials(engines.partials),
        )
        conductor = Conductor(
            call=call,
            desk=engines.desk,
            ears=ears,
            ledger=ledger,
            clock=engines.clock,
            patience=engines.patience,
            course=carried.course,
        )
        conductor.attach(Mouth(engines.speaker, meter, conductor.push_frame, call.rate_hz))
        transport = call.transport
        stages = [transport.input(), ears, conductor, transport.output(), meter]
        if ledger.recorder is not None:
            stages = recorded(stages, ledger.recorder, transport.gate)
        worker = PipelineWorker(
            Pipeline(stages),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=call.rate_hz),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )

        async def started(_worker: PipelineWorker, _frame: object) -> None:
            if ledger.recorder is not None:
                ledger.recorder.start()
            own = copy_context()  # keys come from a task of the stack, which works for no call
            call.on_key(lambda digit: own.run(conductor.press, digit))
            await conductor.greet(call.info.dialled)

        worker.add_event_handler("on_pipeline_started", started)
        runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(0)  # a runner that is cancelled before it runs would run for ever
        try:
            reason = await call.wait_closed()
        finally:
            await runner.cancel()
            await asyncio.wait([running], timeout=10)
        if call.passed_to and conductor.outcome is not Outcome.TRANSFERRED:
            # the desk answered after we stopped waiting: the network connected them all the same
            await ledger.event("transferred", late=True)
            return Outcome.TRANSFERRED, reason, call.passed_to
        return conductor.outcome, reason, conductor.transfer_target
