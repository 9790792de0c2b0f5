"""What did not leave: shown to supervisors, tried again by them."""

from __future__ import annotations

import dataclasses

import pytest

from deploy.sending.news import Recompose, TicketNews
from deploy.sending.notices import Notices
from deploy.sending.settings import Email
from deploy.sending.ticket_settings import TicketSettings
from records import Means, SendingState
from review.app import build
from review.reasons import in_french
from tests.review.conftest import World, message
from tests.review.outside_world import SECRET


def prepared(world: World) -> None:
    """A town whose service has an address, and a webhook; one ticket, both messages given up."""
    front = world.desk.town.services[0].model_copy(update={"email": "accueil@testville.example"})
    town = world.desk.town.model_copy(update={"services": (front, *world.desk.town.services[1:])})
    email = Email(enabled=True, host="localhost", sender="a@testville.example")
    hooks = {"gru": {"url": "https://gru.example/in", "secret": SECRET}}
    world.records.announce = Notices(town, email).of
    world.records.publish = TicketNews(TicketSettings.model_validate({"webhooks": hooks})).of
    world.desk = dataclasses.replace(world.desk, town=town, recompose=Recompose(town, email))
    world.app = build(world.desk)
    world.records.add_ticket(message())
    for means in (Means.EMAIL, Means.WEBHOOK):
        (one,) = world.records.outbox.due(means)
        world.records.outbox.failed(one.id, "the other side answered with status 500")


def test_given_up_messages_are_shown_and_tried_again(both: World) -> None:
    prepared(both)
    client = both.log_in("superviseur")
    assert "2 envois ont été abandonnés" in client.get("/tickets").text
    page = client.get("/outbox").text
    assert "panne de l&#39;autre côté (code 500)" in page
    assert "accueil@testville.example" not in page
    found = client.get("/api/outbox").json()
    assert {(one["means"], one["target"], one["state"]) for one in found} == {
        ("email", "", "failed"),
        ("webhook", "gru", "failed"),
    }
    csrf = {"csrf": client.headers["X-CSRF-Token"]}
    for one in found:
        assert client.post(f"/outbox/{one['id']}/retry", data=csrf).status_code == 303
    waiting = [both.records.outbox.due(means)[0] for means in (Means.EMAIL, Means.WEBHOOK)]
    assert {one.id for one in waiting} == {one["id"] for one in found}
    assert waiting[0].to == "accueil@testville.example"
    assert "482 913" in waiting[0].subject
    assert (waiting[1].to, waiting[1].text) == ("gru", "created")
    assert "abandonné" not in client.get("/tickets").text
    history = client.get("/tickets/482913").text
    assert "Message non envoyé à gru (nouvelle demande)" in history
    assert "Envoi réessayé" in history


def test_what_left_or_is_gone_is_not_tried_again(world: World) -> None:
    prepared(world)
    client = world.log_in("superviseur")
    ids = [one["id"] for one in client.get("/api/outbox").json()]
    assert client.post(f"/api/outbox/{ids[0]}/retry").status_code == 200
    world.records.outbox.sent(ids[0])
    assert client.post(f"/api/outbox/{ids[0]}/retry").status_code == 409
    assert client.post("/api/outbox/0af1/retry").status_code == 404
    (left,) = client.get("/api/outbox").json()
    assert left["state"] == SendingState.FAILED


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", ""),
        ("gru cannot be reached (its certificate is wrong)", "certificat"),
        ("gru did not answer in time", "pas de réponse à temps"),
        ("gru answered with status 302", "renvoie ailleurs (code 302)"),
        ("gru answered with status 401", "accès refusé"),
        ("open311 answered with status 404 (service_code was not found)", "message refusé"),
        ("the mail server refused the address (550)", "adresse refusée"),
        ("not sent in time", "attendu trop longtemps"),
        ("something new", "service informatique"),
    ],
)
def test_supervisors_read_reasons_in_french(reason: str, said: str) -> None:
    assert said in in_french(reason)
    assert bool(in_french(reason)) == bool(reason)
