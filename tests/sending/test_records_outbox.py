"""The outbox in the records: durable, then nothing but a proof."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from records import (
    Means,
    OutboxEntry,
    Records,
    RecordsError,
    SendingState,
    TicketEntry,
    TicketRecord,
    UnknownRecord,
)
from tests.sending.conftest import Clock

PHONE = "0612345678"


def entry(call: str | None = None, to: str = PHONE, **more: object) -> OutboxEntry:
    return OutboxEntry(
        means=Means.SMS, to=to, text="Mairie : 02 61 91 40 00.", call_id=call, **more
    )


def test_a_message_waits_until_it_is_sent_then_only_the_proof_is_left(
    store: Records, call: str, clock: Clock, tmp_path: Path
) -> None:
    # 1. It waits, with its address and its text.
    written = store.outbox.add(entry(call, parts=2))
    (waiting,) = store.outbox.due(Means.SMS)
    assert (waiting.to, waiting.text) == (PHONE, "Mairie : 02 61 91 40 00.")
    assert store.outbox.due(Means.EMAIL) == ()

    # 2. It is tried, and sent.
    store.outbox.trying(written.id, clock() + timedelta(seconds=30))
    assert store.outbox.due(Means.SMS) == ()
    clock.move(seconds=2)
    sent = store.outbox.sent(written.id)
    assert (sent.to, sent.text, sent.subject) == ("", "", "")
    assert (sent.state, sent.parts, sent.attempts) == (SendingState.SENT, 2, 1)
    assert sent.done_at == clock()

    # 3. Not even the file holds the number any more, but in the call itself.
    events = [(e.kind, e.data["parts"]) for e in store.call(call).events]
    assert events == [("message_sent", 2)]
    store.close()
    with sqlite3.connect(tmp_path / "records.db") as shell:
        rows = shell.execute("SELECT * FROM outbox").fetchall()
    assert PHONE not in str(rows)
    assert PHONE.encode() not in (tmp_path / "records.db").read_bytes()


def test_what_does_not_wait_any_more_is_not_sent_again(store: Records, clock: Clock) -> None:
    written = store.outbox.add(entry())
    store.outbox.sent(written.id)
    for again in (
        lambda: store.outbox.sent(written.id),
        lambda: store.outbox.trying(written.id, clock()),
        lambda: store.outbox.failed(written.id, "x"),
        lambda: store.outbox.note("nobody", "x"),
    ):
        with pytest.raises(UnknownRecord):
            again()


def test_the_database_refuses_to_keep_the_address_of_what_was_sent(store: Records) -> None:
    written = store.outbox.add(entry())
    refused = pytest.raises(sa.exc.IntegrityError, match="nothing_kept")
    with refused, store._engine.begin() as by_hand:
        by_hand.execute(sa.text("UPDATE outbox SET state = 'sent'"))
    assert store.outbox.due(Means.SMS)[0].id == written.id


def test_giving_up_tells_the_supervisors_and_keeps_nothing(
    store: Records, call: str, clock: Clock
) -> None:
    written = store.outbox.add(entry(call))
    store.outbox.trying(written.id, clock())
    failed = store.outbox.failed(written.id, "the gateway answered with status 500")
    assert (failed.to, failed.text) == ("", "")
    (event,) = store.call(call).events
    assert event.kind == "message_failed"
    assert event.data["reason"] == "the gateway answered with status 500"
    (told,) = store.outbox.given_up(clock() - timedelta(days=1))
    assert told.id == written.id


def test_old_messages_are_given_up(store: Records, clock: Clock) -> None:
    store.outbox.add(entry())
    clock.move(hours=30)
    fresh = store.outbox.add(entry(to="0712345678"))
    assert store.outbox.expire(clock() - timedelta(hours=24)) == 1
    assert [m.id for m in store.outbox.due(Means.SMS)] == [fresh.id]


@pytest.mark.parametrize("number", [PHONE, "+33612345678", "06 12 34 56 78"])
def test_erasure_by_number_reaches_what_waits_and_what_was_sent(
    store: Records, clock: Clock, number: str
) -> None:
    waiting, sent = store.outbox.add(entry()), store.outbox.add(entry())
    store.outbox.sent(sent.id)
    other = store.outbox.add(entry(to="0712345678"))
    assert store.outbox.erase(number) == 2
    assert store.outbox.erase(number) == 0
    assert [m.id for m in store.outbox.due(Means.SMS)] == [other.id]
    with pytest.raises(UnknownRecord):
        store.outbox.trying(waiting.id, clock())


def test_overseas_numbers_and_addresses_are_found_in_any_writing(store: Records) -> None:
    store.outbox.add(entry(to="0690123456"))
    mail = OutboxEntry(means=Means.EMAIL, to="Jean@Exemple.fr", text="Bonjour")
    store.outbox.add(mail)
    assert store.outbox.erase("+590690123456") == 1
    assert store.outbox.erase("jean@exemple.fr") == 1


def test_nobody_is_pestered_through_the_town(store: Records, clock: Clock) -> None:
    for _ in range(5):
        store.outbox.add(entry())
    with pytest.raises(RecordsError, match="within a day"):
        store.outbox.add(entry(to="+33612345678"))
    store.outbox.add(entry(to="0712345678"))
    clock.move(hours=25)
    store.outbox.add(entry())


def test_no_card_and_no_nir_reaches_a_gateway(store: Records) -> None:
    text = "Carte 4970 1012 3456 7893, NIR 2 94 03 75 120 005 91, écrire à mairie@ville.fr."
    written = store.outbox.add(OutboxEntry(means=Means.SMS, to=PHONE, text=text))
    assert "2 94 03" not in written.text
    assert "mairie@ville.fr" in written.text  # the town's own address is what was asked for


def test_a_ticket_and_its_notice_are_written_together_or_not_at_all(
    store: Records, call: str
) -> None:
    def notice(ticket: TicketRecord) -> list[OutboxEntry]:
        return [
            OutboxEntry(
                means=Means.EMAIL, to="voirie@ville.fr", text=ticket.reference, ticket_id=ticket.id
            )
        ]

    store.announce = notice
    ticket = TicketEntry(call_id=call, kind="report", reference="482913", service="voirie")
    written = store.add_ticket(ticket)
    (mail,) = store.outbox.due(Means.EMAIL)
    assert (mail.text, mail.ticket_id) == ("482913", written.id)

    store.outbox.sent(mail.id)
    assert [e.kind for e in store.find_ticket("482913").events] == ["created", "message_sent"]

    def broken(ticket: TicketRecord) -> list[OutboxEntry]:
        raise RecordsError("no notice can be written")

    store.announce = broken
    with pytest.raises(RecordsError):
        store.add_ticket(
            TicketEntry(call_id=call, kind="report", reference="482914", service="voirie")
        )
    with pytest.raises(UnknownRecord):
        store.find_ticket("482914")


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"text": "  "},
        {"text": "x" * 20_001},
        {"subject": "a\r\nBcc: b"},
        {"to": "a@b.fr\nc@d.fr"},
        {"means": "fax"},
    ],
)
def test_what_no_message_is(wrong: dict[str, str]) -> None:
    values = {"means": Means.SMS, "to": PHONE, "text": "Bonjour", **wrong}
    with pytest.raises(ValueError, match=r"message|line|valid"):
        OutboxEntry(**values)


def test_a_message_says_nothing_of_itself_in_a_log() -> None:
    assert PHONE not in repr(entry())
