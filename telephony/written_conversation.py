"""One conversation in writing: the desk decides, the ledger remembers, nothing else is held.

words ─► desk (in a thread) ─► adapted to writing ─► written down ─► answered
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from dialog.desk import Decision, Desk
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.written import Choice
from records import MediaStats, Outcome
from telephony.ledger import Ledger
from telephony.watching import CALL

logger = logging.getLogger("allomairie.telephony")

Clock = Callable[[], datetime]
AT_ONCE = 4  #: turns decided at the same time: the callers' threads are not to be taken
_KEY = re.compile(r"[0-9*#]")
_TASK_KEYS = "0*#"  #: inside a form, other figures may be the answer


@dataclass(frozen=True)
class Answer:
    """What the visitor reads next."""

    text: str
    choices: tuple[Choice, ...] = ()
    ended: bool = False


class Conversation:
    """One visitor's conversation. Turns come one after the other; `busy` refuses another."""

    def __init__(
        self, desk: Desk, ledger: Ledger, clock: Clock, thread: asyncio.Semaphore, *, seen_at: float
    ) -> None:
        """
        Args:
            thread: shared by all conversations.
            seen_at: seconds, monotonic.
        """
        self.id = secrets.token_urlsafe(12)
        self.token = secrets.token_urlsafe(32)
        self.seen_at = seen_at
        self.reference = ""  #: by which it was found again; empty when it began here
        self.ended = False
        self._desk = desk
        self._ledger = ledger
        self._clock = clock
        self._thread = thread
        self._state = State(written=True)
        self._turn = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether a turn is being decided."""
        return self._turn.locked()

    @property
    def state(self) -> State:
        """What it remembers."""
        return self._state

    async def begin(self) -> Answer:
        """Greet."""
        async with self._turn:
            await self._ledger.answered()
            return await self._answer(self._desk.written.greeting(), greeting=True)

    async def go_on(self, state: State) -> Answer:
        """Go on with the state of a call."""
        async with self._turn:
            await self._ledger.answered()
            decision = self._desk.written.resumed(state, self._clock())
            return await self._answer(decision, greeting=True)

    async def hear(self, text: str) -> Answer:
        """One turn of the visitor."""
        async with self._turn:
            CALL.set(self._ledger.reference)
            if self.ended:
                return Answer("", ended=True)
            return await self._answer(await self._decide(text), typed=text)

    async def leave(self, outcome: Outcome, reason: str) -> None:
        """End it: what is known of a form is kept as an incomplete ticket."""
        async with self._turn:
            await self._end(outcome, reason)

    # -- how a turn goes ---------------------------------------------------------------------

    async def _decide(self, text: str) -> Decision:
        try:
            async with self._thread:
                decision = await asyncio.to_thread(self._ask, text)
        except Exception:
            logger.exception("the desk failed; stepping down")
            self._ledger.broke("decision")
            decision = self._desk.breakdown(self._state, at=self._clock())
        return self._desk.written.adapt(decision, self._clock())

    def _ask(self, text: str) -> Decision:
        """A key alone means what it means on a telephone; all else is words."""
        state, at = self._state, self._clock()
        if _KEY.fullmatch(text) and (state.task is None or text in _TASK_KEYS):
            return self._desk.keys(state, text, at=at)
        return self._desk.hear(state, text, at=at)

    async def _answer(
        self, decision: Decision, *, typed: str = "", greeting: bool = False
    ) -> Answer:
        if decision.refused:
            await self._ledger.refuse(decision.refused)
        decision = await self._written(decision)
        self._state = decision.state
        await self._ledger.keep(self._state)
        reply = decision.reply
        await self._alert(reply, typed)
        turn = await self._ledger.begin(reply, None, greeting=greeting, typed=typed)
        timings = {"decide": round(reply.ms, 1)}
        await self._ledger.finish(turn, reply, played=reply.say, interrupted=False, timings=timings)
        if reply.ends_call:
            await self._end(Outcome.COMPLETED, "goodbyes were written")
        return Answer(reply.say, self._choices(reply), ended=self.ended)

    async def _written(self, decision: Decision) -> Decision:
        """Write what a decision leaves, so that nothing is read of what could be lost."""
        if decision.refused:
            await self._ledger.refuse(decision.refused)
        tickets = [await self._ledger.ticket(ticket) for ticket in decision.tickets]
        sends = [await self._ledger.send(message) for message in decision.sends]
        if all(tickets) and all(sends):
            return decision
        if all(tickets):
            lost = self._desk.not_sent(decision.state)
        else:
            lost = self._desk.not_written(decision.state, decision.tickets[0].service)
        return self._desk.written.adapt(lost, self._clock())

    async def _alert(self, reply: Reply, typed: str) -> None:
        """The supervisors are told of an emergency before it is answered."""
        if reply.action is Action.EMERGENCY and (kind := self._desk.emergency_kind(typed)):
            await self._ledger.alert(kind, typed)

    def _choices(self, reply: Reply) -> tuple[Choice, ...]:
        return () if reply.ends_call else self._desk.written.choices(self._state)

    async def _end(self, outcome: Outcome, reason: str) -> None:
        if self.ended:
            return
        self.ended = True
        left = self._desk.hang_up(self._state, at=self._clock())
        if left is not None:
            await self._ledger.ticket(left)
        await self._ledger.keep(self._state, left)
        self._state = replace(self._state, task=None)
        await self._ledger.close(outcome, reason, MediaStats())
