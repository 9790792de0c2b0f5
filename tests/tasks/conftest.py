"""A small town with its streets, and a caller who leaves something."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest

from dialog.desk import Decision, Desk
from dialog.reply import Reply
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.tasks.rules import TaskRules
from dialog.tasks.ticket import TicketDraft
from dialog.town import Town
from dialog.values.streets import House, Streets
from tests.dialog.conftest import EVENING, OPEN, index, sheets, town

__all__ = ["EVENING", "OPEN", "index", "sheets", "town"]

CALLER = "+33612345642"

STREETS = Streets(
    [
        *(House("Rue des Lilas", n, "", 47.97 + n / 1e5, -0.42) for n in range(1, 31)),
        House("Rue du Moulin", 3, "", 47.98, -0.43),
        House("Rue du Général Leclerc", 1, "", 47.99, -0.44),
        House("Rue du Général de Gaulle", 1, "", 47.991, -0.441),
        House("Place du Lavoir", 2, "", 47.972, -0.422),
        House("Impasse des Acacias", None, "", 47.975, -0.425),
    ]
)


@dataclass
class Caller:
    """One call, as the telephone holds it: state, replies, tickets."""

    desk: Desk
    at: datetime = OPEN
    number: str = ""
    state: State = field(default_factory=State)
    tickets: list[TicketDraft] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = self.desk.greeting("mairie", at=self.at, caller=self.number).state

    def says(self, *texts: str) -> Reply:
        """Say one thing after the other; the last reply is returned."""
        for text in texts:
            reply = self._adopt(self.desk.hear(self.state, text, at=self.at))
        return reply

    def presses(self, digits: str) -> Reply:
        """Press keys one by one, as they come over the telephone."""
        for digit in digits:
            reply = self._adopt(self.desk.key(self.state, digit, at=self.at))
        return reply

    def types(self, digits: str) -> Reply:
        """Key digits in one go."""
        return self._adopt(self.desk.keys(self.state, digits, at=self.at))

    def is_silent(self, nth: int = 1) -> Reply:
        """Say nothing."""
        return self._adopt(self.desk.silence(self.state, nth, at=self.at))

    def hangs_up(self) -> TicketDraft | None:
        """Leave; what is left behind."""
        return self.desk.hang_up(self.state, at=self.at)

    @property
    def ticket(self) -> TicketDraft:
        """The only ticket of the call."""
        (ticket,) = self.tickets
        return ticket

    def _adopt(self, decision: Decision) -> Reply:
        assert State.from_dict(decision.state.to_dict()) == decision.state
        self.state = decision.state
        self.tickets += decision.tickets
        return decision.reply


def build(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    """A desk whose references count up from 482913."""
    numbers = count(482913)
    return Desk(
        town,
        sheets,
        index,
        clock=lambda: OPEN,
        streets=STREETS,
        reference=lambda: str(next(numbers)),
    )


@pytest.fixture
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return build(town, sheets, index)


@pytest.fixture
def caller(desk: Desk) -> Caller:
    """An anonymous caller, on a Tuesday morning."""
    return Caller(desk)


@pytest.fixture(scope="session")
def rules() -> TaskRules:
    return TaskRules.load()
