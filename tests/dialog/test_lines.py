"""What a dialled line changes: the name in the greeting, the service, the language."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.town import Line, Town
from tests.dialog.conftest import OPEN

LINES = (
    Line(number="0261914010", service="", greeting="service état civil de Saint-Aubin"),
    Line(number="0261914099", language="en"),
)


@pytest.fixture(scope="module")
def lined(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town.model_copy(update={"lines": LINES}), sheets, index, clock=lambda: OPEN)


def test_a_line_names_itself(lined: Desk) -> None:
    assert "service état civil de Saint-Aubin" in lined.greeting("0261914010").reply.say
    assert "service état civil" not in lined.greeting("0261914000").reply.say


def test_a_line_in_english_begins_in_english(lined: Desk) -> None:
    """1. The greeting says in English that an AI answers. 2. The next turn is heard in English, and
    the notice is not said twice."""
    decision = lined.greeting("0261914099")
    assert decision.reply.language == "en"
    assert "artificial intelligence" in decision.reply.say
    assert decision.state.hearing == "en"
    answer = lined.hear(decision.state, "I would like to speak to someone please", language="en")
    assert "artificial intelligence" not in answer.reply.say
    assert answer.reply.language == "en"


def test_where_english_is_switched_off_the_line_greets_in_french(
    town: Town, sheets: list[Sheet], index: Index
) -> None:
    lined = town.model_copy(update={"lines": LINES})
    desk = Desk(lined, sheets, index, clock=lambda: OPEN, languages=())
    greeting = desk.greeting("0261914099")
    assert greeting.reply.language == "fr"
    assert "Bonjour" in greeting.reply.say
