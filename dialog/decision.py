"""One turn as the parts of the desk see it, and what they decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialog.intents import Words
from dialog.outgoing import Outgoing
from dialog.reply import Action, Candidate, Reply
from dialog.resumption import Resumption
from dialog.search import Hit
from dialog.state import State
from dialog.tasks.ticket import TicketDraft
from dialog.wish_bank import is_wish


@dataclass(frozen=True)
class Turn:
    """What was heard, when, and what the conversation remembers."""

    words: Words
    state: State
    at: datetime  #: on the town's clock
    language: str = "fr"
    alternatives: tuple[str, ...] = ()  #: what the recogniser also considered


@dataclass(frozen=True)
class Decision:
    """A reply, and the state of the conversation once it is said."""

    reply: Reply
    state: State
    tickets: tuple[TicketDraft, ...] = ()  #: to be written before the reply ends
    sends: tuple[Outgoing, ...] = ()  #: the same, for what the caller asked to be sent
    resume: Resumption | None = None  #: the call may go on in writing: written before it is said
    refused: str = ""  #: "recording" or "transcription": acted on before the reply is said


def say(
    state: State, action: Action, text: str, *, fixed: bool = True, awaiting: str = ""
) -> Decision:
    """Decide to say the assistant's own words; the caller was understood."""
    after = replace(state.settled(), awaiting=awaiting, reply=text, reply_sheet="")
    return Decision(Reply(action, text, fixed=fixed), after)


def candidates(hits: Sequence[Hit]) -> tuple[Candidate, ...]:
    """The five best sheets, for the records."""
    sheets = [hit for hit in hits if not is_wish(hit.sheet.id)]
    return tuple(Candidate(hit.sheet.id, round(hit.probability, 4)) for hit in sheets[:5])
