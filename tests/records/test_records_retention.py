"""Words go when their time is over; numbers for the statistics stay."""

from __future__ import annotations

from datetime import UTC, datetime

from records_world import Clock

from records import CallDraft, Channel, Records, TicketEntry, TicketStatus, TurnDraft


def _call(records: Records) -> str:
    call = records.start_call(CallDraft(channel=Channel.SIP, line="mairie"))
    records.add_turn(call.id, TurnDraft(number=0, reply="Bonjour, mairie de Valmont."))
    turn = records.add_turn(call.id, TurnDraft(heard="Jeanne", dtmf="1", reply="Merci, Jeanne."))
    records.finish_turn(turn, played="Merci, Jeanne.", timings={"decide": 3.0})
    records.add_turn(call.id, TurnDraft(heard="combien ?", reply="86 €.", sheet_id="passeport"))
    records.add_event(call.id, "transfer_asked", {"service": "accueil", "summary": "Jeanne"})
    return call.id


def test_words_are_erased_after_their_days_and_once(records: Records, clock: Clock) -> None:
    old = _call(records)
    clock.move(days=60)
    young = _call(records)
    clock.move(days=31)
    assert records.erase_old(90) == (1, 0)
    assert records.erase_old(90) == (0, 0), "there is nothing left to do"
    view = records.call(old)
    assert [turn.heard for turn in view.turns] == ["", "[effacé]", "[effacé]"]
    assert [t.reply for t in view.turns] == ["Bonjour, mairie de Valmont.", "[effacé]", "86 €."]
    assert "Jeanne" not in str(view)
    assert view.events[0].data == {"service": "accueil", "summary": "[effacé]"}
    assert (view.call.line, view.turns[2].sheet_id) == ("mairie", "passeport")
    assert view.turns[1].timings == {"decide": 3.0}
    assert records.call(young).turns[1].heard == "Jeanne"


def test_the_days_are_those_of_the_town(records: Records, clock: Clock) -> None:
    _call(records)
    clock.move(days=8)
    assert records.erase_old(10) == (0, 0)
    assert records.erase_old(7) == (1, 0)


def test_tickets_go_ninety_days_after_they_are_closed(records: Records, clock: Clock) -> None:
    call = _call(records)
    for reference in ("482913", "482914"):
        records.add_ticket(
            TicketEntry(call_id=call, kind="message", reference=reference, service="accueil")
        )
    records.set_ticket_status("482913", TicketStatus.CLOSED)
    clock.move(days=89)
    assert records.erase_old(90)[1] == 0
    clock.move(days=1)
    assert records.erase_old(90)[1] == 1
    assert [one.reference for one in records.open_tickets()] == ["482914"]


def test_a_refused_call_stays_refused(records: Records, clock: Clock) -> None:
    call = _call(records)
    records.refuse(call, "transcription")
    clock.move(days=100)
    records.erase_old(90)
    assert records.call(call).turns[1].heard == "[refusé]"
    assert clock() > datetime(2027, 1, 1, tzinfo=UTC)
