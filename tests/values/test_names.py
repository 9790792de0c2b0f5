"""Names, heard and spelled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.values import parse_name, parse_spelling, spell

SPELLED = {
    "D U P O N T": "DUPONT",
    "D, U, P, O, N, T.": "DUPONT",
    "D-U-P-O-N-T": "DUPONT",
    "d u p o n t": "DUPONT",
    "D.U.P.O.N.T": "DUPONT",
    "ça s'écrit D U P O N T": "DUPONT",
    "je vous épelle : M A R T I N": "MARTIN",
    "D comme dentiste, U comme Ursule, P comme Pierre, O, N, T": "DUPONT",
    "D comme Didier, U, P comme papa, O comme orange, N comme Noémie, T comme Tintin": "DUPONT",
    "A comme Anatole, T comme Thérèse": "AT",
    "B comme Bernard, E comme Émile, N comme Nicolas": "BEN",
    "D comme David, A, V": "DAV",
    "B comme David, A, V": "DAV",  # the word wins over the letter
    "T comme l'éléphant, L, I": "ELI",
    "alpha bravo charlie": "ABC",
    "delta uniform papa oscar november tango": "DUPONT",
    "Anatole Berthe Célestin": "ABC",
    "M U deux L E R": "MULLER",
    "M U 2 L E R": "MULLER",
    "M U double L E R": "MULLER",
    "M U deux fois L E R": "MULLER",
    "M U L L E R": "MULLER",
    "M U deux ailes E R": "MULLER",
    "H É L È N E": "HÉLÈNE",
    "E accent aigu, L I E": "ÉLIE",
    "L E F E accent grave V R E": "LEFÈVRE",
    "H O accent circonflexe T E": "HÔTE",
    "N O E tréma L": "NOËL",
    "F R A N C cédille O I S": "FRANÇOIS",
    "D U P tiret L E": "DUP-LE",
    "P E T I T trait d'union J E A N": "PETIT-JEAN",
    "D apostrophe A R T": "D'ART",
    "double V A L T E R": "WALTER",
    "W A L T E R": "WALTER",
    "I grec V E S": "YVES",
    "Y comme Yvonne, V, E, S": "YVES",
    "dé u pé o enne té": "DUPONT",
    "K comme kilo, O, C, H": "KOCH",
    "D, euh, U, P, puis O, N, T": "DUPONT",
    "il y a un problème": "",
    "c'est pour un acte de naissance": "",
    "j'ai perdu ma carte": "",
    "à l'école": "",
    "": "",
}


@pytest.mark.parametrize(("said", "letters"), SPELLED.items())
def test_letters_are_understood(said: str, letters: str) -> None:
    assert parse_spelling(said) == letters


NAMES = {  # answer -> title and name as read back, * when it was spelled
    "Dupont": "Dupont",
    "dupont": "Dupont",
    "DUPONT": "Dupont",
    "Marie Dupont": "Marie Dupont",
    "c'est madame Dupont-Lefèvre": "madame Dupont-Lefèvre",
    "je m'appelle Marie Dupont": "Marie Dupont",
    "Bonjour, je m'appelle Paul Éluard, j'appelle pour un acte.": "Paul Éluard",
    "au nom de Martin": "Martin",
    "c'est au nom de madame Le Goff": "madame Le Goff",
    "monsieur de la Tour": "monsieur de la Tour",
    "le docteur Lemaire": "docteur Lemaire",
    "mon nom est Benali": "Benali",
    "mon nom c'est Garcia, merci": "Garcia",
    "nom de famille Nguyen": "Nguyen",
    "oui, c'est Paul Durand à l'appareil": "Paul Durand",
    "madame Ben Saïd": "madame Ben Saïd",
    "D'Artagnan": "D'Artagnan",
    "madame O'Brien": "madame O'Brien",
    "je suis madame Petit et j'habite rue des Lilas": "madame Petit",
    "c'est Marie, Marie Dupont": "Marie Dupont",
    "euh, Lopez, s'il vous plaît": "Lopez",
    "Dupont, D U P O N T": "Dupont*",
    "Dupond, D U P O N T": "Dupont*",
    "Dupond. D-U-P-O-N-T, merci": "Dupont*",
    "c'est madame Lefèvre, L E F E B V R E": "madame Lefebvre*",
    "Marie Dupond D U P O N T": "Marie Dupont*",
    "Dupont DUPOND": "Dupond*",
    "K comme kilo, O, C, H": "Koch*",
    "mon nom c'est coque, K comme kilo, O, C, H": "Koch*",
    "Pierre, P I E R R E": "Pierre*",
    "c'est Louis Nicolas, N I C O L A S": "Louis Nicolas*",
    "M U deux L E R": "Muller*",
    "Muler avec deux L": "Muller",
    "Martin avec un Y": "Martyn",
    "c'est la cantine": None,
    "Durand avec un T à la fin": "Durandt",
    "je voudrais un acte de naissance": None,
    "oui": None,
    "non merci": None,
    "c'est pour la cantine": None,
    "06 12 34 78 90": None,
    "": None,
}


@pytest.mark.parametrize(("said", "name"), NAMES.items())
def test_a_name_is_understood(said: str, name: str | None) -> None:
    reading = parse_name(said)
    assert (reading and reading.said + "*" * reading.spelled) == name


def test_a_name_is_read_back_letter_by_letter() -> None:
    assert spell("Dupont") == "D, U, P, O, N, T"
    assert spell("Noël") == "N, O, E tréma, L"
    assert spell("L'Hôte-Durand").startswith("L, apostrophe, H, O accent circonflexe")


letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÇÉÈÊËÎÏÔÛÙÜ"
names = st.lists(st.text(letters, min_size=3, max_size=9), min_size=1, max_size=2).map("-".join)


@given(names)
def test_what_is_spelled_back_is_the_same_name(name: str) -> None:
    assert parse_spelling(spell(name)) == name


@given(names)
def test_a_spelled_name_is_that_name(name: str) -> None:
    reading = parse_name(f"{name.title()}, {spell(name)}")
    assert reading is not None
    assert (reading.name.upper(), reading.spelled) == (name, True)
