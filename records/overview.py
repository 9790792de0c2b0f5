"""What is kept of a person at a glance, before it is exported or erased."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records import holds, personal_data
from records.drafts import Outcome
from records.personal_data import Erased, Whose
from records.review_tables import DigestRow
from records.tables import CallRow

MOST_SHOWN = 100  #: calls and tickets
_AT_ONCE = 500  #: ids in one statement
_PROOF = re.compile(
    r"(?P<calls>\d+) calls, (?P<turns>\d+) turns, (?P<tickets>\d+) tickets, "
    r"(?P<messages>\d+) messages; (?P<in_progress>\d+) in progress, (?P<held>\d+) held"
    r"(?:; (?P<about>.*))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCall:
    """One call of a person, without its words."""

    id: str
    reference: str
    started_at: datetime
    line: str
    outcome: str
    turns: int
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much is kept of a person or of some days."""

    calls: int
    turns: int
    tickets: int
    messages: int  #: SMS and e-mails that wait or name the number
    in_progress: int  #: calls that are being held, in the other sense: they go on now
    held: int  #: calls under a legal hold
    shown: tuple[KeptCall, ...]  #: the newest, 100 at most
    references: tuple[str, ...]  #: of the tickets, the newest, 100 at most

    @property
    def nothing(self) -> bool:
        """Whether nothing is kept."""
        return not (self.calls or self.tickets or self.messages)

    @property
    def mark(self) -> str:
        """What tells that more or less is kept than when this was read."""
        return f"{self.calls}-{self.turns}-{self.tickets}-{self.messages}-{self.held}"


def of(session: Session, whose: Whose, hash_key: bytes, now: datetime) -> Kept:
    """Count it; the words stay where they are."""
    calls, tickets = personal_data.found(session, whose, hash_key)
    messages = personal_data.messages_of(session, whose, calls, hash_key)
    held = set(session.scalars(holds.held(now)))
    turns = _turns(session, [call.id for call in calls])
    return Kept(
        calls=len(calls),
        turns=sum(turns.values()),
        tickets=len(tickets),
        messages=len(messages),
        in_progress=sum(call.outcome is Outcome.IN_PROGRESS for call in calls),
        held=len(held & {*(call.id for call in calls), *(one.call_id for one in tickets)}),
        shown=tuple(_line(call, turns, held) for call in sorted(calls, key=_newest)[:MOST_SHOWN]),
        references=tuple(ticket.reference for ticket in reversed(tickets[-MOST_SHOWN:])),
    )


def _newest(call: CallRow) -> float:
    return -call.started_at.timestamp()


def _line(call: CallRow, turns: dict[str, int], held: set[str]) -> KeptCall:
    return KeptCall(
        id=call.id,
        reference=call.reference,
        started_at=call.started_at,
        line=call.line,
        outcome=call.outcome.value,
        turns=turns.get(call.id, 0),
        held=call.id in held,
    )


def _turns(session: Session, ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = DigestRow.call_id.in_(ids[at : at + _AT_ONCE])
        counted = select(DigestRow.call_id, func.sum(DigestRow.turns)).where(some)
        found |= {one: int(n) for one, n in session.execute(counted.group_by(DigestRow.call_id))}
    return found


def proof(erased: Erased, about: str) -> str:
    """What the access log keeps of an erasure: counts, and how it was found."""
    counts = (
        f"{erased.calls} calls, {erased.turns} turns, {erased.tickets} tickets, "
        f"{erased.messages} messages; {erased.in_progress} in progress, {erased.held} held"
    )
    return f"{counts}; {about}" if about else counts


def read_proof(detail: str) -> dict[str, str]:
    """The counts that `proof` wrote, by name, and `about`; empty when it is something else."""
    found = _PROOF.fullmatch(detail)
    return {name: value or "" for name, value in found.groupdict().items()} if found else {}


def with_line(erased: Erased, line: int) -> Erased:
    """The proof with the number of its line in the access log."""
    return replace(erased, log_line=line)
