"""Admits conversations in writing and owns them while they last; `written_routes.py` is the HTTP.

They are held in memory under a random token; each turn is in the records before it is answered. A
conversation that nobody goes on with ends after a while, as a call does when the caller hangs up.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dialog.desk import Desk
from dialog.resumption import Resumption
from dialog.state import State
from records import AsyncRecords, Outcome, RecordsError, ResumedCall
from telephony.call import CallInfo
from telephony.ledger import Ledger
from telephony.watching import NOBODY, Watch
from telephony.web_calls import Refused
from telephony.written_conversation import AT_ONCE, Answer, Clock, Conversation
from telephony.written_limits import (
    ALL_BUSY,
    DISABLED,
    NO_RESUMING,
    NOT_FOUND,
    ONE_AT_A_TIME,
    OVER,
    STOPPING,
    TOO_FAST,
    UNWRITTEN,
    Limits,
    Rate,
)

logger = logging.getLogger("allomairie.telephony")

SWEEP_S = 20.0


@dataclass(frozen=True)
class Begun:
    """A conversation that a visitor may go on with."""

    id: str
    token: str
    answer: Answer
    earlier: tuple[str, ...] = ()  #: last replies of the call it goes on with


class Writing:
    """The conversations in writing; whoever made it closes it.

    Args:
        enabled: whether one may write at all.
        resume: whether a telephone call may go on here.
        now: the time in the town.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        desk: Desk,
        records: AsyncRecords,
        now: Clock,
        *,
        enabled: bool = True,
        resume: bool = True,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        watch: Watch = NOBODY,
    ) -> None:
        self.enabled = enabled
        self._watch = watch
        self.resumes = enabled and resume
        self._desk = desk
        self._records = records
        self._now = now
        self._limits = limits or Limits()
        self._clock = clock
        self._rate = Rate(clock)
        self._thread = asyncio.Semaphore(AT_ONCE)
        self._conversations: dict[str, Conversation] = {}
        self._arriving = 0
        self._stopping = False
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def active(self) -> int:
        """Conversations arriving or held."""
        return self._arriving + len(self._conversations)

    # -- what a visitor asks -----------------------------------------------------------------

    async def begin(self, visitor: str) -> Begun:
        """Begin a conversation.

        Args:
            visitor: the address it comes from, only compared and never written down.

        Raises:
            Refused: not now.
        """
        await self._admit(visitor)
        with self._arrival():
            conversation, _ = await self._open()
            return await self._hold(conversation, await conversation.begin())

    async def resume(self, visitor: str, reference: str, code: str) -> Begun:
        """Go on with a telephone call.

        Raises:
            Refused: not now, or reference and code do not go together; which of them is not told.
        """
        if not self.resumes:
            raise Refused(NO_RESUMING)
        await self._admit(visitor)
        if not self._rate.take(f"tries {visitor}", self._limits.tries_by_one):
            raise Refused(TOO_FAST)
        with self._arrival():
            found = await self._found(reference, code)
            for one in [one for one in self._conversations.values() if one.reference == reference]:
                await self._end(one, Outcome.HUNG_UP, "went on in another window")
                found = await self._found(reference, code)  # with what was written there
            conversation, ledger = await self._open()
            ledger.goes_on(Resumption(reference, code, 0))
            conversation.reference = reference
            await ledger.event("resumed_call", call=found.call.id)
            answer = await conversation.go_on(_state_of(found))
            earlier = tuple(self._desk.written.text(reply) for reply in found.replies)
            return await self._hold(conversation, answer, earlier)

    async def hear(self, conversation_id: str, token: str, text: str) -> Answer:
        """One turn of a conversation.

        Raises:
            Refused: there is no such conversation, or it is too much.
        """
        conversation = self._find(conversation_id, token)
        if conversation.busy:
            raise Refused(ONE_AT_A_TIME)
        one = self._rate.take(f"turns {conversation.id}", self._limits.turns_of_one)
        if not (one and self._rate.take("turns", self._limits.turns_per_minute)):
            raise Refused(TOO_FAST)
        conversation.seen_at = self._clock()
        answer = await conversation.hear(text)
        conversation.seen_at = self._clock()
        if conversation.ended:
            self._conversations.pop(conversation.id, None)
        return answer

    async def leave(self, conversation_id: str, token: str) -> None:
        """The visitor is gone; a conversation that is over already is not an error."""
        try:
            conversation = self._find(conversation_id, token)
        except Refused:
            return
        await self._end(conversation, Outcome.HUNG_UP, "ended by the visitor")

    # -- conversations -----------------------------------------------------------------------

    async def _admit(self, visitor: str) -> None:
        if not self.enabled:
            raise Refused(DISABLED)
        if self._stopping:
            raise Refused(STOPPING)
        await self.expire()
        if self.active >= self._limits.conversations:
            raise Refused(ALL_BUSY)
        one = self._rate.take(f"begun {visitor}", self._limits.begun_by_one)
        if not (one and self._rate.take("begun", self._limits.begun_per_minute)):
            raise Refused(TOO_FAST)

    async def _found(self, reference: str, code: str) -> ResumedCall:
        try:
            found = await self._records.resume(reference, code)
        except RecordsError as error:
            logger.exception("a call could not be looked for")
            raise Refused(UNWRITTEN) from error
        if found is None:
            logger.info("a call was not found again: unknown reference, wrong code, or locked")
            raise Refused(NOT_FOUND)
        return found

    @contextmanager
    def _arrival(self) -> Iterator[None]:
        self._arriving += 1
        try:
            yield
        finally:
            self._arriving -= 1

    async def _open(self) -> tuple[Conversation, Ledger]:
        ledger = await Ledger.open(self._records, CallInfo(channel="text"), self._watch)
        conversation = Conversation(
            self._desk, ledger, self._now, self._thread, seen_at=self._clock()
        )
        return conversation, ledger

    async def _hold(
        self, conversation: Conversation, answer: Answer, earlier: tuple[str, ...] = ()
    ) -> Begun:
        if self._stopping:
            await conversation.leave(Outcome.INTERRUPTED, "the server stopped")
            raise Refused(STOPPING)
        self._conversations[conversation.id] = conversation
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep())
        return Begun(conversation.id, conversation.token, answer, earlier)

    def _find(self, conversation_id: str, token: str) -> Conversation:
        conversation = self._conversations.get(conversation_id)
        expected = conversation.token if conversation else "-"
        # compared in constant time, and also when there is nothing to compare with
        if not secrets.compare_digest(expected.encode(), token.encode()) or conversation is None:
            raise Refused(OVER)
        return conversation

    async def _end(self, conversation: Conversation, outcome: Outcome, reason: str) -> None:
        self._conversations.pop(conversation.id, None)
        await conversation.leave(outcome, reason)

    async def expire(self) -> int:
        """End the conversations that nobody goes on with; returns how many."""
        since = self._clock() - self._limits.idle_s
        idle = [
            one for one in self._conversations.values() if one.seen_at <= since and not one.busy
        ]
        for one in idle:
            await self._end(one, Outcome.HUNG_UP, "nothing was written for a while")
        return len(idle)

    async def _sweep(self) -> None:
        while self._conversations:
            await asyncio.sleep(SWEEP_S)
            await self.expire()

    # -- the end -----------------------------------------------------------------------------

    def refuse_new(self) -> None:
        """Begin no more conversations; those that are held go on until `close`."""
        self._stopping = True

    async def close(self) -> None:
        """Finish the turns under way and end all conversations; what was begun is kept."""
        self._stopping = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for one in list(self._conversations.values()):
            await self._end(one, Outcome.INTERRUPTED, "the server stopped")


def _state_of(found: ResumedCall) -> State:
    try:
        return State.from_dict(dict(found.state))
    except (TypeError, ValueError, AttributeError):
        logger.warning("the state of call %s is of another version", found.call.reference)
        return State()
