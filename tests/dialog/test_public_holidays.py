"""Public holidays from 2024 to 2035, against Easter computed another way; bridges and closings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dialog.hours import Calendar
from dialog.town import Closure, Town, parse_spans
from dialog.values.feasts import NAMES, feast, workable, worked

YEARS = range(2024, 2036)


def easter(year: int) -> date:
    """Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def fixed(year: int, *days: tuple[int, int]) -> set[date]:
    return {date(year, month, day) for month, day in days}


def national(year: int) -> set[date]:
    after = {easter(year) + timedelta(days=n) for n in (1, 39, 50)}
    return after | fixed(
        year, (1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)
    )


@pytest.fixture(scope="module")
def open_daily(town: Town) -> Town:
    """The front desk works every day, so that only holidays close it."""
    hours = {day: parse_spans("9h-17h") for day in town.service("astreinte").hours}
    front = town.service("accueil").model_copy(update={"hours": hours, "closures": ()})
    others = tuple(s for s in town.services if s.id != "accueil")
    return town.model_copy(update={"services": (front, *others)})


def closed(town: Town, year: int, **update: object) -> set[date]:
    calendar = Calendar(town.model_copy(update=update))
    front = town.service("accueil")
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return {d for d in days if d.year == year and not calendar.day(front, d).spans}


@pytest.mark.parametrize("year", YEARS)
def test_the_eleven_national_holidays(open_daily: Town, year: int) -> None:
    assert closed(open_daily, year) == national(year)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("part", ["Alsace-Moselle", "Alsace", "Moselle"])
def test_good_friday_and_saint_stephen(open_daily: Town, year: int, part: str) -> None:
    more = {easter(year) - timedelta(days=2), date(year, 12, 26)}
    assert closed(open_daily, year, country_subdivision=part) == national(year) | more


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    ("part", "days"),
    [
        ("Guadeloupe", [(5, 27)]),
        ("Martinique", [(5, 22)]),
        ("Guyane", [(6, 10)]),
        ("La Réunion", [(12, 20)]),
        ("Réunion", [(12, 20)]),
        ("Mayotte", [(4, 27)]),
        ("Saint-Barthélemy", [(10, 9)]),
        ("Saint-Martin", [(5, 28)]),
        ("Nouvelle-Calédonie", [(9, 24)]),
        ("Wallis-et-Futuna", [(4, 28), (7, 29)]),
        ("Saint-Pierre-et-Miquelon", []),
        ("Corse", []),
        ("", []),
    ],
)
def test_overseas_the_abolition_of_slavery_and_others(
    open_daily: Town, year: int, part: str, days: list[tuple[int, int]]
) -> None:
    found = closed(open_daily, year, country_subdivision=part)
    assert national(year) | fixed(year, *days) <= found
    if not days:
        assert found == national(year)


def test_the_names_callers_use_are_days_of_every_year() -> None:
    for year in YEARS:
        for name, _ in NAMES.values():
            assert feast(name, year) in national(year)
        assert feast("Lundi de Pâques", year) == easter(year) + timedelta(days=1)
        assert not any(worked(day) or workable(day) for day in national(year))


# -- bridges and closings ------------------------------------------------------------------


def test_a_bridge_is_closed_where_the_town_keeps_them(town: Town) -> None:
    friday = datetime(2026, 5, 15, 10)  # after Ascension Day
    monday = datetime(2026, 7, 13, 10)  # before Bastille Day, a Tuesday
    front = town.service("accueil")
    kept, worked_on = Calendar(town.model_copy(update={"bridges": True})), Calendar(town)
    for day in (friday, monday):
        assert worked_on.is_open(front, day)
        assert not kept.is_open(front, day)
        assert not kept.is_working_day(front, day.date())
    assert kept.day(front, friday.date()).reason == "le pont (Ascension)"
    assert kept.is_open(front, datetime(2026, 5, 18, 10))
    assert kept.say_next(front, datetime(2026, 5, 13, 18)) == "samedi à 9h30"


def test_a_closing_of_the_town_closes_every_service_but_the_duty_post(town: Town) -> None:
    closure = Closure(first=date(2026, 11, 24), last=date(2026, 11, 25), reason="la tempête")
    calendar = Calendar(town.model_copy(update={"closures": (closure,)}))
    noon = datetime(2026, 11, 24, 10, 30)
    for service in town.services:
        assert calendar.is_open(service, noon) is service.duty
    assert calendar.day(town.service("accueil"), noon.date()).reason == "la tempête"
    assert calendar.say_next(town.service("accueil"), noon) == "jeudi à 9h"


@pytest.mark.parametrize("year", YEARS)
def test_a_deadline_counts_no_holiday(town: Town, year: int) -> None:
    calendar, front = Calendar(town), town.service("etat-civil")
    for day in national(year):
        due = calendar.working_days_after(front, day - timedelta(days=1), 2)
        assert due.weekday() < 5
        assert due not in national(due.year)
        assert due > day
