"""What is kept of one person, or of some days: found, shown, erased, within one transaction.

A number finds the calls it made, the tickets that leave it as contact, and what was sent to it. A
reference finds its ticket or call. Days find the calls that began and the tickets made on them.
A call that is held (`records.holds`) is shown, not erased, and neither is what it left.
GDPR articles 15 and 17; requirements R09 to R12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import DeclarativeBase, Session

from records import holds, outbox, recordings
from records.drafts import Outcome
from records.phone import hash_number
from records.recording_tables import RecordingRow
from records.review_tables import AnnotationRow, DigestRow, HoldRow
from records.tables import (
    AlertRow,
    CallRow,
    EventRow,
    OutboxRow,
    TicketEventRow,
    TicketRow,
    TurnRow,
)

ERASED = "[effacé]"
_AT_ONCE = 500  #: ids in one statement; SQLite takes 999 at least
_FEWEST_DIGITS = 4  #: of a number
_HIDDEN = frozenset(
    {"caller_hash", "contact_hash", "recipient_hash", "sealed_key", "key_id"}
)  #: say nothing to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Exactly one of: a number, a reference, one call, a span of time (`last` excluded)."""

    number: str = ""
    reference: str = ""
    call: str = ""  #: the id of a call, as the pages have it
    first: datetime | None = None
    last: datetime | None = None

    def __post_init__(self) -> None:
        days = self.first is not None or self.last is not None
        if sum((bool(self.number), bool(self.reference), bool(self.call), days)) != 1:
            raise ValueError("give a number, a reference, or two days, and only one of them")
        if days and (self.first is None or self.last is None or self.first >= self.last):
            raise ValueError("give the first and the last day, in this order")
        if self.number and sum(c.isdigit() for c in self.number) < _FEWEST_DIGITS:
            raise ValueError(f"{self.number!r} is no telephone number")
        if self.reference and not (len(self.reference) == 6 and self.reference.isdecimal()):
            raise ValueError(f"{self.reference!r} is no reference: it has six digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The proof: how much of each was erased, and nothing of what it was."""

    at: datetime
    calls: int
    turns: int
    tickets: int
    messages: int  #: SMS and e-mails to the number: waiting ones are not sent
    in_progress: int  #: calls under way, which are left; erase again once they are over
    held: int = 0  #: calls that a legal hold keeps, with what they left
    log_line: int = field(default=0, compare=False)  #: of the access log, which proves it
    ids: tuple[str, ...] = field(default=(), compare=False, repr=False)  #: of the erased calls


def export(session: Session, whose: Whose, hash_key: bytes) -> dict[str, Any]:
    """All that is kept, as JSON values."""
    calls, tickets = found(session, whose, hash_key)
    return {
        "calls": [
            {
                **_shown(call),
                "turns": _rows(session, TurnRow, TurnRow.call_id == call.id),
                "events": _rows(session, EventRow, EventRow.call_id == call.id),
                "recordings": _rows(session, RecordingRow, RecordingRow.call_id == call.id),
                "notes": _rows(session, AnnotationRow, AnnotationRow.call_id == call.id),
                "holds": _rows(session, HoldRow, HoldRow.call_id == call.id),
            }
            for call in calls
        ],
        "tickets": [
            {
                **_shown(ticket),
                "history": _rows(session, TicketEventRow, TicketEventRow.ticket_id == ticket.id),
            }
            for ticket in tickets
        ],
        "messages": [_shown(row) for row in messages_of(session, whose, calls, hash_key)],
        "alerts": [
            one for call in calls for one in _rows(session, AlertRow, AlertRow.call_id == call.id)
        ],
    }


def erase(session: Session, whose: Whose, now: datetime, hash_key: bytes) -> Erased:
    """Delete the calls with their turns, and the tickets; forget what was or will be sent."""
    calls, tickets = found(session, whose, hash_key)
    held = set(session.scalars(holds.held(now)))
    over = [
        call.id for call in calls if call.outcome is not Outcome.IN_PROGRESS and call.id not in held
    ]
    free = [ticket.id for ticket in tickets if ticket.call_id not in held]
    messages = _forget_messages(session, whose, over, free, now, hash_key)
    turns = delete_calls(session, over, now)
    _delete(session, TicketRow.id, free)
    return Erased(
        at=now,
        calls=len(over),
        turns=turns,
        tickets=len(free),
        messages=messages,
        in_progress=sum(call.outcome is Outcome.IN_PROGRESS for call in calls),
        held=len(held & {*(call.id for call in calls), *(one.call_id for one in tickets)}),
        ids=tuple(over),
    )


def calls_before(before: datetime, now: datetime) -> Select[str]:
    """Ids of the calls that began before a moment, are over and are not held."""
    return select(CallRow.id).where(
        CallRow.started_at < before,
        CallRow.outcome != Outcome.IN_PROGRESS,
        CallRow.id.not_in(holds.held(now)),
    )


def delete_calls(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Delete calls and all that hangs on them; tickets stay, alerts keep only their time.

    The keys of their recordings are erased; the files are swept away afterwards.

    Returns:
        How many turns went with them.
    """
    turns = 0
    for some in _chunks(ids):
        spoken = select(TurnRow.id).where(TurnRow.call_id.in_(some), TurnRow.number > 0)
        turns += len(session.scalars(spoken).all())
        for alert in session.scalars(select(AlertRow).where(AlertRow.call_id.in_(some))):
            alert.caller, alert.words = "", ERASED
        recordings.forget(session, recordings.of_calls(some), now, recordings.ERASED)
        session.flush()
        # the digest first and by name: its trigger takes the words out of the search index
        session.execute(delete(DigestRow).where(DigestRow.call_id.in_(some)))
        session.execute(delete(CallRow).where(CallRow.id.in_(some)))
    return turns


def found(session: Session, whose: Whose, hash_key: bytes) -> tuple[list[CallRow], list[TicketRow]]:
    """The calls and the tickets of a person or of some days, oldest first."""
    of_call, of_ticket = _conditions(whose, hash_key)
    calls = list(session.scalars(select(CallRow).where(of_call).order_by(CallRow.started_at)))
    left = [of_ticket]
    if not whose.first:  # what a person left in a call is this person's, whatever number it gives
        left += [TicketRow.call_id.in_([call.id for call in calls])]
    query = select(TicketRow).where(or_(*left)).order_by(TicketRow.created_at)
    return calls, list(session.scalars(query))


def _conditions(whose: Whose, hash_key: bytes) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    if whose.number:
        hashes = _hashes(whose.number, hash_key)
        return CallRow.caller_hash.in_(hashes), TicketRow.contact_hash.in_(hashes)
    if whose.call:
        return CallRow.id == whose.call, TicketRow.call_id == whose.call
    if whose.reference:
        of_ticket = TicketRow.reference == whose.reference
        its_call = select(TicketRow.call_id).where(of_ticket, TicketRow.call_id.is_not(None))
        return or_(CallRow.reference == whose.reference, CallRow.id.in_(its_call)), of_ticket
    return (
        (CallRow.started_at >= whose.first) & (CallRow.started_at < whose.last),
        (TicketRow.created_at >= whose.first) & (TicketRow.created_at < whose.last),
    )


def _hashes(number: str, hash_key: bytes) -> list[str]:
    """A number as calls, tickets and messages may have written it."""
    plain = "".join(c for c in number if c.isdigit() or c == "+")
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    e164 = outbox.address_key(plain)
    national = f"0{e164[3:]}" if e164.startswith("+33") else e164
    return [hash_number(one, hash_key) for one in dict.fromkeys((number, plain, e164, national))]


def messages_of(
    session: Session, whose: Whose, calls: Sequence[CallRow], hash_key: bytes
) -> list[OutboxRow]:
    """What was or will be sent to the number, and what the calls sent."""
    sent = [OutboxRow.call_id.in_([call.id for call in calls])]
    if whose.number:
        sent += [OutboxRow.recipient_hash.in_(_hashes(whose.number, hash_key))]
    return list(session.scalars(select(OutboxRow).where(or_(*sent))))


def _forget_messages(
    session: Session,
    whose: Whose,
    calls: Sequence[str],
    tickets: Sequence[str],
    now: datetime,
    hash_key: bytes,
) -> int:
    count = 0
    if whose.number:
        kept = OutboxRow.call_id.in_(holds.held(now))
        to_it = OutboxRow.recipient_hash.in_(_hashes(whose.number, hash_key))
        count = outbox.erase_rows(session, to_it & (OutboxRow.call_id.is_(None) | ~kept), now)
    for column, ids in ((OutboxRow.call_id, calls), (OutboxRow.ticket_id, tickets)):
        for some in _chunks(ids):
            count += outbox.erase_rows(session, column.in_(some), now)
    return count


def _rows(
    session: Session, table: type[DeclarativeBase], where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    return [_shown(row) for row in session.scalars(select(table).where(where))]


def _shown(row: DeclarativeBase) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
        if name not in _HIDDEN and value not in (None, "", {}, [])
    }


def _delete(session: Session, column: Any, ids: Sequence[str]) -> None:
    for some in _chunks(ids):
        session.execute(delete(column.class_).where(column.in_(some)))


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
