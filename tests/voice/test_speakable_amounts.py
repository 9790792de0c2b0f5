"""Prices, percentages, measures, plain numbers and telephone numbers."""

from __future__ import annotations

import pytest

from voice.speakable import speakable

PRICES = [
    ("12€50", "douze euros cinquante"),
    ("12.50€", "douze euros cinquante"),
    ("1,05 €", "un euro cinq"),
    ("0,01 €", "un centime"),
    ("0 €", "zéro euro"),
    ("6 €", "six euros"),
    ("10 €", "dix euros"),
    ("21 €", "vingt et un euros"),
    ("80 €", "quatre-vingts euros"),
    ("200 €", "deux cents euros"),
    ("1.250,50 €", "mille deux cent cinquante euros cinquante"),
    ("1 000 000 €", "un million d'euros"),
    ("2,5 M€", "deux virgule cinq millions d'euros"),
    ("3 k€", "trois mille euros"),
    ("10-15 €", "dix à quinze euros"),
    ("1,50 € - 3 €", "un euro cinquante à trois euros"),
    ("3,50 euros", "trois euros cinquante"),
    ("50 centimes", "cinquante centimes"),
    ("0,123 €/kWh", "zéro virgule cent vingt-trois euro par kilowattheure"),
    ("4 €/jour", "quatre euros par jour"),
    ("de 1 € à 5,20 €", "d'un euro à cinq euros vingt"),
    ("-5 €", "moins cinq euros"),
    ("25 EUR TTC", "vingt-cinq euros té té cé"),
]

MEASURES = [
    ("20 %", "vingt pour cent"),
    ("5,5 %", "cinq virgule cinq pour cent"),
    ("20 m²", "vingt mètres carrés"),
    ("1 m2", "un mètre carré"),
    ("3 m³", "trois mètres cubes"),
    ("2,20 m", "deux mètres vingt"),
    ("1m80", "un mètre quatre-vingts"),
    ("0,5 m", "cinquante centimètres"),
    ("1,5 km", "un virgule cinq kilomètre"),
    ("50 km/h", "cinquante kilomètres heure"),
    ("35 x 45 mm", "trente-cinq sur quarante-cinq millimètres"),
    ("un bac de 240 l", "un bac de deux cent quarante litres"),
    ("3,5 t", "trois virgule cinq tonnes"),
    ("21 min", "vingt et une minutes"),
    ("de 3-5 kg", "de trois à cinq kilos"),
    ("10 kg/an", "dix kilos par an"),
    ("il fait -5 °C", "il fait moins cinq degrés"),
    ("5 l'été", "cinq l'été"),
]

NUMBERS = [
    ("1 semaine", "une semaine"),
    ("21 semaines", "vingt et une semaines"),
    ("21 jours", "vingt et un jours"),
    ("1 photo", "une photo"),
    ("3-6 ans", "trois à six ans"),
    ("1/2 heure", "un demi heure"),
    ("les 3/4", "les trois quarts"),
    ("3,05", "trois virgule zéro cinq"),
    ("0042", "zéro zéro quatre deux"),
    ("25 000 habitants", "vingt-cinq mille habitants"),
    ("25\u202f000 habitants", "vingt-cinq mille habitants"),
    ("la loi n° 2005-102", "la loi numéro deux mille cinq tiret cent deux"),
    ("l'A13", "l'A treize"),
    ("le Covid-19", "le Covid dix-neuf"),
    ("de 1 à 3", "de un à trois"),
    ("2 ½", "deux un demi"),
    ("3 fois/semaine", "trois fois par semaine"),
    ("2x par an", "deux fois par an"),
    ("QF < 700", "quotient familial moins de sept cents"),
]

PHONES = [
    ("01.30.79.62.00", "zéro un, trente, soixante-dix-neuf, soixante-deux, zéro zéro"),
    ("01-30-79-62-00", "zéro un, trente, soixante-dix-neuf, soixante-deux, zéro zéro"),
    ("0130796200", "zéro un, trente, soixante-dix-neuf, soixante-deux, zéro zéro"),
    ("+33 (0)1 30 79 62 00", "zéro un, trente, soixante-dix-neuf, soixante-deux, zéro zéro"),
    ("0033 1 30 79 62 00", "zéro un, trente, soixante-dix-neuf, soixante-deux, zéro zéro"),
    ("0800473333", "zéro huit cents, quarante-sept, trente-trois, trente-trois"),
    ("+33 800 47 33 33", "zéro huit cents, quarante-sept, trente-trois, trente-trois"),
    ("0 806 001 620", "zéro huit cent six, zéro zéro un, six cent vingt"),
    ("le 36 46", "le trente-six quarante-six"),
    ("le 3230.", "le trente-deux trente."),
    ("composez le 3400", "composez le trente-quatre zéro zéro"),
    ("au 3200 route de Paris", "au trois mille deux cents route de Paris"),
    ("3500 personnes", "trois mille cinq cents personnes"),
    ("3919 €", "trois mille neuf cent dix-neuf euros"),
    ("le 116117", "le cent seize, cent dix-sept"),
    ("116 000 €", "cent seize mille euros"),
    ("le 115 ou le 15", "le cent quinze ou le quinze"),
    ("+32 2 123 45 67", "plus trente-deux, deux, cent vingt-trois, quarante-cinq, soixante-sept"),
]


@pytest.mark.parametrize(("written", "said"), PRICES)
def test_prices(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), MEASURES)
def test_measures(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), NUMBERS)
def test_numbers(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), PHONES)
def test_telephone_numbers(written: str, said: str) -> None:
    assert speakable(written) == said
