"""A street report: what, where, how big, how dangerous. Danger goes to the duty post."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.tasks.form import Asked, Form
from dialog.tasks.landmark import Landmark
from dialog.tasks.place import Place
from dialog.tasks.problem import LONGEST, OTHER, ProblemKind, Size, Urgent
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import TaskState
from dialog.town import Service
from dialog.values.streets import Streets


class Report(Form):
    """Something wrong in the street now."""

    kind = "report"
    action = Action.REPORT

    def __init__(self, phrases: Phrases, rules: TaskRules, streets: Streets) -> None:
        self._phrases = phrases
        self._rules = rules
        none, unsure = rules.inside("none"), rules.inside("unsure")
        self._problem = ProblemKind(phrases, rules)
        self._place = Place(phrases, streets, unsure)
        super().__init__(
            [
                self._problem,
                self._place,
                Landmark(phrases, streets, none, unsure),
                Size(phrases, rules, none, unsure),
                Urgent(phrases, rules, rules.inside("urgent"), none),
            ]
        )

    @staticmethod
    def in_own_words(text: str) -> dict[str, str]:
        """The values of a problem of no known kind."""
        return {"problem": OTHER, "description": " ".join(text.split())[:LONGEST]}

    def opening(self, task: TaskState, service: Service, asked: Asked) -> str:
        """Thanks, and the problem as understood."""
        if said := self._problem.say(task):
            own = task.values.get("problem") == OTHER
            phrase = "report_opening_other" if own else "report_opening"
            return self._phrases.say(phrase, problem=said)
        return self._phrases.say("report_opening_unknown")

    def recap(self, task: TaskState, service: Service) -> str:
        """Problem, place, landmark, size, danger."""
        said = {slot.name: slot.say(task) for slot in self.slots}
        parts = {
            name: f", {said[name]}" if said[name] else ""
            for name in ("place", "landmark", "size", "urgent")
        }
        parts["place"] = parts["place"] or ", lieu non précisé"
        return self._phrases.say("report_recap", problem=said["problem"], **parts)

    def done(self, task: TaskState, service: Service, **said: str) -> str:
        """Reference and deadline."""
        return self._phrases.say("report_done", service=service.name, **said)

    def done_duty(self, service: Service, duty: Service, **said: str) -> str:
        """A danger: the duty post is called at once."""
        return self._phrases.say("report_done_duty", service=service.name, duty=duty.name, **said)

    def is_danger(self, task: TaskState) -> bool:
        """Whether the duty post has to hear of it now."""
        kind = self._rules.problem(task.values.get("problem", ""))
        return task.values.get("urgent") == "oui" or bool(kind and kind.danger)
