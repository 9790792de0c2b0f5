"""Calls found again by a reference and a code: what is kept, for how long, and who finds it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from records_world import Clock

from records import (
    CallDraft,
    Channel,
    Records,
    RecordsError,
    ResumptionEntry,
    TicketEntry,
    TurnDraft,
    UnknownRecord,
)
from records.resume import MOST_TRIES, REPLIES

STATE = {"sheet": "marche", "history": ["c'est quand le marché"], "task": None, "reply": "Samedi."}


def entry(reference: str = "482913", code: str = "751204", **changes: object) -> ResumptionEntry:
    values = {"valid_for": timedelta(hours=48), "state": STATE} | changes
    return ResumptionEntry(reference=reference, code=code, **values)  # type: ignore[arg-type]


@pytest.fixture
def call(records: Records) -> str:
    return records.start_call(CallDraft(channel=Channel.SIP)).id


def test_reference_and_code_find_state_and_last_replies(records: Records, call: str) -> None:
    for number in range(1, 6):
        records.add_turn(call, TurnDraft(heard="…", reply=f"Réponse {number}."))
    records.offer_resumption(call, entry())
    found = records.resume("482913", "751204")
    assert found is not None
    assert found.call.id == call
    assert found.state == STATE
    assert found.replies == ("Réponse 3.", "Réponse 4.", "Réponse 5.")
    assert len(found.replies) == REPLIES


@pytest.mark.parametrize(
    ("reference", "code"),
    [("482913", "751205"), ("482914", "751204"), ("482913", ""), ("", ""), ("482913", "482913")],
)
def test_anything_else_finds_nothing(
    records: Records, call: str, reference: str, code: str
) -> None:
    records.offer_resumption(call, entry())
    assert records.resume(reference, code) is None


def test_the_code_and_its_salt_are_never_twice_the_same(records: Records, call: str) -> None:
    records.offer_resumption(call, entry())
    first = _row(records)
    records.offer_resumption(call, entry())
    second = _row(records)
    assert "751204" not in str(first)
    assert first.salt != second.salt
    assert first.code_hash != second.code_hash


def _row(records: Records) -> sa.Row:
    with records._engine.begin() as connection:
        return connection.execute(sa.text("SELECT * FROM resumptions")).one()


def test_another_key_does_not_find_it(url: str, clock: Clock) -> None:
    one = Records.open(url, hash_key=b"the key of one installation", now=clock)
    one.offer_resumption(one.start_call(CallDraft(channel=Channel.SIP)).id, entry())
    one.close()
    other = Records.open(url, hash_key=b"the key of another installation", now=clock)
    assert other.resume("482913", "751204") is None
    other.close()


def test_tries_are_counted_and_forgiven(records: Records, call: str) -> None:
    records.offer_resumption(call, entry())
    for _ in range(MOST_TRIES - 1):
        assert records.resume("482913", "000000") is None
    assert records.resume("482913", "751204") is not None
    for _ in range(MOST_TRIES):
        assert records.resume("482913", "000000") is None
    assert records.resume("482913", "751204") is None


def test_it_expires_and_is_erased(records: Records, call: str, clock: Clock) -> None:
    records.offer_resumption(call, entry())
    clock.move(hours=47)
    assert records.forget_resumptions() == 0
    clock.move(hours=1)
    assert records.resume("482913", "751204") is None
    assert records.forget_resumptions() == 1
    assert not records.keep_resumption("482913", STATE)


def test_the_state_is_replaced(records: Records, call: str) -> None:
    records.offer_resumption(call, entry())
    assert records.keep_resumption("482913", STATE | {"sheet": "passeport"})
    found = records.resume("482913", "751204")
    assert found is not None
    assert found.state["sheet"] == "passeport"


def test_what_must_never_be_written_is_not_in_the_state(records: Records, call: str) -> None:
    nir = f"1 85 05 78 006 084 {97 - 1850578006084 % 97:02d}"
    state = {
        "history": [f"mon numéro de sécurité sociale est le {nir}"],
        "reply": "Écrivez à accueil@valmont.example.",
        "task": {"values": {"subject": "jean@exemple.fr, " + nir}},
    }
    records.offer_resumption(call, entry(state=state))
    found = records.resume("482913", "751204")
    assert found is not None
    assert "78 006" not in str(found.state)
    assert "jean@" not in str(found.state)
    assert "accueil@valmont.example" in found.state["reply"]


def test_a_reference_of_another_call_is_refused(records: Records, call: str) -> None:
    records.offer_resumption(call, entry())
    other = records.start_call(CallDraft(channel=Channel.SIP)).id
    with pytest.raises(RecordsError, match="draw another one"):
        records.offer_resumption(other, entry(code="111111"))
    found = records.resume("482913", "751204")
    assert found is not None
    assert found.call.id == call


def test_an_unknown_call_has_none(records: Records) -> None:
    with pytest.raises(UnknownRecord):
        records.offer_resumption("nobody", entry())


def test_erasing_the_call_erases_it(records: Records, call: str) -> None:
    records.offer_resumption(call, entry())
    with records._engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM calls"))
    assert records.resume("482913", "751204") is None


def test_a_refused_transcription_erases_it(records: Records, call: str) -> None:
    records.offer_resumption(call, entry())
    assert not records.keep_resumption("482913", STATE | {"refused": "transcription"})
    assert records.resume("482913", "751204") is None


@pytest.mark.parametrize(
    ("changes", "tells"),
    [
        ({"reference": "48291"}, "six digits"),
        ({"reference": "48291x"}, "six digits"),
        ({"code": "123"}, "four to six"),
        ({"code": "1234567"}, "four to six"),
        ({"code": "１２３４５６"}, "four to six"),
        ({"valid_for": timedelta(0)}, "7 days at most"),
        ({"valid_for": timedelta(days=8)}, "7 days at most"),
    ],
)
def test_a_wrong_entry_is_told_in_a_sentence(changes: dict[str, object], tells: str) -> None:
    with pytest.raises(ValueError, match=tells):
        entry(**changes)  # type: ignore[arg-type]


# -- the ticket that goes on ------------------------------------------------------------------


def ticket(call: str, **changes: object) -> TicketEntry:
    values = {
        "call_id": call,
        "kind": "message",
        "reference": "482913",
        "service": "accueil",
        "fields": {"name": "Petit"},
        "complete": False,
    } | changes
    return TicketEntry(**values)  # type: ignore[arg-type]


def test_an_incomplete_ticket_is_filled(records: Records, call: str) -> None:
    begun = records.add_ticket(ticket(call))
    later = records.start_call(CallDraft(channel=Channel.TEXT)).id
    fields = {"name": "Petit", "subject": "la haie", "phone": "0612345678"}
    filled = records.add_ticket(
        ticket(later, fields=fields, complete=True, goes_on=True, service="urbanisme")
    )
    assert (filled.id, filled.reference, filled.call_id) == (begun.id, "482913", call)
    assert (filled.complete, filled.fields, filled.service) == (True, fields, "urbanisme")
    assert [event.kind for event in filled.events] == ["created", "went_on"]
    assert len(records.open_tickets()) == 1


@pytest.mark.parametrize("why", ["complete", "of another kind", "taken by a service", "unknown"])
def test_any_other_ticket_is_left_alone(records: Records, call: str, why: str) -> None:
    if why != "unknown":
        begun = records.add_ticket(ticket(call, complete=why == "complete"))
        if why == "taken by a service":
            from records import TicketStatus

            records.set_ticket_status(begun.reference, TicketStatus.IN_PROGRESS)
    kind = "report" if why == "of another kind" else "message"
    added = records.add_ticket(
        ticket(call, kind=kind, fields={"name": "Leroy"}, complete=True, goes_on=True)
    )
    if why == "unknown":
        assert added.reference == "482913"
    else:
        assert added.reference != "482913"
        assert records.find_ticket("482913").fields == {"name": "Petit"}
