"""What is worth noting, and how it is written down."""

from __future__ import annotations

import tomllib
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.answers import sentences
from dialog.composing import Composer
from dialog.matter import (
    Matter,
    SendingState,
    on_domain,
    without_foreign_links,
    worth_noting,
)
from dialog.sheets import Sheet, load_sheets
from dialog.town import Town
from dialog.values.gsm import is_gsm, parts
from tests.conftest import TOWN

SITE = "https://www.saint-aubin.example/"


@pytest.fixture(scope="module")
def saint_aubin() -> Town:
    with (TOWN / "allomairie.toml").open("rb") as stream:
        return Town(**tomllib.load(stream)["town"])


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("Appelez le 02 61 91 50 50.", ("phone",)),
        ("Appelez le 3919.", ("phone",)),
        ("Appelez le 0 800 12 34 56.", ("phone",)),
        ("Faites le 116 117.", ("phone",)),
        ("La collecte a lieu le 3 janvier.", ("date",)),
        ("Avant le 1er septembre.", ("date",)),
        ("Le 12/06/2027.", ("date",)),
        ("Voyez saint-aubin.example/rdv.", ("link",)),
        ("Écrivez à accueil@saint-aubin.example.", ("link",)),
        ("Apportez un justificatif de domicile et une photo.", ("papers",)),
        ("La carte est gratuite.", ()),
        ("Le passeport coûte 86 €.", ()),
        ("C'est ouvert de 8h30 à 12h.", ()),
        ("Il coûte 3500 €.", ()),
        ("Apportez une photo.", ()),
        ("", ()),
    ],
)
def test_what_nobody_remembers(sentence: str, kinds: tuple[str, ...]) -> None:
    assert worth_noting([sentence]) == kinds


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://saint-aubin.example/rdv", True),
        ("https://rdv.saint-aubin.example", True),
        ("saint-aubin.example", True),
        ("https://saint-aubin.example.evil.com", False),
        ("https://notsaint-aubin.example", False),
        ("https://www.service-public.fr/x", False),
        ("", False),
    ],
)
def test_only_the_official_domain_is_the_towns(address: str, own: bool) -> None:
    assert on_domain(address, SITE) is own
    assert not on_domain(address, "")


def test_sites_of_others_are_left_out() -> None:
    told = ("Sur saint-aubin.example.", "Sur ants.gouv.fr.", "Sur doctolib.fr.", "À midi.")
    assert without_foreign_links(told, SITE) == (told[0], told[1], told[3])


def test_a_list_is_cut_between_its_items(saint_aubin: Town) -> None:
    items = tuple(f"le justificatif numéro {n} de la liste des papiers ;" for n in range(12))
    matter = Matter("Passeport", items)
    text = Composer(saint_aubin, 1).sms(matter)
    assert parts(text) == 1
    assert text.startswith("Mairie de Saint-Aubin. Passeport : le justificatif numéro 0")
    assert text.endswith("papiers ...")


def test_a_sentence_that_is_too_long_gives_the_phone_instead(saint_aubin: Town) -> None:
    text = Composer(saint_aubin, 1).sms(Matter("Passeport", ("x " * 200,)))
    assert text == "Mairie de Saint-Aubin. Passeport. 02 61 91 40 00"


def test_the_link_is_kept_when_there_is_one(saint_aubin: Town) -> None:
    matter = Matter("Cantine", ("Le repas coûte 3 €.",), link="saint-aubin.example/cantine")
    text = Composer(saint_aubin, 1).sms(matter)
    assert text.endswith("Le repas coute 3 €. saint-aubin.example/cantine")


def own_sheets() -> list[Sheet]:
    return load_sheets(TOWN / "sheets")


@pytest.mark.parametrize("most", [1, 2, 3])
def test_every_paragraph_of_the_example_town_is_one_good_sms(saint_aubin: Town, most: int) -> None:
    composer = Composer(saint_aubin, most)
    for sheet in own_sheets():
        for section in sheet.sections:
            for paragraph in section.paragraphs:
                text = composer.sms(Matter(sheet.title, tuple(sentences(paragraph))))
                assert is_gsm(text), text
                assert 1 <= parts(text) <= most, text
                assert text.startswith("Mairie de Saint-Aubin"), text


@given(st.text(max_size=200), st.lists(st.text(max_size=300), max_size=8), st.integers(1, 3))
def test_whatever_a_sheet_holds_the_message_fits(title: str, told: list[str], most: int) -> None:
    town = Town(
        name="X",
        greeting_name="mairie de X",
        phone="02 61 91 40 00",
        website="x.example",
        default_service="a",
        services=[{"id": "a", "name": "l'accueil"}],
    )
    text = Composer(town, most).sms(Matter(title, tuple(told)))
    assert 1 <= parts(text) <= most


def test_an_e_mail_has_the_items_on_lines(saint_aubin: Town) -> None:
    matter = Matter("Passeport", ("Apportez :", "une photo ;", "l'ancien passeport"))
    text = Composer(saint_aubin, 1).email(matter)
    assert "\n- une photo\nl'ancien passeport.\n" in text
    assert "mairie de Saint-Aubin" in text


def test_the_state_of_sending_goes_through_json() -> None:
    state = SendingState(Matter("T", ("a", "b"), sheet="s"), offered=True, sent=2)

    assert SendingState.from_dict(asdict(state)) == state
    assert SendingState.from_dict({}) == SendingState()
    assert SendingState.from_dict({"matter": {"title": "T", "old": 1}}).matter == Matter("T")
