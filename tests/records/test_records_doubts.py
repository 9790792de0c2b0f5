"""The questions that supervisors should look at, read from the turns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from records_world import Clock

from records import CallDraft, Channel, Doubt, Records, TurnDraft

NEAR = [{"sheet": "passeport", "score": 0.41}, {"sheet": "cni", "score": 0.4}]
TOLD = [
    ("Comment refaire mon passeport ?", "answer", 0.97, NEAR),
    ("Il est où, mon machin ?", "answer", 0.74, NEAR),
    ("C'est pour les papiers.", "clarify", 0.41, NEAR),
    ("Vous vendez des girafes ?", "out_of_scope", 0.9, []),
    ("Je ne sais pas, le truc, là.", "transfer", 0.1, NEAR),
    ("Passez-moi l'urbanisme.", "transfer", 1.0, []),
    ("", "clarify", 0.2, NEAR),
]


@pytest.fixture
def asked(records: Records, clock: Clock) -> Records:
    call = records.start_call(CallDraft(channel=Channel.SIP, line="", caller_number=""))
    for heard, action, confidence, near in TOLD:
        values: dict[str, Any] = {"heard": heard, "action": action, "confidence": confidence}
        records.add_turn(call.id, TurnDraft(reply="…", candidates=near, **values))
        clock.move(seconds=10)
    return records


def test_what_was_not_answered_for_sure_is_listed_newest_first(
    asked: Records, clock: Clock
) -> None:
    found = asked.doubtful_questions(clock() - timedelta(days=1), clock())
    assert [(one.heard, one.why) for one in found] == [
        ("Je ne sais pas, le truc, là.", Doubt.UNANSWERED),
        ("Vous vendez des girafes ?", Doubt.UNANSWERED),
        ("C'est pour les papiers.", Doubt.ASKED_BACK),
        ("Il est où, mon machin ?", Doubt.UNSURE),
    ]
    assert found[0].candidates[0]["sheet"] == "passeport"


def test_bounds_of_time_confidence_and_number_hold(asked: Records, clock: Clock) -> None:
    day = clock() - timedelta(days=1)
    assert len(asked.doubtful_questions(day, clock(), below=0.98)) == 5
    assert len(asked.doubtful_questions(day, clock(), limit=2)) == 2
    assert asked.doubtful_questions(day, day + timedelta(hours=1)) == ()


def test_a_moment_without_zone_is_refused(asked: Records, clock: Clock) -> None:
    with pytest.raises(ValueError, match="zone"):
        asked.doubtful_questions(clock().replace(tzinfo=None), clock())
