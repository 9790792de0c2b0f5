"""What is kept of a person is shown whole and erased whole, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from records_world import Clock

from records import (
    CallDraft,
    CallFilter,
    Channel,
    Erased,
    Means,
    OutboxEntry,
    Outcome,
    Records,
    TicketEntry,
    TurnDraft,
    UnknownRecord,
    Whose,
)

JEANNE, PAUL = "+33612345678", "+33698765432"


def _call(records: Records, number: str, heard: str, reference: str, *, over: bool = True) -> str:
    call = records.start_call(CallDraft(channel=Channel.SIP, caller_number=number))
    records.add_turn(call.id, TurnDraft(number=0, reply="Bonjour."))
    records.add_turn(call.id, TurnDraft(heard=heard, reply="C'est noté."))
    records.add_ticket(
        TicketEntry(
            call_id=call.id,
            kind="message",
            reference=reference,
            service="accueil",
            fields={"name": heard, "phone": f"0{number[3:]}"},
        )
    )
    records.outbox.add(
        OutboxEntry(call_id=call.id, means=Means.SMS, to=f"0{number[3:]}", text=f"Bonjour {heard}")
    )
    if over:
        records.end_call(call.id, Outcome.COMPLETED)
    return call.id


@pytest.mark.parametrize("said", ["0612345678", "06 12 34 56 78", "+33612345678", "0033612345678"])
def test_a_number_finds_everything_of_it_however_it_is_written(records: Records, said: str) -> None:
    _call(records, JEANNE, "Jeanne", "482913")
    _call(records, PAUL, "Paul", "482914")
    kept = records.privacy.export(Whose(number=said))
    assert [len(kept[part]) for part in ("calls", "tickets", "messages")] == [1, 1, 1]
    text = json.dumps(kept, ensure_ascii=False)
    assert "Jeanne" in text
    assert "Paul" not in text
    assert "hash" not in text, "a hash says nothing to a person"


def test_erasing_a_number_leaves_nothing_of_it_and_all_of_others(records: Records) -> None:
    gone = _call(records, JEANNE, "Jeanne", "482913")
    kept = _call(records, PAUL, "Paul", "482914")
    erased = records.privacy.erase(Whose(number="0612345678"), by="test")
    assert (erased.calls, erased.turns, erased.tickets, erased.messages) == (1, 1, 1, 1)
    with pytest.raises(UnknownRecord):
        records.call(gone)
    assert records.call(kept).turns[1].heard == "Paul"
    assert [one.reference for one in records.open_tickets()] == ["482914"]
    assert not any(records.privacy.export(Whose(number=JEANNE)).values())
    again = records.privacy.erase(Whose(number=JEANNE), by="test")
    assert again == Erased(at=again.at, calls=0, turns=0, tickets=0, messages=0, in_progress=0), (
        "there is nothing left to do"
    )


def test_a_waiting_message_to_an_erased_number_is_never_sent(records: Records) -> None:
    _call(records, JEANNE, "Jeanne", "482913")
    assert len(records.outbox.due(Means.SMS)) == 1
    records.privacy.erase(Whose(number=JEANNE), by="test")
    assert records.outbox.due(Means.SMS) == ()


def test_the_words_leave_the_search_index_too(records: Records) -> None:
    _call(records, JEANNE, "une pelleteuse violette", "482913")
    searched = CallFilter(search="pelleteuse")
    assert records.review.count_calls(searched, 10) == 1
    records.privacy.erase(Whose(reference="482913"), by="test")
    assert records.review.count_calls(searched, 10) == 0


def test_a_ticket_left_for_a_number_from_another_telephone_is_found(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP))
    fields = {"name": "Jeanne", "phone": "06 12 34 56 78"}
    records.add_ticket(
        TicketEntry(call_id=call.id, kind="message", reference="555123", service="a", fields=fields)
    )
    records.end_call(call.id, Outcome.COMPLETED)
    assert len(records.privacy.export(Whose(number=JEANNE))["tickets"]) == 1
    assert records.privacy.erase(Whose(number=JEANNE), by="test").tickets == 1


def test_a_reference_erases_its_ticket_and_its_call(records: Records) -> None:
    gone = _call(records, JEANNE, "Jeanne", "482913")
    _call(records, JEANNE, "Jeanne", "482914")
    erased = records.privacy.erase(Whose(reference="482913"), by="test")
    assert (erased.calls, erased.tickets) == (1, 1)
    with pytest.raises(UnknownRecord):
        records.call(gone)
    assert [one.reference for one in records.open_tickets()] == ["482914"]


def test_days_erase_what_began_on_them(records: Records, clock: Clock) -> None:
    _call(records, JEANNE, "Jeanne", "482913")
    clock.move(days=2)
    start = clock()
    _call(records, PAUL, "Paul", "482914")
    clock.move(days=2)
    erased = records.privacy.erase(
        Whose(first=start - timedelta(hours=1), last=start + timedelta(days=1)), by="test"
    )
    assert (erased.calls, erased.tickets) == (1, 1)
    assert [one.reference for one in records.open_tickets()] == ["482913"]


def test_a_call_under_way_is_left_and_said(records: Records) -> None:
    call = _call(records, JEANNE, "Jeanne", "482913", over=False)
    erased = records.privacy.erase(Whose(number=JEANNE), by="test")
    assert (erased.calls, erased.in_progress) == (0, 1)
    records.add_turn(call, TurnDraft(heard="encore"))


def test_calls_are_deleted_after_a_year_and_their_open_tickets_stay(
    records: Records, clock: Clock
) -> None:
    old = _call(records, JEANNE, "Jeanne", "482913")
    clock.move(days=364)
    assert records.privacy.delete_old_calls() == 0
    clock.move(days=2)
    assert records.privacy.delete_old_calls() == 1
    with pytest.raises(UnknownRecord):
        records.call(old)
    assert [one.reference for one in records.open_tickets()] == ["482913"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"number": "06", "reference": ""},
        {"number": JEANNE, "reference": "482913"},
        {"reference": "48291"},
        {"reference": "abcdef"},
    ],
)
def test_what_names_nobody_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Whose(**wrong)  # type: ignore[arg-type]
