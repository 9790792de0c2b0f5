"""What the records hand back: frozen snapshots, true at the instant they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from records.drafts import Channel, Direction, Outcome, TicketStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call. Times are UTC and carry their zone."""

    id: str  #: UUID, 32 hex digits
    reference: str  #: six digits that a caller can note down
    direction: Direction
    channel: Channel
    line: str
    caller_number: str
    caller_hash: str
    sip_call_id: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome
    end_reason: str
    language: str
    transfer_target: str
    stats: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One turn. `played` is None as long as the reply's end is unknown."""

    id: int
    call_id: str
    number: int
    started_at: datetime
    heard: str
    heard_confidence: float | None
    language: str
    reply: str
    played: str | None
    interrupted: bool
    action: str
    sheet_id: str
    sheet_version: str
    sentences: tuple[str, ...]
    confidence: float | None
    candidates: tuple[Mapping[str, object], ...]
    timings: Mapping[str, float]
    dtmf: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """Something that happened during a call and is not a turn."""

    id: int
    call_id: str
    at: datetime
    kind: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEventRecord:
    """Something that happened to a ticket."""

    at: datetime
    kind: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRecord:
    """One ticket with what happened to it, oldest first."""

    id: str  #: UUID, 32 hex digits
    call_id: str | None
    kind: str
    reference: str
    service: str
    status: TicketStatus
    fields: Mapping[str, str]
    complete: bool
    created_at: datetime
    due_on: date | None
    closed_at: datetime | None
    erase_on: date
    joined_to: str | None  #: the earlier ticket on the same problem
    count: int  #: how many callers told of it, this one included
    lat: float | None
    lon: float | None
    street: str
    events: tuple[TicketEventRecord, ...]
    assigned_to: str = ""  #: name of whoever deals with it


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call with its turns by number and its events in the order they happened."""

    call: CallRecord
    turns: tuple[TurnRecord, ...]
    events: tuple[EventRecord, ...]
