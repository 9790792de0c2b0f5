"""A message to be sent, as it is handed over and as it is read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from records.plain import plain_text

MOST_CHARACTERS = 20_000  #: of a text


class Means(StrEnum):
    """How a message leaves."""

    SMS = "sms"
    EMAIL = "email"


class SendingState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENT = "sent"  #: the gateway or the mail server took it
    FAILED = "failed"  #: given up
    ERASED = "erased"  #: by its recipient's right, before it left


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A message for a caller, or for a service. Its address and text live until it is sent."""

    means: Means
    to: str = field(repr=False)  #: ten national digits, or an e-mail address
    text: str = field(repr=False)
    subject: str = ""
    parts: int = 1  #: of an SMS, each paid for
    call_id: str | None = None
    ticket_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "means", Means(self.means))
        for name in ("to", "text", "subject"):
            object.__setattr__(self, name, plain_text(getattr(self, name)))
        if not self.to.strip() or not self.text.strip():
            raise ValueError("a message has an address and a text")
        if len(self.text) > MOST_CHARACTERS:
            raise ValueError(f"a message has at most {MOST_CHARACTERS} characters")
        if "\n" in self.subject or "\r" in self.subject or "\n" in self.to or "\r" in self.to:
            raise ValueError("an address and a subject are one line")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """One message; `to`, `subject` and `text` are empty once it does not wait any more."""

    id: str  #: UUID, 32 hex digits: the key by which a gateway knows a repetition
    call_id: str | None
    ticket_id: str | None
    means: Means
    state: SendingState
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    parts: int
    attempts: int
    created_at: datetime
    due_at: datetime
    done_at: datetime | None
    reason: str
