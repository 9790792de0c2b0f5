"""The rules of the house: each finds what breaks it, and leaves a good reply alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialog.decision import Decision
from dialog.reply import Action, Reply
from dialog.scenarios.house import House, Said
from dialog.scenarios.numbers import Numbers
from dialog.sheets import Sheet
from dialog.state import State
from dialog.tasks.task_state import TaskState
from dialog.tasks.ticket import TicketDraft
from dialog.town import Town
from tests.dialog.conftest import sheets, town

__all__ = ["sheets", "town"]


@pytest.fixture(scope="module")
def house(town: Town, sheets: list[Sheet]) -> House:
    return House(Numbers(town, sheets))


def wrong(house: House, text: str, *heard: str, **reply: object) -> list[str]:
    action = reply.pop("action", Action.CHITCHAT)
    state, before = reply.pop("state", State()), reply.pop("before", State())
    decision = Decision(Reply(action, text, **reply), state)
    return list(house.reply(Said(decision, before), heard))


def test_a_good_reply(house: House) -> None:
    assert wrong(house, "Je vous écoute.") == []


def test_silence_is_only_for_keys(house: House) -> None:
    assert wrong(house, " ") == ["nothing is said"]
    keyed = Said(Decision(Reply(Action.NONE, ""), State()), State(), keyed=True)
    assert list(house.reply(keyed, ())) == []


@pytest.mark.parametrize("phrase", ["N'hésitez pas à rappeler.", "C'est une excellente question !"])
def test_dead_phrases(house: House, phrase: str) -> None:
    (what,) = wrong(house, phrase)
    assert what.startswith("dead phrase")


def test_fifty_five_words_and_the_offer_beside_them(house: House) -> None:
    words = " ".join(["mot"] * 55)
    assert wrong(house, f"{words} Voulez-vous la suite ?") == []
    assert wrong(house, f"{words} mot.") == ["the reply has 56 words"]
    assert wrong(house, f"{words} mot.", action=Action.REPEAT) == []
    read = Said(Decision(Reply(Action.ANSWER, f"{words} mot."), State()), State(), read=True)
    assert list(house.reply(read, ())) == []


def test_no_two_clarifying_questions_in_a_row(house: House) -> None:
    asked = State(awaiting="choice", choices=("a", "b"))
    text = "Plutôt un, la carte, ou deux, le passeport ?"
    assert wrong(house, text, action=Action.CLARIFY, state=asked) == []
    again = wrong(house, text, action=Action.CLARIFY, state=asked, before=asked)
    assert again == ["a clarifying question follows a clarifying question"]


def test_emergencies(house: House) -> None:
    good = "Raccrochez et faites le 15 ou le 112. Je répète : le 15 ou le 112."
    assert wrong(house, good, action=Action.EMERGENCY) == []
    once = wrong(house, "Raccrochez et faites le 15.", action=Action.EMERGENCY)
    assert once == ["no emergency number is said twice"]
    late = "mot " * 14 + good
    assert wrong(house, late, action=Action.EMERGENCY) == [
        "no emergency number in the first 14 words"
    ]
    assert "the assistant hangs up on an emergency" in wrong(
        house, good, action=Action.EMERGENCY, ends_call=True
    )


def test_the_greeting(house: House) -> None:
    assert list(house.greeting("Bonjour, je suis une intelligence artificielle.")) == []
    assert list(house.greeting("Bonjour, ici la mairie.")) == [
        "the greeting does not say that an artificial intelligence answers"
    ]
    assert list(house.greeting("intelligence artificielle " + "mot " * 39)) == [
        "the greeting has 41 words"
    ]


# -- numbers ---------------------------------------------------------------------------------------


def test_invented_numbers(house: House) -> None:
    assert wrong(house, "Le numéro est le 01 98 76 54 32.") == [
        "the number 01 98 76 54 32 stands nowhere"
    ]
    assert wrong(house, "Cela coûte 7777 €.") == ["« 7777 » stands nowhere"]


def test_numbers_of_the_configuration(house: House, town: Town) -> None:
    assert wrong(house, f"L'accueil répond au {town.phone}.") == []


def test_numbers_of_the_sheet_that_is_spoken(house: House, town: Town, sheets: list[Sheet]) -> None:
    invented = replace(sheets[0], id="new", title="Le bac coûte 4321 euros")
    house_with_it = House(Numbers(town, [*sheets, invented]))
    assert wrong(house_with_it, "Il coûte 4321 euros.", sheet="new") == []
    assert wrong(house_with_it, "Il coûte 4321 euros.") == ["« 4321 » stands nowhere"]


@pytest.mark.parametrize(
    "heard", ["0698765432", "06 98 76 54 32", "zéro six quatre-vingt-dix-huit 76 54 trente-deux"]
)
def test_what_the_caller_said(house: House, heard: str) -> None:
    assert wrong(house, "Je répète : 06 98 76 54 32. C'est bien ça ?", heard) == []


def test_what_the_form_knows(house: House) -> None:
    task = TaskState("message", values={"phone": "0698765432"})
    text = "Un message, numéro 06 98 76 54 32."
    assert wrong(house, text, state=State(task=task)) == []
    assert (
        wrong(house, "Au numéro qui se termine par 3 2 ?", before=State(caller="0698765432")) == []
    )


def test_days_and_references_are_the_calendars_and_the_tickets(house: House) -> None:
    ticket = TicketDraft("message", reference="482913")
    reply = Reply(Action.MESSAGE, "Avant le mardi 8 décembre. Référence 482 913.")
    said = Said(Decision(reply, State(), (ticket,)), State())
    assert list(house.reply(said, ())) == []
