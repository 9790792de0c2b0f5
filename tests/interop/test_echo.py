"""The bot hears itself: at no delay and no level is its echo a caller who speaks."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from records import CallView, Records
from tests.conftest import RunningServer, start_server
from tests.interop.party import FRAME, HZ, SILENCE, Party, Samples, a_law, from_a_law

pytestmark = [pytest.mark.long, pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(300)]
DELAYS_S = (0.02, 0.15, 0.4)
LEVELS_DB = (-10, -20, -30)


class Echo:
    """Gives back what was heard: later, and quieter.

    Args:
        delay_s: on top of the way there and back.
    """

    def __init__(self, delay_s: float, level_db: float) -> None:
        self._late = round(delay_s * HZ)
        self._gain = 10 ** (level_db / 20)
        self._at = 0

    def __call__(self, stream: bytearray) -> bytes:
        if self._at + FRAME > len(stream) - self._late:
            return SILENCE
        part = from_a_law(bytes(stream[self._at : self._at + FRAME]))
        self._at += FRAME
        return a_law((part * self._gain).astype(np.int16))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    server = start_server(
        tmp_path_factory.mktemp("echo"),
        ALLOMAIRIE_LANGUAGE_MODEL__ENABLED="false",
        ALLOMAIRIE_SIP__MAX_CALLS=str(len(DELAYS_S) * len(LEVELS_DB) + 1),
    )
    yield server
    server.stop()


def recorded(
    town: RunningServer, call_id: str, done: Callable[[CallView], bool], wait_s: float = 60
) -> CallView:
    """A call as the records have it once something is true of it; calls are written as they go."""
    records = Records.open(f"sqlite:///{town.database}", hash_key=bytes(16), migrate=False)
    try:
        deadline = time.monotonic() + wait_s
        while not done(view := records.call_by_sip_id(call_id)) and time.monotonic() < deadline:
            time.sleep(0.3)
        return view
    finally:
        records.close()


def greeted(view: CallView) -> bool:
    return bool(view.turns) and view.turns[0].finished_at is not None


def test_no_echo_is_a_caller(town: RunningServer) -> None:
    """Nine calls at once, each with an echo of its own; the greeting is said to its end."""
    with ExitStack() as lines:
        parties = {}
        for delay_s, level_db in itertools.product(DELAYS_S, LEVELS_DB):
            party = Party(("127.0.0.1", town.sip_port), answers=Echo(delay_s, level_db))
            parties[delay_s, level_db] = lines.enter_context(party)
        views = {echo: recorded(town, party.call_id, greeted) for echo, party in parties.items()}
    for echo, view in views.items():
        assert greeted(view), echo
        assert not view.turns[0].interrupted, (echo, view.turns[0].played)
        assert [turn.heard for turn in view.turns if turn.heard] == [], echo
        assert {event.kind for event in view.events}.isdisjoint({"barge_in", "dtmf"}), echo


def test_a_caller_over_the_greeting_is_heard(
    town: RunningServer, say: Callable[[str], Samples]
) -> None:
    """The same line, and a voice in place of the echo, 2 s into the greeting: it is understood."""
    with Party(("127.0.0.1", town.sip_port)) as party:
        assert party.until(lambda: bool(party.loud), 30)
        time.sleep(2)
        party.say(say("À quelle heure ferme la déchetterie le samedi ?"))
        view = recorded(town, party.call_id, lambda now: any(turn.heard for turn in now.turns))
    assert any("ferme" in turn.heard.lower() for turn in view.turns), view.turns
