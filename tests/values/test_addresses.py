"""Places: numbers, streets, corners, landmarks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.values import Streets, parse_address
from tests.values.conftest import EXAMPLE

PLACES = {  # said -> read back
    "12 rue des Lilas": "12 rue des Lilas",
    "12, rue des Lilas": "12 rue des Lilas",
    "douze rue des Lilas": "12 rue des Lilas",
    "au 12 de la rue des Lilas": "12 rue des Lilas",
    "j'habite au 12 rue des Lilas à Saint-Aubin": "12 rue des Lilas",
    "12 bis rue des Lilas": "12 bis rue des Lilas",
    "douze bis, rue des Lilas": "12 bis rue des Lilas",
    "12 ter rue d'hélilas": "12 ter rue des Lilas",
    "12 A rue Pasteur": "12 A rue Pasteur",
    "12b rue Pasteur": "12 B rue Pasteur",
    "quatre quater rue Pasteur": "4 quater rue Pasteur",
    "vingt-quatre rue Pasteur": "24 rue Pasteur",
    "quatre-vingt-douze rue de la Gare": "92 rue de la Gare",
    "cent vingt bis route de Paris": "120 bis route de Paris",
    "quatre rue des Écoles": "4 rue des Écoles",
    "rue des Lilas au 12": "12 rue des Lilas",
    "rue des Lilas, numéro 12 ter": "12 ter rue des Lilas",
    "rue des Lilas, 12": "12 rue des Lilas",
    "rue du 8 mai 1945": "rue du 8-Mai-1945",
    "5 rue du huit mai 1945": "5 rue du 8-Mai-1945",
    "devant le 12 rue des Lilas": "devant le 12 rue des Lilas",
    "devant le 12 bis rue des Lilas": "devant le 12 bis rue des Lilas",
    "en face du 14 rue Pasteur": "en face du 14 rue Pasteur",
    "à côté du 3 place du Marché": "à côté du 3 place du Marché",
    "au niveau du 14": "au niveau du 14",
    "au 14": "au 14",
    "12": "au 12",
    "le lampadaire est cassé devant le 12 rue des Lilas depuis trois jours": (
        "devant le 12 rue des Lilas"
    ),
    "il y a un trou rue Pasteur": "rue Pasteur",
    "sur la place du marché": "place du Marché",
    "3 rue Balzac": "3 rue Balzac",
    "à l'angle de la rue Pasteur et de la rue des Lilas": (
        "à l'angle de la rue Pasteur et de la rue des Lilas"
    ),
    "à l'angle de la rue Pasteur et des Lilas": (
        "à l'angle de la rue Pasteur et de la rue des Lilas"
    ),
    "au coin de la rue Pasteur et de l'avenue du Stade": (
        "à l'angle de la rue Pasteur et de l'avenue du Stade"
    ),
    "au croisement entre le boulevard Voltaire et la rue du Pont": (
        "à l'angle du boulevard Voltaire et de la rue du Pont"
    ),
    "en face de l'école": "en face de l'école",
    "en face du gymnase": "en face du gymnase",
    "en face du gymnase, rue Pasteur": "en face du gymnase, rue Pasteur",
    "à côté de la boulangerie": "à côté de la boulangerie",
    "derrière la mairie": "derrière la mairie",
    "près du stade": "près du stade",
    "place de la République devant la fontaine": "devant la fontaine, place de la République",
    "bonjour": None,
    "dans ma rue": None,
    "j'ai trois enfants": None,
    "": None,
}


@pytest.mark.parametrize(("said", "back"), PLACES.items())
def test_a_place_is_understood(streets: Streets, said: str, back: str | None) -> None:
    place = parse_address(said, streets)
    assert (place and place.said) == back


TOWN = Streets.load(EXAMPLE)
reps = st.sampled_from(["", "bis", "ter", "A", "B"])
relations = st.sampled_from(["", "devant le", "en face du", "au niveau du"])


@given(st.integers(1, 9999), reps, st.sampled_from(TOWN.names), relations)
def test_a_place_read_back_is_the_same_place(
    number: int, rep: str, street: str, relation: str
) -> None:
    place = parse_address(f"{relation} {number} {rep} {street}", TOWN)
    assert place is not None
    assert (place.number, place.rep, place.street and place.street.name) == (number, rep, street)
    again = parse_address(place.said, TOWN)
    assert again is not None
    assert (again.number, again.rep, again.relation) == (number, rep, place.relation)
    assert again.street is not None
    assert again.street.name == street


@given(st.sampled_from(TOWN.names), st.sampled_from(TOWN.names))
def test_a_corner_read_back_is_the_same_corner(one: str, other: str) -> None:
    place = parse_address(f"à l'angle de {one} et de {other}", TOWN)
    assert place is not None
    again = parse_address(place.said, TOWN)
    for read in (place, again):
        assert read is not None
        assert (read.street and read.street.name) == one
        assert (read.crossing and read.crossing.name) == other
