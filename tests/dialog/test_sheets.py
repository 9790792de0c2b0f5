"""Sheets are read whole, or refused in one sentence that names file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dialog.sheets import SheetError, load_sheets, parse_sheet, spoken_on

GOOD = """---
id: piscine
title: La piscine
service: sports
status: validée
owner: Service des sports
valid_until: 2027-06-30
source: Règlement
questions:
  - la piscine est ouverte
  - "horaires : piscine"
---
La piscine est ouverte
tous les jours.

Le bonnet est obligatoire.

## Prix
L'entrée coûte 3 €.
"""


def parse(content: str):
    return parse_sheet(content, Path("piscine.md"))


def test_a_sheet_is_read_section_by_section() -> None:
    sheet = parse(GOOD)
    assert sheet.id == "piscine"
    assert sheet.questions == ("la piscine est ouverte", "horaires : piscine")
    assert sheet.valid_until == date(2027, 6, 30)
    assert [s.heading for s in sheet.sections] == ["", "Prix"]
    assert sheet.sections[0].paragraphs == (
        "La piscine est ouverte tous les jours.",
        "Le bonnet est obligatoire.",
    )


def test_the_version_follows_the_content() -> None:
    assert parse(GOOD).version == parse(GOOD).version
    assert parse(GOOD).version != parse(GOOD.replace("3 €", "4 €")).version


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("---\nid", "id", 1, "begins with a line '---'"),
        ("---\nLa piscine", "La piscine", 1, "not closed"),
        ("title: La piscine\n", "", 11, "'title' is missing"),
        ("title: La piscine", "titre: La piscine", 3, "unknown key 'titre'"),
        ("owner:", "colour: bleue\nowner:", 6, "unknown key 'colour'"),
        ("id: piscine\n", "id: piscine\nid: lac\n", 3, "stands twice"),
        ("id: piscine", "id: la piscine", 2, "letters, digits and hyphens"),
        ("2027-06-30", "30/06/2027", 7, "is not a date"),
        ("2027-06-30", "2027-13-30", 7, "month must be in 1..12"),
        ("valid_until: 2027-06-30", "valid_from: 2028-01-01\nvalid_until: 2027-06-30", 8, "before"),
        ("title: La piscine", "title: [La piscine", 4, "not valid YAML"),
        ('- "horaires : piscine"', "- horaires : piscine", 9, "put quotes around"),
        ("title: La piscine", "title:", 3, "a text is needed"),
        ("L'entrée coûte 3 €.\n", "", 18, "the section 'Prix' has no text"),
        ("## Prix", "##", 18, "a heading has no words"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    before: str, after: str, line: int, words: str
) -> None:
    assert before in GOOD
    with pytest.raises(SheetError) as caught:
        parse(GOOD.replace(before, after, 1))
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"piscine.md, line {line}:")
    assert caught.value.line == line


def test_a_sheet_without_text_is_refused() -> None:
    with pytest.raises(SheetError, match=r"the direct answer has no text"):
        parse(GOOD.split("La piscine est ouverte\n")[0])


def test_two_sheets_with_one_id_name_both_files(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.md").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SheetError, match=r"b\.md, line 2: has the id 'piscine' that a\.md has"):
        load_sheets(tmp_path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"---\xff\xfe\n")
    with pytest.raises(SheetError, match="cannot be read as UTF-8"):
        load_sheets(tmp_path)


def test_a_town_may_have_no_sheets(tmp_path: Path) -> None:
    assert load_sheets(tmp_path) == []
    assert load_sheets(tmp_path / "nowhere") == []


def test_only_validated_sheets_are_spoken_and_only_while_valid(sheets) -> None:
    def ids(day: date) -> set[str]:
        return {sheet.id for sheet in spoken_on(sheets, day)}

    assert "feu-artifice" not in ids(date(2026, 11, 24)), "a draft is never spoken"
    assert "patinoire" not in ids(date(2026, 11, 30)), "not valid yet"
    assert "patinoire" in ids(date(2026, 12, 1))
    assert "patinoire" in ids(date(2027, 1, 3)), "the last day counts"
    assert "patinoire" not in ids(date(2027, 1, 4))
