"""Tickets within one transaction: masked, joined with earlier reports of the same, followed up."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from records import calls, events
from records.drafts import TicketEntry, TicketStatus
from records.errors import RecordsError, UnknownRecord
from records.masking import Kind, mask
from records.nearby import WITHIN, Whereabouts, same_place
from records.phone import hash_number
from records.plain import finite, plain_json
from records.tables import TicketEventRow, TicketRow
from records.views import TicketEventRecord, TicketRecord

KEPT_AFTER_CLOSING = timedelta(days=90)  #: requirements, table R-ret: message for a service
KEPT_AT_MOST = timedelta(days=365)

_DRAWS = 100
_AT_ONCE = 500  #: ids in one statement


def add(
    session: Session, entry: TicketEntry, now: datetime, hash_key: bytes, draw: Callable[[], str]
) -> TicketRecord:
    """Write a ticket. A report of something already reported joins it, and is counted there.

    A reference that another ticket has is replaced; the event `reference_changed` keeps the one
    that the caller heard, so that the ticket can still be found by hand.
    """
    if entry.call_id is not None:
        calls.find(session, entry.call_id)
    if entry.goes_on and (begun := _begun(session, entry)) is not None:
        return _go_on(session, begun, entry, now, hash_key)
    fields, masked = _masked(entry.fields)
    reference = _free_reference(session, entry.reference, draw)
    earlier = _earlier(session, entry, fields, now)
    row = TicketRow(
        id=uuid.uuid4().hex,
        call_id=entry.call_id,
        kind=entry.kind,
        reference=reference,
        service=entry.service,
        status=TicketStatus.OPEN,
        fields=fields,
        complete=entry.complete,
        created_at=now,
        due_on=entry.due_on,
        closed_at=None,
        erase_on=(now + KEPT_AT_MOST).date(),
        contact_hash=hash_number(_e164(fields.get("phone", "")), hash_key),
        joined_to=earlier.id if earlier else None,
        count=1,
        lat=finite(entry.lat),
        lon=finite(entry.lon),
        street=mask(entry.street)[0],
        assigned_to="",
    )
    session.add(row)
    session.flush()
    add_event(session, row.id, "created", {"complete": entry.complete}, now)
    if reference != entry.reference:
        add_event(session, row.id, "reference_changed", {"spoken": entry.reference}, now)
    if earlier is not None:
        earlier.count += 1
        row.count = earlier.count
        add_event(session, earlier.id, "joined", {"ticket": row.reference}, now)
    if masked and entry.call_id is not None:
        kinds = [kind.value for kind in masked]
        events.add(session, entry.call_id, "masked", {"ticket": reference, "kinds": kinds}, now)
    return snapshot(session, row)


def _begun(session: Session, entry: TicketEntry) -> TicketRow | None:
    """The ticket that this one goes on with; None when a service acted on it already."""
    row = _row(session, entry.reference)
    if row is None or row.complete or row.kind != entry.kind:
        return None
    return row if row.status == TicketStatus.OPEN else None


def _go_on(
    session: Session, row: TicketRow, entry: TicketEntry, now: datetime, hash_key: bytes
) -> TicketRecord:
    """Fill an incomplete ticket with what the caller told later."""
    fields, _ = _masked(entry.fields)
    row.fields, row.complete = fields, entry.complete
    row.service, row.due_on = entry.service, entry.due_on
    row.contact_hash = hash_number(_e164(fields.get("phone", "")), hash_key)
    row.lat, row.lon = finite(entry.lat), finite(entry.lon)
    row.street = mask(entry.street)[0]
    earlier = _earlier(session, entry, fields, now, but=row.id)
    if earlier is not None:
        earlier.count += 1
        row.joined_to, row.count = earlier.id, earlier.count
        add_event(session, earlier.id, "joined", {"ticket": row.reference}, now)
    add_event(session, row.id, "went_on", {"complete": entry.complete}, now)
    return snapshot(session, row)


def _masked(fields: Mapping[str, str]) -> tuple[dict[str, str], tuple[Kind, ...]]:
    found: dict[Kind, None] = {}
    kept = {}
    for name, value in fields.items():
        kept[name], kinds = mask(value)
        found.update(dict.fromkeys(kinds))
    return kept, tuple(found)


def _free_reference(session: Session, wanted: str, draw: Callable[[], str]) -> str:
    reference = wanted
    for _ in range(_DRAWS):
        if _row(session, reference) is None:
            return reference
        reference = draw()
    raise RecordsError(f"no free ticket reference in {_DRAWS} draws: too many tickets are kept")


def _earlier(
    session: Session, entry: TicketEntry, fields: Mapping[str, str], now: datetime, but: str = ""
) -> TicketRow | None:
    """The first recent ticket that is not closed on the same problem, near the same place."""
    problem = fields.get("problem", "")
    if not problem or not entry.complete:
        return None
    here = Whereabouts.of(entry.lat, entry.lon, entry.street, fields)
    recent = select(TicketRow).where(
        TicketRow.kind == entry.kind,
        TicketRow.status != TicketStatus.CLOSED,
        TicketRow.joined_to.is_(None),
        TicketRow.created_at >= now - WITHIN,
        TicketRow.id != but,  # a ticket that goes on is not its own twin
    )
    for row in session.scalars(recent.order_by(TicketRow.created_at, TicketRow.id)):
        there = Whereabouts.of(row.lat, row.lon, row.street, row.fields)
        if row.complete and row.fields.get("problem") == problem and same_place(here, there):
            return row
    return None


def _e164(phone: str) -> str:
    """A national number as the call's own number is written, so that both hash alike."""
    digits = "".join(c for c in phone if c.isdigit())
    return f"+33{digits[1:]}" if len(digits) == 10 and digits[0] == "0" else digits


