"""Remembers: calls, turns, events and tickets. Knows nothing of the packages above it."""

from records.aio import AsyncRecords
from records.alerts import AlertRecord
from records.database import sqlite_url
from records.doubts import Doubt, DoubtfulQuestion
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
from records.logs import MaskedLog
from records.masking import mask, mask_numbers
from records.outbox_drafts import Means, OutboxEntry, OutboxRecord, SendingState
from records.phone import mask_number
from records.resume import ResumedCall, ResumptionEntry
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
    "AlertRecord",
    "AsyncRecords",
    "CallDraft",
    "CallRecord",
    "CallView",
    "Channel",
    "DatabaseUnavailable",
    "Direction",
    "Doubt",
    "DoubtfulQuestion",
    "DuplicateTurn",
    "EventRecord",
    "MaskedLog",
    "Means",
    "MediaStats",
    "OutboxEntry",
    "OutboxRecord",
    "Outcome",
    "Records",
    "RecordsError",
    "ResumedCall",
    "ResumptionEntry",
    "SchemaMismatch",
    "SendingState",
    "TicketEntry",
    "TicketEventRecord",
    "TicketRecord",
    "TicketStatus",
    "TurnDraft",
    "TurnRecord",
    "UnknownRecord",
    "mask",
    "mask_number",
    "mask_numbers",
    "sqlite_url",
    "upgrade",
]
