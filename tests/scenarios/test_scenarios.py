"""Every scripted call of this folder, played in writing in the example town."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from deploy.parts import Town
from dialog.outgoing import Means
from dialog.scenarios import Player, Scenario, read_folder
from voice.speakable import speakable

HERE = Path(__file__).parent
TOWN = HERE.parents[1] / "examples" / "saint-aubin"
SCENARIOS = read_folder(HERE)
POINTS = [f"issue4.{number}" for number in range(1, 16)]
BAD_INPUT = ["insult", "nonsense", "silence", "minute", "question", "change_of_mind"]
BAD_INPUT += ["hang_up", "keys", "cancel"]

pytestmark = pytest.mark.timeout(900)  # the first run on a machine embeds all sheets


@lru_cache(maxsize=4)
def player(options: tuple[str, ...]) -> Player:
    town = Town.open(TOWN)
    means = Means(sms="sms" in options, email="email" in options)
    desk = town.open_desk(language_model=False, means=means)
    pronunciation = town.pronunciation()
    return Player(desk, lambda text, day: speakable(text, pronunciation=pronunciation, today=day))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_call_goes_as_it_should(scenario: Scenario) -> None:
    outcome = player(scenario.options).play(scenario)
    told = [f"– {line.did}\n  [{line.action}] {line.say}" for line in outcome.lines]
    wrong = [f"step {failure.step}: {failure.what}" for failure in outcome.failures]
    assert not wrong, "\n".join([scenario.title, *told, *wrong])


def test_there_are_enough_of_them() -> None:
    assert len(SCENARIOS) >= 120


@pytest.mark.parametrize("point", [*POINTS, *(f"bad.{case}" for case in BAD_INPUT)])
def test_every_point_is_covered(point: str) -> None:
    assert sum(point in scenario.covers for scenario in SCENARIOS) >= 1


def test_the_table_in_the_documents_is_up_to_date() -> None:
    text = (HERE.parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w.]+)` \| [^|]+ \| (\d+) \|$", text, re.MULTILINE))
    counted = Counter(point for scenario in SCENARIOS for point in scenario.covers)
    assert rows == {point: str(count) for point, count in counted.items()}
    assert f"{len(SCENARIOS)} scenarios in `tests/scenarios/`" in text


def test_each_says_more_than_that_something_is_said() -> None:
    for scenario in SCENARIOS:
        checks = [
            step.model_dump(exclude_defaults=True).keys() - {*step.doings, "at", "language"}
            for step in scenario.step
        ]
        assert any(checks) or scenario.ticket or scenario.send or scenario.never_said, scenario.id
