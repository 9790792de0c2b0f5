"""Where a reply may be cut so that its first sound comes early."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.clauses import FIRST_MAX, HARD_MAX, clauses
from voice.speakable import speakable

OPENINGS = [
    ("Bonjour. Que puis-je faire pour vous ?", ["Bonjour.", "Que puis-je faire pour vous ?"]),
    ("« Bien sûr. » Je regarde.", ["« Bien sûr. »", "Je regarde."]),
    ("Oui ! Venez demain… Merci", ["Oui !", "Venez demain…", "Merci"]),
    (
        "La carte est gratuite, mais si vous l'avez perdue il faut un timbre fiscal.",
        ["La carte est gratuite,", "mais si vous l'avez perdue il faut un timbre fiscal."],
    ),
    (
        "Pour un passeport, une photo, un acte et un justificatif de domicile suffisent.",
        ["Pour un passeport, une photo,", "un acte et un justificatif de domicile suffisent."],
    ),
    (
        "La mairie est ouverte du lundi au jeudi de huit heures trente à midi et de treize heures"
        " trente à dix-sept heures.",
        [
            "La mairie est ouverte du lundi au jeudi de huit heures trente à midi",
            "et de treize heures trente à dix-sept heures.",
        ],
    ),
    ("", []),
    ("  \n ", []),
]

WHOLE = [
    "M. Martin est au 3 av. du Gal. Leclerc.",
    "Voyez Mme. Durand, Dr. Roux et J. Martin au bât. B.",
    "Rendez-vous le lun. 2 nov. 2026 à 8 h 30.",
    "La loi de 3.5 % vaut 12,50 €.",
    "Le numéro du service que vous cherchez est le 02 61 91 40 00, je répète.",
]

NEVER_CUT = [
    "zéro deux, soixante et un, quatre-vingt-onze, quarante, dix",
    "zéro deux; soixante et un; quatre-vingt-onze; quarante; dix",
    "quatre huit deux, neuf un trois",
    "soixante-dix-huit, trois cent soixante-dix",
    "douze bis, avenue",
    "02 61 91 40 00",
    "02.61.91.40.00",
    "8h30-12h, 13h30-17h30",
    "12,50 €",
    "1 250 €",
    "le 2 nov. 2026",
    "01/09/2026",
    "20 m²",
]


@pytest.mark.parametrize(("text", "expected"), OPENINGS)
def test_openings(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


@pytest.mark.parametrize("text", WHOLE)
def test_a_full_stop_that_ends_no_sentence_cuts_nothing(text: str) -> None:
    assert not [clause for clause in clauses(text)[:-1] if clause.endswith(".")]


@pytest.mark.parametrize("one_breath", NEVER_CUT)
@pytest.mark.parametrize("before", [0, 20, 40, 55, 120, 150, 380])
def test_what_is_said_in_one_breath_is_never_cut(one_breath: str, before: int) -> None:
    filling = ("bla " * 100)[:before].strip()
    text = f"{filling} {one_breath} {'puis nous fermons ' * 12}, et voilà."
    assert any(one_breath in clause for clause in clauses(text)), clauses(text)


def test_a_reply_starts_early_and_goes_on_sentence_by_sentence() -> None:
    # 1. a reply as the sheets write it
    reply = (
        "Pour une carte d'identité, prenez rendez-vous au 02 61 91 40 10, ou en ligne. "
        "Elle est gratuite. Apportez une photo de moins de 6 mois, un justificatif de domicile "
        "de moins de 3 mois, l'ancienne carte et, pour un enfant, votre propre carte d'identité "
        "ainsi que le livret de famille, que nous vous rendons tout de suite."
    )
    cut = clauses(speakable(reply))
    # 2. the first sound needs few words
    assert len(cut[0]) <= FIRST_MAX
    # 3. the number is whole, the short sentence alone, the long one in parts
    assert any("zéro deux, soixante et un, quatre-vingt-onze, quarante, dix" in c for c in cut)
    assert "Elle est gratuite." in cut
    assert all(len(c) < 200 for c in cut)


def test_text_without_any_boundary_is_cut_between_words_before_the_engine_limit() -> None:
    assert all(len(c) <= HARD_MAX for c in clauses("mot " * 500))


PIECES = ("Bonjour. ", "la ", "mairie, ", "et ", "12,50 € ", "M. ", "8h ", *" ;:!?…«».ab")


@given(st.lists(st.sampled_from(PIECES), max_size=150).map("".join))
def test_joined_by_spaces_the_clauses_give_the_text_back(text: str) -> None:
    assert " ".join(clauses(text)) == " ".join(text.split())
    assert all(re.search(r"\S", clause) for clause in clauses(text))
