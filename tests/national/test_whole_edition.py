"""The edition of 2019-2020: 2,980 real documents."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from dialog.national import Line, Report, merge, read_lines, write_lines
from dialog.sheets import Section, Sheet

Whole = tuple[Mapping[str, Sheet], Report]
KINDS = {"", "pieces", "price", "delay", "place", "how", "who", "contact", "after", "online"}


def section(sheet: Sheet, heading: str, *conditions: str) -> Section:
    return next(s for s in sheet.sections if (s.heading, s.conditions) == (heading, conditions))


def test_every_sheet_with_text_is_there_and_menus_are_not(whole: Whole) -> None:
    sheets, report = whole
    assert (report.read, len(sheets)) == (2980, 2926)
    assert [(why, len(names)) for why, names in report.left_out.items()] == [
        ("is a guided search: a menu without text", 54)
    ]
    assert len({sheet.theme for sheet in sheets.values()}) == 11


def test_every_paragraph_can_be_read_aloud(whole: Whole) -> None:
    for sheet in whole[0].values():
        assert sheet.title
        assert sheet.updated
        assert sheet.url.endswith(sheet.id)
        assert sheet.sections[0].heading == ""
        places = [(s.heading, s.conditions) for s in sheet.sections]
        assert len(places) == len(set(places)), sheet.id
        for part in sheet.sections:
            assert part.kind in KINDS
            for text in part.paragraphs:
                assert re.search(r"\w", text), (sheet.id, text)
                assert text[-1] in ".!?…", (sheet.id, text)
                assert "  " not in text, (sheet.id, text)
                assert not re.search(r"https?:|www\.|</|\d\^|: ?;", text), (sheet.id, text)


def test_identity_card_of_an_adult(whole: Whole) -> None:
    sheet = whole[0]["F1341"]
    assert sheet.title == "Carte d'identité d'un majeur : première demande"
    assert (sheet.theme, sheet.dossier) == ("Papiers - Citoyenneté", "Carte d'identité")
    france = "Demande en France"
    assert section(sheet, "Coût", france).paragraphs == ("Coût : Gratuit.",)
    assert section(sheet, "Coût", france).kind == "price"
    needed = section(sheet, "Pièces à fournir", france, "Vous avez un passeport valide")
    assert needed.kind == "pieces"
    assert needed.paragraphs[0].startswith(
        "Pièces à fournir : Votre passeport ; Photo d'identité de moins de 6 mois et conforme aux "
        "normes ; Justificatif de domicile ; "
    )
    where = section(sheet, "Où et comment faire la demande ?", france)
    assert "Où s'adresser : Mairie délivrant des cartes d'identité." in where.paragraphs
    assert "F1342" not in sheet.see
    assert "F10619" in sheet.see
    assert any("pre-demande" in link.url for link in sheet.links)


def test_identity_card_of_a_child_has_ages_as_conditions(whole: Whole) -> None:
    conditions = {c for s in whole[0]["F1342"].sections for c in s.conditions}
    assert {
        "Entre 0 et 12 ans",
        "À partir de 13 ans",
        "L'enfant a un passeport valide",
    } <= conditions


def test_passport_price_differs_in_guyane(whole: Whole) -> None:
    prices = {
        s.conditions: " ".join(s.paragraphs)
        for s in whole[0]["F14929"].sections
        if s.kind in ("price", "pieces")
    }
    assert any("Cas général" in c and "86 €" in text for c, text in prices.items())
    assert any("En Guyane" in c and "43 €" in text for c, text in prices.items())


def test_a_table_of_a_sheet(whole: Whole) -> None:
    text = whole[0]["F519"].text
    assert (
        "Nombre d'enfants à naître : 2 ; Durée du congé prénatal : 12 semaines ; Durée du congé "
        "postnatal : 22 semaines ; Durée totale du congé de maternité : 34 semaines." in text
    )


def test_an_event_of_life_has_cases_and_no_theme_of_its_own(whole: Whole) -> None:
    sheet = whole[0]["F14128"]
    assert (sheet.title, sheet.theme) == ("Je déménage", "Comment faire si…")
    tenant = section(sheet, "Démarches liées au logement actuel", "Locataire")
    assert tenant.paragraphs[0].startswith("Je dois informer mon bailleur")
    assert sheet.national


def test_the_file_of_all_sheets_is_read_in_a_second(whole: Whole, tmp_path: Path) -> None:
    path = tmp_path / "national.jsonl"
    report = Report()
    lines = merge([], list(whole[0].values()), report, whole=True)
    write_lines(path, lines)
    best = min(_seconds(path) for _ in range(3))
    assert best < 1.5  # 0.5 s on an idle core; other tests may run beside this one
    again = Report()
    after = merge(read_lines(path), list(whole[0].values()), again, whole=True)
    assert (len(again.unchanged), again.touched) == (2926, False)
    assert sorted(map(Line.written, after)) == sorted(map(Line.written, lines))


def _seconds(path: Path) -> float:
    started = time.perf_counter()
    read_lines(path)
    return time.perf_counter() - started


@pytest.mark.parametrize("number", ["F34478", "F34482"])
def test_menus_have_no_sheet(whole: Whole, number: str) -> None:
    assert number not in whole[0]
