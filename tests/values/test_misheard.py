"""What the spoken scenarios taught: values as recognisers write them, and ways people say them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dialog.values import Refusal, parse_moment, parse_name, parse_phone
from dialog.values.addresses import parse_address
from dialog.values.streets import House, Streets

NOW = datetime(2026, 11, 24, 10, 30)


@pytest.mark.parametrize(
    "said",
    ["plus trente-neuf, zéro six, douze, trente-quatre, cinquante-six", "+39 06 12 34 56 78"],
)
def test_the_end_of_a_foreign_number_is_no_french_one(said: str) -> None:
    reading = parse_phone(said)
    assert reading.candidates == ()
    assert reading.refusal is Refusal.FOREIGN


def test_zero_de_is_zero_two_at_the_start_only() -> None:
    assert parse_phone("c'est le 0 de 61, 91, 40, 00").candidates == ("0261914000",)
    assert parse_phone("le numéro de 06 12 34 56 78").candidates == ("0612345678",)


@pytest.mark.parametrize("said", ["Deux mains.", "2 mains", "de main", "De ma matin."])
def test_two_hands_are_tomorrow(said: str) -> None:
    moment = parse_moment(said, NOW)
    assert moment is not None
    assert moment.days is not None
    assert moment.days.first == date(2026, 11, 25)


@pytest.mark.parametrize("said", ["tout de suite si possible", "dès que possible", "c'est urgent"])
def test_soon_is_kept_as_soon(said: str) -> None:
    moment = parse_moment(said, NOW)
    assert moment is not None
    assert moment.said == "dès que possible"
    again = parse_moment(moment.said, NOW)
    assert again is not None
    assert again.said == moment.said


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Association Les Amis du Livre", "Association Les Amis du Livre"),
        ("C'est la société Martin et fils.", "Société Martin et fils"),
        ("Ici madame Claes, rappelez-moi", "Claes"),
        ("Le nom s'est madame le roi.", "le Roi"),
    ],
)
def test_names(said: str, name: str) -> None:
    reading = parse_name(said)
    assert reading is not None
    assert reading.name == name


def test_thursday_morning_is_heard_as_i_say_morning() -> None:
    moment = parse_moment("Je dis matin.", NOW)
    assert moment is not None
    assert moment.days is not None
    assert moment.days.first == date(2026, 11, 26)


def test_streets_in_the_plural_are_one_street() -> None:
    streets = Streets([House("Rue des Écoles", 12, "", 47.9, -0.4)])
    found = parse_address("En douze rues des Écoles.", streets)
    assert found is not None
    assert found.street is not None
    assert (found.number, found.street.name) == (12, "Rue des Écoles")
