"""The course of a call: what state it is in, what may happen there, what comes next.

A call is always in one `Stage`. What happens is an `Event`: the caller does something, the desk has
decided, a reply was said, a timer ran out, a desk answered the transfer. `TABLE` is the whole
theory; nothing else decides what may follow what:

    arriving ─► greeting ─► waiting ─► hearing ─► deciding ─► speaking ─► waiting ─► … ─► closed
                               │ silence, a key, the cap: deciding            │
                               └───────────────◄──────────────────────────────┘

- *Waiting* is four stages, by what the last reply asked: anything (LISTENING), an answer such as
  oui or "un" (CHOOSING), a slot of a form (FILLING), a number (DICTATING). They differ in patience
  (`dialog.patience`), never in what the caller may do: a key, a question, "un agent" hold in all.
- WATCHING is waiting after an emergency: silence says the numbers again, the cap does not count.
- DECIDING is every moment between the caller's last sound and the first of the reply.
- A reply begins as REPLY, EMERGENCY or GOODBYE, which the decision tells (`begins`), and is said
  with the event that names what is awaited then (`waits`).
- An event leads to the same stage from everywhere, save where nobody listens: while a desk rings
  and once the call is over, what the caller does is noted and changes nothing.

A pair that is not in the table is a mistake of ours, never the caller's: it raises in tests; in
production it is logged and the call goes on where that event usually leads.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import StrEnum

from dialog.decision import Decision
from dialog.patience import NUMBERS
from dialog.reply import Action
from dialog.state import State

logger = logging.getLogger("allomairie.dialog")


class Stage(StrEnum):
    """Where a call is."""

    ARRIVING = "arriving"  #: not answered yet
    GREETING = "greeting"  #: the greeting is said
    LISTENING = "listening"  #: anything may come
    CHOOSING = "choosing"  #: oui or non, la suite, one of two, a key of a menu
    FILLING = "filling"  #: a slot of a form was asked
    DICTATING = "dictating"  #: a number is said or keyed
    HEARING = "hearing"  #: the caller speaks
    DECIDING = "deciding"  #: recognition and the desk work
    SPEAKING = "speaking"  #: a reply is said
    ALARM = "alarm"  #: the fixed text of an emergency is said
    WATCHING = "watching"  #: after it: a person is offered, the numbers come again
    RINGING = "ringing"  #: the desk of a transfer rings
    ENDING = "ending"  #: goodbye is said
    CLOSED = "closed"  #: over, or passed to a person


class Event(StrEnum):
    """What happens to a call."""

    ANSWERED = "answered"
    SPOKE = "caller starts to speak"
    STOPPED = "caller stops"
    WORDS = "words"
    NOTHING = "nothing heard"
    SILENCE = "silence"
    KEY = "key"
    BARGE_IN = "barge-in"
    SEARCHING = "reply takes long"
    BREAKDOWN = "breakdown"
    REPLY = "reply begins"
    EMERGENCY = "emergency heard"
    GOODBYE = "goodbye begins"
    OPEN = "said, nothing asked"
    ASKED = "said, an answer asked"
    SLOT_ASKED = "said, a slot asked"
    NUMBER_ASKED = "said, a number asked"
    HELP_OFFERED = "said, help offered"
    PASSED_ON = "said, desk called"
    ACCEPTED = "transfer accepted"
    REFUSED = "transfer refused"
    ENDED = "goodbye said"
    CAP_NEAR = "cap warning"
    CAP_REACHED = "cap reached"
    HUNG_UP = "caller hung up"


#: after a reply, or a cough that was none: what is waited for
_WAIT = {
    Event.OPEN: Stage.LISTENING,
    Event.ASKED: Stage.CHOOSING,
    Event.SLOT_ASKED: Stage.FILLING,
    Event.NUMBER_ASKED: Stage.DICTATING,
    Event.HELP_OFFERED: Stage.WATCHING,
}
#: the caller has the floor
_CALLER = {
    Event.SPOKE: Stage.HEARING,
    Event.STOPPED: Stage.DECIDING,
    Event.WORDS: Stage.DECIDING,
    Event.NOTHING: Stage.DECIDING,
    Event.KEY: Stage.DECIDING,
    Event.BREAKDOWN: Stage.DECIDING,
    Event.HUNG_UP: Stage.CLOSED,
}
_WAITING = {**_CALLER, Event.SILENCE: Stage.DECIDING}
_CAPPED = {**_WAITING, Event.CAP_NEAR: Stage.DECIDING, Event.CAP_REACHED: Stage.DECIDING}
_BEGINS = {
    Event.REPLY: Stage.SPEAKING,
    Event.EMERGENCY: Stage.ALARM,
    Event.GOODBYE: Stage.ENDING,
}


def _while_saying(stage: Stage) -> dict[Event, Stage]:
    """The bot speaks: a sound that does not stop it changes nothing, words and keys do."""
    heard = {Event.SPOKE: stage, Event.STOPPED: stage, Event.NOTHING: stage}
    return {**_CALLER, **heard, Event.BARGE_IN: Stage.HEARING}


def _deaf(stage: Stage) -> dict[Event, Stage]:
    """Nobody listens: whatever the caller does is noted."""
    caller = (*_CALLER, Event.BARGE_IN)
    return {**dict.fromkeys(caller, stage), Event.HUNG_UP: Stage.CLOSED}


TABLE: Mapping[Stage, Mapping[Event, Stage]] = {
    Stage.ARRIVING: {Event.ANSWERED: Stage.GREETING, Event.HUNG_UP: Stage.CLOSED},
    Stage.GREETING: {
        **_while_saying(Stage.GREETING),
        **_WAIT,
        Event.PASSED_ON: Stage.RINGING,  # a relay service calls for a deaf person
    },
    Stage.LISTENING: _CAPPED,
    Stage.CHOOSING: _CAPPED,
    Stage.FILLING: _CAPPED,
    Stage.DICTATING: _CAPPED,
    Stage.WATCHING: _WAITING,
    Stage.HEARING: _CALLER,
    Stage.DECIDING: {**_CALLER, **_WAIT, **_BEGINS, Event.SEARCHING: Stage.DECIDING},
    Stage.SPEAKING: {
        **_while_saying(Stage.SPEAKING),
        **_WAIT,
        Event.PASSED_ON: Stage.RINGING,
    },
    Stage.ALARM: {**_while_saying(Stage.ALARM), **_WAIT, Event.PASSED_ON: Stage.RINGING},
    Stage.RINGING: {
        **_deaf(Stage.RINGING),
        Event.ACCEPTED: Stage.CLOSED,
        Event.REFUSED: Stage.DECIDING,
    },
    Stage.ENDING: {**_while_saying(Stage.ENDING), Event.ENDED: Stage.CLOSED},
    Stage.CLOSED: _deaf(Stage.CLOSED),
}

#: stage -> what happens when nothing else does, and the field of `Patience` that says when
TIMERS: Mapping[Stage, tuple[Event, str]] = {
    Stage.LISTENING: (Event.SILENCE, "silence_s"),
    Stage.CHOOSING: (Event.SILENCE, "silence_s"),
    Stage.FILLING: (Event.SILENCE, "silence_s"),
    Stage.DICTATING: (Event.SILENCE, "silence_s, or keys_s between two keys"),
    Stage.WATCHING: (Event.SILENCE, "silence_s"),
    Stage.HEARING: (Event.STOPPED, "end_silence_s"),
    Stage.DECIDING: (Event.SEARCHING, "filler_s"),
    Stage.RINGING: (Event.REFUSED, "transfer_s"),
}

#: where an event leads when the table does not say: the call goes on safely
USUAL: Mapping[Event, Stage] = {
    Event.ANSWERED: Stage.GREETING,
    **_CAPPED,
    **_WAIT,
    **_BEGINS,
    Event.BARGE_IN: Stage.HEARING,
    Event.SEARCHING: Stage.DECIDING,
    Event.PASSED_ON: Stage.RINGING,
    Event.ACCEPTED: Stage.CLOSED,
    Event.REFUSED: Stage.DECIDING,
    Event.ENDED: Stage.CLOSED,
}


class ImpossibleEvent(RuntimeError):
    """An event that cannot happen where the call is: a mistake in the program."""

    def __init__(self, stage: Stage, event: Event) -> None:
        super().__init__(f"the event {event.name} ({event}) cannot happen in {stage.name}")
        self.stage, self.event = stage, event


class Course:
    """Where one call is. Every event of the call passes through `on`.

    Args:
        strict: raise at an impossible event instead of logging it.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.stage = Stage.ARRIVING
        self._strict = strict

    def may(self, event: Event) -> bool:
        """Whether this may happen now; a timer that fires late asks first."""
        return event in TABLE[self.stage]

    def on(self, event: Event) -> Stage:
        """Follow the call to its next stage.

        Raises:
            ImpossibleEvent: the table has no such pair, and the course is strict.
        """
        following = TABLE[self.stage].get(event)
        if following is None:
            error = ImpossibleEvent(self.stage, event)
            if self._strict:
                raise error
            logger.error("%s; the call goes on", error)
            following = USUAL[event]
        self.stage = following
        return following

    @property
    def deaf(self) -> bool:
        """Whether what the caller does changes nothing now."""
        return self.stage in (Stage.RINGING, Stage.CLOSED)


def begins(decision: Decision) -> Event:
    """How a decision's reply begins."""
    if decision.reply.ends_call:
        return Event.GOODBYE
    if decision.reply.action is Action.EMERGENCY or decision.state.awaiting == "person":
        return Event.EMERGENCY
    return Event.REPLY


def waits(state: State) -> Event:
    """What is awaited once a reply is said."""
    if state.awaiting == "person":
        return Event.HELP_OFFERED
    if state.task is not None:
        if state.task.proposed or state.task.asking not in NUMBERS:
            return Event.SLOT_ASKED
        return Event.NUMBER_ASKED
    return Event.ASKED if state.awaiting else Event.OPEN
