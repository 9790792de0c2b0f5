"""What one conversation remembers: small, explicit, stored with the turn.

A state is never changed; each decision carries the next one, and the call adopts it when the reply
starts. So a reply can be prepared on a predicted end of turn and withdrawn without a trace.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dialog.matter import SendingState
from dialog.tasks.task_state import TaskState

HISTORY = 4  #: questions kept for follow-ups
LONGEST_QUESTION = 300  #: characters kept of one
USUAL_SPEED = 0.95  #: of speech, until the caller asks for less (requirements P06)


@dataclass(frozen=True)
class Place:
    """A paragraph of a sheet, from one of its sentences on."""

    section: int
    paragraph: int
    sentence: int = 0


@dataclass(frozen=True)
class State:
    """One conversation after a turn."""

    sheet: str = ""  #: last sheet spoken
    section: str = ""  #: heading of its section that was spoken
    aspects: tuple[str, ...] = ()  #: what the last question asked of a sheet ("Prix")
    reply: str = ""  #: last thing said, for "répétez"
    reply_sheet: str = ""  #: the sheet it came from
    repeats: int = 0  #: how often it was repeated
    failures: int = 0  #: misunderstandings in a row
    failures_total: int = 0
    awaiting: str = ""  #: "more", "choice", "menu", "person", "message", "appointment", "sending"
    #: (an offer to send what was said) or "other"
    choices: tuple[str, ...] = ()  #: sheets of a clarifying question; topics of a keypad menu
    question: str = ""  #: the question that was clarified
    service: str = ""  #: service that a "oui" passes the call to, or that was tried
    more: tuple[Place, ...] = ()  #: what "la suite" would say
    language: str = "fr"  #: in which the call goes on: "fr" or "en"
    foreign: str = ""  #: another language, in which a person or a message was just offered
    told: tuple[str, ...] = ()  #: languages beside French in which it was said that this is an AI
    speed: float = USUAL_SPEED
    history: tuple[str, ...] = ()  #: last questions, oldest first
    hours_of: str = ""  #: service whose opening hours were just asked
    line_service: str = ""  #: default service of the dialled line
    caller: str = ""  #: the calling number, ten national digits; empty when anonymous or unusual
    task: TaskState | None = None  #: the message, report or appointment request under way
    written: bool = False  #: the conversation is held in writing
    ticket: str = ""  #: reference of the last ticket of this conversation
    said: tuple[str, ...] = ()  #: last leads and closings of its own, so that they vary
    sending: SendingState = field(
        default_factory=SendingState
    )  #: what could be sent in writing, and what was
    warned: bool = False  #: the caller was asked to give no health data (requirements R11)
    emergency: bool = False  #: one was heard in this call: no cap, and never hung up by us
    paused: bool = False  #: the caller asked to wait: the next silence may last
    told_114: bool = False  #: the number for who cannot speak was given (requirements E07)
    menu: bool = False  #: a keypad menu was offered: only one is, in a call
    refused: str = ""  #: "recording" or "transcription"; with the second no words are kept
    child: bool = False  #: the caller said that he is one: no identity is asked (R17)
    over: bool = False  #: the longest call was reached: goodbye if nobody takes it
    recorded: bool | None = None  #: whether this call's sound is kept; None: as all calls are

    def remember(self, question: str) -> State:
        """The state with one more question in its history."""
        kept = (*self.history, question[:LONGEST_QUESTION])[-HISTORY:]
        return replace(self, history=kept)

    def settled(self) -> State:
        """The state when nothing is awaited and the caller was understood."""
        return replace(
            self,
            failures=0,
            awaiting="",
            choices=(),
            question="",
            service="",
            more=(),
            repeats=0,
            hours_of="",
            paused=False,
            foreign="",
        )

    @property
    def hearing(self) -> str:
        """The language that the caller is likely to speak next."""
        return self.foreign or self.language

    @property
    def slow(self) -> bool:
        """Whether the caller asked to go slowly."""
        return self.speed < USUAL_SPEED

    def failed(self) -> State:
        """The state after one more misunderstanding."""
        return replace(
            self, failures=self.failures + 1, failures_total=self.failures_total + 1, repeats=0
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> State:
        """The state that `to_dict` wrote; keys of another version are ignored."""
        known = {k: v for k, v in values.items() if k in cls.__dataclass_fields__}
        known["more"] = tuple(Place(**place) for place in known.get("more", ()))
        for key in ("aspects", "choices", "history", "told", "said"):
            known[key] = tuple(known.get(key, ()))
        task = known.get("task")
        known["task"] = TaskState.from_dict(task) if task else None
        known["sending"] = SendingState.from_dict(known.get("sending") or {})
        return cls(**known)
