"""Moments as callers put them: what they cannot, what they would rather."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.values.moments import parse_moment
from dialog.values.names import parse_name

NOW = datetime(2026, 11, 24, 10, 30)

MOMENTS = {
    "peu importe le jour mais pas le matin": "à n'importe quel moment, sauf le matin",
    "jamais le matin": "à n'importe quel moment, sauf le matin",
    "je peux pas le lundi": "à n'importe quel moment, sauf le lundi",
    "je ne suis pas disponible avant 17 heures": "après 17h",
    "je travaille toute la journée, alors après 18 heures": "après 18h",
    "tous les jours sauf le mercredi après-midi": (
        "à n'importe quel moment, sauf le mercredi après-midi"
    ),
    "n'importe quel jour sauf le lundi et le mardi": (
        "à n'importe quel moment, sauf le lundi et le mardi"
    ),
    "pas mardi, mercredi": "demain",
    "mardi je peux pas, mercredi": "demain",
    "le matin entre 9 et 11": "entre 9h et 11h",
    "entre le 9 et le 11": "du mercredi 9 au vendredi 11 décembre",
    "entre 9 et 11 décembre": "du mercredi 9 au vendredi 11 décembre",
    "en semaine après 18h": "après 18h",
    "ben je sais pas moi, quand ils peuvent": "à n'importe quel moment",
}


@pytest.mark.parametrize(("said", "meant"), MOMENTS.items())
def test_moment(said: str, meant: str) -> None:
    moment = parse_moment(said, NOW)
    assert moment is not None
    assert moment.said == meant


@pytest.mark.parametrize("meant", sorted(set(MOMENTS.values())))
def test_what_is_read_back_means_the_same(meant: str) -> None:
    moment = parse_moment(meant, NOW)
    assert moment is not None
    assert moment.said == meant


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("mon nom c'est Le Moigne, L E, M O I G N E", "Le Moigne"),
        ("De La Tour, D E L A T O U R", "De La Tour"),
        ("Malet avec deux L et un T", "Mallet"),
        ("Suzanne... Suzanne Bricard", "Suzanne Bricard"),
        ("de la part de Cyril Noël", "Cyril Noël"),
    ],
)
def test_names_as_they_are_said(said: str, name: str) -> None:
    reading = parse_name(said)
    assert reading is not None
    assert reading.name == name
