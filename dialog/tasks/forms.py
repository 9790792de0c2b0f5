"""The kinds of tasks that there are, each with its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialog.tasks.appointment import Appointment
from dialog.tasks.form import Form
from dialog.tasks.message import Message
from dialog.tasks.report import Report
from dialog.tasks.rules import TaskRules
from dialog.tasks.sending import SendingForm
from dialog.tasks.tools import Tools
from dialog.values.streets import Streets


@dataclass(frozen=True)
class Forms:
    """All forms; the two that others ask for more than their slots have a name here."""

    by_kind: Mapping[str, Form]
    report: Report
    sending: SendingForm

    @classmethod
    def of(cls, tools: Tools, rules: TaskRules, streets: Streets) -> Forms:
        """The forms of a town.

        Args:
            streets: the town's own list; an empty one keeps every street as heard.
        """
        phrases, directory = tools.phrases, tools.people.directory

        def is_office(text: str) -> bool:
            return directory.only_office(text) is not None

        report = Report(phrases, rules, streets)
        sending = SendingForm(phrases, rules, tools.town, tools.means)
        forms: tuple[Form, ...] = (
            Message(phrases, rules, is_office),
            report,
            Appointment(phrases, rules, is_office),
            sending,
        )
        return cls({form.kind: form for form in forms}, report, sending)
