"""A small town with eight sheets, and a call to its desk."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from dialog.desk import Decision, Desk
from dialog.reply import Reply
from dialog.search import Index
from dialog.sheets import Sheet, load_sheets
from dialog.state import State
from dialog.town import Town

FOLDER = Path(__file__).parent / "town"
OPEN = datetime(2026, 11, 24, 10, 30)  # a Tuesday; the front desk and the registry are open
EVENING = datetime(2026, 11, 24, 19, 30)


@dataclass
class Caller:
    """One conversation with the desk, as the telephone holds it."""

    desk: Desk
    at: datetime = OPEN
    state: State = field(default_factory=State)

    def says(self, text: str) -> Reply:
        """Say something; the reply is adopted."""
        return self._adopt(self.desk.hear(self.state, text, at=self.at))

    def presses(self, digit: str) -> Reply:
        """Press a key."""
        return self._adopt(self.desk.key(self.state, digit, at=self.at))

    def is_silent(self, nth: int) -> Reply:
        """Say nothing, for the nth time in a row."""
        return self._adopt(self.desk.silence(self.state, nth, at=self.at))

    def _adopt(self, decision: Decision) -> Reply:
        self.state = decision.state
        return decision.reply


@pytest.fixture(scope="session")
def town() -> Town:
    with (FOLDER / "allomairie.toml").open("rb") as stream:
        return Town(**tomllib.load(stream)["town"])


@pytest.fixture(scope="session")
def sheets() -> list[Sheet]:
    return load_sheets(FOLDER / "sheets")


@pytest.fixture(scope="session")
def index(sheets: list[Sheet], tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.build(sheets, tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="session")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN)


@pytest.fixture
def caller(desk: Desk) -> Caller:
    return Caller(desk)
