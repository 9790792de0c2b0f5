"""The morning's list of late tickets: once a day, on working days, without a word of callers."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from deploy.sending.digest import Digest
from deploy.sending.email import MailServer
from deploy.sending.outbox import Outbox, Route
from deploy.sending.settings import Email
from deploy.sending.ticket_settings import TicketMail
from dialog.town import Town
from records import AsyncRecords, Means, Records
from tests.sending.conftest import Clock
from tests.sending.tickets_world import LINK, PRIVATE, ticket
from tests.sending.world import MailSink, certificate

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 8, 5, tzinfo=PARIS)


@pytest.fixture
def mailed(town: Town) -> Town:
    """The town, each of its services with an address."""
    services = tuple(
        one.model_copy(update={"email": f"{one.id}@valmont.example"}) for one in town.services
    )
    return town.model_copy(update={"services": services})


def email(**more: object) -> Email:
    given = {"enabled": True, "host": "localhost", "sender": "a@valmont.example"}
    return Email.model_validate({**given, "ticket_link": LINK, **more})


def digest(records: AsyncRecords, town: Town, at: datetime = TUESDAY) -> Digest:
    return Digest(records, town, email(), TicketMail(), lambda: at)


async def test_a_service_is_told_of_its_late_tickets(
    records: AsyncRecords, store: Records, mailed: Town
) -> None:
    store.add_ticket(ticket("482913", due_on=date(2026, 11, 20)))
    store.add_ticket(ticket("482914", due_on=date(2026, 11, 23)))
    store.add_ticket(ticket("482915", due_on=date(2026, 11, 24)))  # today is still in time
    assert await digest(records, mailed).write() == 1
    (mail,) = store.outbox.due(Means.EMAIL)
    assert mail.to == "accueil@valmont.example"
    assert mail.subject == "2 demandes de votre service sont en retard"
    assert "482 913" in mail.text
    assert "482 915" not in mail.text
    assert "https://assistant.valmont.example/review/tickets/482914" in mail.text
    assert not any(word in mail.text for word in PRIVATE)


async def test_a_server_that_is_restarted_writes_it_once(
    records: AsyncRecords, store: Records, mailed: Town
) -> None:
    store.add_ticket(ticket(due_on=date(2026, 11, 20)))
    for _ in range(3):
        await digest(records, mailed).write()
    assert len(store.outbox.due(Means.EMAIL)) == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 7, 59, tzinfo=PARIS),
        datetime(2026, 11, 22, 9, 0, tzinfo=PARIS),  # a Sunday
        datetime(2026, 12, 25, 9, 0, tzinfo=PARIS),
    ],
)
async def test_not_before_its_time_nor_on_days_off(
    records: AsyncRecords, store: Records, mailed: Town, at: datetime
) -> None:
    store.add_ticket(ticket(due_on=date(2026, 11, 20)))
    assert await digest(records, mailed, at).write() == 0


async def test_who_has_nothing_late_gets_nothing(
    records: AsyncRecords, store: Records, mailed: Town
) -> None:
    store.add_ticket(ticket(due_on=date(2026, 11, 30)))
    assert await digest(records, mailed).write() == 0


async def test_many_notices_that_day_do_not_hold_it_back(
    records: AsyncRecords, store: Records, mailed: Town
) -> None:
    from deploy.sending.notices import Notices

    store.announce = Notices(mailed, email()).of
    for number in range(9):
        store.add_ticket(ticket(str(482_913 + number), due_on=date(2026, 11, 20)))
    assert await digest(records, mailed).write() == 1
    assert len(store.outbox.due(Means.EMAIL, limit=50)) == 10


async def test_it_arrives_at_a_real_mail_server(
    records: AsyncRecords,
    store: Records,
    mailed: Town,
    clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    store.add_ticket(ticket(due_on=date(2026, 11, 20)))
    await digest(records, mailed).write()
    pair = certificate(tmp_path_factory.mktemp("certificate"))
    async with MailSink(pair) as sink:
        server = MailServer(email(port=sink.port, ca_file=pair[0]), "Mairie de Valmont")
        outbox = Outbox(records, {Means.EMAIL: Route(server, 8, 60)}, now=clock)
        assert [await outbox.empty(Means.EMAIL) for _ in range(2)] == [1, 0]
        await outbox.stop()
    assert sink.encrypted == [True]
    assert "accueil@valmont.example" in sink.recipients[0]


def test_the_hour_is_configured() -> None:
    assert TicketMail.model_validate({"digest_at": "07:30"}).digest_at == time(7, 30)
