"""A message to be sent, as it is handed over and as it is read back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from records.plain import plain_text

MOST_CHARACTERS = 20_000  #: of a text
_KEYED = uuid.UUID("5f0c6a0e-5d0b-4c6e-9a55-0b3c3f1f6b11")  #: the space of our keys' ids


class Means(StrEnum):
    """How a message leaves."""

    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"  #: a ticket's event, to the town's own system
    OPEN311 = "open311"  #: a street report, to another town service's GeoReport server


#: means that carry a ticket to another system: their text and subject are words of the program,
#: what they tell is read from the ticket when they leave
MACHINES = frozenset({Means.WEBHOOK, Means.OPEN311})


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
    #: ten national digits, an e-mail address, or the name of another system
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = ""
    parts: int = 1  #: of an SMS, each paid for
    call_id: str | None = None
    ticket_id: str | None = None
    key: str = ""  #: what is written with the same key is written once

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

    def draw_id(self) -> str:
        """The message's id: of its key, or a new one."""
        return (uuid.uuid5(_KEYED, self.key) if self.key else uuid.uuid4()).hex


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """One message; `to` and `text` are empty once it does not wait any more.

    So is `subject`, unless the message was for another system.
    """

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
