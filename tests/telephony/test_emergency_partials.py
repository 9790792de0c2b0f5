"""An emergency is heard wherever it is told: over the greeting, in a form, in an endless turn."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from records import AlertRecord, Records, sqlite_url
from tests.telephony.rehearsing import TownHall, caller_says, without_pauses

pytestmark = pytest.mark.models

NUMBERS = "le 15, le 18 ou le 112"
FIRE = "Au secours, il y a le feu dans ma cuisine !"
STORY = (
    "voilà je vous appelle parce que ma voisine m'a dit que la mairie pouvait m'aider pour les "
    "papiers de ma fille qui habite à Rennes et qui voudrait revenir ici "
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> TownHall:
    return TownHall.open(tmp_path_factory.mktemp("hall"))


def alerts(folder: Path) -> tuple[AlertRecord, ...]:
    records = Records.open(sqlite_url(folder / "records.db"), hash_key=bytes(16))
    try:
        return records.alerts.recent()
    finally:
        records.close()


async def test_over_the_greeting(hall: TownHall, tmp_path) -> None:
    """1. The caller cries for help two words into the greeting. 2. The greeting stops, the numbers
    are said, and what the caller goes on saying does not cut them. 3. The alert is written."""
    async with hall.call(tmp_path) as call:
        await asyncio.sleep(0.6)
        call.rehearsal.speak(caller_says(FIRE))
        await call.sounds(await call.shown(NUMBERS))
        call.rehearsal.speak(caller_says("Vite, vite, qu'est-ce que je fais ?"))
        await call.silence(for_s=1.5)
    assert call.view is not None
    greeting, emergency = call.view.turns[:2]
    assert greeting.interrupted
    assert emergency.action == "emergency"
    assert (emergency.played or "").count("quinze") == 2
    (alert,) = alerts(tmp_path)
    assert alert.kind == "danger"
    assert "feu" in alert.words
    assert alert.caller == "…4099"


async def test_in_a_turn_that_does_not_end(hall: TownHall, tmp_path) -> None:
    """Half a minute without a pause, the fire in it, then on and on: answered while he speaks."""
    story = np.tile(without_pauses(caller_says(STORY)), 3)
    fire = without_pauses(caller_says(FIRE))
    async with hall.call(tmp_path) as call:
        await call.silence()
        call.rehearsal.speak(story[: 10 * 8000])
        call.rehearsal.speak(fire)
        call.rehearsal.speak(story)
        await call.sounds(await call.shown(NUMBERS, within_s=60))
        assert len(call.rehearsal.transport.input().pending) > 8000, "he is still speaking"
        await call.silence(for_s=1.5)
    assert call.view is not None
    emergency = next(turn for turn in call.view.turns if turn.action == "emergency")
    assert (emergency.played or "").count("dix-huit") == 2


async def test_in_the_middle_of_a_form(hall: TownHall, tmp_path) -> None:
    async with hall.call(tmp_path) as call:
        await call.silence()
        call.rehearsal.speak(caller_says("Je voudrais laisser un message."))
        await call.rehearsal.spoken()
        await call.sounds(time.monotonic())
        await call.silence()
        call.rehearsal.speak(caller_says("Vite, mon mari ne respire plus !"))
        await call.shown(NUMBERS)
    assert [alert.kind for alert in alerts(tmp_path)] == ["danger"]


async def test_a_caller_who_only_listens_does_not_cut_the_bot(hall: TownHall, tmp_path) -> None:
    """1. "D'accord" over the greeting: it pauses, then goes on. 2. A question cuts it."""
    async with hall.call(tmp_path) as call:
        await asyncio.sleep(0.6)
        call.rehearsal.speak(caller_says("D'accord."))
        await call.sounded(8)
    assert call.view is not None
    assert [turn.heard for turn in call.view.turns if turn.heard] == [], "nothing was asked"
    played = " ".join(turn.played or "" for turn in call.view.turns)
    assert "intelligence artificielle" in played, "the greeting goes on after it"
    paused = call.rehearsal.pauses(longer_than_s=0.2)
    assert paused, "the bot fell silent, to be on the safe side"

    async with hall.call(tmp_path) as call:
        await asyncio.sleep(0.6)
        call.rehearsal.speak(caller_says("Quels sont les horaires de la mairie ?"))
        await call.shown("mairie", who="caller")
    assert call.view is not None
    assert call.view.turns[0].interrupted
