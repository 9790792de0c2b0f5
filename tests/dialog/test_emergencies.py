"""Emergencies are heard over everything, and answered with fixed numbers said twice."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from dialog.desk import Desk
from dialog.emergencies import Emergencies, said_twice
from dialog.state import State
from tests.dialog.conftest import EVENING

HERE = Path(__file__).parent
EMERGENCIES = Emergencies.load()


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_at_least_98_percent_of_150_emergencies_are_recognised() -> None:
    phrases = lines("emergencies.txt")
    missed = [phrase for phrase in phrases if EMERGENCIES.find(phrase) is None]
    assert len(phrases) >= 150
    assert len(missed) <= 0.02 * len(phrases), missed


def test_what_only_sounds_like_one_is_let_through() -> None:
    phrases = lines("calm.txt")
    alarms = [phrase for phrase in phrases if EMERGENCIES.find(phrase) is not None]
    assert len(phrases) >= 60
    assert len(alarms) <= 0.05 * len(phrases), alarms


@pytest.mark.parametrize(
    ("phrase", "kind", "number"),
    [
        ("il y a le feu", "danger", "18"),
        ("Ça sent le gaz !", "gas", "0 800 47 33 33"),
        ("J'ai envie de mourir.", "suicide", "3114"),
        ("Ce soir j'avale toute la boîte et c'est fini.", "suicide", "3114"),
        ("Mon mari me frappe.", "violence", "3919"),
        ("il bat ses enfants", "child", "119"),
        ("quelqu'un force ma porte", "intruder", "17"),
        ("je dors dehors ce soir", "shelter", "115"),
        ("un câble électrique est tombé par terre", "cable", "18"),
    ],
)
def test_each_kind_has_its_numbers(phrase: str, kind: str, number: str) -> None:
    found = EMERGENCIES.find(phrase)
    assert found is not None
    assert found.id == kind
    assert number in found.say


@pytest.mark.parametrize("text", EMERGENCIES.texts())
def test_the_first_number_comes_within_four_seconds_and_all_are_said_twice(text: str) -> None:
    first = re.search(r"\d", text)
    assert first is not None
    assert len(text[: first.start()].split()) <= 11, "about 2.8 words a second"
    said, repeated = text.split("Je répète :")
    for number in re.findall(r"\d[\d ]*\d", repeated.split(". ")[0]):
        assert number in said
    assert len(text.split()) <= 55, "20 seconds at most"


def test_numbers_that_were_checked_long_ago_are_reported() -> None:
    assert EMERGENCIES.expires_on - EMERGENCIES.checked_on <= timedelta(days=184), "six months"
    assert not EMERGENCIES.outdated(EMERGENCIES.expires_on)
    assert EMERGENCIES.outdated(EMERGENCIES.expires_on + timedelta(days=1))
    assert EMERGENCIES.checked_on <= date.today() + timedelta(days=1)


def test_partial_words_are_enough(desk) -> None:
    assert desk.urgent("allô y a le feu dans")
    assert not desk.urgent("allô je voudrais un")


def test_an_emergency_comes_before_everything_and_offers_a_person(caller) -> None:
    caller.says("je voudrais parler à un agent")
    reply = caller.says("vite, mon mari ne respire plus")
    assert reply.action == "emergency"
    assert reply.transfer_to is None
    assert reply.fixed
    assert reply.say.endswith("Voulez-vous que je vous passe quelqu'un de la mairie ?")
    # 1. silence and mumbling say the numbers again, and never end the call
    assert caller.is_silent(1).say == reply.say
    assert caller.is_silent(5).say == reply.say
    assert caller.says("euh bzz truc machin").say == reply.say
    # 2. "oui" goes to the duty post
    assert caller.says("oui").transfer_to == "astreinte"


def test_a_refused_person_hears_the_numbers_once_more(caller) -> None:
    caller.says("j'ai très mal à la poitrine")
    reply = caller.says("non")
    assert reply.action == "emergency"
    assert not reply.ends_call
    assert reply.say.count("112") == 2


@pytest.mark.parametrize(
    ("so_far", "urgent"),
    [
        ("mon mari ne respire plus du", True),
        ("il y a le feu", False),  # "rouge", says the next word
        ("il y a le feu rouge", False),
        ("il y a le feu dans", True),
        ("", False),
    ],
)
def test_the_last_word_of_a_running_turn_is_waited_for(so_far: str, urgent: bool) -> None:
    assert (EMERGENCIES.find_so_far(so_far) is not None) == urgent


def test_one_of_the_words_considered_is_enough() -> None:
    assert EMERGENCIES.find("la friteuse a préfet") is None
    assert EMERGENCIES.find("la friteuse a préfet", ["la friteuse a pris feu"]) is not None


def test_numbers_are_said_twice_once_the_repetition_was_heard() -> None:
    whole = "Faites le dix-huit. Je répète : le dix-huit. C'est gratuit."
    assert not said_twice("Faites le dix-huit.", whole)
    assert not said_twice("Faites le dix-huit. Je répète :", whole)
    assert said_twice("Faites le dix-huit. Je répète : le dix-huit.", whole)
    assert said_twice(whole, whole)


def test_a_table_of_mishearings_must_be_well_formed() -> None:
    table = {"misheard": "gase", "calm": "", "past": "", "now": "", "kind": []}
    with pytest.raises(ValueError, match="'gase' is not of the form"):
        Emergencies(table | {"checked_on": date(2026, 1, 1), "recheck_days": 1})


def test_duty_that_does_not_answer_is_tried_again_and_nobody_is_left(desk, caller) -> None:
    """1. "Oui": the duty post rings in vain. 2. The numbers are said again, another try is offered.
    3. Silence repeats them, and "oui" tries again."""
    caller.says("vite, mon mari ne respire plus")
    assert caller.says("oui").transfer_to == "astreinte"
    caller.state = desk.transfer_failed(caller.state, at=caller.at).state
    assert caller.state.reply.count("112") == 2
    for nth in range(1, 8):
        reply = caller.is_silent(nth)
        assert "112" in reply.say
        assert not reply.ends_call
    assert caller.says("oui").transfer_to == "astreinte"


def test_without_anybody_on_duty_the_numbers_are_still_repeated(town, sheets, index) -> None:
    alone = town.model_copy(update={"services": tuple(s for s in town.services if not s.duty)})
    desk = Desk(alone, sheets, index, clock=lambda: EVENING)
    state = desk.hear(State(), "au secours il y a le feu", at=EVENING).state
    for nth in range(1, 8):
        decision = desk.silence(state, nth, at=EVENING)
        state = decision.state
        assert "112" in decision.reply.say
        assert not decision.reply.ends_call


@pytest.mark.parametrize(
    ("said", "aside"),
    [
        ("Mon mari me tape dessus depuis des années, je veux divorcer pour faute.", "17"),
        ("Ma fille veut quitter son mari violent, qui paye l'avocat ?", "17"),
        ("L'expert de l'assurance ne veut pas payer après l'incendie de la cuisine.", ""),
        ("Est-ce que j'ai droit à l'aide sociale pour la cantine ?", ""),
    ],
)
def test_a_question_of_law_is_answered_and_the_number_said_first(said: str, aside: str) -> None:
    emergencies = Emergencies.load()
    assert emergencies.find(said) is None
    assert (aside in emergencies.aside(said)) if aside else emergencies.aside(said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "Mon mari me tape dessus, venez vite, je veux divorcer.",
        "L'assurance, je m'en fiche, la cuisine est en train de brûler !",
        "Mon mari me frappe, où je peux aller avec les enfants ?",
    ],
)
def test_what_happens_now_is_an_emergency_whatever_else_is_said(said: str) -> None:
    assert Emergencies.load().find(said) is not None
