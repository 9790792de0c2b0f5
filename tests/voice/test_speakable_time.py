"""Hours, opening periods and dates, as a town's sheets write them."""

from __future__ import annotations

import pytest

from voice.speakable import speakable

HOURS = [
    ("à 8 h 05", "à huit heures cinq"),
    ("à 08h00", "à huit heures"),
    ("à 8:30", "à huit heures trente"),
    ("à 12:00", "à midi"),
    ("12h30", "midi trente"),
    ("0h17", "minuit dix-sept"),
    ("à 1h du matin", "à une heure du matin"),
    ("21h21", "vingt et une heures vingt et une"),
    ("à 9H", "à neuf heures"),
    ("à 9h, 10h ou 11h", "à neuf heures, dix heures ou onze heures"),
    ("de 9h à 12h", "de neuf heures à midi"),
    ("de 8h30-12h", "de huit heures trente à midi"),
    ("9-12h", "de neuf heures à midi"),
    ("9h – 12h ; 14h – 18h", "de neuf heures à midi, puis de quatorze heures à dix-huit heures"),
    ("9h-12h et 14h-18h", "de neuf heures à midi et de quatorze heures à dix-huit heures"),
    (
        "8h30-12h, 13h30-17h30",
        "de huit heures trente à midi, puis de treize heures trente à dix-sept heures trente",
    ),
    ("0h-23h59", "de minuit à vingt-trois heures cinquante-neuf"),
    ("24h/24, 7j/7", "vingt-quatre heures sur vingt-quatre, sept jours sur sept"),
    ("7/7", "sept sur sept"),
    ("sous 48h", "sous quarante-huit heures"),
    ("pendant 12h", "pendant douze heures"),
    ("12h de travail", "douze heures de travail"),
    ("une limite de 1h30", "une limite d'une heure trente"),
    ("à 21 heures", "à vingt et une heures"),
    ("lun.-ven. 9h-17h", "du lundi au vendredi de neuf heures à dix-sept heures"),
]

DATES = [
    ("le 1er janvier", "le premier janvier"),
    ("le 1 janvier", "le premier janvier"),
    ("le 2 janvier 2027", "le deux janvier deux mille vingt-sept"),
    ("le 5/10", "le cinq octobre"),
    ("du 01/09 au 15/10", "du premier septembre au quinze octobre"),
    ("samedi 7/11", "samedi sept novembre"),
    ("le 01-09-2026", "le premier septembre deux mille vingt-six"),
    ("le 01.09.2026", "le premier septembre deux mille vingt-six"),
    ("2026-09-01", "premier septembre deux mille vingt-six"),
    ("né le 12/05/58", "né le douze mai dix-neuf cent cinquante-huit"),
    ("le 3/3/26", "le trois mars deux mille vingt-six"),
    ("10-15 juillet", "dix au quinze juillet"),
    ("7, 14 et 21 juillet", "sept, quatorze et vingt et un juillet"),
    ("mer. 3 déc. à 18h", "mercredi trois décembre à dix-huit heures"),
    ("14 juil. et 15 août", "quatorze juillet et quinze août"),
    ("le 11-Novembre-1918", "le onze novembre dix-neuf cent dix-huit"),
    ("place du 14-Juillet", "place du quatorze juillet"),
    ("en 1998", "en dix-neuf cent quatre-vingt-dix-huit"),
    ("depuis 1900", "depuis dix-neuf cents"),
    ("l'année 2026-2027", "l'année deux mille vingt-six, deux mille vingt-sept"),
    ("1 998 habitants", "mille neuf cent quatre-vingt-dix-huit habitants"),
    ("la mer. Le 3", "la mer. Le trois"),
]


@pytest.mark.parametrize(("written", "said"), HOURS)
def test_hours(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), DATES)
def test_dates(written: str, said: str) -> None:
    assert speakable(written) == said


def test_a_day_that_does_not_exist_is_not_taken_for_a_date() -> None:
    assert "février" not in speakable("le 31/02/2026")
