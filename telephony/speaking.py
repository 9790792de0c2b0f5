"""One call's replies on their way to the caller: said, cut short, gone on with, written down.

say ─► the clauses ─► heard to the end
          └ cut by the caller ─► what was left is kept, and `take_unsaid` goes on with it
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dialog.course import Course, Stage, begins
from dialog.decision import Decision
from dialog.desk import Desk
from dialog.emergencies import said_twice
from dialog.manners import SLOW
from dialog.reply import Action, Reply, Said
from telephony.call import Call
from telephony.cause import Cause
from telephony.ledger import Ledger
from telephony.mouth import Manner, Mouth
from voice.recognition import Heard
from voice.speaker import Clause


class Speaking:
    """What is being said in one call, and what of it was heard."""

    def __init__(self, call: Call, desk: Desk, ledger: Ledger, course: Course) -> None:
        self._call = call
        self._desk = desk
        self._ledger = ledger
        self._course = course
        self._mouth: Mouth | None = None
        self._spoken: list[str] = []  #: clauses of the reply being said
        self.saying = False
        self.unsaid: tuple[Reply, list[str]] | None = None  #: what an interruption cut
        self.insisting = False  #: an emergency's numbers are about to be said, and may not be cut

    def attach(self, mouth: Mouth) -> None:
        """The mouth needs the processor that pushes its frames, so it comes later."""
        self._mouth = mouth

    @property
    def mouth(self) -> Mouth:
        """What this call speaks with."""
        if self._mouth is None:
            raise RuntimeError("attach() was not called")
        return self._mouth

    async def warm(self, decision: Decision) -> None:
        """Have the first clause rendered before it is sure that it will be said."""
        manner = _manner(decision)
        if clauses := self._clauses(decision.reply, manner):
            await self.mouth.warm(clauses[0], manner)

    async def aside(self, reply: Reply, speed: float) -> None:
        """Say a fixed sentence that is no turn."""
        manner = Manner(reply.language, speed, keep=True)
        await self.mouth.say(self.mouth.clauses(reply.say, manner), manner)

    async def say(self, decision: Decision, cause: Cause) -> None:
        """Say a reply and write down what of it was heard."""
        reply = decision.reply
        if not reply.say:
            self.insisting = False
            self._course.on(begins(decision))
            return
        manner = _manner(decision)
        clauses = self._clauses(reply, manner)
        writing = asyncio.ensure_future(
            self._ledger.begin(reply, cause.utterance, keys=cause.keys, greeting=cause.greeting)
        )
        await self._call.publish({"who": "bot", "text": reply.say, "sheet": reply.sheet or ""})
        if self._course.stage is not Stage.GREETING:
            self._course.on(begins(decision))
        alert = self._alert(reply, cause)
        self.saying, self.unsaid, self._spoken = True, None, clauses
        if reply.action is not Action.EMERGENCY:
            self.insisting = False
        interrupted = True
        try:
            await self.mouth.say(clauses, manner)
            interrupted = False
        finally:
            self.saying = self.insisting = False
            heard, left = self.mouth.playout.split()
            said = len(self.mouth.playout.clauses)
            if interrupted and (rest := left + clauses[said:]):
                self.unsaid = (reply, rest)
            timings = cause.timings(reply, self.mouth.playout.first_sound_at)
            await asyncio.shield(alert)
            # shielded: an interruption may cancel the talking, never the remembering
            await asyncio.shield(
                self._finish(writing, reply, heard, interrupted=interrupted, timings=timings)
            )

    def only_listens(self, text: str, *, asked: bool) -> bool:
        """Whether words over the bot's speech leave it the floor: "d'accord" in an explanation.

        Args:
            asked: whether the reply asks something: "oui" over its end is the answer.
        """
        left = self.unsaid[1] if self.unsaid else self.mouth.playout.split()[1]
        return self._desk.is_backchannel(text) and not (asked and len(left) <= 1)

    def insists(self) -> bool:
        """Whether the caller may not cut in: an emergency's numbers are not said twice yet."""
        if self.insisting and self.saying:
            heard, _ = self.mouth.playout.split()
            self.insisting = not said_twice(heard, " ".join(self._spoken))
        return self.insisting

    async def take_unsaid(self) -> Reply | None:
        """The rest of a reply from the clause that was cut, or None; once."""
        unsaid, self.unsaid = self.unsaid, None
        if unsaid is None:
            return None
        reply, clauses = unsaid
        await self._ledger.event("resumed", clauses=len(clauses))
        parts = tuple(Said(c, c.language) for c in clauses if isinstance(c, Clause))
        return replace(reply, say=" ".join(clauses), parts=parts)

    def _alert(self, reply: Reply, cause: Cause) -> asyncio.Future[None]:
        """Tell the supervisors of an emergency while it is answered; neither waits."""
        kind, heard = "", cause.utterance.heard if cause.utterance else Heard.nothing()
        if reply.action is Action.EMERGENCY:
            kind = self._desk.emergency_kind(heard.text, heard.alternatives)
            if not kind and cause.utterance is not None and cause.utterance.urgent:
                kind = "other"  # told in another language
        told = self._ledger.alert(kind, heard.text) if kind else asyncio.sleep(0)
        return asyncio.ensure_future(told)

    async def _finish(
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

    def _clauses(self, reply: Reply, manner: Manner) -> list[str]:
        """What is said, clause by clause, each in its language."""
        if not reply.parts:
            return self.mouth.clauses(reply.say, manner)
        parts = [(part.text, part.language) for part in reply.parts]
        return self.mouth.clauses_in(parts, manner)


def _manner(decision: Decision) -> Manner:
    reply = decision.reply
    # validated words and fixed sentences come again; anything else is said once
    keep = reply.fixed or bool(reply.sheet)
    # whoever needs two languages is not at home in either
    speed = min(decision.state.speed, SLOW) if reply.parts else decision.state.speed
    return Manner(reply.language, speed, keep)
