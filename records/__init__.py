"""Remembers: calls, turns, events and tickets. Knows nothing of the packages above it."""

from records.aio import AsyncRecords
from records.database import sqlite_url
from records.drafts import (
    CallDraft,
    Channel,
    Direction,
    MediaStats,
    Outcome,
    TicketEntry,
    TicketStatus,
    TurnDraft,
)
from records.errors import (
    DatabaseUnavailable,
    DuplicateTurn,
    RecordsError,
    SchemaMismatch,
    UnknownRecord,
)
from records.masking import mask
from records.phone import mask_number
from records.schema import upgrade
from records.store import Records
from records.views import (
    CallRecord,
    CallView,
    EventRecord,
    TicketEventRecord,
    TicketRecord,
    TurnRecord,
)

__all__ = [
    "AsyncRecords",
    "CallDraft",
    "CallRecord",
    "CallView",
    "Channel",
    "DatabaseUnavailable",
    "Direction",
    "DuplicateTurn",
    "EventRecord",
    "MediaStats",
    "Outcome",
    "Records",
    "RecordsError",
    "SchemaMismatch",
    "TicketEntry",
    "TicketEventRecord",
    "TicketRecord",
    "TicketStatus",
    "TurnDraft",
    "TurnRecord",
    "UnknownRecord",
    "mask",
    "mask_number",
    "sqlite_url",
    "upgrade",
]
