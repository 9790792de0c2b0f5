"""A scripted conversation as its file describes it: what the caller does, what must come of it.

Plain frozen data, checked on construction; `reading` makes it from TOML, `docs/scenarios.md` tells
people how to write it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dialog.reply import Action

USUAL = datetime(2026, 11, 24, 10, 30)  #: a Tuesday; the example town's desks are open

#: What a caller may do at a step; each step does exactly one of them.
DOINGS = (
    "says",
    "over",
    "keys",
    "silence",
    "unheard",
    "no_answer",
    "breakdown",
    "lost",
    "cap_near",
    "cap_reached",
    "hangs_up",
)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Options = Annotated[tuple[Literal["sms", "email"], ...], BeforeValidator(_listed)]
Sayings = Annotated[tuple[OneOrMore, ...], BeforeValidator(_listed)]
Actions = Annotated[tuple[Action, ...], BeforeValidator(_listed)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Frozen):
    """What the caller does, and what the reply to it must be. What is not named is not checked."""

    says: str = ""  #: words, after the assistant has finished
    over: str = ""  #: words while the assistant is still speaking
    keys: str = Field(default="", pattern=r"^[0-9*#]*$")  #: keyed in one go
    silence: Literal[True] | None = None  #: nobody speaks until the assistant does
    unheard: Literal[True] | None = None  #: speech without words: a cough, a mumble
    no_answer: Literal[True] | None = None  #: nobody takes the call that was passed on
    breakdown: Literal[True] | None = None  #: a part of the program fails
    lost: Literal[True] | None = None  #: the ticket of the step before could not be written
    cap_near: Literal[True] | None = None  #: the call is about to reach its longest time
    cap_reached: Literal[True] | None = None
    hangs_up: Literal[True] | None = None

    at: datetime | None = None  #: the clock from this step on
    language: str = ""  #: the language that the recogniser heard

    action: Actions | None = None
    sheet: OneOrMore | None = None  #: "" for none
    said: Sayings = ()  #: each must be said; of a list in the list, one
    not_said: OneOrMore = ()
    aloud: Sayings = ()  #: words of the reply as the voice reads it: "zéro six, douze"
    awaiting: OneOrMore | None = None  #: "" for nothing
    task: str | None = None  #: kind of the form under way; "" for none
    asks: OneOrMore | None = None  #: the slot that the form asks next
    values: dict[str, str] = Field(default_factory=dict)  #: filled or proposed; "" for not known
    service: str | None = None  #: that the form is for
    transfer: str | None = None  #: the service that gets the call; "" for none
    ends: bool | None = None  #: whether the assistant hangs up
    slower: bool | None = None  #: whether it speaks more slowly than at first
    speaks: str = ""  #: the language of the reply
    refused: str | None = None  #: what the caller does not want: recording, transcription
    goes_on: bool | None = None  #: whether words said over the reply leave it as it was

    @model_validator(mode="after")
    def _does_one_thing(self) -> Step:
        done = self.doings
        if len(done) != 1:
            many = " and ".join(f"`{name}`" for name in done) or "none of them"
            raise ValueError(f"a step has exactly one of {', '.join(DOINGS)}; this one has {many}")
        if self.goes_on is not None and not self.over:
            raise ValueError("`goes_on` is about words said `over` a reply")
        return self

    @property
    def doings(self) -> list[str]:
        """Which of `DOINGS` the step has."""
        return [name for name in DOINGS if getattr(self, name)]

    @property
    def words(self) -> str:
        """What is spoken at this step, if anything is."""
        return self.says or self.over


class ExpectedTicket(_Frozen):
    """A ticket that the call must leave."""

    kind: Literal["message", "report", "appointment"]
    service: str | None = None
    due: date | None = None
    complete: bool = True
    fields: dict[str, str] = Field(default_factory=dict)  #: exactly these values
    holds: dict[str, str] = Field(default_factory=dict)  #: the value has these words
    absent: OneOrMore = ()  #: fields that the ticket must not have


class ExpectedSend(_Frozen):
    """What must be sent by SMS or e-mail."""

    channel: Literal["sms", "email"]
    to: str | None = None
    holds: OneOrMore = ()


class Scenario(_Frozen):
    """One call."""

    id: str = ""  #: the name of its file
    title: str = Field(min_length=1)
    covers: OneOrMore = Field(min_length=1)  #: "issue4.7": the points it shows
    at: datetime = USUAL  #: on the town's clock
    caller: str = ""  #: the calling number; empty when it is hidden
    line: str = "mairie"  #: the dialled number
    channel: Literal["voice", "text"] = "voice"  #: text: typed on the page
    greeting_said: Sayings = ()
    options: Options = ()  #: what can be sent in this call
    spoken: bool = True  #: False: nothing in it can be tried by voice
    step: tuple[Step, ...] = Field(min_length=1)
    ticket: tuple[ExpectedTicket, ...] = ()  #: all that the call leaves
    send: tuple[ExpectedSend, ...] = ()
    never_said: OneOrMore = ()  #: in the whole call

    @field_validator("caller", "line")
    @classmethod
    def _plain(cls, value: str) -> str:
        return "".join(value.split())
