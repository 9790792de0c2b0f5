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
from records.holds import CallHeld, Hold
from records.logs import MaskedLog
from records.masking import mask, mask_numbers
from records.months import Measure, MonthCounts
from records.outbox_drafts import MACHINES, Means, OutboxEntry, OutboxRecord, SendingState
from records.overview import Kept, KeptCall, read_proof
from records.personal_data import Erased, Whose
from records.phone import mask_number
from records.privacy_store import CALLS_KEPT, PrivacyStore, Purged
from records.recording_store import BeingMade, RecordingStore
from records.recordings import Mark, Recording
from records.remarks import Annotation, AnnotationKind
from records.resume import ResumedCall, ResumptionEntry
from records.review_store import ReviewStore
from records.review_tables import SuggestionKind
from records.saved_filters import SavedFilter
from records.schema import upgrade
from records.store import Records
from records.suggestions import Suggestion
from records.ticket_desk import TicketFilter
from records.ticket_outbox import TicketMessage
from records.vault import TownKey, Vault, VaultError
from records.views import (
    CallRecord,
    CallView,
    EventRecord,
    TicketEventRecord,
    TicketRecord,
    TurnRecord,
)

__all__ = [
    "CALLS_KEPT",
    "MACHINES",
    "Access",
    "Account",
    "AccountExists",
    "AlertRecord",
    "Annotation",
    "AnnotationKind",
    "AsyncRecords",
    "BeingMade",
    "Browser",
    "CallDraft",
    "CallFilter",
    "CallHeld",
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
    "Hold",
    "Kept",
    "KeptCall",
    "ListedCall",
    "Mark",
    "MaskedLog",
    "Means",
    "Measure",
    "MediaStats",
    "MonthCounts",
    "OutboxEntry",
    "OutboxRecord",
    "Outcome",
    "PageKey",
    "PastCall",
    "PastTurn",
    "PrivacyStore",
    "Purged",
    "Recording",
    "RecordingStore",
    "Records",
    "RecordsError",
    "ResumedCall",
    "ResumptionEntry",
    "ReviewStore",
    "SavedFilter",
    "SchemaMismatch",
    "SendingState",
    "Suggestion",
    "SuggestionKind",
    "TicketEntry",
    "TicketEventRecord",
    "TicketFilter",
    "TicketMessage",
    "TicketRecord",
    "TicketStatus",
    "TownKey",
    "TurnDraft",
    "TurnRecord",
    "UnknownRecord",
    "Vault",
    "VaultError",
    "Whose",
    "mask",
    "mask_number",
    "mask_numbers",
    "read_proof",
    "sqlite_url",
    "upgrade",
]
