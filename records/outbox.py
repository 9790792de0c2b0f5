"""The outbox within one transaction: written, tried, then sent or given up, and nothing kept.

    waiting ──tried──► waiting, due later ──► sent
       │                    └── too often, too old, refused ──► failed
       └── erased by number ──► erased

Only a waiting message has an address and a text; the database itself refuses the contrary. What is
left is the proof: when it was sent, by which means, in how many parts, for which call.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from records import calls, events, tickets
from records.errors import RecordsError, UnknownRecord
from records.masking import Kind, mask
from records.outbox_drafts import MACHINES, Means, OutboxEntry, OutboxRecord, SendingState
from records.phone import hash_number
from records.tables import OutboxRow

MOST_PER_DAY = 5  #: messages to one number or address, so that nobody is pestered through the town
LONGEST_REMOTE = 200  #: characters of the number that another system gives
_DAY = timedelta(days=1)
_OVERSEAS = re.compile(r"\+(?:590|594|596|262)0?(6\d{8})$")  #: their mobiles are national too
_SECRET = frozenset({Kind.NIR, Kind.IBAN, Kind.CARD})  #: never given to a gateway (R13)


def add(
    session: Session, entry: OutboxEntry, now: datetime, hash_key: bytes, *, limited: bool = True
) -> OutboxRecord:
    """Write a message that waits to be sent.

    Args:
        limited: refuse more than `MOST_PER_DAY` to one person; services get all their messages.

    Raises:
        RecordsError: this number or address had enough today.
    """
    if entry.key and (written := session.get(OutboxRow, entry.draw_id())) is not None:
        return snapshot(written)
    if entry.call_id is not None:
        calls.find(session, entry.call_id)
    hashed = hash_number(address_key(entry.to), hash_key)
    if limited and _today(session, hashed, now) >= MOST_PER_DAY:
        raise RecordsError(f"{MOST_PER_DAY} messages were sent to one recipient within a day")
    row = OutboxRow(
        id=entry.draw_id(),
        call_id=entry.call_id,
        ticket_id=entry.ticket_id,
        means=entry.means,
        state=SendingState.WAITING,
        recipient=entry.to,
        recipient_hash=hashed,
        subject=mask(entry.subject, _SECRET)[0],
        body=mask(entry.text, _SECRET)[0],
        parts=entry.parts,
        attempts=0,
        created_at=now,
        due_at=now,
        done_at=None,
        reason="",
    )
    session.add(row)
    session.flush()
    return snapshot(row)


def _today(session: Session, hashed: str, now: datetime) -> int:
    recent = select(func.count()).where(
        OutboxRow.recipient_hash == hashed, OutboxRow.created_at > now - _DAY
    )
    return session.scalar(recent) or 0


def address_key(to: str) -> str:
    """What is hashed: a national number as the call's own is written, an address in small letters.

    So erasure by number finds the calls of a person and what was sent to it alike.
    """
    if "@" in to:
        return to.strip().lower()
    digits = "".join(c for c in to if c.isdigit() or c == "+")
    digits = _OVERSEAS.sub(r"+33\1", digits)
    return f"+33{digits[1:]}" if len(digits) == 10 and digits[0] == "0" else digits


def due(session: Session, means: Means, now: datetime, limit: int) -> tuple[OutboxRecord, ...]:
    """The messages to try now, the oldest first.

    Another system is told of a ticket's events in their order: a later one waits for the earlier.
    """
    waiting = select(OutboxRow).where(
        OutboxRow.state == SendingState.WAITING, OutboxRow.means == means, OutboxRow.due_at <= now
    )
    if means in MACHINES:
        before = aliased(OutboxRow)
        earlier = select(before.id).where(
            before.state == SendingState.WAITING,
            before.ticket_id == OutboxRow.ticket_id,
            before.recipient == OutboxRow.recipient,
            before.means == OutboxRow.means,
            (before.created_at < OutboxRow.created_at)
            | ((before.created_at == OutboxRow.created_at) & (before.id < OutboxRow.id)),
        )
        waiting = waiting.where(~earlier.exists())
    rows = session.scalars(waiting.order_by(OutboxRow.due_at, OutboxRow.id).limit(limit))
    return tuple(snapshot(row) for row in rows)


def trying(session: Session, message_id: str, again_at: datetime) -> OutboxRecord:
    """Count an attempt before it is made: a server killed in the middle tries again then.

    Raises:
        UnknownRecord: no such message waits.
    """
    row = _waiting(session, message_id)
    row.attempts += 1
    row.due_at = again_at
    return snapshot(row)


def sent(session: Session, message_id: str, now: datetime, remote: str = "") -> OutboxRecord:
    """It left: forget the address and the text, keep the proof.

    Args:
        remote: the number that the other system gave.
    """
    row = _close(_waiting(session, message_id), SendingState.SENT, now)
    told = {"parts": row.parts, "attempts": row.attempts, **_machine(row)}
    if remote:
        told["remote"] = mask(remote[:LONGEST_REMOTE])[0]
    _tell(session, row, "message_sent", told, now)
    return snapshot(row)


def failed(session: Session, message_id: str, reason: str, now: datetime) -> OutboxRecord:
    """Given up: forget the address and the text, tell the supervisors.

    Args:
        reason: for people, without the address.
    """
    row = _close(_waiting(session, message_id), SendingState.FAILED, now)
    row.reason = mask(reason)[0]
    told = {"reason": row.reason, "attempts": row.attempts, **_machine(row)}
    _tell(session, row, "message_failed", told, now)
    return snapshot(row)


def note(session: Session, message_id: str, reason: str) -> None:
    """Why the last attempt did not succeed; the next one is due later."""
    _waiting(session, message_id).reason = mask(reason)[0]


def expire(
    session: Session, before: datetime, now: datetime, means: Collection[Means] = tuple(Means)
) -> int:
    """Give up messages that wait since before a moment: a gateway was off, or is no more."""
    old = select(OutboxRow.id).where(
        OutboxRow.state == SendingState.WAITING,
        OutboxRow.created_at < before,
        OutboxRow.means.in_(means),
    )
    ids = list(session.scalars(old))
    for message_id in ids:
        failed(session, message_id, "not sent in time", now)
    return len(ids)


def erase(session: Session, to: str, now: datetime, hash_key: bytes) -> int:
    """Erase what concerns a number or address: what waits is not sent, proofs lose the hash."""
    hashed = hash_number(address_key(to), hash_key)
    return erase_rows(session, OutboxRow.recipient_hash == hashed, now)


def erase_rows(session: Session, where: ColumnElement[bool], now: datetime) -> int:
    """The same for the messages that a condition names, where something is left to erase."""
    left = (OutboxRow.recipient_hash != "") | (OutboxRow.state == SendingState.WAITING)
    rows = list(session.scalars(select(OutboxRow).where(where, left)))
    for row in rows:
        if row.state is SendingState.WAITING:
            _close(row, SendingState.ERASED, now)
        row.recipient_hash = ""
    session.flush()
    return len(rows)


def of_call(session: Session, call_id: str) -> tuple[OutboxRecord, ...]:
    """What one call sent, oldest first."""
    rows = select(OutboxRow).where(OutboxRow.call_id == call_id)
    ordered = rows.order_by(OutboxRow.created_at, OutboxRow.id)
    return tuple(snapshot(row) for row in session.scalars(ordered))


def given_up(session: Session, since: datetime) -> tuple[OutboxRecord, ...]:
    """Messages that failed since a moment, newest first: for supervisors."""
    rows = select(OutboxRow).where(
        OutboxRow.state == SendingState.FAILED, OutboxRow.done_at >= since
    )
    ordered = rows.order_by(OutboxRow.done_at.desc(), OutboxRow.id)
    return tuple(snapshot(row) for row in session.scalars(ordered))


def _waiting(session: Session, message_id: str) -> OutboxRow:
    row = session.get(OutboxRow, message_id)
    if row is None or row.state is not SendingState.WAITING:
        raise UnknownRecord(f"no message {message_id!r} waits to be sent")
    return row


def _close(row: OutboxRow, state: SendingState, now: datetime) -> OutboxRow:
    row.state, row.done_at = state, now
    row.recipient = row.body = row.reason = ""
    if row.means not in MACHINES:
        row.subject = ""
    return row


def _machine(row: OutboxRow) -> dict[str, object]:
    """Which system was told of what, where it is one."""
    return {"subject": row.subject} if row.means in MACHINES else {}


def _tell(
    session: Session, row: OutboxRow, kind: str, data: Mapping[str, object], now: datetime
) -> None:
    """An event of the call and of the ticket: supervisors read those."""
    told = {"means": row.means.value, "message": row.id, **data}
    session.flush()
    if row.call_id is not None:
        events.add(session, row.call_id, kind, told, now)
    if row.ticket_id is not None:
        tickets.add_event(session, row.ticket_id, kind, told, now)


def snapshot(row: OutboxRow) -> OutboxRecord:
    """The row as a frozen value."""
    return OutboxRecord(
        id=row.id,
        call_id=row.call_id,
        ticket_id=row.ticket_id,
        means=row.means,
        state=row.state,
        to=row.recipient,
        subject=row.subject,
        text=row.body,
        parts=row.parts,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        done_at=row.done_at,
        reason=row.reason,
    )
