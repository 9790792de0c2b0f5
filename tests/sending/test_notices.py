"""Services are told of their tickets, without a word of the caller (I11)."""

from __future__ import annotations

from datetime import date

import pytest

from deploy.sending.notices import Notices
from deploy.sending.settings import Email
from dialog.town import Town
from records import Means, Records, TicketEntry

LINK = "https://assistant.saint-aubin.example/review/tickets/{reference}"


@pytest.fixture
def notices(town: Town) -> Notices:
    email = Email(
        enabled=True, host="mail.example", sender="assistant@ville.example", ticket_link=LINK
    )
    service = town.services[0].model_copy(update={"email": "accueil@ville.example"})
    told = town.model_copy(update={"services": (service, *town.services[1:])})
    return Notices(told, email)


def ticket(**more: object) -> TicketEntry:
    values: dict[str, object] = {
        "call_id": None,
        "kind": "message",
        "reference": "482913",
        "service": "accueil",
        "fields": {"name": "Dupont", "phone": "0612345678", "subject": "la cantine"},
        "due_on": date(2026, 11, 26),
        **more,
    }
    return TicketEntry(**values)


def test_a_notice_holds_a_link_and_nothing_personal(store: Records, notices: Notices) -> None:
    store.announce = notices.of
    store.add_ticket(ticket())
    (mail,) = store.outbox.due(Means.EMAIL)
    assert mail.to == "accueil@ville.example"
    assert mail.subject == "Nouveau message, référence 482 913"
    assert "https://assistant.saint-aubin.example/review/tickets/482913" in mail.text
    assert "26/11/2026" in mail.text
    for personal in ("Dupont", "0612345678", "06 12", "cantine"):
        assert personal not in mail.text + mail.subject


def test_services_get_more_than_callers_may(store: Records, notices: Notices) -> None:
    store.announce = notices.of
    for number in range(12):
        store.add_ticket(ticket(reference=str(482913 + number)))
    assert len(store.outbox.due(Means.EMAIL)) == 12


def test_what_is_incomplete_or_known_is_said(store: Records, notices: Notices) -> None:
    store.announce = notices.of
    fields = {"problem": "pothole", "place": "12 rue des Lilas"}
    for reference in ("482913", "482914"):
        store.add_ticket(ticket(kind="report", reference=reference, fields=fields))
    store.add_ticket(ticket(reference="482915", complete=False))
    first, second, third = store.outbox.due(Means.EMAIL)
    texts = {mail.subject[-7:]: mail.text for mail in (first, second, third)}
    assert "2 personnes" in texts["482 914"]
    assert "Lilas" not in texts["482 914"]
    assert "raccroché avant la fin" in texts["482 915"]


def test_a_service_without_address_gets_none(store: Records, notices: Notices) -> None:
    store.announce = notices.of
    store.add_ticket(ticket(service="dechets"))
    assert store.outbox.due(Means.EMAIL) == ()


def test_nothing_is_told_when_the_town_does_not_want_it(town: Town, store: Records) -> None:
    store.announce = Notices(town, Email()).of
    store.add_ticket(ticket())
    assert store.outbox.due(Means.EMAIL) == ()
