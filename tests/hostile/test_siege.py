"""Conversations beside fuzzing strangers; `python -m tests.hostile.siege` is ten minutes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.siege import STRANGER, besiege, besieged, spoken
from tests.interop.party import Samples

pytestmark = [pytest.mark.long, pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(400)]
CALLS, MINUTES = 8, 1.0
BUDGET_MIB = 2048  #: of the whole server (the design's); a minute is too short to see growth


def test_conversations_go_on_beside_a_stranger(
    say: Callable[[str], Samples], tmp_path: Path
) -> None:
    with besieged(tmp_path, CALLS) as victim:
        siege = besiege(victim, spoken(say), MINUTES, CALLS)
        assert "Traceback" not in victim.log
    seen = siege.summary()
    assert siege.alive
    assert siege.calls >= CALLS, seen
    assert siege.questions == 2 * siege.calls, seen
    assert siege.fuzzed[STRANGER] > 1000, seen
    assert (siege.failed, siege.lost, siege.unanswered) == ([], 0, 0), seen
    assert siege.unrecorded == 0, seen
    # on a busy machine a caller takes "un instant" for the reply, and hangs up before it
    assert siege.turns_missing < siege.questions / 2, seen
    assert max(siege.memory_mib) < BUDGET_MIB, seen
