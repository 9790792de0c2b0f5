"""When a turn under way is looked at."""

from __future__ import annotations

import itertools

import pytest

from voice.partials import PartialRules, Partials
from voice.turns import CHUNK_S

RULES = PartialRules()


def looks(partials: Partials, seconds: float, *, busy: bool = False) -> list[float]:
    """The moments, in seconds of the turn, at which its words are looked at."""
    chunks = round(seconds / CHUNK_S)
    return [n * CHUNK_S for n in range(1, chunks + 1) if partials.due(busy=busy)]


def test_an_endless_turn_is_looked_at_every_second() -> None:
    partials = Partials()
    partials.start()
    found = looks(partials, 60)
    assert found[0] == pytest.approx(RULES.first_s, abs=2 * CHUNK_S)
    gaps = [later - one for one, later in itertools.pairwise(found)]
    assert max(gaps) <= RULES.every_s + 2 * CHUNK_S


def test_a_busy_recogniser_is_spared_but_not_for_ever() -> None:
    partials = Partials()
    partials.start()
    found = looks(partials, 20, busy=True)
    assert found
    assert found[0] >= RULES.first_s * RULES.patience - CHUNK_S
    assert len(found) < 20 / RULES.every_s / 2


def test_a_short_turn_is_not_looked_at() -> None:
    partials = Partials()
    for _ in range(5):
        partials.start()
        assert looks(partials, RULES.first_s - 0.1) == []
