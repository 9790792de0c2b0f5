"""Streets of the town, as callers and Whisper say them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.sounds import sounds
from dialog.values import House, Streets, Verdict
from tests.values.conftest import EXAMPLE

FOUND = {  # said -> street, with ~ when it must be confirmed
    "rue des Lilas": "Rue des Lilas",
    "Rue des Lilas.": "Rue des Lilas",
    "c'est rue des lilas je crois": "Rue des Lilas",
    "c'est la rue des Lilas, au numéro 12": "Rue des Lilas",
    "rue des Lilas au 12": "Rue des Lilas",
    "rue Moulin": "Rue du Moulin",
    "rue du moulin à vent": "Rue du Moulin-à-Vent",
    "rue du Général Leclerc": "Rue du Général-Leclerc",
    "rue du Gal Leclerc": "Rue du Général-Leclerc",
    "rue du Gal. Leclerc": "Rue du Général-Leclerc",
    "bd Voltaire": "Boulevard Voltaire",
    "av. du Stade": "Avenue du Stade",
    "rue St Jacques": "Rue Saint-Jacques",
    "rue du huit mai mille neuf cent quarante-cinq": "Rue du 8-Mai-1945",
    "rue du 8 mai 1945": "Rue du 8-Mai-1945",
    "rue du onze novembre": "Rue du 11-Novembre",
    "rue de la gare": "Rue de la Gare",
    "avenue de la gare": "Avenue de la Gare",
    "République": "Place de la République",
    "c'est à la République": "Place de la République",
    "Olympe de Gouges": "Rue Olympe-de-Gouges",
    # half the name
    "rue du 8 mai": "~Rue du 8-Mai-1945",
    "rue Marie Curie": "~Rue Pierre-et-Marie-Curie",
    "rue Leclerc": "~Rue du Général-Leclerc",
    "rue Prévert": "~Rue Jacques-Prévert",
    # another kind
    "rue Jean Jaurès": "~Avenue Jean-Jaurès",
    "rue des Sports": "~Avenue des Sports",
    # as Whisper writes it
    "rue d'hélilas": "~Rue des Lilas",
    "rue dézécoles": "~Rue des Écoles",
    "rue Simone Veille": "~Rue Simone-Veil",
    "rue de la paie": "~Rue de la Paix",
    "avenue Jean Jorès": "~Avenue Jean-Jaurès",
    "rue Jules Féri": "~Rue Jules-Ferry",
    "rue des hirondèles": "~Rue des Hirondelles",
    "quai des marinières": "~Quai des Mariniers",
    "rue de léglise": "~Rue de l'Église",
    "boulevard des alliers": "~Boulevard des Alliés",
    "rue Emile Zola": "Rue Émile-Zola",
    "rue Lucie Aubrak": "~Rue Lucie-Aubrac",
    "rue Joséphine Backer": "~Rue Joséphine-Baker",
    "rue des peuplié": "~Rue des Peupliers",
    "bonjour": None,
    "je voudrais un acte de naissance": None,
    "": None,
}


@pytest.mark.parametrize(("said", "name"), FOUND.items())
def test_a_street_is_found(streets: Streets, said: str, name: str | None) -> None:
    match = streets.find(said)
    if name is None:
        assert match is None
        return
    assert match is not None
    assert match.listed
    assert "~" * (match.verdict is Verdict.LIKELY) + match.name == name


WHICH = {
    "rue du Général": {"Rue du Général-Leclerc", "Rue du Général-de-Gaulle"},
    "r des lilas": {"Rue des Lilas", "Impasse des Lilas"},
    "les Lilas": {"Rue des Lilas", "Impasse des Lilas"},
    "Pasteur": {"Rue Pasteur", "Impasse Pasteur"},
    "avenue des Lilas": {"Rue des Lilas", "Impasse des Lilas"},
}


@pytest.mark.parametrize(("said", "choices"), WHICH.items())
def test_which_one_is_asked(streets: Streets, said: str, choices: set[str]) -> None:
    match = streets.find(said)
    assert match is not None
    assert match.verdict is Verdict.SEVERAL
    assert set(match.choices) == choices


@pytest.mark.parametrize("said", ["rue Balzac", "rue des Asphodèles", "avenue du Kilimandjaro"])
def test_a_street_that_is_not_on_the_list_is_kept_as_heard(streets: Streets, said: str) -> None:
    match = streets.find(f"c'est {said}, merci")
    assert match is not None
    assert (match.verdict, match.name, match.listed) == (Verdict.UNKNOWN, said, False)


def test_without_a_list_every_street_is_kept_as_heard() -> None:
    match = Streets().find("rue des Lilas")
    assert match is not None
    assert (match.verdict, match.name) == (Verdict.UNKNOWN, "rue des Lilas")


ALIKE = [
    ("des lilas", "d hélilas"),
    ("des écoles", "dézécoles"),
    ("jaurès", "jorès"),
    ("paix", "paie"),
    ("veil", "veille"),
    ("ferry", "féri"),
    ("hirondelles", "irondelle"),
    ("château", "chateaux"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spellings_that_sound_alike_have_one_key(one: str, other: str) -> None:
    assert sounds(one.split()) == sounds(other.split())


def test_houses_have_coordinates(streets: Streets) -> None:
    assert streets.locate("Rue des Lilas", 12) is not None
    assert streets.locate("Rue des Lilas", 12, "bis") != streets.locate("Rue des Lilas", 12)
    assert streets.locate("Rue des Lilas", 999) is None
    assert streets.locate("Rue Balzac", 1) is None


def test_the_example_is_a_small_town(streets: Streets) -> None:
    assert len(streets.names) >= 115
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) >= 1_500
    for street, number in (("Place de la République", 1), ("Rue des Forges", 8)):
        assert streets.locate(street, number) is not None


@given(st.sampled_from(Streets.load(EXAMPLE).names))
def test_every_street_is_found_by_its_own_name(name: str) -> None:
    match = Streets.load(EXAMPLE).find(f"c'est {name}")
    assert match is not None
    assert (match.verdict, match.name) == (Verdict.EXACT, name)


BROKEN = {
    "": "does not have the columns",
    "a,b\n1,2\n": "does not have the columns",
    "street,number,rep,lat,lon\nRue A,x,,1,2\n": "invalid literal",
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.items())
def test_a_broken_list_is_refused_in_a_sentence(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "streets.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=reason):
        Streets.load(path)


def test_a_street_without_numbers_is_found() -> None:
    match = Streets([House("Chemin Creux", None, "", 48.0, 0.0)]).find("chemin creux")
    assert match is not None
    assert match.name == "Chemin Creux"
