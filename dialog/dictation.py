"""A message in a language that the assistant does not speak: dictated freely, with a number.

    "say your name and your message" ─► the words as heard ─► the calling number, one that was said
    in them, or one that is asked for once (keys are best) ─► ticket, goodbye

The ticket names the language, so that the service calls back with somebody who speaks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.english.numbers import phone
from dialog.hours import Calendar
from dialog.interpreter import Interpreter
from dialog.people import People
from dialog.reply import Action, Reply
from dialog.tasks.task_state import TaskState
from dialog.tasks.ticket import TicketDraft
from dialog.town import Town

_LONGEST = 600  #: characters of a message
_LONGEST_NUMBER = 80  #: characters of a number that was not understood
_SUBJECT, _PHONE = "subject", "phone"


class Dictation:
    """Takes such a message. Holds nothing of any call."""

    def __init__(
        self,
        town: Town,
        calendar: Calendar,
        people: People,
        interpreter: Interpreter,
        reference: Callable[[], str],
    ) -> None:
        self._days = town.callback_working_days
        self._calendar = calendar
        self._people = people
        self._interpreter = interpreter
        self._reference = reference

    def begin(self, turn: Turn, language: str, lead: str = "") -> Decision:
        """Ask for the message.

        Args:
            lead: sentence said before, by its name.
        """
        values = {"language": self._interpreter.name(language)}
        task = TaskState("message", "", values, asking=_SUBJECT)
        state = replace(turn.state, foreign=language)
        return self._ask(replace(turn, state=state), task, lead, "dictate")

    def answer(self, turn: Turn, task: TaskState) -> Decision:
        """The message itself, or the number to call back."""
        text = turn.words.text.strip()
        if not turn.words.spoken:
            return self._ask(turn, task, "dictate" if task.asking == _SUBJECT else _PHONE)
        if task.asking == _PHONE:
            return self.number(turn, task, text)
        filled = task.fill(_SUBJECT, {_SUBJECT: text[:_LONGEST]})
        if number := phone(text):
            return self.finish(turn, filled.fill(_PHONE, {_PHONE: number}))
        if turn.state.caller:
            return self.finish(turn, filled)
        return self._ask(turn, filled.ask(_PHONE), _PHONE)

    def key(self, turn: Turn, task: TaskState, digit: str) -> Decision | None:
        """A digit of the number; None: another key."""
        if task.asking != _PHONE:
            return None
        if digit in "#*":
            return self.number(turn, task, task.typed)
        typed = replace(task, typed=task.typed + digit)
        if phone(typed.typed):
            return self.number(turn, task, typed.typed)
        return Decision(Reply(Action.NONE, ""), replace(turn.state, task=typed))

    def number(self, turn: Turn, task: TaskState, text: str) -> Decision:
        """A number, or what was made of one: asked for again once, then kept as heard."""
        if number := phone(text):
            return self.finish(turn, task.fill(_PHONE, {_PHONE: number}))
        if not task.tries:
            return self._ask(turn, task.failed(), _PHONE)
        heard = {"phone_heard": text[:_LONGEST_NUMBER]} if text else {}
        return self.finish(turn, task.fill(_PHONE, heard))

    def silence(self, turn: Turn, task: TaskState, nth: int) -> Decision:
        """Nobody speaks: asked again, then what there is is kept."""
        if task.typed:
            return self.number(turn, task, task.typed)
        if nth > 1 or _SUBJECT in task.values:
            return self.finish(turn, task)
        return self._ask(turn, task, "dictate")

    def finish(self, turn: Turn, task: TaskState) -> Decision:
        """Keep what there is, and say goodbye."""
        state, values = turn.state, dict(task.values)
        if state.caller and _PHONE not in values:
            values |= {_PHONE: state.caller, "phone_confirmed": "non"}
        over = replace(state, task=None)
        if not values.keys() & {_SUBJECT, _PHONE}:
            return self._interpreter.say(over, state.foreign, ("offer",), Action.CHITCHAT)
        service = self._people.default(state)
        ticket = TicketDraft(
            kind="message",
            fields={name: value for name, value in values.items() if value},
            service=service.id,
            due=self._calendar.working_days_after(service, turn.at.date(), self._days),
            reference=self._reference(),
            complete=_SUBJECT in values,
        )
        over = replace(over, ticket=ticket.reference)
        decision = self._interpreter.say(over, state.foreign, ("done",), Action.MESSAGE)
        reply = replace(decision.reply, ends_call=not state.emergency)
        return replace(decision, reply=reply, tickets=(ticket,))

    def _ask(self, turn: Turn, task: TaskState, *names: str) -> Decision:
        said = tuple(name for name in names if name)
        state = turn.state
        decision = self._interpreter.say(state, state.foreign, said, Action.MESSAGE)
        return replace(decision, state=replace(decision.state, task=task))
