"""What a decision leaves behind is durable before anything is said of it."""

from __future__ import annotations

import asyncio

from dialog.decision import Decision
from dialog.desk import Desk
from telephony.ledger import Ledger


def leaves(decision: Decision) -> bool:
    """Whether there is something to write before the reply."""
    return bool(decision.tickets or decision.sends)


async def write(decision: Decision, desk: Desk, ledger: Ledger) -> Decision:
    """Write tickets, messages and codes; the decision, or what is said when that failed.

    Shielded: an interruption may cancel the reply, never the writing.
    """
    if decision.refused:
        await asyncio.shield(ledger.refuse(decision.refused))
    if (given := decision.resume) is not None:
        safe_code = await asyncio.shield(ledger.offer(given, decision.state))
        return decision if safe_code else desk.not_resumable(decision.state)
    if not leaves(decision):
        return decision
    tickets = [ledger.ticket(ticket) for ticket in decision.tickets]
    sends = [ledger.send(message) for message in decision.sends]
    safe = await asyncio.shield(asyncio.gather(*tickets, *sends))
    if all(safe):
        return decision
    if all(safe[: len(tickets)]):
        return desk.not_sent(decision.state)
    return desk.not_written(decision.state, decision.tickets[0].service)
