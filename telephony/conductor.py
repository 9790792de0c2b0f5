"""Leads one conversation: what is heard goes to the desk, what the desk decides is said.

    EagerTranscription ─► prepare: decide, render the first clause      (nothing is said yet)
    EagerEndOfTurnCancel ─► forget what was prepared
    Transcription ─► commit: the prepared reply if the words are the same, else decide now
    caller goes on before the reply began ─► the words are kept and joined with what follows
    Interruption ─► stop; an interruption without words resumes the reply

The desk never changes state by itself: a decision is committed when its reply starts. Everything
that happens passes through the call's `Course`, which knows what may follow what.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

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

from dialog.course import Course, Event, Stage, waits
from dialog.desk import Decision, Desk
from dialog.patience import Patience
from dialog.patience import patience as patience_with
from dialog.reply import Action, Reply
from dialog.state import State
from records import Outcome
from telephony.ahead import Ahead
from telephony.call import Call, CallerGone, TransferRefused
from telephony.cause import Cause
from telephony.ears import Attention, Ears, Utterance
from telephony.leaving import leaves, write
from telephony.ledger import Ledger
from telephony.mouth import Mouth
from telephony.passing import Passing
from telephony.searching import Searching
from telephony.speaking import Speaking
from telephony.waiting import LongestCall, Sleep, Waiting
from voice.recognition import Heard

logger = logging.getLogger("allomairie.telephony")

Clock = Callable[[], datetime]
T = TypeVar("T")


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
        course: Course | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__()
        self._call = call
        self._desk = desk
        self._ears = ears
        self._ledger = ledger
        self._clock = clock
        self._limits = patience or Patience()
        self._patience = self._limits  #: as the state of the conversation makes it
        self._course = course or Course()
        self._passing = Passing(call, desk, ledger, sleep)
        self._waiting = Waiting(self.create_task, sleep)
        self._longest = LongestCall(self._limits, self.create_task, sleep)
        self._pressing = asyncio.Lock()  #: keys are met in the order they come
        self._state = State()
        self._speaking = Speaking(call, desk, ledger, self._course)
        self._searching = Searching(
            desk,
            ledger,
            self._course,
            self._speaking,
            self._waiting,
            spawn=self.create_task,
            cancel=self.cancel_task,
        )
        self._ahead = Ahead(self._decide, self.create_task)
        self._carried = ""  #: words of a turn that the caller went on with
        self._turn: asyncio.Task[None] | None = None
        self._silences = 0
        ears.attention = Attention(
            urgent=desk.urgent,
            urgent_so_far=desk.urgent_so_far,
            only_listens=self._only_listens,
            insists=self._speaking.insists,
            expects=lambda: desk.expects(self._state),
        )
        self.outcome = Outcome.HUNG_UP
        self.transfer_target = ""

    def attach(self, mouth: Mouth) -> None:
        """The mouth needs this processor to push frames, so it comes after it."""
        self._speaking.attach(mouth)

    @property
    def mouth(self) -> Mouth:
        """What this call speaks with."""
        return self._speaking.mouth

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
            self._caller_stopped()
        elif isinstance(frame, EagerTranscriptionFrame) and isinstance(frame.result, Utterance):
            self._ahead.prepare(self._joined(frame.text), frame.result.heard)
        elif isinstance(frame, EagerEndOfTurnCancelFrame):
            self._ahead.forget()
        elif isinstance(frame, TranscriptionFrame) and isinstance(frame.result, Utterance):
            await self._heard(frame.result)

    async def cleanup(self) -> None:
        """Stop everything under way; the turn being spoken is written as interrupted."""
        await super().cleanup()
        self._course.on(Event.HUNG_UP)
        self._longest.stop()
        left = await self._asked(self._desk.hang_up)
        await self._ledger.keep(self._state, left)
        self._state = replace(self._state, task=None)
        if left is not None:
            await self._ledger.ticket(left)
        self._ahead.forget()
        self._waiting.stop()
        await self._searching.stop()
        await self._stop_turn()

    async def greet(self, line: str) -> None:
        """Say the greeting of the dialled line."""
        self._course.on(Event.ANSWERED)
        self._longest.start(self._meet_cap)
        caller = self._call.info.caller
        decision = await asyncio.to_thread(
            self._desk.greeting,
            line,
            at=self._clock(),
            caller=caller,
            recorded=self._ledger.recorded,
        )
        await self._start_turn(self._done(decision), Cause(greeting=True))

    def press(self, digit: str) -> None:
        """A key of the telephone; it counts at any time and stops the bot."""
        self.create_task(self._press(digit))

    async def _press(self, digit: str) -> None:
        self._waiting.stop()
        async with self._pressing:
            # digits of a number are kept as the number they make, if that may be kept at all
            shown = "chiffre" if self._desk.takes_digits(self._state) else digit
            await self._ledger.event("dtmf", digit=shown)
            if self._course.deaf:
                return  # a desk rings, or the call is over
            await self.broadcast_interruption()
            await self._interrupted()
            self._silences, self._speaking.unsaid = 0, None
            self._course.on(Event.KEY)
            decision = await self._asked(self._desk.key, digit)
            decision = await self._written(decision)
            self._adopt(decision)  # the next key of a number must find this one
            pending = self._done(decision)
            await self._start_turn(pending, Cause(keys=digit, written=True))

    async def _asked(self, decide: Callable[..., T], *told: object) -> T:
        """Ask the desk in a thread: a decision may take longer than the event loop can wait."""
        return await asyncio.to_thread(decide, self._known(), *told, at=self._clock())

    def _known(self) -> State:
        """The state, which learns that a recording ended: a cut greeting, a failed disk."""
        if self._state.recorded and not self._ledger.recorded:
            self._state = replace(self._state, recorded=False)
        return self._state

    # -- turns -------------------------------------------------------------------------------

    async def _interrupted(self) -> None:
        await self._searching.stop()
        if self._speaking.saying:
            self._course.on(Event.BARGE_IN)
            await self._ledger.event("barge_in")
            await self._stop_turn()

    async def _caller_started(self) -> None:
        self._course.on(Event.SPOKE)
        if self._course.deaf:
            return
        self._waiting.stop()
        self._silences = 0
        greeting = self._course.stage is Stage.GREETING  # an "allô" does not keep it back
        if self._turn is not None and not (self._turn.done() or self._speaking.saying or greeting):
            # The end of turn was confirmed too soon: nothing was said yet, so nothing is lost.
            await self._stop_turn()

    def _caller_stopped(self) -> None:
        if self._course.on(Event.STOPPED) is Stage.DECIDING:
            self._searching.start(self._state, self._patience)

    def _joined(self, text: str) -> str:
        return f"{self._carried} {text}".strip()

    async def _decide(self, text: str, heard: Heard) -> Decision:
        """Ask the desk in a thread, then have the first clause rendered."""
        decision = await asyncio.to_thread(
            self._desk.hear,
            self._known(),
            text,
            at=self._clock(),
            language=heard.language,
            alternatives=heard.alternatives,
        )
        await self._speaking.warm(decision)
        return decision

    async def _heard(self, utterance: Utterance) -> None:
        text = utterance.heard.text
        if self._course.deaf:
            return
        if utterance.heard.failed:
            self._ahead.forget()
            self._course.on(Event.BREAKDOWN)
            decision = await self._asked(self._desk.breakdown)
            await self._start_turn(self._done(decision), Cause(utterance))
        elif not text:
            await self._heard_nothing(utterance)
        elif utterance.interrupted_bot and self._speaking.unsaid and self._only_listens(text):
            self._course.on(Event.WORDS)
            await self._resume()
        else:
            self._course.on(Event.WORDS)
            self._speaking.unsaid = None
            self._speaking.insisting = utterance.urgent
            self._carried = self._joined(text)
            await self._call.publish({"who": "caller", "text": self._desk.shown(text)})
            pending = self._ahead.take(self._carried, utterance.heard)
            await self._start_turn(pending, Cause(utterance))

    async def _heard_nothing(self, utterance: Utterance) -> None:
        if self._course.on(Event.NOTHING) is not Stage.DECIDING:
            return  # the bot speaks, and a sound did not stop it
        self._waiting.stop()
        heard = replace(utterance.heard, language=self._state.language)
        if self._speaking.unsaid:
            await self._resume()
        elif self._carried:
            # a sound after the end of a question that was not answered yet: answer it
            pending = self._ahead.take(self._carried, heard)
            await self._start_turn(pending, Cause(utterance))
        elif utterance.heard.audio_s >= self._patience.noise_s:
            pending = self.create_task(self._decide("", heard))
            await self._start_turn(pending, Cause(utterance))
        else:
            self._wait_for_caller()

    def _only_listens(self, text: str) -> bool:
        asked = bool(self._state.awaiting) or self._state.task is not None
        return self._speaking.only_listens(text, asked=asked)

    async def _resume(self) -> None:
        """Go on from the clause that an interruption without words cut."""
        if (rest := await self._speaking.take_unsaid()) is not None:
            await self._start_turn(self._done(Decision(rest, self._state)), Cause())

    def _adopt(self, decision: Decision) -> None:
        """The decision's state is the call's from here on."""
        self._state, self._carried = decision.state, ""
        self._patience = patience_with(self._state, self._limits)
        self._ears.language = self._state.hearing
        self._ears.end_silence_s = self._patience.end_silence_s

    def _done(self, decision: Decision) -> asyncio.Task[Decision]:
        async def at_once() -> Decision:
            return decision

        return self.create_task(at_once())

    async def _start_turn(self, decision: asyncio.Task[Decision], cause: Cause) -> None:
        await self._stop_turn()
        self._turn = self.create_task(self._take_turn(decision, cause))

    async def _stop_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and not turn.done() and turn is not asyncio.current_task():
            await self.cancel_task(turn)

    async def _take_turn(self, pending: asyncio.Task[Decision], cause: Cause) -> None:
        try:
            decision = await asyncio.shield(pending)
        except asyncio.CancelledError:
            pending.cancel()
            raise
        except Exception:
            logger.exception("the desk failed; stepping down")
            self._ledger.broke("decision")
            self._course.on(Event.BREAKDOWN)
            decision = await self._asked(self._desk.breakdown)
        if not cause.written:
            decision = await self._written(decision)
        self._waiting.stop()
        if self._searching.saying and decision.reply.action is Action.EMERGENCY:
            await self._searching.stop()
            await self.broadcast_interruption()  # what of "un instant" is on its way is dropped
        await self._searching.ended()  # said to its end, then the reply
        self._adopt(decision)
        await self._ledger.keep(self._state)
        await self._speaking.say(decision, cause)
        await self._act(decision.reply)

    async def _written(self, decision: Decision) -> Decision:
        """Write what a decision leaves, so that nothing is said of what could be lost.

        From here on the turn is the call's state, whatever interrupts its reply: a ticket is
        written once.
        """
        if leaves(decision):
            self._adopt(decision)
        return await write(decision, self._desk, self._ledger)

    async def _act(self, reply: Reply) -> None:
        if reply.transfer_to:
            await self._transfer(reply.transfer_to, reply)
        elif reply.ends_call:
            self._course.on(Event.ENDED)
            self.outcome = Outcome.COMPLETED
            await self._call.hangup()
        else:
            self._wait_for_caller()

    async def _transfer(self, service_id: str, reply: Reply) -> None:
        self._course.on(Event.PASSED_ON)
        self._ears.deaf = True  # the human leg is never captured (requirements R07)
        self._ledger.pause_recording()
        ring_s = self._patience.transfer_s
        try:
            target = await self._passing.to(reply, self._state, self.mouth, ring_s=ring_s)
        except CallerGone:
            await self._ledger.event("transfer_abandoned", service=service_id)
        except TransferRefused:
            self._ears.deaf = False
            self._ledger.resume_recording()
            self._course.on(Event.REFUSED)
            await self.broadcast_interruption()  # what of the waiting message is on its way
            decision = await self._asked(self._desk.transfer_failed)
            await self._take_turn(self._done(decision), Cause())
        else:
            self._course.on(Event.ACCEPTED)
            self.outcome, self.transfer_target = Outcome.TRANSFERRED, target
            await asyncio.shield(self._ledger.event("transferred", service=service_id))

    # -- time --------------------------------------------------------------------------------

    def _wait_for_caller(self) -> None:
        self._course.on(waits(self._state))
        typing = self._state.task is not None and self._state.task.typed
        silence_s = self._patience.silence(self._silences)
        self._waiting.start(self._patience.keys_s if typing else silence_s, self._notice_silence)
        if self._longest.due is not None:
            self.create_task(self._meet_cap())

    async def _notice_silence(self) -> None:
        if self._ears.caller_speaking or not self._course.may(Event.SILENCE):
            return
        self._course.on(Event.SILENCE)
        typing = self._state.task is not None and self._state.task.typed
        self._silences += 0 if typing else 1  # a pause between keys is no silence
        decision = await self._asked(self._desk.silence, self._silences)
        await self._start_turn(self._done(decision), Cause())

    async def _meet_cap(self) -> None:
        """Warn of the longest call, or end it, unless somebody speaks now: then after the reply."""
        event = self._longest.due
        if event is None or self._state.emergency or self._ears.caller_speaking:
            return
        if not self._course.may(event):
            return
        self._longest.told()
        self._course.on(event)
        await self._ledger.event(event.name.lower())
        near = event is Event.CAP_NEAR
        decide = self._desk.cap_near if near else self._desk.cap_reached
        decision = await self._asked(decide)
        await self._start_turn(self._done(decision), Cause())
