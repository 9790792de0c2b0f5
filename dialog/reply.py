"""What the assistant does at one turn, as every other part sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    """What a reply does (the vocabulary of the design)."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    TRANSFER = "transfer"
    MESSAGE = "message"
    REPORT = "report"
    APPOINTMENT = "appointment"
    EMERGENCY = "emergency"
    REPEAT = "repeat"
    SLOWER = "slower"
    CHITCHAT = "chitchat"
    OUT_OF_SCOPE = "out_of_scope"
    GOODBYE = "goodbye"
    NONE = "none"  #: nothing was decided: the caller was silent, or nothing was heard


@dataclass(frozen=True)
class Candidate:
    """A sheet that was considered."""

    sheet: str
    score: float  #: probability that it answers, 0..1


@dataclass(frozen=True)
class Said:
    """A part of what is said, in its language."""

    text: str
    language: str


@dataclass(frozen=True)
class ForDesk:
    """What a desk is told when the bot calls it with a caller on the line."""

    announcement: str
    keys: str  #: which keys take and decline the call
    farewell: str  #: when the caller hung up meanwhile


@dataclass(frozen=True)
class Reply:
    """What is said and done, and why."""

    action: Action
    say: str  #: in written form ("8h30", "86 €"); the voice makes it speakable
    language: str = "fr"
    sheet: str | None = None
    sheet_version: str | None = None
    sentences: tuple[str, ...] = ()  #: exact sentences of the sheet that are spoken
    confidence: float = 1.0  #: 0..1; 1 for what fixed rules decide
    candidates: tuple[Candidate, ...] = ()  #: at most five, best first
    transfer_to: str | None = None  #: service to call, once `say` was spoken
    extension: str = ""  #: of the person to call; empty: the service's own
    summary: str = ""  #: one line for whoever takes the transferred call
    ends_call: bool = False  #: hang up, once `say` was spoken
    ms: float = 0.0  #: time to decide
    stages: dict[str, float] = field(default_factory=dict)  #: ms of each stage
    parts: tuple[Said, ...] = ()  #: of `say`, when it is said in more than one language
    fixed: bool = False  #: a sentence that other calls will hear too: worth caching
