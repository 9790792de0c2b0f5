"""Writes one call into the records as it happens, and one line a turn into the log.

A database that fails costs the memory of the call, never the call: each failed write is logged and
the conversation goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from dialog.outgoing import Outgoing
from dialog.privacy import announces_recording
from dialog.reply import Reply
from dialog.resumption import Resumption, without_code
from dialog.state import State
from dialog.tasks.ticket import TicketDraft
from dialog.values.gsm import parts
from records import (
    AsyncRecords,
    CallDraft,
    CallRecord,
    Channel,
    Means,
    MediaStats,
    OutboxEntry,
    Outcome,
    RecordsError,
    ResumptionEntry,
    TicketEntry,
    TurnDraft,
    mask,
    mask_number,
)
from telephony.call import CallInfo
from telephony.ears import Utterance
from telephony.recorder import Recorder
from telephony.watching import CALL, NOBODY, Watch

logger = logging.getLogger("allomairie.call")

T = TypeVar("T")


class Ledger:
    """The memory of one call. Every method returns once the write is durable, or has failed."""

    def __init__(self, records: AsyncRecords, channel: str, watch: Watch) -> None:
        self._records = records
        self._call: CallRecord | None = None
        self._channel = channel
        self._watch = watch
        self._began = time.monotonic()
        self.turns = 0  #: of the caller, so far
        self.recorder: Recorder | None = None  #: of the call's sound, where it is kept
        self._unrefused = ""  #: what the caller refused while the database failed
        self._resumption: Resumption | None = None  #: what the caller was given to go on in writing

    @classmethod
    async def open(cls, records: AsyncRecords, info: CallInfo, watch: Watch = NOBODY) -> Ledger:
        """Remember that a call arrived; from here on the log names it."""
        ledger = cls(records, info.channel, watch)
        draft = CallDraft(
            channel=Channel(info.channel),
            line=info.dialled,
            caller_number=info.caller,
            sip_call_id=info.sip_call_id,
        )
        ledger._call = await ledger._tried(records.start_call(draft))
        CALL.set(ledger.reference)
        logger.info(
            "call %s: %s from %s on line %s",
            ledger.reference,
            info.channel,
            mask_number(info.caller) or "anonymous",
            mask_number(info.dialled),
        )
        return ledger

    @property
    def reference(self) -> str:
        """Six digits that name the call in logs; '-' when it is not written down."""
        return self._call.reference if self._call else "-"

    @property
    def call_id(self) -> str:
        """The id in the records; '' when it is not written down."""
        return self._call.id if self._call else ""

    @property
    def recorded(self) -> bool:
        """Whether the call's sound is kept, or will be once the caller was told."""
        return self.recorder is not None and self.recorder.on

    async def _tried(self, write: Awaitable[T]) -> T | None:
        """The result of a write, None when the database refused it."""
        try:
            result = await write
        except RecordsError:
            self._watch.wrote(False)
            logger.exception("a call goes on without being written down")
            return None
        self._watch.wrote(True)
        return result

    def broke(self, part: str) -> None:
        """A part of the program failed during this call."""
        self._watch.broke(part)

    async def answered(self) -> None:
        """The call is established."""
        if self._call is not None:
            await self._tried(self._records.answered(self._call.id))

    async def begin(
        self,
        reply: Reply,
        utterance: Utterance | None,
        *,
        keys: str = "",
        greeting: bool = False,
        typed: str = "",
    ) -> int | None:
        """Write a turn before its reply ends; returns the turn's id.

        Args:
            typed: the words of a turn that was written, not spoken.
        """
        if not greeting:
            self.turns += 1
        if self._call is None:
            return None
        if self.recorder is not None:
            await self._note_sound(self.recorder, utterance, keys, greeting=greeting)
        heard = utterance.heard if utterance else None
        draft = TurnDraft(
            number=0 if greeting else None,
            started_at=datetime.now(UTC),
            heard=heard.text if heard else typed,
            heard_confidence=heard.confidence if heard else None,
            language=reply.language,
            reply=self._without_code(reply.say),
            action=reply.action,
            sheet_id=reply.sheet or "",
            sheet_version=reply.sheet_version or "",
            sentences=reply.sentences,
            confidence=reply.confidence,
            candidates=[{"sheet": c.sheet, "score": c.score} for c in reply.candidates],
            dtmf=keys,
        )
        return await self._tried(self._records.add_turn(self._call.id, draft))

    async def _note_sound(
        self, recorder: Recorder, utterance: Utterance | None, keys: str, *, greeting: bool
    ) -> None:
        """Where the turn is in the sound.

        It goes when the words may not be kept (R14), and of a caller who cut the greeting before
        he was told that he is recorded (R04).
        """
        heard = utterance.heard if utterance else None
        spoken = (utterance.speech_ended_at, heard.audio_s) if utterance and heard else None
        recorder.turn(0 if greeting else self.turns, spoken)
        if mask(heard.text if heard else "")[1] or mask(keys)[1]:
            await recorder.drop("masked")
        elif not recorder.kept and (utterance is not None or keys):
            await recorder.drop("not announced")

    async def finish(
        self,
        turn_id: int | None,
        reply: Reply,
        *,
        played: str,
        interrupted: bool,
        timings: Mapping[str, float],
    ) -> None:
        """Complete a turn with what was really heard of it."""
        if self.recorder is not None and announces_recording(played):
            await self.recorder.keep()
        if turn_id is not None:
            await self._tried(
                self._records.finish_turn(
                    turn_id,
                    played=self._without_code(played),
                    interrupted=interrupted,
                    timings=timings,
                )
            )
        self._watch.turn(reply.action, timings, interrupted=interrupted)
        logger.info(
            "call %s turn %d: %s sheet=%s confidence=%.2f%s %s",
            self.reference,
            self.turns,
            reply.action,
            reply.sheet or "-",
            reply.confidence,
            " interrupted" if interrupted else "",
            " ".join(f"{name}={ms:.0f}ms" for name, ms in timings.items()),
            extra={"facts": {"turn": self.turns, "action": reply.action, **timings}},
        )

    async def ticket(self, draft: TicketDraft) -> bool:
        """Write what the caller leaves; returns whether it is safe, and may be said to be."""
        written = await self._tried(self._records.add_ticket(self._entry(draft)))
        if written is not None:
            logger.info(
                "call %s: %s %s for %s%s%s",
                self.reference,
                written.kind,
                written.reference,
                written.service,
                "" if written.complete else ", incomplete",
                f", {written.count} callers so far" if written.count > 1 else "",
            )
        return written is not None

    async def send(self, message: Outgoing) -> bool:
        """Write what is to be sent; returns whether it is safe, and may be said to leave."""
        entry = OutboxEntry(
            means=Means(message.channel),
            to=message.to,
            text=message.text,
            subject=message.subject,
            parts=parts(message.text) if message.channel == Means.SMS else 1,
            call_id=self._call.id if self._call else None,
        )
        written = await self._tried(self._records.outbox.add(entry))
        if written is not None:
            logger.info("call %s: %s %s waits", self.reference, written.means, written.id[:8])
        return written is not None

    def _entry(self, draft: TicketDraft) -> TicketEntry:
        """The records' own form of a ticket; places are columns there."""
        values = dict(draft.fields)
        lat, lon = values.pop("lat", ""), values.pop("lon", "")
        return TicketEntry(
            call_id=self._call.id if self._call else None,
            kind=draft.kind,
            reference=draft.reference,
            service=draft.service,
            fields=values,
            due_on=draft.due,
            complete=draft.complete,
            goes_on=draft.goes_on,
            lat=float(lat) if lat and lon else None,
            lon=float(lon) if lat and lon else None,
            street=values.pop("street", ""),
        )

    async def offer(self, given: Resumption, state: State) -> bool:
        """Let the call go on in writing; returns whether reference and code may be said."""
        if self._call is None:
            return False
        entry = ResumptionEntry(
            reference=given.reference,
            code=given.code,
            valid_for=timedelta(hours=given.hours),
            state=self._kept(state, given),
        )
        try:
            await self._records.offer_resumption(self._call.id, entry)
        except RecordsError:
            logger.exception("a call cannot go on in writing")
            return False
        self._resumption = given
        await self.event("resumable", reference=given.reference)
        return True

    def goes_on(self, resumption: Resumption) -> None:
        """This conversation was found again: its state is kept there from now on."""
        self._resumption = resumption

    async def keep(self, state: State, left: TicketDraft | None = None) -> None:
        """Keep what the conversation remembers, where it may go on in writing.

        Args:
            left: the incomplete ticket of the form under way, which goes on with it.
        """
        given = self._resumption
        if given is None:
            return
        if left is not None and state.task is not None:
            state = replace(state, task=replace(state.task, reference=left.reference))
        kept = self._kept(state, given)
        await self._tried(self._records.keep_resumption(given.reference, kept))

    def _kept(self, state: State, given: Resumption) -> dict[str, object]:
        """The state as the records keep it: a code that was said is not in it."""
        return replace(state, reply=without_code(state.reply, given.code)).to_dict()

    def _without_code(self, text: str) -> str:
        given = self._resumption
        return without_code(text, given.code) if given is not None else text

    async def alert(self, kind: str, words: str) -> None:
        """An emergency was told: the supervisors must know at once."""
        logger.warning("call %s: emergency (%s)", self.reference, kind)
        if self._call is not None:
            await self._tried(self._records.alerts.add(self._call.id, kind, words))

    async def refuse(self, what: str) -> None:
        """The caller refuses "recording" or "transcription": done now, or tried again at the end.

        A refused transcription empties what was written of the call, and what will be.
        """
        if self.recorder is not None:
            await self.recorder.drop("refused")
        if self._call is None:
            return
        forgotten = await self._tried(self._records.refuse(self._call.id, what))
        self._unrefused = "" if forgotten is not None else what
        logger.info("call %s: the caller refuses the %s", self.reference, what)

    def pause_recording(self) -> None:
        """A desk is called: from now on nobody is recorded (R07)."""
        if self.recorder is not None:
            self.recorder.pause()

    def resume_recording(self) -> None:
        """The desk did not take the call."""
        if self.recorder is not None:
            self.recorder.resume()

    async def event(self, kind: str, **data: object) -> None:
        """Something that is not a turn: a key, a barge-in, a transfer."""
        if self._call is not None:
            await self._tried(self._records.add_event(self._call.id, kind, data))

    async def close(
        self, outcome: Outcome, reason: str, stats: MediaStats, *, transfer_target: str = ""
    ) -> None:
        """The call is over."""
        if self.recorder is not None:
            await self.recorder.finish()
        if self._unrefused:
            await self.refuse(self._unrefused)
        if self._call is not None:
            await self._tried(
                self._records.end_call(
                    self._call.id, outcome, reason, stats, transfer_target=transfer_target
                )
            )
        self._watch.ended(self._channel, outcome, stats, time.monotonic() - self._began)
        logger.info("call %s: %s (%s)", self.reference, outcome, reason)
