"""A message taken in English: name, subject, number, read back as a whole, then a ticket.

    name ─► subject ─► number (the calling one is offered; or said, or keyed) ─► recap ─yes─► ticket
    any ─"cancel"─► nothing is kept       recap ─no─► the number again, else from the start

The ticket has the fields of a French one (docs/conversation.md), and `language`. What is not
understood twice is left out: somebody reads the message anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.english.numbers import attempted, digits, phone, read_back
from dialog.english.speech import Speech
from dialog.english.times import say_day
from dialog.hours import Calendar
from dialog.intents import Intents
from dialog.reply import Action
from dialog.state import State
from dialog.tasks.task_state import CONFIRM, TaskState
from dialog.tasks.ticket import TicketDraft, grouped
from dialog.town import Town

KIND = "message"
LANGUAGE_NAME = "anglais"  #: what the service reads
_SLOTS = ("name", "subject", "phone")
_TRIES = 2  #: answers not understood, after which a slot is left out
_LONGEST = 600  #: characters of a subject, as in French
_NAME_LEADS = "my name is", "the name is", "it's", "it is", "this is", "i am", "i'm", "name is"
_SUBJECT_LEADS = "it's about", "it is about", "about", "it's for", "it is for", "it's that"
_CUT = 12  #: words of a long subject that are read back


class EnglishMessage:
    """Takes a message. Holds nothing of any call."""

    def __init__(
        self,
        town: Town,
        calendar: Calendar,
        intents: Intents,
        speech: Speech,
        reference: Callable[[], str],
    ) -> None:
        self._town = town
        self._calendar = calendar
        self._intents = intents
        self._speech = speech
        self._reference = reference

    def begin(self, turn: Turn, service: str) -> Decision:
        """Ask for the first thing that is not known.

        Args:
            service: id of the service that was asked for; empty: the town's front desk.
        """
        lead = self._speech.text("message_opening")
        if not turn.state.warned:
            lead = f"{lead} {self._speech.text('task_health')}"
        state = replace(turn.state, warned=True)
        task = TaskState(KIND, service, {"language": LANGUAGE_NAME})
        return self._ask(replace(turn, state=state), task, lead)

    def resume(self, turn: Turn, task: TaskState, lead: str = "") -> Decision:
        """Go on with a form that was begun, in French maybe, or that something interrupted."""
        values = dict(task.values)
        if task.kind != KIND:  # a report or a request begun in French: its words are the subject
            told = " ".join(
                v for k, v in values.items() if k in ("description", "place", "subject")
            )
            values = {k: v for k, v in values.items() if k in ("name", "phone")}
            values |= {"subject": told} if told else {}
        values["language"] = LANGUAGE_NAME
        skipped = tuple(name for name in task.skipped if name in _SLOTS)
        again = TaskState(KIND, task.service, values, skipped=skipped)
        return self._ask(turn, again, lead)

    def answer(self, turn: Turn, task: TaskState) -> Decision:
        """Decide on a turn inside the form."""
        words = turn.words
        if not words.spoken:
            return self._ask(turn, task, self._speech.text("task_sorry"))
        if words.count <= _CUT and self._intents.is_("cancel", words):
            text = self._speech.text("task_cancelled")
            after = replace(turn.state, task=None)
            return self._speech.say(after, Action.MESSAGE, text, awaiting="other")
        if task.proposed:
            return self._proposed(turn, task)
        if task.asking == CONFIRM:
            return self._confirmed(turn, task)
        if self._intents.is_("nothing", words) and task.asking != "subject":
            return self._ask(turn, task.skip(task.asking), self._speech.text("task_agreed"))
        return self._filled(turn, task)

    def key(self, turn: Turn, task: TaskState, digit: str) -> Decision | None:
        """A digit of a number being keyed, 1 and 2 for yes and no; None: another key."""
        if (task.proposed or task.asking == CONFIRM) and digit in "12":
            said = type(turn.words).of("yes" if digit == "1" else "no")
            return self.answer(replace(turn, words=said), task)
        if task.asking != "phone" or digit == "*" or (digit == "0" and not self._keyed(task)):
            # a number may begin with 0: alone, after a pause, it is a person
            if task.asking == "phone" and digit == "0":
                return self._typed(turn, task, digit)
            return None
        if digit == "#":
            return self.pause(turn, task)
        return self._typed(turn, task, digit)

    def keys(self, turn: Turn, task: TaskState, typed: str) -> Decision | None:
        """Digits keyed in one go, as one value."""
        if task.asking != "phone" or len(typed.strip("#*")) < len("00"):
            return None
        return self._number(turn, replace(task, typed=""), typed.strip("#*"))

    def pause(self, turn: Turn, task: TaskState) -> Decision | None:
        """The caller stopped keying; None when nothing was keyed."""
        if not task.typed:
            return None
        return self._number(turn, replace(task, typed=""), task.typed)

    def ask_again(self, turn: Turn, task: TaskState, lead: str) -> Decision:
        """Say something, then the open question."""
        return self._ask(turn, task, lead)

    # -- slots -------------------------------------------------------------------------------

    def _filled(self, turn: Turn, task: TaskState) -> Decision:
        text = turn.words.text.strip()
        if task.asking == "phone":
            return self._number(turn, task, text)
        if task.asking == "name":
            value = _without(text, _NAME_LEADS)
            noted = self._speech.text("task_name_is", name=value)
        else:
            value = _without(text, _SUBJECT_LEADS)[:_LONGEST]
            noted = self._speech.text("task_subject_is", subject=_short(value))
        if not value:
            return self._not_understood(turn, task)
        return self._ask(turn, task.fill(task.asking, {task.asking: value}), noted)

    def _number(self, turn: Turn, task: TaskState, text: str) -> Decision:
        caller, same = turn.state.caller, self._offers_caller(turn.state, task)
        if same and self._intents.is_("no", turn.words) and not digits(text):
            return self._ask(turn, replace(task, skipped=(*task.skipped, "caller")), "")
        agrees = self._intents.is_("yes", turn.words) or self._intents.is_("same", turn.words)
        if caller and agrees and not digits(text):
            noted = self._speech.text("task_phone_noted")
            return self._ask(turn, task.fill("phone", {"phone": caller}), noted)
        number = phone(text)
        if not number:
            return self._not_understood(turn, task, attempted=attempted(text))
        say = self._speech.text("task_phone_check", phone=read_back(number))
        decision = self._speech.say(turn.state, Action.MESSAGE, say, fixed=False)
        return _with(decision, task.propose("phone", {"phone": number}))

    def _proposed(self, turn: Turn, task: TaskState) -> Decision:
        """The number was read back."""
        if self._intents.is_("yes", turn.words):
            return self._ask(turn, task.fill("phone", task.proposed), "")
        task = replace(task, proposed={}, skipped=(*task.skipped, "caller"))
        if digits(turn.words.text):
            return self._number(turn, task, turn.words.text)
        return self._not_understood(turn, task)

    def _confirmed(self, turn: Turn, task: TaskState) -> Decision:
        if self._intents.is_("yes", turn.words):
            return self._finish(turn, task)
        if self._intents.is_("no", turn.words):
            kept = {"language": LANGUAGE_NAME}
            lead = self._speech.text("task_again")
            return self._ask(turn, TaskState(KIND, task.service, kept), lead)
        if (number := phone(turn.words.text)) and number != task.values.get("phone"):
            return self._number(turn, replace(task, asking="phone"), turn.words.text)
        return self._ask(turn, task, self._speech.text("task_sorry"))

    def _not_understood(self, turn: Turn, task: TaskState, *, attempted: bool = False) -> Decision:
        tried = task.failed()
        if tried.tries >= _TRIES:
            return self._ask(turn, tried.skip(task.asking), self._speech.text("task_agreed"))
        lead = self._speech.text("task_phone_refused" if attempted else "task_sorry")
        return self._ask(turn, tried, lead)

    # -- keys --------------------------------------------------------------------------------

    @staticmethod
    def _keyed(task: TaskState) -> bool:
        return bool(task.typed)

    def _typed(self, turn: Turn, task: TaskState, digit: str) -> Decision:
        typed = task.typed + digit
        if phone(typed):
            return self._number(turn, replace(task, typed=""), typed)
        decision = self._speech.say(turn.state, Action.NONE, "")
        state = replace(turn.state, task=replace(task, typed=typed), language="en")
        return replace(decision, state=state)

    # -- questions and end -------------------------------------------------------------------

    @staticmethod
    def _offers_caller(state: State, task: TaskState) -> bool:
        return bool(state.caller) and "caller" not in task.skipped

    def _ask(self, turn: Turn, task: TaskState, lead: str) -> Decision:
        """The next question, or the recap when there is none."""
        slot = next((s for s in _SLOTS if s not in task.values and s not in task.skipped), CONFIRM)
        if slot == CONFIRM and not self._said_something(task):
            text = f"{lead} {self._speech.text('task_empty')}".strip()
            after = replace(turn.state, task=None)
            return self._speech.say(after, Action.MESSAGE, text, awaiting="other")
        question = self._recap(task) if slot == CONFIRM else self._question(turn.state, task, slot)
        text = f"{lead} {question}".strip()
        decision = self._speech.say(turn.state, Action.MESSAGE, text, fixed=False)
        return _with(decision, task.ask(slot))

    def _question(self, state: State, task: TaskState, slot: str) -> str:
        if slot == "phone" and self._offers_caller(state, task):
            return self._speech.text("task_phone_same", end=" ".join(state.caller[-2:]))
        return self._speech.text(f"task_{slot}")

    @staticmethod
    def _said_something(task: TaskState) -> bool:
        return bool(task.values.get("subject") or task.values.get("phone"))

    def _recap(self, task: TaskState) -> str:
        known = {slot: task.values[slot] for slot in _SLOTS if task.values.get(slot)}
        parts = [
            self._speech.text(
                f"recap_{slot}", value=read_back(value) if slot == "phone" else _short(value)
            )
            for slot, value in known.items()
        ]
        return self._speech.text("message_recap", parts="".join(parts))

    def _finish(self, turn: Turn, task: TaskState) -> Decision:
        ticket = self.ticket(turn, task)
        answered = bool(task.values.get("phone")) and ticket.due is not None
        due = say_day(ticket.due, turn.at.date()) if ticket.due else ""
        text = self._speech.text(
            "message_done" if answered else "message_done_unanswered",
            due=due.removeprefix("on "),
            reference=grouped(ticket.reference),
        )
        after = replace(turn.state, task=None, ticket=ticket.reference)
        decision = self._speech.say(after, Action.MESSAGE, text, fixed=False, awaiting="other")
        return replace(decision, tickets=(ticket,))

    def ticket(self, turn: Turn, task: TaskState, *, complete: bool = True) -> TicketDraft:
        """The ticket of what is known."""
        service = self._town.service(task.service)
        days = self._town.callback_working_days
        return TicketDraft(
            kind=KIND,
            fields={name: value for name, value in task.values.items() if value},
            service=service.id,
            due=self._calendar.working_days_after(service, turn.at.date(), days),
            reference=self._reference(),
            complete=complete,
        )


def _with(decision: Decision, task: TaskState) -> Decision:
    return replace(decision, state=replace(decision.state, task=task))


def _without(text: str, leads: tuple[str, ...]) -> str:
    """An answer without the words that only introduce it."""
    said = text.strip().rstrip(".!").strip()
    low = said.lower().replace("’", "'")
    lead = next((one for one in leads if low.startswith(f"{one} ")), "")
    return said[len(lead) :].strip(" ,:") if lead else said


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= _CUT else f"{' '.join(words[:_CUT])}…"
