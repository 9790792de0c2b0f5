"""The sound of calls within one transaction: begun, ended, found, forgotten.

To forget a recording is to erase its key: its times stay, as the proof. The file goes afterwards;
whatever becomes of it, it cannot be heard any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from records import holds
from records.recording_tables import RecordingRow

PROOF_KEPT = timedelta(days=365)  #: as long as the access log
EARLIER_S = 0.3  #: a word begins a little before it is known to
REFUSED, MASKED, AGE, ERASED, LOST = "refused", "masked", "age", "erased", "lost"
SPARED = "erased passage"  #: replaced by a copy with silence where words were erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where one turn is in the sound, in seconds from its start."""

    turn: int
    heard: float | None = None  #: the caller's words begin
    reply: float | None = None  #: the reply begins
    end: float | None = None  #: the reply ends

    @property
    def begins(self) -> float | None:
        """The first of the turn."""
        known = [at for at in (self.heard, self.reply) if at is not None]
        return min(known) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording; `deleted_at` set: its key is gone, and with it the sound."""

    id: str
    call_id: str | None
    started_at: datetime
    seconds: float | None  #: None: the call goes on
    size: int
    marks: tuple[Mark, ...]
    mode: str  #: "sample" or "all"
    key_id: str
    sealed_key: str = field(repr=False)
    deleted_at: datetime | None = None
    deleted_reason: str = ""

    def spans(self, turns: Iterable[int]) -> tuple[tuple[float, float], ...]:
        """Where these turns are: from their first sound to the next turn's.

        Raises:
            LookupError: it is not known of one of them.
        """
        begins = {mark.turn: mark.begins for mark in self.marks}
        found = []
        for turn in sorted(set(turns)):
            start = begins.get(turn)
            if start is None:
                raise LookupError(f"it is not known where turn {turn} is in the sound")
            later = [at for number, at in begins.items() if number > turn and at is not None]
            stop = min((at for at in later if at > start), default=float("inf"))
            found.append((max(0.0, start - EARLIER_S), stop))
        return tuple(found)


def snapshot(row: RecordingRow) -> Recording:
    """The row as a frozen value."""
    return Recording(
        id=row.id,
        call_id=row.call_id,
        started_at=row.started_at,
        seconds=row.seconds,
        size=row.size,
        marks=tuple(Mark(**mark) for mark in row.marks),
        mode=row.mode,
        key_id=row.key_id,
        sealed_key=row.sealed_key,
        deleted_at=row.deleted_at,
        deleted_reason=row.deleted_reason,
    )


def plain(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Marks as JSON values."""
    return [{"turn": m.turn, "heard": m.heard, "reply": m.reply, "end": m.end} for m in marks]


def of_call(session: Session, call_id: str) -> Recording | None:
    """The recording of a call that can be heard; None when there is none, or none any more."""
    kept = RecordingRow.deleted_at.is_(None)
    rows = select(RecordingRow).where(RecordingRow.call_id == call_id, kept)
    row = session.scalars(rows.order_by(RecordingRow.started_at.desc()).limit(1)).first()
    return snapshot(row) if row is not None else None


def every_of(session: Session, call_id: str) -> tuple[Recording, ...]:
    """All of a call, those that were erased too."""
    rows = select(RecordingRow).where(RecordingRow.call_id == call_id)
    return tuple(map(snapshot, session.scalars(rows.order_by(RecordingRow.started_at))))


def forget(session: Session, which: ColumnElement[bool], now: datetime, reason: str) -> list[str]:
    """Erase the keys of these recordings; returns their names, whose files may go."""
    rows = session.scalars(select(RecordingRow).where(which, RecordingRow.deleted_at.is_(None)))
    names = []
    for row in rows:
        row.sealed_key, row.marks = "", []
        row.deleted_at, row.deleted_reason = now, reason
        names.append(row.id)
    session.flush()
    return names


def of_calls(ids: Sequence[str]) -> ColumnElement[bool]:
    """A condition: recordings of these calls."""
    return RecordingRow.call_id.in_(ids)


def over(days: int, now: datetime) -> ColumnElement[bool]:
    """A condition: recordings past their time whose call is not held."""
    held = holds.held(now)
    free = or_(RecordingRow.call_id.is_(None), RecordingRow.call_id.not_in(held))
    old: ColumnElement[bool] = RecordingRow.started_at < now - timedelta(days=days)
    return old & free


def drop_proofs(session: Session, now: datetime) -> None:
    """Delete the rows of recordings that were erased more than a year ago."""
    session.execute(delete(RecordingRow).where(RecordingRow.deleted_at < now - PROOF_KEPT))


def note(session: Session, name: str, values: Mapping[str, Any]) -> bool:
    """Write what became of a recording; False when it was erased meanwhile."""
    row = session.get(RecordingRow, name)
    if row is None or row.deleted_at is not None:
        return False
    for key, value in values.items():
        setattr(row, key, value)
    return True
