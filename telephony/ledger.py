"""Writes one call into the records as it happens, and one line a turn into the log.

A database that fails costs the memory of the call, never the call: each failed write is logged and
the conversation goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from dialog.outgoing import Outgoing
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
    mask_number,
)
from telephony.call import CallInfo
from telephony.ears import Utterance

logger = logging.getLogger("allomairie.call")

T = TypeVar("T")


async def _tried(write: Awaitable[T]) -> T | None:
    """The result of a write, None when the database refused it."""
    try:
        return await write
    except RecordsError:
        logger.exception("a call goes on without being written down")
        return None


class Ledger:
    """The memory of one call. Every method returns once the write is durable, or has failed."""

    def __init__(self, records: AsyncRecords, call: CallRecord | None) -> None:
        self._records = records
        self._call = call
        self._turns = 0
        self._unrefused = ""  #: what the caller refused while the database failed
        self._resumption: Resumption | None = None  #: what the caller was given to go on in writing

    @classmethod
    async def open(cls, records: AsyncRecords, info: CallInfo) -> Ledger:
        """Remember that a call arrived."""
        draft = CallDraft(
            channel=Channel(info.channel),
            line=info.dialled,
            caller_number=info.caller,
            sip_call_id=info.sip_call_id,
        )
        call = await _tried(records.start_call(draft))
        logger.info(
            "call %s: %s from %s on line %s",
            call.reference if call else "-",
            info.channel,
            mask_number(info.caller) or "anonymous",
            mask_number(info.dialled),
        )
        return cls(records, call)

    @property
    def reference(self) -> str:
        """Six digits that name the call in logs; '-' when it is not written down."""
        return self._call.reference if self._call else "-"

    async def answered(self) -> None:
        """The call is established."""
        if self._call is not None:
            await _tried(self._records.answered(self._call.id))

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
            self._turns += 1
        if self._call is None:
            return None
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
        return await _tried(self._records.add_turn(self._call.id, draft))

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
        if turn_id is not None:
            await _tried(
                self._records.finish_turn(
                    turn_id,
                    played=self._without_code(played),
                    interrupted=interrupted,
                    timings=timings,
                )
            )
        logger.info(
            "call %s turn %d: %s sheet=%s confidence=%.2f%s %s",
            self.reference,
            self._turns,
            reply.action,
            reply.sheet or "-",
            reply.confidence,
            " interrupted" if interrupted else "",
            " ".join(f"{name}={ms:.0f}ms" for name, ms in timings.items()),
        )

    async def ticket(self, draft: TicketDraft) -> bool:
        """Write what the caller leaves; returns whether it is safe, and may be said to be."""
        written = await _tried(self._records.add_ticket(self._entry(draft)))
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
        written = await _tried(self._records.outbox.add(entry))
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
        await _tried(self._records.keep_resumption(given.reference, kept))

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
            await _tried(self._records.alerts.add(self._call.id, kind, words))

    async def refuse(self, what: str) -> None:
        """The caller refuses "recording" or "transcription": done now, or tried again at the end.

        A refused transcription empties what was written of the call, and what will be.
        """
        if self._call is None:
            return
        forgotten = await _tried(self._records.refuse(self._call.id, what))
        self._unrefused = "" if forgotten is not None else what
        logger.info("call %s: the caller refuses the %s", self.reference, what)

    async def event(self, kind: str, **data: object) -> None:
        """Something that is not a turn: a key, a barge-in, a transfer."""
        if self._call is not None:
            await _tried(self._records.add_event(self._call.id, kind, data))

    async def close(
        self, outcome: Outcome, reason: str, stats: MediaStats, *, transfer_target: str = ""
    ) -> None:
        """The call is over."""
        if self._unrefused:
            await self.refuse(self._unrefused)
        if self._call is not None:
            await _tried(
                self._records.end_call(
                    self._call.id, outcome, reason, stats, transfer_target=transfer_target
                )
            )
        logger.info("call %s: %s (%s)", self.reference, outcome, reason)
