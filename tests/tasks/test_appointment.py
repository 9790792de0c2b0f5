"""An appointment request: passed on, never promised."""

from __future__ import annotations

import re

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from dialog.town import Town
from tests.tasks.conftest import CALLER, Caller, build

WISH = "Je voudrais prendre rendez-vous avec l'état civil."


def test_a_whole_request(desk: Desk) -> None:
    caller = Caller(desk, number=CALLER)
    opening = caller.says(WISH)
    assert opening.action == Action.APPOINTMENT
    assert "le service état civil" in opening.say
    assert opening.say.endswith("C'est pour quel sujet ?")
    assert "Quels jours" in caller.says("pour un livret de famille").say
    assert "vendredi" in caller.says("vendredi matin").say
    caller.says("Jean Martin", "oui")
    done = caller.says("oui").say
    assert "Ce n'est pas encore un rendez-vous" in done
    assert len(done.split()) <= 55
    fields = caller.ticket.fields
    assert fields == {
        "subject": "un livret de famille",
        "days": "vendredi matin",
        "days_first": "2026-11-27",
        "days_last": "2026-11-27",
        "name": "Jean Martin",
        "phone": "0612345642",
    }
    assert caller.ticket.service == "etat-civil"


def test_several_days(caller: Caller) -> None:
    caller.says(WISH, "un acte", "lundi ou jeudi matin")
    assert caller.state.task is not None
    assert " ou " in caller.state.task.values["days"]


def test_no_reply_promises_a_date(caller: Caller) -> None:
    replies = [caller.says(t).say for t in (WISH, "un acte", "le 3 décembre à 10h", "Petit")]
    replies += [caller.says(t).say for t in ("je n'ai pas de téléphone", "oui")]
    for reply in replies:
        assert not re.search(r"rendez-vous (est|aura|le \d|à \d)", reply)
        assert "disponible" not in reply


def test_the_booking_page_comes_first(town: Town, sheets, index) -> None:
    services = tuple(
        service.model_copy(update={"booking": "valmont.example/rdv"})
        if service.id == "etat-civil"
        else service
        for service in town.services
    )
    caller = Caller(build(town.model_copy(update={"services": services}), sheets, index))
    offer = caller.says(WISH)
    assert "valmont.example/rdv" in offer.say
    assert "subject" not in str(caller.state.task)
    assert "C'est pour quel sujet ?" in caller.says("oui").say


@pytest.mark.parametrize("days", ["mardi matin", "plutôt jeudi"])
def test_days_take_the_offer_too(town: Town, sheets, index, days: str) -> None:
    services = tuple(s.model_copy(update={"booking": "valmont.example"}) for s in town.services)
    caller = Caller(build(town.model_copy(update={"services": services}), sheets, index))
    caller.says(WISH)
    assert caller.says(days).say.endswith("C'est pour quel sujet ?")
    assert caller.state.task is not None
    assert caller.state.task.values["days"]
