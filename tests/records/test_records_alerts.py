"""Alerts: written once, masked, told until somebody took them, acknowledged by a name."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from records import CallDraft, Channel, Outcome, Records, UnknownRecord


@pytest.fixture
def call_id(records: Records) -> str:
    return records.start_call(CallDraft(channel=Channel.SIP, caller_number="+33261914099")).id


def test_an_alert_keeps_words_and_a_masked_number(records: Records, call_id: str) -> None:
    alert = records.alerts.add(call_id, "danger", "y a le feu ma carte est le 4111111111111111")
    (kept,) = records.alerts.recent()
    assert kept == alert
    assert kept.caller == "…4099"
    assert kept.kind == "danger"
    assert "4111" not in kept.words
    assert kept.words.startswith("y a le feu")


def test_refused_words_are_not_kept(records: Records, call_id: str) -> None:
    records.refuse(call_id, "transcription")
    assert records.alerts.add(call_id, "danger", "y a le feu").words == "[refusé]"


def test_it_is_told_until_it_was_taken(records: Records, call_id: str) -> None:
    """1. Two attempts fail. 2. The third succeeds: it is not told again. 3. One that always fails
    is given up."""
    alert = records.alerts.add(call_id, "gas", "ça sent le gaz")
    for _ in range(2):
        assert [one.id for one in records.alerts.untold(3)] == [alert.id]
        records.alerts.tried(alert.id, told=False)
    records.alerts.tried(alert.id, told=True)
    assert records.alerts.untold(10) == ()
    other = records.alerts.add(call_id, "gas", "encore")
    for _ in range(3):
        records.alerts.tried(other.id, told=False)
    assert records.alerts.untold(3) == ()


def test_the_first_who_acknowledges_counts(records: Records, call_id: str) -> None:
    alert = records.alerts.add(call_id, "danger", "au secours")
    seen = records.alerts.acknowledge(alert.id, " Mme Martin ")
    assert seen.acknowledged_by == "Mme Martin"
    assert records.alerts.acknowledge(alert.id, "M. Durand") == seen
    assert records.alerts.recent(open_only=True) == ()
    assert records.alerts.untold(10) == (), "who has seen it need not be told"


def test_nobody_cannot_acknowledge(records: Records, call_id: str) -> None:
    alert = records.alerts.add(call_id, "danger", "au secours")
    with pytest.raises(ValueError, match="give a name"):
        records.alerts.acknowledge(alert.id, "  ")
    with pytest.raises(UnknownRecord, match="no alert 99"):
        records.alerts.acknowledge(99, "Mme Martin")


def test_days_are_the_towns(records: Records, call_id: str, clock) -> None:
    """Two alerts around midnight in Paris belong to two days, whatever UTC says."""
    paris = ZoneInfo("Europe/Paris")
    local = clock().astimezone(paris)
    clock.time += local.replace(hour=23, minute=59, second=0) - local
    records.alerts.add(call_id, "danger", "un")
    first = clock().astimezone(paris).date()
    clock.move(minutes=2)
    records.alerts.add(call_id, "danger", "deux")
    records.alerts.add(call_id, "danger", "trois")
    days = records.alerts.per_day(paris, days=2)
    assert days == {first + timedelta(days=1): 2, first: 1}


def test_an_alert_survives_the_end_of_its_call(records: Records, call_id: str) -> None:
    records.alerts.add(call_id, "danger", "au secours")
    records.end_call(call_id, Outcome.HUNG_UP)
    assert len(records.alerts.recent()) == 1
