"""Times, days and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialog.values import Period, parse_clock, parse_day, parse_moment
from dialog.values.clock import say_period
from dialog.values.days import paris, say_days

TODAY = date(2026, 11, 24)  # a Tuesday
NOW = datetime(2026, 11, 24, 10, 30)

TIMES = {  # utterance -> the likeliest period
    "huit heures du soir": "20:00",
    "midi moins le quart": "11:45",
    "onze heures et demie": "11:30",
    "minuit dix-sept": "0:17",
    "minuit": "0:00",
    "midi": "12:00",
    "midi et demi": "12:30",
    "14h30": "14:30",
    "14 h 30": "14:30",
    "14:30": "14:30",
    "14 heures": "14:00",
    "vers quinze heures": "15:00",
    "vingt et une heures": "21:00",
    "dix-sept heures quarante-cinq": "17:45",
    "huit heures vingt-cinq": "8:25",
    "neuf heures moins dix": "8:50",
    "à 9 heures moins 20": "8:40",
    "huit heures et quart": "8:15",
    "huit heures trois quarts": "8:45",
    "trois heures": "15:00",
    "trois heures du matin": "3:00",
    "trois heures et demie de l'après-midi": "15:30",
    "cet après-midi à 3 heures": "15:00",
    "demain matin à neuf heures": "9:00",
    "une heure et quart": "13:15",
    "sept heures": "7:00",
    "ce soir à sept heures": "19:00",
    "entre 14 et 16 heures": "14:00-16:00",
    "entre quatorze heures et seize heures": "14:00-16:00",
    "entre deux et quatre": "14:00-16:00",
    "de neuf heures à onze heures et demie": "9:00-11:30",
    "de 9 à 11 heures": "9:00-11:00",
    "9h-11h, enfin de 9h à 11h": "9:00",
    "après 17 heures": "17:00-23:59",
    "à partir de 17h": "17:00-23:59",
    "pas avant dix heures": "10:00-23:59",
    "avant midi": "0:00-12:00",
    "jusqu'à 18h": "0:00-18:00",
    "le matin": "8:00-12:00",
    "plutôt en matinée": "8:00-12:00",
    "l'après-midi": "12:00-18:00",
    "le soir": "18:00-22:00",
    "en fin de matinée": "10:30-12:00",
    "en début d'après-midi": "12:00-15:00",
    "en fin d'après-midi": "16:00-18:00",
    "en fin de journée": "17:00-19:00",
    "entre midi et deux": "12:00-14:00",
    "dans deux heures": None,
    "pendant trois heures": None,
    "le 3 mai": None,
    "bonjour": None,
}


def written(period: Period) -> str:
    first, last = (f"{t.hour}:{t.minute:02d}" for t in (period.first, period.last))
    return first if period.exact else f"{first}-{last}"


@pytest.mark.parametrize(("said", "period"), TIMES.items())
def test_a_time_is_understood(said: str, period: str | None) -> None:
    reading = parse_clock(said)
    assert (reading and written(reading.periods[0])) == period


def test_a_bare_hour_of_the_small_ones_has_two_readings() -> None:
    reading = parse_clock("trois heures")
    assert reading is not None
    assert [written(period) for period in reading.periods] == ["15:00", "3:00"]


DAYS = {  # utterance -> first day, or first..last, as days of November 2026 to 2027
    "aujourd'hui": "2026-11-24",
    "demain": "2026-11-25",
    "après-demain": "2026-11-26",
    "hier": "2026-11-23",
    "avant-hier": "2026-11-22",
    "demain en huit": "2026-12-02",
    "lundi": "2026-11-30",
    "mardi": "2026-12-01",
    "vendredi": "2026-11-27",
    "lundi prochain": "2026-11-30",
    "lundi en huit": "2026-12-07",
    "lundi en quinze": "2026-12-14",
    "mercredi dernier": "2026-11-18",
    "depuis lundi": "2026-11-23",
    "mardi de la semaine prochaine": "2026-12-01",
    "dans huit jours": "2026-12-01",
    "dans quinze jours": "2026-12-08",
    "dans 15 jours": "2026-12-08",
    "dans trois jours": "2026-11-27",
    "dans une semaine": "2026-12-01",
    "dans deux mois": "2027-01-24",
    "dans une quinzaine": "2026-12-08",
    "il y a trois jours": "2026-11-21",
    "il y a une semaine": "2026-11-17",
    "sous huitaine": "2026-11-24..2026-12-01",
    "sous quinzaine": "2026-11-24..2026-12-08",
    "dans trois jours ouvrés": "2026-11-27",
    "dans cinq jours ouvrables": "2026-11-30",
    "le premier": "2026-12-01",
    "le premier décembre": "2026-12-01",
    "le 1er janvier": "2027-01-01",
    "le 3 mai": "2027-05-03",
    "le trois mai": "2027-05-03",
    "lundi 3 mai": "2027-05-03",
    "le 3 mai 2028": "2028-05-03",
    "le trois mai deux mille vingt-huit": "2028-05-03",
    "03/05/2027": "2027-05-03",
    "le 3/12": "2026-12-03",
    "le douze": "2026-12-12",
    "vendredi 27": "2026-11-27",
    "le 31": "2026-12-31",
    "le 29 février": "2028-02-29",
    "depuis le 3 novembre": "2026-11-03",
    "le onze novembre": "2027-11-11",
    "à Noël": "2026-12-25",
    "la veille de Noël": "2026-12-24",
    "le jour de l'an": "2027-01-01",
    "le lundi de Pâques": "2027-03-29",
    "à Pâques": "2027-03-28",
    "à la Toussaint": "2027-11-01",
    "le jeudi de l'Ascension": "2027-05-06",
    "le 14 juillet": "2027-07-14",
    "la semaine prochaine": "2026-11-30..2026-12-06",
    "la semaine du 7": "2026-12-07..2026-12-13",
    "la semaine du 14 décembre": "2026-12-14..2026-12-20",
    "cette semaine": "2026-11-24..2026-11-29",
    "en fin de semaine": "2026-11-26..2026-11-27",
    "en début de semaine prochaine": "2026-11-30..2026-12-01",
    "ce week-end": "2026-11-28..2026-11-29",
    "le week-end prochain": "2026-12-05..2026-12-06",
    "le mois prochain": "2026-12-01..2026-12-31",
    "fin du mois": "2026-11-24..2026-11-30",
    "en janvier": "2027-01-01..2027-01-31",
    "début janvier": "2027-01-01..2027-01-10",
    "mi-janvier": "2027-01-11..2027-01-20",
    "du 3 au 5 mai": "2027-05-03..2027-05-05",
    "entre lundi et mercredi": "2026-11-30..2026-12-02",
    "entre le 28 décembre et le 3 janvier": "2026-12-28..2027-01-03",
    "d'ici vendredi": "2026-11-24..2026-11-27",
    "avant le 3 décembre": "2026-11-24..2026-12-02",
    "le 31 avril": None,
    "au 12 rue des Lilas": None,
    "le premier étage": None,
    "bonjour": None,
}


@pytest.mark.parametrize(("said", "days"), DAYS.items())
def test_a_day_is_understood(said: str, days: str | None) -> None:
    reading = parse_day(said, TODAY)
    if days is None:
        assert reading is None
        return
    first, _, last = days.partition("..")
    assert reading is not None
    assert (str(reading.first), str(reading.last)) == (first, last or first)
    assert not reading.doubt


def test_a_day_of_the_week_that_does_not_go_with_the_date_is_doubtful() -> None:
    reading = parse_day("vendredi 3 mai 2027", TODAY)
    assert reading is not None
    assert (reading.first, reading.doubt) == (date(2027, 5, 3), True)


def test_today_is_the_day_in_paris() -> None:
    assert paris(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == date(2026, 11, 25)


MOMENTS = {
    "mardi matin": "le mardi 1er décembre, le matin",
    "demain après-midi": "demain après-midi",
    "demain matin": "demain matin",
    "cet après-midi": "cet après-midi",
    "ce soir": "ce soir",
    "demain à 9h": "demain à 9h",
    "lundi entre 14 et 16 heures": "lundi, entre 14h et 16h",
    "vendredi en fin de journée": "vendredi, en fin de journée",
    "le 14 à 16 heures": "le lundi 14 décembre à 16h",
    "en fin de semaine": "du jeudi 26 au vendredi 27 novembre",
    "plutôt le matin": "le matin",
    "après 17 heures": "après 17h",
    "à midi": "à 12h",
    "n'importe quand": "à n'importe quel moment",
    "quand vous voulez": "à n'importe quel moment",
    "ça m'est égal": "à n'importe quel moment",
    "n'importe quand sauf le mercredi": "à n'importe quel moment, sauf le mercredi",
    "le matin mais pas le lundi": "le matin, sauf le lundi",
    "la semaine prochaine, le matin": "du lundi 30 novembre au dimanche 6 décembre, le matin",
}


@pytest.mark.parametrize(("said", "back"), MOMENTS.items())
def test_a_moment_is_read_back(said: str, back: str) -> None:
    moment = parse_moment(said, NOW)
    assert moment is not None
    assert moment.said == back
    again = parse_moment(moment.said, NOW)
    assert again is not None
    assert (again.periods, again.anytime, again.but) == (moment.periods, moment.anytime, moment.but)
    assert again.days == moment.days


def test_no_moment() -> None:
    assert parse_moment("je ne sais pas", NOW) is None


todays = st.dates(date(2025, 1, 1), date(2032, 12, 31))


@given(todays, st.integers(-400, 1500))
@example(date(2027, 2, 28), 366)
@example(date(2026, 11, 24), 0)
def test_a_day_read_back_is_the_same_day(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    reading = parse_day(say_days(day, day, today), today)
    assert reading is not None
    assert (reading.first, reading.last, reading.doubt) == (day, day, False)


@given(todays, st.integers(-300, 700), st.integers(1, 60))
def test_a_span_read_back_is_the_same_span(today: date, ahead: int, length: int) -> None:
    first = today + timedelta(days=ahead)
    last = first + timedelta(days=length)
    reading = parse_day(say_days(first, last, today), today)
    assert reading is not None
    assert (reading.first, reading.last) == (first, last)


clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(clocks)
def test_a_time_read_back_is_the_same_time(at: time) -> None:
    reading = parse_clock(say_period(Period(at, at)))
    assert reading is not None
    assert reading.periods[0] == Period(at, at)


@given(clocks, clocks)
def test_a_period_read_back_is_the_same_period(one: time, other: time) -> None:
    period = Period(min(one, other), max(one, other))
    reading = parse_clock(say_period(period))
    assert reading is not None
    assert reading.periods[0] == period
