"""Remembers: calls, turns, events and tickets. Knows nothing of the packages above it."""

from records.access_log import Access
from records.accounts import Account, AccountExists, Browser
from records.aio import AsyncRecords
from records.alerts import AlertRecord
from records.call_list import CallFilter, ListedCall, PageKey
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
from records.figures import Figures
from records.history import PastCall, PastTurn
from records.logs import MaskedLog
from records.masking import mask, mask_numbers
from records.outbox_drafts import Means, OutboxEntry, OutboxRecord, SendingState
from records.personal_data import Erased, Whose
from records.phone import mask_number
from records.remarks import Annotation, AnnotationKind
from records.resume import ResumedCall, ResumptionEntry
from records.review_store import ReviewStore
from records.schema import upgrade
from records.store import Records
from records.ticket_desk import TicketFilter
from records.views import (
    CallRecord,
    CallView,
    EventRecord,
    TicketEventRecord,
    TicketRecord,
    TurnRecord,
)

__all__ = [
    "Access",
    "Account",
    "AccountExists",
    "AlertRecord",
    "Annotation",
    "AnnotationKind",
    "AsyncRecords",
    "Browser",
    "CallDraft",
    "CallFilter",
    "CallRecord",
    "CallView",
    "Channel",
    "DatabaseUnavailable",
    "Direction",
    "Doubt",
    "DoubtfulQuestion",
    "DuplicateTurn",
    "Erased",
    "EventRecord",
    "Figures",
    "ListedCall",
    "MaskedLog",
    "Means",
    "MediaStats",
    "OutboxEntry",
    "OutboxRecord",
    "Outcome",
    "PageKey",
    "PastCall",
    "PastTurn",
    "Records",
    "RecordsError",
    "ResumedCall",
    "ResumptionEntry",
    "ReviewStore",
    "SchemaMismatch",
    "SendingState",
    "TicketEntry",
    "TicketEventRecord",
    "TicketFilter",
    "TicketRecord",
    "TicketStatus",
    "TurnDraft",
    "TurnRecord",
    "UnknownRecord",
    "Whose",
    "mask",
    "mask_number",
    "mask_numbers",
    "sqlite_url",
    "upgrade",
]
