"""The rules of tasks: `data/tasks.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from dialog.intents import Intent, Words
from dialog.rules import Rules
from dialog.values.words import after


@dataclass(frozen=True)
class Problem:
    """A kind of street report."""

    id: str
    name: str  #: as spoken: "un trou dans la chaussée"
    services: tuple[str, ...]  #: what the service that handles it may be called, likeliest first
    alone: Rules  #: show it by themselves
    things: Rules  #: together with `wrong`
    wrong: Rules
    size: bool = False
    urgent: bool = False  #: ask whether it is dangerous
    danger: bool = False  #: it is: the duty post takes it

    def shows(self, words: str) -> bool:
        """Whether folded words tell of it."""
        if self.alone.search(words):
            return True
        return bool(self.things.search(words) and self.wrong.search(words))

    def names(self, words: str) -> bool:
        """Whether an answer to "qu'avez-vous vu ?" names it, whatever is wrong with it."""
        return self.shows(words) or bool(self.things.search(words))


class TaskRules:
    """All rules, compiled once."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.message = _intent(table["message"])
        self.appointment = _intent(table["appointment"])
        self.not_appointment = Rules(table["appointment"]["not"])
        existing = table["appointment"]["existing"]
        self.cancels, self.moves = Rules(existing["cancel"]), Rules(existing["move"])
        self.misses, self.not_existing = Rules(existing["missed"]), Rules(existing["not"])
        report = table["report"]
        self.report_wish = Intent(Rules(report["wish"]), Rules(report["whole"]))
        self.reported_elsewhere = Rules(report["elsewhere"])
        self.not_report = Rules(report["not"])
        self.problems = tuple(_problem(kind) for kind in report["kind"])
        self.subject_lead = Rules(table["subject"]["lead"])
        self._inside = {name: Rules(lines) for name, lines in table["inside"].items()}

    @classmethod
    def load(cls) -> TaskRules:
        """The rules shipped with the program."""
        text = files("dialog").joinpath("data/tasks.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def inside(self, name: str) -> Rules:
        """Rules that hold inside a task: `cancel`, `question`, `correction`, …"""
        return self._inside[name]

    def problem(self, problem_id: str) -> Problem | None:
        """The kind of report with this id."""
        return next((kind for kind in self.problems if kind.id == problem_id), None)

    def corrected(self, words: Words) -> str:
        """What follows "non, …" in the caller's own words; empty when nothing does."""
        match = self._inside["correction"].search(words.spoken)
        return after(words.text, match.group()) if match else ""


def _intent(table: dict[str, str]) -> Intent:
    return Intent(Rules(table.get("anywhere", "")), Rules(table.get("whole", "")))


def _problem(table: dict[str, Any]) -> Problem:
    return Problem(
        id=table["id"],
        name=table["name"],
        services=tuple(table["services"]),
        alone=Rules(table.get("alone", "")),
        things=Rules(table.get("things", "")),
        wrong=Rules(table.get("wrong", "")),
        size=table.get("size", False),
        urgent=table.get("urgent", False),
        danger=table.get("danger", False),
    )
