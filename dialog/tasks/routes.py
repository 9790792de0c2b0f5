"""Which service gets a ticket."""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.finder import Finder
from dialog.intents import Words
from dialog.people import People
from dialog.reply import Action
from dialog.tasks.rules import Problem, TaskRules
from dialog.tasks.task_state import TaskState
from dialog.town import Service, Town

_SELF_CORRECTED = re.compile(
    r"[\s,.]+(?:enfin|ah|euh|oh)?\s*\b(?:non|pardon|plutôt|je veux dire)\b[\s,]*(?:plutôt\s+)?"
    r"(?=(?:pour|à|au|aux|avec|c['’]est|la|le|les|l['’])(?:\s|\w))",
    re.IGNORECASE,
)


_ELECTED = re.compile(
    r"\bmessages? (?:au|a|pour|a l attention de|destine a)(?: (?:monsieur|madame|m|mme))?"
    r"(?: (?:le|la|l|un|une))? ?(?:maire|mairesse|adjointe?|elue?)\b"
    r"|\bque (?:monsieur |madame )?(?:le|la) mair(?:e|esse) (?:me|m|nous) ?(?:rap|recon|con)\w+"
)


class Routes:
    """By name, by the kind of problem, or by the sheet that is about the subject."""

    def __init__(self, town: Town, people: People, finder: Finder, rules: TaskRules) -> None:
        self._town = town
        self._people = people
        self._finder = finder
        self._rules = rules

    def named(self, turn: Turn, found: Decision | None, offered: str) -> str:
        """The service a task begins with: named, offered, of the sheet; empty: not known yet.

        Args:
            found: what the search made of the same words.
            offered: the service that the caller was just told of.
        """
        if _ELECTED.search(turn.words.spoken):
            return self._town.elected_service or self._town.default_service
        service = self._people.directory.named(turn.words)
        corrected = _SELF_CORRECTED.split(turn.words.text)
        if len(corrected) > 1:  # "pour l'urbanisme, enfin non, pour la voirie"
            service = self._people.directory.named(Words.of(corrected[-1])) or service
        if service is not None and service.id != self._town.default_service:
            return service.id
        if offered and offered != self._town.default_service:
            return offered
        about = self._of_sheet(found.reply.sheet) if found and _sure(found) else ""
        return about or self._of_sheet(turn.state.sheet) or turn.state.line_service

    def by_subject(self, turn: Turn, task: TaskState) -> TaskState:
        """The task with the service that its subject is a matter of, when nobody named one."""
        subject = task.values.get("subject", "")
        if task.service or not subject:
            return task
        asked = Turn(Words.of(subject), replace(turn.state.settled(), task=None), turn.at)
        service = self._people.directory.named(asked.words)
        if service is not None and not service.duty:
            return replace(task, service=service.id)
        found = self._finder.decide(asked)[0]
        about = self._of_sheet(found.reply.sheet) if _sure(found) else ""
        return replace(task, service=about or self._town.default_service)

    def of(self, task: TaskState) -> Service:
        """The service that a task's ticket goes to."""
        kind = self._rules.problem(task.values.get("problem", ""))
        if kind is not None:
            return self._for(kind)
        return self._town.service(task.service)

    def _for(self, kind: Problem) -> Service:
        if kind.danger:
            for service in self._town.services:
                if service.duty:
                    return service
        for name in kind.services:
            found = self._people.directory.named(Words.of(name))
            if found is not None and not found.duty:
                return found
        return self._town.service(self._town.default_service)

    def _of_sheet(self, sheet_id: str | None) -> str:
        sheet = self._finder.sheet(sheet_id) if sheet_id else None
        known = {service.id for service in self._town.services}
        return sheet.service if sheet is not None and sheet.service in known else ""


def _sure(found: Decision) -> bool:
    return found.reply.action == Action.ANSWER and bool(found.reply.sheet)
