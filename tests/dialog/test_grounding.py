"""A phrased reply may hold nothing that its sheet does not hold."""

from __future__ import annotations

import pytest

from dialog.grounding import check

SHEET = """La piscine est ouverte du lundi au vendredi, de 8h30 à 12h. Elle est fermée le dimanche.
L'entrée coûte 3,50 € pour un adulte. C'est gratuit avant 6 ans.
Le bonnet est obligatoire. Elle ne prend pas les cartes bancaires.
Inscrivez-vous avant le 15 septembre au 02 61 91 40 80, avec deux photos.
La piscine se trouve avenue du Stade."""


@pytest.mark.parametrize(
    "say",
    [
        "L'entrée coûte 3,50 € pour un adulte. C'est gratuit avant 6 ans.",
        "Pour un adulte, l'entrée est à 3,50 euros.",
        "Elle ouvre à 8h30 le mardi.",
        "Elle ferme à midi.",
        "Appelez le 02.61.91.40.80 avant le 15 septembre.",
        "Elle est fermée le dimanche.",
        "Apportez deux photos.",
        "C'est avenue du Stade.",
    ],
)
def test_what_the_sheet_says_passes(say: str) -> None:
    assert check(say, SHEET) == []


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        ("L'entrée coûte 4 € pour un adulte.", "price"),
        ("L'entrée coûte 3 € 20.", "price"),
        ("Elle ouvre à 9h.", "hour"),
        ("Elle ferme à minuit.", "hour"),
        ("Elle est ouverte le samedi.", "day"),
        ("Inscrivez-vous avant le 16 septembre.", "date"),
        ("Appelez le 02 61 91 40 81.", "phone"),
        ("Apportez trois photos.", "number"),
        ("C'est gratuit avant 12 ans.", "number"),
        ("Demandez à Monsieur Lefort.", "name"),
        ("Oui, elle est ouverte le lundi.", "yes"),
        ("Non, il faut un bonnet.", "no"),
        ("L'entrée n'est pas gratuite.", "free"),
        ("Le dimanche, l'entrée ne coûte rien, ce n'est pas payant.", "paid"),
        ("Elle n'est pas ouverte le lundi.", "open"),
    ],
)
def test_what_the_sheet_does_not_say_is_refused(say: str, kind: str) -> None:
    assert kind in {violation.kind for violation in check(say, SHEET)}


def test_each_sentence_of_a_sheet_passes(sheets) -> None:
    for sheet in sheets:
        for section in sheet.sections:
            for paragraph in section.paragraphs:
                assert check(paragraph, sheet) == []


def test_the_configuration_is_a_source_too(town) -> None:
    assert check("L'accueil de la mairie répond au 02 61 91 50 00.", town) == []
    assert check("L'accueil de la mairie répond au 02 61 91 50 01.", town)[0].kind == "phone"
