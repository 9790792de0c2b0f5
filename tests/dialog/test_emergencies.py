"""Emergencies are heard over everything, and answered with fixed numbers said twice."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from dialog.emergencies import Emergencies

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
    assert not EMERGENCIES.outdated(EMERGENCIES.checked_on + timedelta(days=300))
    assert EMERGENCIES.outdated(EMERGENCIES.checked_on + timedelta(days=401))
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
