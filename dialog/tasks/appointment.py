"""An appointment request: subject, preferred days, contact. The town fixes the date, never we."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.tasks.form import Asked, Form
from dialog.tasks.message import recap_parts
from dialog.tasks.name import Name
from dialog.tasks.phone import Phone
from dialog.tasks.purpose import IsOffice
from dialog.tasks.rules import TaskRules
from dialog.tasks.subject import Subject
from dialog.tasks.task_state import TaskState
from dialog.tasks.when import When
from dialog.town import Service

CHANGE = "change"  #: field of a request about an appointment that exists: "cancel" or "move"


class Appointment(Form):
    """A wish that is passed on; no slot is ever offered or promised."""

    kind = "appointment"
    action = Action.APPOINTMENT

    def __init__(self, phrases: Phrases, rules: TaskRules, is_office: IsOffice) -> None:
        self._phrases = phrases
        none, unsure = rules.inside("none"), rules.inside("unsure")
        super().__init__(
            [
                Subject(phrases, rules.subject_lead, is_office, question="appointment_subject"),
                When(phrases, none, unsure, name="days", question="appointment_days"),
                Name(phrases, none),
                Phone(phrases, none, rules.inside("same_number")),
            ]
        )

    def opening(self, task: TaskState, service: Service, asked: Asked) -> str:
        """With whom, when that is known already."""
        if change := task.values.get(CHANGE):
            any_ = "" if task.service else "_any"
            return self._phrases.say(f"appointment_{change}_opening{any_}", service=service.name)
        name = "appointment_opening" if task.service else "appointment_opening_any"
        return self._phrases.say(name, service=service.name)

    def recap(self, task: TaskState, service: Service) -> str:
        """Service, subject, days, name, number."""
        parts = recap_parts(self, task)
        if change := task.values.get(CHANGE):
            parts = {**parts, "subject": self.slots[0].say(task)}
            return self._phrases.say(f"appointment_{change}_recap", service=service.name, **parts)
        return self._phrases.say("appointment_recap", service=service.name, **parts)

    def done(self, task: TaskState, service: Service, **said: str) -> str:
        """That it is not an appointment yet."""
        if change := task.values.get(CHANGE):
            name = f"appointment_{change}_done"
            return self._phrases.say(name, service=service.name, **said)
        answered = bool(task.values.get("phone"))
        name = "appointment_done" if answered else "appointment_done_unanswered"
        return self._phrases.say(name, service=service.name, **said)
