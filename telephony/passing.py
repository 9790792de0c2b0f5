"""Passes the caller of one conversation on: one desk, then a second, and no silence meanwhile."""

from __future__ import annotations

import asyncio
import logging

from dialog.desk import Desk
from dialog.reply import Reply
from dialog.state import State
from telephony.call import Call, CallerGone, Handover, TransferRefused
from telephony.hold_on import hold_on
from telephony.ledger import Ledger
from telephony.mouth import Manner, Mouth
from telephony.waiting import Sleep

logger = logging.getLogger("allomairie.telephony")


class Passing:
    """Transfers of one call.

    Args:
        sleep: waits for seconds.
    """

    def __init__(self, call: Call, desk: Desk, ledger: Ledger, sleep: Sleep) -> None:
        self._call = call
        self._desk = desk
        self._ledger = ledger
        self._sleep = sleep

    async def to(self, reply: Reply, state: State, mouth: Mouth, *, ring_s: float) -> str:
        """Ring the desks of a reply's service; returns the one that has the caller.

        Args:
            ring_s: for each of them.

        Raises:
            CallerGone: the caller hung up.
            TransferRefused: nobody took the call; the caller is still here.
        """
        service = self._desk.town.service(reply.transfer_to or "")
        told = self._desk.for_desk(reply.summary)
        handover = Handover(
            service=service.name,
            reference=self._ledger.reference,
            announcement=told.announcement,
            keys=told.keys,
            farewell=told.farewell,
            speak=mouth.for_desk,
        )
        await self._ledger.event("transfer_asked", service=service.id, summary=reply.summary)
        holding = asyncio.create_task(self._hold_on(state, mouth))
        refusal = TransferRefused("the service has no extension")
        try:
            for target in self._desk.town.targets(service.id, reply.extension):
                try:
                    await self._call.transfer(target, timeout_s=ring_s, handover=handover)
                except CallerGone:
                    raise
                except TransferRefused as error:
                    refusal = error
                    await self._ledger.event(
                        "transfer_failed", service=service.id, reason=str(error), target=target
                    )
                else:
                    return target
            raise refusal
        finally:
            holding.cancel()
            await asyncio.wait({holding})

    async def _hold_on(self, state: State, mouth: Mouth) -> None:
        async def say() -> None:
            reply = self._desk.waiting(state)
            manner = Manner(reply.language, state.speed, keep=True)
            await mouth.say(mouth.clauses(reply.say, manner), manner)

        try:
            await hold_on(mouth, say, self._sleep)
        except Exception:
            logger.exception("the caller waits in silence while a desk rings")
