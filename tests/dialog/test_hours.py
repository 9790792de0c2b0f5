"""Opening hours follow the week, closings, public holidays and the town's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialog.hours import Calendar, say_spans, say_week
from dialog.town import Town, parse_spans


@pytest.fixture(scope="module")
def calendar(town: Town) -> Calendar:
    return Calendar(town)


@pytest.mark.parametrize(
    ("at", "is_open", "next_opening"),
    [
        ("2026-11-24T10:30", True, "aujourd'hui à 14h"),  # Tuesday
        ("2026-11-24T12:00", False, "aujourd'hui à 14h"),  # the end is excluded
        ("2026-11-24T17:30", False, "demain à 9h"),
        ("2026-11-25T15:00", False, "demain à 9h"),  # Wednesday afternoon
        ("2026-11-28T12:00", False, "lundi à 9h"),  # Saturday noon
        ("2026-05-01T10:00", False, "demain à 9h30"),  # Labour day, a Friday
        ("2026-12-24T10:00", False, "le samedi 2 janvier à 9h30"),  # closing, then New Year
        ("2026-04-06T10:00", False, "demain à 9h"),  # Easter Monday
    ],
)
def test_open_now_and_next(
    town: Town, calendar: Calendar, at: str, is_open: bool, next_opening: str
) -> None:
    front, moment = town.service("accueil"), datetime.fromisoformat(at)
    assert calendar.is_open(front, moment) is is_open
    assert calendar.say_next(front, moment) == next_opening


def test_the_duty_post_works_on_holidays(town: Town, calendar: Calendar) -> None:
    assert calendar.is_open(town.service("astreinte"), datetime(2026, 12, 25, 3))


def test_another_time_zone_is_read_on_the_towns_clock(town: Town, calendar: Calendar) -> None:
    assert calendar.is_open(town.service("accueil"), datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    assert not calendar.is_open(town.service("accueil"), datetime(2026, 11, 24, 7, 30, tzinfo=UTC))


def test_alsace_and_moselle_have_two_holidays_more(town: Town) -> None:
    there = Calendar(town.model_copy(update={"country_subdivision": "Alsace-Moselle"}))
    good_friday, second_christmas = datetime(2026, 4, 3, 10), datetime(2028, 12, 26, 10)
    front = town.service("accueil")
    assert not there.is_open(front, good_friday)
    assert not there.is_open(front, second_christmas)
    assert Calendar(town).is_open(front, good_friday)


def test_an_unknown_part_of_france_is_named(town: Town) -> None:
    with pytest.raises(ValueError, match="'Bavière' is not a part of France"):
        Calendar(town.model_copy(update={"country_subdivision": "Bavière"}))


def test_the_week_is_said_in_groups(town: Town) -> None:
    assert say_week(town.service("accueil")) == (
        "le lundi et le mardi de 9h à 12h et de 14h à 17h, le mercredi de 9h à 12h, "
        "le jeudi de 9h à 12h et de 14h à 17h, le vendredi de 9h à 12h et de 14h à 16h30, "
        "le samedi de 9h30 à 11h30"
    )
    assert say_spans(parse_spans("fermé")) == ""
