"""What the call session hands over to be remembered: small frozen drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum

from records.plain import plain_json, plain_text


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Channel(StrEnum):
    """How the caller reached the town."""

    SIP = "sip"
    WEBRTC = "webrtc"
    TEXT = "text"


class Outcome(StrEnum):
    """How a call ended; `IN_PROGRESS` until it did."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"  #: goodbyes were said
    TRANSFERRED = "transferred"
    TRANSFER_FAILED = "transfer_failed"
    HUNG_UP = "hung_up"  #: the caller left first
    REJECTED = "rejected"  #: never answered: all lines busy, unknown codecs
    FAILED = "failed"  #: a fault of ours or of the network
    INTERRUPTED = "interrupted"  #: the server was killed during the call


class TicketStatus(StrEnum):
    """How far a service is with a ticket."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"  #: the service did what it had to do


def check_moment(value: datetime | None, name: str) -> None:
    """Refuse a time without its zone.

    Raises:
        ValueError: one sentence naming the field.
    """
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{name} has no time zone; use datetime.now(UTC)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDraft:
    """A call that begins.

    `caller_number` is E.164 ("+33612345678"), "" when anonymous; an internal caller keeps the
    extension. `line` is the dialled user part. Without `started_at` the call starts now.
    """

    channel: Channel
    direction: Direction = Direction.INBOUND
    line: str = ""
    caller_number: str = ""
    sip_call_id: str = ""
    language: str = "fr"
    started_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "channel", Channel(self.channel))
        object.__setattr__(self, "direction", Direction(self.direction))
        check_moment(self.started_at, "started_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDraft:
    """What was heard and what will be said, as decided, before it is played.

    `number` None takes the next one (1, 2, …); the greeting is turn 0. `heard_confidence` and
    `confidence` are 0..1. `sentences` are the sheet's own sentences, word for word. `candidates`
    are the sheets considered, best first: `{"sheet": id, "score": float}`. `timings` are stages in
    milliseconds, by name: `stt`, `search`, `decide`, `llm`, `tts_first`, `voice_to_voice`.
    `action` is a word of dialog's vocabulary, which the records do not judge.
    """

    number: int | None = None
    started_at: datetime | None = None
    heard: str = ""
    heard_confidence: float | None = None
    language: str = ""
    reply: str = ""
    action: str = ""
    sheet_id: str = ""
    sheet_version: str = ""
    sentences: Sequence[str] = ()
    confidence: float | None = None
    candidates: Sequence[Mapping[str, object]] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    dtmf: str = ""

    def __post_init__(self) -> None:
        if self.number is not None and self.number < 0:
            raise ValueError(f"turn number {self.number} is below 0, the greeting's number")
        check_moment(self.started_at, "started_at")
        for name in ("sentences", "candidates", "timings"):
            object.__setattr__(self, name, plain_json(getattr(self, name), name))


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEntry:
    """What a caller leaves for a service.

    `fields` are the caller's values by name, as text. `phone` among them is the number to call
    back. Reports are compared by their field `problem` and by where they are: `lat` and `lon`, or
    `street` and the field `number`, or the field `place`. `call_id` None: the call is not written.
    """

    call_id: str | None
    kind: str  #: a word of dialog's vocabulary, which the records do not judge
    reference: str  #: six digits, as the caller heard them
    service: str
    fields: Mapping[str, str] = field(default_factory=dict)
    due_on: date | None = None
    complete: bool = True  #: False: the caller left before the end
    goes_on: bool = False  #: takes the place of the incomplete ticket with its reference
    lat: float | None = None
    lon: float | None = None
    street: str = ""

    def __post_init__(self) -> None:
        if not (len(self.reference) == 6 and self.reference.isascii() and self.reference.isdigit()):
            raise ValueError(f"a ticket's reference has six digits, not {self.reference!r}")
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a ticket has both coordinates or none")
        plain = {plain_text(str(k)): plain_text(str(v)) for k, v in self.fields.items()}
        object.__setattr__(self, "fields", plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStats:
    """What the call's sound was worth, as the transport counted it; None: not measured."""

    rx_packets: int | None = None
    tx_packets: int | None = None
    lost_packets: int | None = None  #: of the caller's, lost or too late to be played
    jitter_ms: float | None = None  #: between arrivals (RFC 3550, 6.4.1)
    mos: float | None = None  #: 1..4.5, of what arrived here; estimated (ITU-T G.107)
    codec: str | None = None  #: "PCMA", "PCMU", "G722", "opus"
    rtt_ms: float | None = None  #: there and back, by RTCP
    buffer_ms: int | None = None  #: the jitter buffer's delay at the end of the call
    far_lost_packets: int | None = None  #: of ours, as the far end reported by RTCP
    far_jitter_ms: float | None = None
    far_mos: float | None = None  #: of what arrived there

    def as_json(self) -> dict[str, object]:
        """The measured values by name."""
        return {k: plain_json(v, k) for k, v in asdict(self).items() if v is not None}
