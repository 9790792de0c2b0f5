"""The example town: what callers say finds its sheet, and no emergency is missed.

Only the development half of tests/eval (even ids) is used; see its README.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from deploy.parts import Town
from dialog.desk import Desk
from dialog.emergencies import Emergencies
from dialog.grounding import check
from dialog.sheets import load_sheets
from dialog.state import State
from tests.dialog.conftest import OPEN

ROOT = Path(__file__).resolve().parents[2]
TOWN = ROOT / "examples" / "saint-aubin"

pytestmark = pytest.mark.timeout(900)  # the first run on a machine embeds all sheets


def development_half(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "tests" / "eval" / f"{name}.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if int(line["id"][1:]) % 2 == 0]


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Town.open(TOWN).open_desk(language_model=False)


def test_at_least_four_fifths_right_and_few_wrong(desk: Desk) -> None:
    outcomes: Counter[str] = Counter()
    for line in development_half("questions"):
        reply = desk.hear(State(), line["text"], at=OPEN).reply
        if reply.action in ("answer", "report"):  # a report names the sheet about its problem
            outcomes["right" if reply.sheet in line["accept"] else "wrong"] += 1
        else:
            outcomes[reply.action] += 1
    total = outcomes.total()
    assert total == 60
    assert outcomes["right"] >= 0.80 * total, outcomes
    assert outcomes["wrong"] <= 0.07 * total, outcomes


def test_every_emergency_of_the_development_half_is_heard(desk: Desk) -> None:
    for line in development_half("special"):
        urgent = desk.hear(State(), line["text"], at=OPEN).reply.action == "emergency"
        assert urgent is (line["action"] == "emergency"), line["id"]


def test_a_sheets_own_questions_are_not_taken_for_emergencies() -> None:
    emergencies = Emergencies.load()
    sheets = load_sheets(TOWN / "sheets")
    questions = [question for sheet in sheets for question in sheet.questions]
    alarms = [question for question in questions if emergencies.find(question)]
    assert len(alarms) <= 0.005 * len(questions), alarms


def test_answers_are_short_and_grounded(desk: Desk) -> None:
    by_id = {sheet.id: sheet for sheet in desk.sheets}
    for line in development_half("questions"):
        reply = desk.hear(State(), line["text"], at=OPEN).reply
        if reply.sheet and reply.sentences:
            assert check(" ".join(reply.sentences), by_id[reply.sheet]) == []
            assert len(" ".join(reply.sentences).split()) <= 60, reply.sheet
