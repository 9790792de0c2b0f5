"""Tickets: written once, masked, joined when two tell of the same, closed, erased in time."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from records_world import HASH_KEY, Clock

from records import (
    AsyncRecords,
    CallDraft,
    Channel,
    Records,
    TicketEntry,
    TicketStatus,
    UnknownRecord,
    sqlite_url,
    upgrade,
)
from records.nearby import Whereabouts, distance_m

DEGREE_M = 111_195  #: metres in one degree of latitude


def report(reference: str, **changes: object) -> TicketEntry:
    """A pothole in front of 12 rue des Lilas."""
    values: dict[str, object] = {
        "call_id": None,
        "kind": "report",
        "reference": reference,
        "service": "voirie",
        "fields": {"problem": "pothole", "place": "12 rue des Lilas", "number": "12"},
        "street": "Rue des Lilas",
        "lat": 47.97,
        "lon": -0.42,
        **changes,
    }
    return TicketEntry(**values)  # type: ignore[arg-type]


def message(reference: str = "482913", **changes: object) -> TicketEntry:
    """A message about the canteen."""
    values: dict[str, object] = {
        "call_id": None,
        "kind": "message",
        "reference": reference,
        "service": "education",
        "fields": {"name": "madame Dupont", "phone": "0612345678", "subject": "la cantine"},
        "due_on": date(2026, 11, 26),
        **changes,
    }
    return TicketEntry(**values)  # type: ignore[arg-type]


def test_a_ticket_is_found_by_its_reference(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP))
    written = records.add_ticket(message(call_id=call.id))
    found = records.find_ticket("482913")
    assert found == written
    assert (found.kind, found.service, found.status) == ("message", "education", "open")
    assert found.fields["phone"] == "0612345678"
    assert (found.due_on, found.complete, found.count) == (date(2026, 11, 26), True, 1)
    assert [event.kind for event in found.events] == ["created"]
    assert records.tickets_of(call.id) == (found,)


def test_an_unknown_reference(records: Records) -> None:
    with pytest.raises(UnknownRecord, match="no ticket has the reference '999999'"):
        records.find_ticket("999999")


def test_an_unknown_call(records: Records) -> None:
    with pytest.raises(UnknownRecord, match="no call has the id 'nobody'"):
        records.add_ticket(message(call_id="nobody"))


@pytest.mark.parametrize("reference", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_a_reference_has_six_digits(reference: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        message(reference)


def test_half_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="both coordinates or none"):
        report("482913", lon=None)


def test_a_reference_that_is_taken_is_replaced_and_told(records: Records) -> None:
    records.add_ticket(message())
    second = records.add_ticket(message())
    assert second.reference != "482913"
    changed = [event for event in second.events if event.kind == "reference_changed"]
    assert changed[0].data == {"spoken": "482913"}


def test_drawn_references_are_free_and_do_not_begin_with_zero(records: Records) -> None:
    for _ in range(50):
        reference = records.draw_ticket_reference()
        assert len(reference) == 6
        assert reference[0] != "0"
        records.add_ticket(message(reference))
    assert len(records.open_tickets()) == 50


def test_open_tickets_come_by_deadline(records: Records) -> None:
    records.add_ticket(message("100001", due_on=date(2026, 11, 30)))
    records.add_ticket(message("100002", due_on=date(2026, 11, 26)))
    records.add_ticket(message("100003", due_on=date(2026, 11, 27)))
    records.set_ticket_status("100003", TicketStatus.CLOSED)
    assert [ticket.reference for ticket in records.open_tickets()] == ["100002", "100001"]


# -- what is never written -----------------------------------------------------------------


def test_numbers_that_must_not_be_kept_are_masked(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP))
    fields = {"subject": "mon numéro est le 2 69 05 49 588 157 80", "name": "Dupont"}
    written = records.add_ticket(message(call_id=call.id, fields=fields))
    assert written.fields["subject"] == "mon numéro est le [NIR masqué]"
    events = records.call(call.id).events
    assert [(e.kind, e.data) for e in events] == [
        ("masked", {"ticket": "482913", "kinds": ["nir"]})
    ]


def test_a_contact_is_found_by_its_hash_as_a_caller_is(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP, caller_number="+33612345678"))
    records.add_ticket(message())
    with records._engine.connect() as connection:
        contact = connection.execute(sa.text("SELECT contact_hash FROM tickets")).scalar()
    assert contact == call.caller_hash


# -- joining -------------------------------------------------------------------------------


def test_two_callers_on_one_hole_are_joined_and_counted(records: Records) -> None:
    first = records.add_ticket(report("100001"))
    second = records.add_ticket(report("100002", lat=47.97 + 40 / DEGREE_M))
    third = records.add_ticket(report("100003"))
    assert (first.joined_to, second.joined_to, third.joined_to) == (None, first.id, first.id)
    assert (second.count, third.count) == (2, 3)
    now = records.find_ticket("100001")
    assert now.count == 3
    joined = [event.data for event in now.events if event.kind == "joined"]
    assert joined == [{"ticket": "100002"}, {"ticket": "100003"}]


@pytest.mark.parametrize(
    "other",
    [
        {"lat": 47.97 + 80 / DEGREE_M, "fields": {"problem": "pothole", "number": "20"}},
        {"fields": {"problem": "graffiti", "number": "12"}},
        {"kind": "message"},
        {"complete": False},
    ],
    ids=["80 m away", "another problem", "another kind", "not finished"],
)
def test_what_is_not_the_same_is_not_joined(records: Records, other: dict[str, object]) -> None:
    records.add_ticket(report("100001"))
    assert records.add_ticket(report("100002", **other)).joined_to is None


@pytest.mark.parametrize(
    ("days", "joined"), [(0, True), (6, True), (7, True), (8, False), (30, False)]
)
def test_joined_within_seven_days(records: Records, clock: Clock, days: int, joined: bool) -> None:
    records.add_ticket(report("100001"))
    clock.move(days=days)
    assert (records.add_ticket(report("100002")).joined_to is not None) is joined


def test_a_closed_report_is_not_joined(records: Records) -> None:
    records.add_ticket(report("100001"))
    records.set_ticket_status("100001", TicketStatus.CLOSED)
    assert records.add_ticket(report("100002")).joined_to is None


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("Rue des Lilas", "rue des lilas", True),
        ("Rue des Lilas", "Rue du Moulin", False),
    ],
)
def test_without_coordinates_by_street_and_number(
    records: Records, one: str, other: str, joined: bool
) -> None:
    records.add_ticket(report("100001", street=one, lat=None, lon=None))
    second = records.add_ticket(report("100002", street=other, lat=None, lon=None))
    assert (second.joined_to is not None) is joined


def test_without_a_street_by_the_same_words(records: Records) -> None:
    nowhere: dict[str, object] = {"street": "", "lat": None, "lon": None}
    fields = {"problem": "pothole", "place": "Derrière le gymnase"}
    records.add_ticket(report("100001", fields=fields, **nowhere))
    same = {"problem": "pothole", "place": "derrière le gymnase !"}
    assert records.add_ticket(report("100002", fields=same, **nowhere)).joined_to
    other = {"problem": "pothole", "place": "devant le gymnase"}
    assert records.add_ticket(report("100003", fields=other, **nowhere)).joined_to is None


def test_without_any_place_nothing_is_joined(records: Records) -> None:
    nowhere: dict[str, object] = {"street": "", "lat": None, "lon": None}
    records.add_ticket(report("100001", fields={"problem": "pothole"}, **nowhere))
    second = records.add_ticket(report("100002", fields={"problem": "pothole"}, **nowhere))
    assert second.joined_to is None


def test_distances() -> None:
    here = Whereabouts(48.0, 0.0, "", "", "")
    east = Whereabouts(48.0, 0.001, "", "", "")
    assert distance_m(here, east) == pytest.approx(74.4, abs=0.2)
    assert distance_m(here, here) == 0


# -- retention -----------------------------------------------------------------------------


def test_closing_sets_the_day_of_erasure(records: Records, clock: Clock) -> None:
    assert records.add_ticket(message()).erase_on == date(2027, 11, 24)
    clock.move(days=10)
    closed = records.set_ticket_status("482913", TicketStatus.CLOSED)
    assert closed.closed_at == datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
    assert closed.erase_on == date(2026, 12, 4) + timedelta(days=90)
    assert records.tickets_to_erase(date(2027, 3, 3)) == ()
    assert records.tickets_to_erase(date(2027, 3, 4)) == ("482913",)


def test_a_late_closing_never_keeps_a_ticket_more_than_a_year(
    records: Records, clock: Clock
) -> None:
    records.add_ticket(message())
    clock.move(days=350)
    assert records.set_ticket_status("482913", TicketStatus.CLOSED).erase_on == date(2027, 11, 24)


def test_reopening_takes_the_closing_back(records: Records) -> None:
    records.add_ticket(message())
    records.set_ticket_status("482913", TicketStatus.CLOSED)
    again = records.set_ticket_status("482913", TicketStatus.IN_PROGRESS)
    assert again.closed_at is None
    assert again.erase_on == date(2027, 11, 24)
    assert [event.kind for event in again.events] == ["created", "status", "status"]


def test_a_ticket_outlives_its_call(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP))
    records.add_ticket(message(call_id=call.id))
    with records._engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM calls"))
    assert records.find_ticket("482913").call_id is None


# -- the schema, the event loop, a kill ----------------------------------------------------


def test_a_database_of_the_second_schema_gets_tickets(url: str) -> None:
    assert upgrade(url, revision="0002") == "0002"
    records = Records.open(url, hash_key=HASH_KEY)
    records.add_ticket(message())
    assert len(records.open_tickets()) == 1
    records.close()


def test_the_database_itself_refuses_two_tickets_with_one_reference(records: Records) -> None:
    records.add_ticket(message())
    twin = (
        "INSERT INTO tickets SELECT 'x', call_id, kind, reference, service, status, fields, "
        "complete, created_at, due_on, closed_at, erase_on, contact_hash, joined_to, count, lat, "
        "lon, street, assigned_to FROM tickets"
    )
    with pytest.raises(sa.exc.IntegrityError), records._engine.begin() as by_hand:
        by_hand.execute(sa.text(twin))


async def test_from_an_event_loop(file: Path) -> None:
    records = await AsyncRecords.open(sqlite_url(file), hash_key=HASH_KEY)
    reference = await asyncio.to_thread(records.draw_ticket_reference)
    written = await records.add_ticket(message(reference))
    assert await records.find_ticket(reference) == written
    assert await records.open_tickets() == (written,)
    closed = await records.set_ticket_status(reference, TicketStatus.CLOSED)
    assert closed.status is TicketStatus.CLOSED
    await records.close()


def test_a_report_that_goes_on_does_not_join_itself(records: Records) -> None:
    fields = {"problem": "pothole", "place": "12 rue des Lilas"}
    begun = TicketEntry(
        call_id=None,
        kind="report",
        reference="482913",
        service="voirie",
        fields=fields,
        complete=False,
    )
    records.add_ticket(begun)
    whole = records.add_ticket(dataclasses.replace(begun, complete=True, goes_on=True))
    assert (whole.complete, whole.joined_to, whole.count) == (True, None, 1)