def add_event(
    session: Session, ticket_id: str, kind: str, data: Mapping[str, object], at: datetime
) -> None:
    """Append to the history of a ticket."""
    session.add(
        TicketEventRow(ticket_id=ticket_id, at=at, kind=kind, data=plain_json(data, "data"))
    )
    session.flush()


def set_status(
    session: Session, reference: str, status: TicketStatus, now: datetime
) -> TicketRecord:
    """Move a ticket on; closing it sets the day from which it is erased."""
    row = find(session, reference)
    row.status = status
    row.closed_at = now if status is TicketStatus.CLOSED else None
    latest = row.created_at + KEPT_AT_MOST
    kept = min(latest, now + KEPT_AFTER_CLOSING) if row.closed_at else latest
    row.erase_on = kept.date()
    add_event(session, row.id, "status", {"status": status.value}, now)
    return snapshot(session, row)


def _row(session: Session, reference: str) -> TicketRow | None:
    return session.scalars(select(TicketRow).where(TicketRow.reference == reference)).first()


def find(session: Session, reference: str) -> TicketRow:
    """The ticket with this reference.

    Raises:
        UnknownRecord: there is none.
    """
    row = _row(session, reference)
    if row is None:
        raise UnknownRecord(f"no ticket has the reference {reference!r}")
    return row


def open_(session: Session) -> tuple[TicketRecord, ...]:
    """The tickets that no service has closed, the most urgent deadline first."""
    left = select(TicketRow).where(TicketRow.status != TicketStatus.CLOSED)
    rows = session.scalars(left.order_by(TicketRow.due_on, TicketRow.created_at, TicketRow.id))
    return tuple(snapshot(session, row) for row in rows)


def of_call(session: Session, call_id: str) -> tuple[TicketRecord, ...]:
    """The tickets that one call left, oldest first."""
    left = select(TicketRow).where(TicketRow.call_id == call_id)
    rows = session.scalars(left.order_by(TicketRow.created_at, TicketRow.id))
    return tuple(snapshot(session, row) for row in rows)


def to_erase(session: Session, day: date) -> tuple[str, ...]:
    """References of the tickets whose retention is over on this day."""
    over = select(TicketRow.reference).where(TicketRow.erase_on <= day)
    return tuple(session.scalars(over.order_by(TicketRow.reference)))


def snapshots(session: Session, rows: Sequence[TicketRow]) -> tuple[TicketRecord, ...]:
    """The rows and their histories as frozen values, in their order."""
    history: dict[str, list[TicketEventRecord]] = {}
    for at in range(0, len(rows), _AT_ONCE):
        ids = [row.id for row in rows[at : at + _AT_ONCE]]
        happened = select(TicketEventRow).where(TicketEventRow.ticket_id.in_(ids))
        for e in session.scalars(happened.order_by(TicketEventRow.id)):
            event = TicketEventRecord(at=e.at, kind=e.kind, data=dict(e.data))
            history.setdefault(e.ticket_id, []).append(event)
    return tuple(_frozen(row, tuple(history.get(row.id, ()))) for row in rows)


def snapshot(session: Session, row: TicketRow) -> TicketRecord:
    """The row and its history as a frozen value."""
    return snapshots(session, (row,))[0]


def _frozen(row: TicketRow, history: tuple[TicketEventRecord, ...]) -> TicketRecord:
    return TicketRecord(
        id=row.id,
        call_id=row.call_id,
        kind=row.kind,
        reference=row.reference,
        service=row.service,
        status=row.status,
        fields=dict(row.fields),
        complete=row.complete,
        created_at=row.created_at,
        due_on=row.due_on,
        closed_at=row.closed_at,
        erase_on=row.erase_on,
        joined_to=row.joined_to,
        count=row.count,
        lat=row.lat,
        lon=row.lon,
        street=row.street,
        assigned_to=row.assigned_to,
        events=history,
    )
