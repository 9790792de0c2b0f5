"""A message for a service: who, about what, which number, when to call back."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.rules import Rules
from dialog.search.normalise import fold
from dialog.tasks.form import Answer, Asked, Form
from dialog.tasks.name import Name
from dialog.tasks.phone import Phone
from dialog.tasks.purpose import IsOffice
from dialog.tasks.rules import TaskRules
from dialog.tasks.subject import Subject
from dialog.tasks.task_state import TaskState
from dialog.tasks.when import When
from dialog.town import Service

NO_CALL = "ne pas rappeler"  #: the callback that a caller does without


class CallBack(When):
    """When to call back: not asked of those who leave no number."""

    def __init__(self, phrases: Phrases, none: Rules, unsure: Rules, no_call: Rules) -> None:
        super().__init__(phrases, none, unsure, name="when", question="task_when")
        self._no_call = no_call

    def parse(self, asked: Asked) -> Answer | None:
        """A moment, or that nobody needs to call."""
        if self._no_call.covers(asked.words.spoken) or self._no_call.covers(asked.words.core):
            return Answer({"when": NO_CALL}, self._phrases.say("task_no_call"))
        return super().parse(asked)

    def say(self, task: TaskState) -> str:
        """Nothing in the recap where nobody calls."""
        when = super().say(task)
        return "" if when == NO_CALL else when

    def wanted(self, task: TaskState) -> bool:
        """Only with a number."""
        return bool(task.values.get("phone"))


class Message(Form):
    """What the town promises is a call back, not an answer."""

    kind = "message"
    action = Action.MESSAGE

    def __init__(self, phrases: Phrases, rules: TaskRules, is_office: IsOffice) -> None:
        self._phrases = phrases
        none, unsure = rules.inside("none"), rules.inside("unsure")
        super().__init__(
            [
                Name(phrases, none),
                Subject(phrases, rules.subject_lead, is_office),
                Phone(phrases, none, rules.inside("same_number")),
                CallBack(phrases, none, unsure, rules.inside("no_call")),
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
        answered = bool(task.values.get("phone")) and task.values.get("when") != NO_CALL
        name = "message_done" if answered else "message_done_unanswered"
        return self._phrases.say(name, service=service.name, **said)


_VOWELS = tuple("aeiou")
_LEADS = {
    "person": ", pour {},",
    "subject": " au sujet de « {} »",
    "name": ", au nom {}",
    "phone": ", numéro {}",
    "when": ", à rappeler {}",
    "days": ", de préférence {}",
}


def recap_parts(form: Form, task: TaskState) -> dict[str, str]:
    """Each known value as a part of the recap's sentence; empty for what is not known."""
    said = {slot.name: slot.say(task) for slot in form.slots}
    said["person"] = task.values.get("person", "")
    if name := said.get("name"):
        said["name"] = _of(name)
    return {
        name: lead.format(value) if (value := said.get(name, "")) else ""
        for name, lead in _LEADS.items()
    }


def _of(name: str) -> str:
    """ "d'Antoine", "du docteur Kowalski", "de madame Petit"."""
    if name.startswith("docteur "):
        return f"du {name}"
    return f"d'{name}" if fold(name)[:1] in _VOWELS else f"de {name}"
