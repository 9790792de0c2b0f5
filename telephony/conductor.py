"""Leads one conversation: what is heard goes to the desk, what the desk decides is said.

    EagerTranscription ─► prepare: decide, render the first clause      (nothing is said yet)
    EagerEndOfTurnCancel ─► forget what was prepared
    Transcription ─► commit: the prepared reply if the words are the same, else decide now
    caller goes on before the reply began ─► the words are kept and joined with what follows
    Interruption ─► stop; an interruption without words resumes the reply

The desk never changes state by itself: a decision is committed when its reply starts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    Frame,
    InterruptionFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from dialog.desk import Decision, Desk
from dialog.reply import Reply
from dialog.state import State
from records import Outcome
from telephony.call import Call, TransferRefused
from telephony.ears import Ears, Utterance
from telephony.ledger import Ledger
from telephony.mouth import Manner, Mouth
from voice.recognition import Heard

logger = logging.getLogger("allomairie.telephony")

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Patience:
    """How long the conversation waits, in seconds."""

    filler_s: float = 1.7  #: after the caller stopped: say that we are looking
    silence_s: tuple[float, ...] = (7.0, 10.0)  #: caller silent after a reply (requirements P08)
    keys_s: float = 4.0  #: between two keys of one number
    transfer_s: float = 25.0  #: a desk that rings (requirements Q03)
    noise_s: float = 2.0  #: a wordless turn shorter than this is a cough, not a question


@dataclass
class _Prepared:
    text: str
    decision: asyncio.Task[Decision]


@dataclass(frozen=True)
class _Cause:
    """Why a reply is said."""

    utterance: Utterance | None = None
    keys: str = ""
    greeting: bool = False


class Conductor(FrameProcessor):
    """One call's conversation, between `Ears` and the output transport."""

    def __init__(
        self,
        *,
        call: Call,
        desk: Desk,
        ears: Ears,
        ledger: Ledger,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__()
        self._call = call
        self._desk = desk
        self._ears = ears
        self._ledger = ledger
        self._clock = clock
        self._patience = patience or Patience()
        self._state = State()
        self._mouth: Mouth | None = None
        self._prepared: _Prepared | None = None
        self._carried = ""  #: words of a turn that the caller went on with
        self._turn: asyncio.Task[None] | None = None
        self._saying = False
        self._unsaid: tuple[Reply, list[str]] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._filler: asyncio.Task[None] | None = None
        self._silences = 0
        self.outcome = Outcome.HUNG_UP
        self.transfer_target = ""

    def attach(self, mouth: Mouth) -> None:
        """The mouth needs this processor to push frames, so it comes after it."""
        self._mouth = mouth

    @property
    def mouth(self) -> Mouth:
        """What this call speaks with."""
        if self._mouth is None:
            raise RuntimeError("attach() was not called")
        return self._mouth

    # -- what happens on the line ------------------------------------------------------------

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Follow the caller's turns; pass every frame on first, so that audio never waits."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if direction is not FrameDirection.DOWNSTREAM:
            return
        if isinstance(frame, InterruptionFrame):
            await self._interrupted()
        elif isinstance(frame, UserStartedSpeakingFrame):
            await self._caller_started()
        elif isinstance(frame, UserStoppedSpeakingFrame):
            self._stop_timer()
            self._timer = self.create_task(self._fill_silence())
        elif isinstance(frame, EagerTranscriptionFrame) and isinstance(frame.result, Utterance):
            self._prepare(self._joined(frame.text), frame.result)
        elif isinstance(frame, EagerEndOfTurnCancelFrame):
            self._forget()
        elif isinstance(frame, TranscriptionFrame) and isinstance(frame.result, Utterance):
            await self._heard(frame.result)

    async def cleanup(self) -> None:
        """Stop everything under way; the turn being spoken is written as interrupted."""
        await super().cleanup()
        left = self._desk.hang_up(self._state, at=self._clock())
        self._state = replace(self._state, task=None)
        if left is not None:
            await self._ledger.ticket(left)
        self._forget()
        self._stop_timer()
        if self._filler is not None and not self._filler.done():
            await self.cancel_task(self._filler)
        await self._stop_turn()

    async def greet(self, line: str) -> None:
        """Say the greeting of the dialled line."""
        decision = self._desk.greeting(line, at=self._clock(), caller=self._call.info.caller)
        await self._start_turn(self._done(decision), _Cause(greeting=True))

    def press(self, digit: str) -> None:
        """A key of the telephone; it counts at any time and stops the bot."""
        self.create_task(self._press(digit))

    async def _press(self, digit: str) -> None:
        await self._ledger.event("dtmf", digit=digit)
        await self.broadcast_interruption()
        await self._interrupted()
        self._unsaid = None
        decision = self._desk.key(self._state, digit, at=self._clock())
        await self._start_turn(self._done(decision), _Cause(keys=digit))

    # -- turns -------------------------------------------------------------------------------

    async def _interrupted(self) -> None:
        if self._filler is not None and not self._filler.done():
            await self.cancel_task(self._filler)
        if self._saying:
            await self._ledger.event("barge_in")
            await self._stop_turn()

    async def _caller_started(self) -> None:
        self._stop_timer()
        self._silences = 0
        if self._turn is not None and not self._turn.done() and not self._saying:
            # The end of turn was confirmed too soon: nothing was said yet, so nothing is lost.
            await self._stop_turn()

    def _joined(self, text: str) -> str:
        return f"{self._carried} {text}".strip()

    def _prepare(self, text: str, utterance: Utterance) -> None:
        self._forget()
        if text:
            decision = self.create_task(self._decide(text, utterance.heard))
            self._prepared = _Prepared(text, decision)

    def _forget(self) -> None:
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            prepared.decision.cancel()

    async def _decide(self, text: str, heard: Heard) -> Decision:
        """Ask the desk in a thread, then have the first clause rendered."""
        decision = await asyncio.to_thread(
            self._desk.hear,
            self._state,
            text,
            at=self._clock(),
            language=heard.language,
            alternatives=heard.alternatives,
        )
        manner = self._manner(decision)
        clauses = self.mouth.clauses(decision.reply.say, manner)
        if clauses:
            await self.mouth.warm(clauses[0], manner)
        return decision

    async def _heard(self, utterance: Utterance) -> None:
        text = utterance.heard.text
        if utterance.heard.failed:
            self._forget()
            decision = self._desk.breakdown(self._state, at=self._clock())
            await self._start_turn(self._done(decision), _Cause(utterance))
        elif not text:
            await self._heard_nothing(utterance)
        elif utterance.interrupted_bot and self._unsaid and self._desk.is_backchannel(text):
            await self._resume()
        else:
            self._unsaid = None
            self._carried = self._joined(text)
            await self._call.publish({"who": "caller", "text": text})
            pending = self._decision_for(self._carried, utterance.heard)
            await self._start_turn(pending, _Cause(utterance))

    def _decision_for(self, text: str, heard: Heard) -> asyncio.Task[Decision]:
        """What was prepared on the same words, or a decision begun now."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared.text == text:
            return prepared.decision
        if prepared is not None:
            prepared.decision.cancel()
        return self.create_task(self._decide(text, heard))

    async def _heard_nothing(self, utterance: Utterance) -> None:
        self._stop_timer()
        heard = replace(utterance.heard, language=self._state.language)
        if self._unsaid:
            await self._resume()
        elif self._carried:
            # a sound after the end of a question that was not answered yet: answer it
            pending = self._decision_for(self._carried, heard)
            await self._start_turn(pending, _Cause(utterance))
        elif utterance.heard.audio_s >= self._patience.noise_s:
            pending = self.create_task(self._decide("", heard))
            await self._start_turn(pending, _Cause(utterance))
        else:
            self._wait_for_caller()

    async def _resume(self) -> None:
        """Go on from the clause that an interruption without words cut."""
        unsaid, self._unsaid = self._unsaid, None
        if unsaid is None:
            return
        reply, clauses = unsaid
        await self._ledger.event("resumed", clauses=len(clauses))
        rest = Decision(reply=replace(reply, say=" ".join(clauses)), state=self._state)
        await self._start_turn(self._done(rest), _Cause())

    def _done(self, decision: Decision) -> asyncio.Task[Decision]:
        async def at_once() -> Decision:
            return decision

        return self.create_task(at_once())

    async def _start_turn(self, decision: asyncio.Task[Decision], cause: _Cause) -> None:
        await self._stop_turn()
        self._turn = self.create_task(self._take_turn(decision, cause))

    async def _stop_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and not turn.done() and turn is not asyncio.current_task():
            await self.cancel_task(turn)

    async def _take_turn(self, pending: asyncio.Task[Decision], cause: _Cause) -> None:
        try:
            decision = await asyncio.shield(pending)
        except asyncio.CancelledError:
            pending.cancel()
            raise
        except Exception:
            logger.exception("the desk failed; stepping down")
            decision = self._desk.breakdown(self._state, at=self._clock())
        decision = await self._written(decision)
        self._stop_timer()
        if self._filler is not None and not self._filler.done():
            await asyncio.shield(self._filler)  # "un instant" is said to its end, then the reply
        self._state, self._carried = decision.state, ""
        self._ears.language = decision.state.language
        await self._speak(decision, cause)
        await self._act(decision.reply)

    async def _written(self, decision: Decision) -> Decision:
        """Write the tickets of a decision, so that no reference is said of what could be lost.

        From here on the turn is the call's state, whatever interrupts its reply: a ticket is
        written once.
        """
        if not decision.tickets:
            return decision
        self._state, self._carried = decision.state, ""
        writes = [self._ledger.ticket(ticket) for ticket in decision.tickets]
        safe = await asyncio.shield(asyncio.gather(*writes))
        if all(safe):
            return decision
        return self._desk.not_written(decision.state, decision.tickets[0].service)

    async def _speak(self, decision: Decision, cause: _Cause) -> None:
        reply = decision.reply
        if not reply.say:
            return
        manner = self._manner(decision)
        clauses = self.mouth.clauses(reply.say, manner)
        writing = asyncio.ensure_future(
            self._ledger.begin(reply, cause.utterance, keys=cause.keys, greeting=cause.greeting)
        )
        await self._call.publish({"who": "bot", "text": reply.say, "sheet": reply.sheet or ""})
        self._saying, self._unsaid = True, None
        interrupted = True
        try:
            await self.mouth.say(clauses, manner)
            interrupted = False
        finally:
            self._saying = False
            heard, left = self.mouth.playout.split()
            said = len(self.mouth.playout.clauses)
            if interrupted and (rest := left + clauses[said:]):
                self._unsaid = (reply, rest)
            timings = self._timings(decision, cause)
            # shielded: an interruption may cancel the talking, never the remembering
            await asyncio.shield(
                self._finish_turn(writing, reply, heard, interrupted=interrupted, timings=timings)
            )

    async def _finish_turn(
        self,
        writing: asyncio.Future[int | None],
        reply: Reply,
        heard: str,
        *,
        interrupted: bool,
        timings: dict[str, float],
    ) -> None:
        await self._ledger.finish(
            await writing, reply, played=heard, interrupted=interrupted, timings=timings
        )

    def _timings(self, decision: Decision, cause: _Cause) -> dict[str, float]:
        timings = {"decide": decision.reply.ms, **decision.reply.stages}
        utterance = cause.utterance
        if utterance is not None:
            timings["stt"] = utterance.heard.compute_ms
            timings["judge"] = utterance.judge_ms
            timings["end_of_turn"] = (utterance.ended_at - utterance.speech_ended_at) * 1000
            if first := self.mouth.playout.first_sound_at:
                timings["voice_to_voice"] = (first - utterance.speech_ended_at) * 1000
        return {name: round(ms, 1) for name, ms in timings.items()}

    async def _act(self, reply: Reply) -> None:
        if reply.transfer_to:
            await self._transfer(reply.transfer_to)
        elif reply.ends_call:
            self.outcome = Outcome.COMPLETED
            await self._call.hangup()
        else:
            self._wait_for_caller()

    async def _transfer(self, service_id: str) -> None:
        target = self._desk.town.service(service_id).extension
        await self._ledger.event("transfer_asked", service=service_id)
        self._ears.deaf = True  # the human leg is never captured (requirements R07)
        try:
            await self._call.transfer(target, timeout_s=self._patience.transfer_s)
        except TransferRefused as refusal:
            self._ears.deaf = False
            await self._ledger.event("transfer_failed", service=service_id, reason=str(refusal))
            decision = self._desk.transfer_failed(self._state, at=self._clock())
            await self._take_turn(self._done(decision), _Cause())
        else:
            self.outcome, self.transfer_target = Outcome.TRANSFERRED, target
            await self._ledger.event("transferred", service=service_id)

    def _manner(self, decision: Decision) -> Manner:
        reply = decision.reply
        # validated words and fixed sentences come again; anything else is said once
        keep = reply.fixed or bool(reply.sheet)
        return Manner(reply.language, decision.state.speed, keep)

    # -- time --------------------------------------------------------------------------------

    def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None and timer is not asyncio.current_task():
            timer.cancel()

    async def _fill_silence(self) -> None:
        """The caller waits: after `filler_s` without a reply, say that we are looking."""
        await asyncio.sleep(self._patience.filler_s)
        if not self._saying:
            self._filler = self.create_task(self._say_filler())

    async def _say_filler(self) -> None:
        reply = self._desk.filler(self._state)
        manner = Manner(reply.language, self._state.speed, keep=True)
        await self._ledger.event("filler")
        await self.mouth.say(self.mouth.clauses(reply.say, manner), manner)

    def _wait_for_caller(self) -> None:
        limits = self._patience.silence_s
        limit_s = limits[min(self._silences, len(limits) - 1)]
        if self._state.task is not None and self._state.task.typed:
            limit_s = self._patience.keys_s
        self._stop_timer()
        self._timer = self.create_task(self._notice_silence(limit_s))

    async def _notice_silence(self, limit_s: float) -> None:
        await asyncio.sleep(limit_s)
        if self._ears.caller_speaking:
            return
        typing = self._state.task is not None and self._state.task.typed
        self._silences += 0 if typing else 1  # a pause between keys is no silence
        decision = self._desk.silence(self._state, self._silences, at=self._clock())
        await self._start_turn(self._done(decision), _Cause())
