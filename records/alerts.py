"""Alerts within one transaction: an emergency told on the telephone, who was told, who has seen it.

Written before the bot answers, so that a killed server has not forgotten it. The number is masked
from the start: who must call back finds it in the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from records import calls, events
from records.errors import UnknownRecord
from records.masking import mask
from records.phone import mask_number
from records.plain import plain_text
from records.tables import AlertRow

MOST_WORDS = 500  #: characters of what was heard
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """One alert. Times are UTC and carry their zone."""

    id: int
    call_id: str | None
    at: datetime
    kind: str  #: of emergency: "danger", "gas", "suicide", …
    caller: str  #: masked number; empty when anonymous
    words: str  #: what was heard
    told_at: datetime | None  #: when the webhook or the e-mail took it
    attempts: int
    acknowledged_at: datetime | None
    acknowledged_by: str


def add(session: Session, call_id: str, kind: str, words: str, now: datetime) -> AlertRecord:
    """Write an alert; words that the caller refused to leave are not kept."""
    call = calls.find(session, call_id)
    kept = mask(plain_text(words))[0][:MOST_WORDS]
    row = AlertRow(
        call_id=call_id,
        at=now,
        kind=kind,
        caller=mask_number(call.caller_number),
        words=events.FORGOTTEN if events.words_refused(session, call_id) else kept,
        told_at=None,
        attempts=0,
        acknowledged_at=None,
        acknowledged_by="",
    )
    session.add(row)
    session.flush()
    return snapshot(row)


def untold(session: Session, most_attempts: int) -> tuple[AlertRecord, ...]:
    """Alerts that nobody was told of yet and that are worth a try, the oldest first."""
    query = select(AlertRow).where(
        AlertRow.told_at.is_(None),
        AlertRow.acknowledged_at.is_(None),
        AlertRow.attempts < most_attempts,
    )
    return tuple(snapshot(row) for row in session.scalars(query.order_by(AlertRow.id)))


def tried(session: Session, alert_id: int, told_at: datetime | None) -> None:
    """Count an attempt to tell; with a moment it succeeded."""
    row = _find(session, alert_id)
    row.attempts += 1
    row.told_at = row.told_at or told_at


def acknowledge(session: Session, alert_id: int, by: str, now: datetime) -> AlertRecord:
    """A supervisor has seen it; the first one counts.

    Raises:
        UnknownRecord: there is no such alert.
        ValueError: nobody is named.
    """
    name = plain_text(by).strip()[:LONGEST_NAME]
    if not name:
        raise ValueError("an alert is acknowledged by somebody: give a name")
    row = _find(session, alert_id)
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = now, name
    return snapshot(row)


def recent(session: Session, limit: int, *, open_only: bool) -> tuple[AlertRecord, ...]:
    """The last alerts, newest first."""
    query = select(AlertRow).order_by(AlertRow.id.desc()).limit(limit)
    if open_only:
        query = query.where(AlertRow.acknowledged_at.is_(None))
    return tuple(snapshot(row) for row in session.scalars(query))


def per_day(session: Session, zone: ZoneInfo, since: datetime) -> dict[date, int]:
    """How many alerts each day had in the town's time, the last day first."""
    moments = session.scalars(select(AlertRow.at).where(AlertRow.at >= since))
    days: dict[date, int] = {}
    for at in moments:
        day = at.astimezone(zone).date()
        days[day] = days.get(day, 0) + 1
    return dict(sorted(days.items(), reverse=True))


def since(now: datetime, days: int) -> datetime:
    """The moment so many days ago."""
    return now - timedelta(days=days)


def snapshot(row: AlertRow) -> AlertRecord:
    """The alert as it is now."""
    return AlertRecord(
        id=row.id,
        call_id=row.call_id,
        at=row.at,
        kind=row.kind,
        caller=row.caller,
        words=row.words,
        told_at=row.told_at,
        attempts=row.attempts,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
    )


def _find(session: Session, alert_id: int) -> AlertRow:
    row = session.get(AlertRow, alert_id)
    if row is None:
        raise UnknownRecord(f"there is no alert {alert_id}")
    return row
