"""What a form says next: a read-back, the next question, the recap, or the end with its ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from dialog.decision import Decision, Turn, say
from dialog.hours import say_day, say_time
from dialog.state import State
from dialog.tasks.form import Asked
from dialog.tasks.forms import Forms
from dialog.tasks.routes import Routes
from dialog.tasks.sending import SENDING
from dialog.tasks.step import Step
from dialog.tasks.task_state import CONFIRM, TaskState
from dialog.tasks.ticket import TicketDraft, grouped
from dialog.tasks.tools import Tools
from dialog.town import Service

_INTERNAL = ("phone_part", "street_choices")  #: of a form being filled, not of its ticket


class Asking:
    """Turns a step of a form into a decision. Holds nothing of any call."""

    def __init__(
        self, tools: Tools, forms: Forms, routes: Routes, reference: Callable[[], str]
    ) -> None:
        """
        Args:
            reference: six digits that no other ticket has.
        """
        self._tools = tools
        self._phrases = tools.phrases
        self._forms = forms
        self._routes = routes
        self._reference = reference

    def render(self, turn: Turn, step: Step) -> Decision:
        """What a step is answered with: a read-back, the next question, the recap, or the end."""
        task = self._routes.by_subject(turn, step.task)
        if step.finished:
            return self.finish(turn, task)
        if step.say:
            action = self._forms.by_kind[task.kind].action
            text = f"{step.lead} {step.say}".strip()
            decision = say(turn.state, action, text, fixed=False)
            return replace(decision, state=with_task(decision.state, task))
        return self.ask(turn, task, step.lead)

    def ask(self, turn: Turn, task: TaskState, lead: str) -> Decision:
        """Ask what is open, after a few words."""
        form = self._forms.by_kind[task.kind]
        slot = form.slot(task.asking) if task.proposed else form.next(task)
        if slot is None and not form.recaps:
            return self.finish(turn, task)
        if task.proposed and slot is not None:
            after, question = task, slot.check(task.proposed)
        elif slot is not None:
            after = task.ask(slot.name)
            question = slot.question(asked_of(turn, after))
        else:
            after, question = task.ask(CONFIRM), form.recap(task, self.service(task))
        text = f"{lead} {question}".strip()
        decision = say(turn.state, form.action, text, fixed=False)
        return replace(decision, state=with_task(decision.state, after))

    def finish(self, turn: Turn, task: TaskState) -> Decision:
        """The end of a form: its ticket, its reference, and a transfer when it is a danger."""
        if task.kind == SENDING:
            return self._forms.sending.finish(turn.state, task)
        form, service = self._forms.by_kind[task.kind], self.service(task)
        ticket = self.ticket(task, turn.at, complete=True)
        duty = self._tools.people.duty(turn.at) if self._dangerous(task) else None
        state = replace(turn.state, task=None, ticket=ticket.reference)
        said = {
            "reference": self._phrases.say("task_reference", reference=grouped(ticket.reference)),
            "now": f"aujourd'hui à {say_time(turn.at.time())}",
            "due": say_day(ticket.due, turn.at.date()) if ticket.due else "",
        }
        if duty is not None:
            text = self._forms.report.done_duty(service, duty, **said)
            decision = say(state, form.action, text, fixed=False)
            reply = replace(decision.reply, transfer_to=duty.id)
            return Decision(reply, replace(decision.state, service=duty.id), (ticket,))
        text = form.done(task, service, **said)
        decision = say(state, form.action, text, fixed=False, awaiting="other")
        return replace(decision, tickets=(ticket,))

    def ticket(self, task: TaskState, at: datetime, *, complete: bool) -> TicketDraft:
        """What the service gets; at the end of a form, or of a call in the middle of one."""
        service = self.service(task)
        days = self._tools.town.callback_working_days
        due = self._tools.calendar.working_days_after(service, at.date(), days)
        wished = task.values.get("when_first", "")  # not before the caller wants to be called
        fields = {name: v for name, v in task.values.items() if v and name not in _INTERNAL}
        if task.proposed:  # read back, and the caller left before saying oui
            fields |= {name: v for name, v in task.proposed.items() if v}
            fields["phone_confirmed"] = "non"
        return TicketDraft(
            kind=task.kind,
            fields=fields,
            service=service.id,
            due=max(due, date.fromisoformat(wished)) if wished else due,
            reference=task.reference or self._reference(),
            complete=complete,
            goes_on=bool(task.reference),
        )

    def service(self, task: TaskState) -> Service:
        """The service that will get the task's ticket."""
        return self._routes.of(task)

    def _dangerous(self, task: TaskState) -> bool:
        return task.kind == self._forms.report.kind and self._forms.report.is_danger(task)


def asked_of(turn: Turn, task: TaskState) -> Asked:
    """The turn as a slot of this task sees it."""
    return Asked(turn.words, task, turn.at, turn.state.caller)


def with_task(state: State, task: TaskState) -> State:
    """The state with this task under way."""
    return replace(state, task=task)
