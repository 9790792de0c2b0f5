"""The way through with keys, when words were not understood twice."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.search import Index
from dialog.state import State
from tests.dialog.conftest import EVENING, OPEN, Caller

CHOICE = State(awaiting="choice", choices=("passeport", "mariage"), question="quels papiers ?")
NONSENSE = "zglurb bidule truc"


def test_a_question_back_that_is_not_understood_is_asked_with_keys(caller: Caller) -> None:
    caller.state = CHOICE
    reply = caller.says(NONSENSE)
    assert reply.action is Action.OUT_OF_SCOPE, "a question back never follows another"
    assert "Passeport pour un adulte : tapez 1. Se marier à la mairie : tapez 2." in reply.say
    assert reply.say.endswith("Une personne : tapez 0.")
    assert len(reply.say.split()) <= 55
    papers = caller.presses("1")
    assert (papers.action, papers.sheet) == (Action.ANSWER, "passeport")


@pytest.mark.parametrize("digit", ["0", "2"])
def test_the_other_keys_of_the_menu(caller: Caller, digit: str) -> None:
    caller.state = CHOICE
    caller.says(NONSENSE)
    reply = caller.presses(digit)
    assert (reply.transfer_to == "accueil") is (digit == "0")
    assert (reply.sheet == "mariage") is (digit == "2")


@pytest.mark.parametrize(
    ("words", "sheet"), [("un", "passeport"), ("le deux", "mariage"), ("le passeport", "passeport")]
)
def test_the_menu_also_hears_words(caller: Caller, words: str, sheet: str) -> None:
    caller.state = CHOICE
    caller.says(NONSENSE)
    assert caller.says(words).sheet == sheet


def test_neither_is_a_person(caller: Caller) -> None:
    caller.state = CHOICE
    caller.says(NONSENSE)
    assert caller.says("non, ni l'un ni l'autre").transfer_to == "accueil"


def test_another_question_is_answered_in_spite_of_the_menu(caller: Caller) -> None:
    caller.state = CHOICE
    caller.says(NONSENSE)
    assert caller.says("quel jour est le marché ?").sheet == "marche"


def test_one_menu_then_a_person_never_a_loop(caller: Caller) -> None:
    caller.state = CHOICE
    assert "tapez 1" in caller.says(NONSENSE).say
    assert caller.says(NONSENSE).transfer_to == "accueil"
    caller.state = State(
        awaiting="choice", choices=CHOICE.choices, question="?", menu=caller.state.menu
    )
    assert "tapez 1" not in caller.says(NONSENSE).say


def test_in_opening_hours_two_misunderstandings_are_a_person_at_once(caller: Caller) -> None:
    caller.says("Une pizza quatre saisons.")
    reply = caller.says("Qui a gagné la finale de tennis ?")
    assert reply.transfer_to == "accueil"
    assert "tapez" not in reply.say


def closed(desk: Desk) -> Caller:
    """A caller in the evening whose words were misunderstood twice."""
    caller = Caller(desk, EVENING)
    caller.says("Une pizza quatre saisons.")
    caller.says("Qui a gagné la finale de tennis ?")
    return caller


def test_when_nobody_is_there_the_menu_stands_beside_number_hours_and_message(desk: Desk) -> None:
    said = closed(desk).state.reply
    assert "02 61 91 50 00" in said
    assert "demain à 9h" in said
    assert "Le service état civil : tapez 1. Le service déchets : tapez 2." in said
    assert said.endswith("Un message : tapez 0.")
    assert "Voulez-vous" not in said
    assert len(said.split()) <= 55


@pytest.mark.parametrize("answer", ["0", "oui", "non", "un message"])
def test_a_message_begins_at_once(desk: Desk, answer: str) -> None:
    caller = closed(desk)
    reply = caller.presses(answer) if answer.isdigit() else caller.says(answer)
    assert reply.action is Action.MESSAGE
    assert reply.say.endswith("À quel nom ?")


def test_a_service_of_the_menu_says_when_it_opens(desk: Desk) -> None:
    reply = closed(desk).presses("1")
    assert reply.transfer_to is None
    assert "02 61 91 50 10" in reply.say


def test_a_third_misunderstanding_offers_a_message_without_a_menu(desk: Desk) -> None:
    caller = closed(desk)
    assert caller.says("Un billet de train pour Lyon.").say.endswith("laisser un message ?")


def test_silence_in_front_of_the_menu_hears_it_again_then_a_way_out(desk: Desk) -> None:
    caller = Caller(desk, OPEN)
    caller.state = CHOICE
    menu = caller.says(NONSENSE).say
    caller.state = State.from_dict({**caller.state.to_dict(), "failures": 0, "failures_total": 0})
    assert caller.is_silent(1).say.endswith(menu)
    assert caller.is_silent(2).transfer_to == "accueil"


def test_what_the_menu_cannot_do_is_said(caller: Caller) -> None:
    caller.state = CHOICE
    caller.says(NONSENSE)
    assert "Tapez 0" in caller.presses("5").say


def test_a_town_with_one_service_and_no_sheet_has_no_menu(town, tmp_path) -> None:
    bare = town.model_copy(update={"services": town.services[:1]})
    caller = Caller(Desk(bare, [], Index.build([], tmp_path), clock=lambda: OPEN), EVENING)
    caller.says("Une pizza quatre saisons.")
    reply = caller.says("Qui a gagné la finale de tennis ?")
    assert reply.say.endswith("Voulez-vous laisser un message ?")


def test_what_is_said_when_closed_ends_with_the_offer_that_the_menu_replaces() -> None:
    phrases = Phrases.load()
    fields = {"service": "s", "phone": "p", "opening": "o"}
    for name in ("failures_closed", "failures_closed_unknown"):
        assert phrases.say(name, **fields).endswith(phrases.say("message_offer"))
