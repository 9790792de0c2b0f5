"""A message for a service: who, about what, which number, when to call back."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.tasks.form import Asked, Form
from dialog.tasks.name import Name
from dialog.tasks.phone import Phone
from dialog.tasks.rules import TaskRules
from dialog.tasks.subject import Subject
from dialog.tasks.task_state import TaskState
from dialog.tasks.when import When
from dialog.town import Service


class CallBack(When):
    """When to call back: not asked of those who leave no number."""

    def wanted(self, task: TaskState) -> bool:
        """Only with a number."""
        return bool(task.values.get("phone"))


class Message(Form):
    """What the town promises is a call back, not an answer."""

    kind = "message"
    action = Action.MESSAGE

    def __init__(self, phrases: Phrases, rules: TaskRules) -> None:
        self._phrases = phrases
        none, unsure = rules.inside("none"), rules.inside("unsure")
        super().__init__(
            [
                Name(phrases, none),
                Subject(phrases, rules.subject_lead),
                Phone(phrases, none, rules.inside("same_number")),
                CallBack(phrases, none, unsure, name="when", question="task_when"),
            ]
        )

    def opening(self, task: TaskState, service: Service, asked: Asked) -> str:
        """For whom, when that is known already."""
        name = "message_opening" if task.service else "message_opening_any"
        return self._phrases.say(name, service=service.name)

    def recap(self, task: TaskState, service: Service) -> str:
        """Service, subject, name, number, moment."""
        return self._phrases.say("message_recap", service=service.name, **recap_parts(self, task))

    def done(self, task: TaskState, service: Service, **said: str) -> str:
        """Without a number nobody promises to call."""
        answered = bool(task.values.get("phone"))
        name = "message_done" if answered else "message_done_unanswered"
        return self._phrases.say(name, service=service.name, **said)


_LEADS = {
    "subject": " au sujet de « {} »",
    "name": ", au nom de {}",
    "phone": ", numéro {}",
    "when": ", à rappeler {}",
    "days": ", de préférence {}",
}


def recap_parts(form: Form, task: TaskState) -> dict[str, str]:
    """Each known value as a part of the recap's sentence; empty for what is not known."""
    said = {slot.name: slot.say(task) for slot in form.slots}
    return {
        name: lead.format(value) if (value := said.get(name, "")) else ""
        for name, lead in _LEADS.items()
    }
