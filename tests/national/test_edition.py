"""Editions come one after the other; what the town decided stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dialog.national import (
    ArchiveError,
    FileError,
    Line,
    NationalError,
    Report,
    merge,
    read_lines,
    spoken_sheets,
    store,
    validate,
    write_lines,
)
from dialog.national.publication import read_publication
from dialog.sheets import VALIDATED, Sheet
from tests.national.world import publication

DAY = date(2026, 11, 25)


def sheet(number: str = "F1", **changes: str) -> Sheet:
    return read_publication(publication(number, **changes))


def taken_in(known: list[Line], *sheets: Sheet, whole: bool = True) -> tuple[list[Line], Report]:
    report = Report()
    return merge(known, sheets, report, whole=whole), report


def validated(lines: list[Line], *ids: str) -> list[Line]:
    done = validate(lines, ids, [], every=not ids, day=DAY, by="Mme Petit")
    return list(done.lines)


def states(lines: list[Line]) -> list[tuple[str, str, str, bool]]:
    return [(line.id, line.sheet.title, line.status, line.withdrawn) for line in lines]


def test_new_sheets_are_drafts_and_drafts_are_not_spoken(tmp_path: Path) -> None:
    lines, report = taken_in([], sheet("F1"), sheet("F2"))
    assert report.new == ["F1", "F2"]
    write_lines(tmp_path / "n.jsonl", lines)
    assert spoken_sheets(tmp_path / "n.jsonl") == []


def test_the_same_edition_again_touches_nothing() -> None:
    lines, _ = taken_in([], sheet("F1"), sheet("F2"))
    lines = validated(lines, "F2")
    again, report = taken_in(lines, sheet("F1"), sheet("F2"))
    assert again == lines
    assert (report.unchanged, report.touched) == (["F1", "F2"], False)


def test_a_draft_is_replaced_by_a_newer_text() -> None:
    lines, _ = taken_in([], sheet("F1"))
    lines, report = taken_in(lines, sheet("F1", title="Nouveau"))
    assert states(lines) == [("F1", "Nouveau", "draft", False)]
    assert (report.changed, report.waiting) == (["F1"], [])


def test_a_validated_text_is_spoken_until_the_town_validates_the_newer_one(tmp_path: Path) -> None:
    """1. Validated. 2. A new edition waits. 3. It changes again. 4. The town validates it."""
    path = tmp_path / "n.jsonl"
    lines = validated(taken_in([], sheet("F1"))[0])
    lines, report = taken_in(lines, sheet("F1", title="Deuxième"))
    assert report.waiting == ["F1"]
    assert states(lines) == [
        ("F1", "Carte d'essai", "validated", False),
        ("F1", "Deuxième", "draft", False),
    ]
    lines, _ = taken_in(lines, sheet("F1", title="Troisième"))
    write_lines(path, lines)
    assert [s.title for s in spoken_sheets(path)] == ["Carte d'essai"]
    done = validate(read_lines(path), ["f1"], [], every=False, day=DAY, by="M. Roy")
    assert (done.validated, done.promoted) == (("F1",), ("F1",))
    write_lines(path, done.lines)
    (line,) = read_lines(path)
    assert (line.sheet.title, line.validated_on, line.validated_by) == ("Troisième", DAY, "M. Roy")


def test_a_text_that_comes_back_needs_no_second_validation() -> None:
    lines = validated(taken_in([], sheet("F1"))[0])
    lines, _ = taken_in(lines, sheet("F1", title="Erreur"))
    lines, report = taken_in(lines, sheet("F1"))
    assert states(lines) == [("F1", "Carte d'essai", "validated", False)]
    assert report.changed == ["F1"]


def test_a_new_date_alone_is_taken_over_by_the_validated_sheet() -> None:
    lines = validated(taken_in([], sheet("F1"))[0])
    (line,), report = taken_in(lines, sheet("F1", day="2021-06-01"))
    assert report.changed == ["F1"]
    assert (line.sheet.status, line.sheet.updated) == (VALIDATED, date(2021, 6, 1))
    assert "2021-06-01" in line.sheet.source


def test_what_an_edition_lacks_is_withdrawn_not_deleted_and_may_come_back() -> None:
    lines = validated(taken_in([], sheet("F1"), sheet("F2"))[0])
    lines, report = taken_in(lines, sheet("F1"))
    assert report.withdrawn == ["F2"]
    gone = lines[-1]
    assert (gone.id, gone.status, gone.withdrawn, gone.spoken) == ("F2", "validated", True, False)
    again, report = taken_in(lines, sheet("F1"))
    assert (again, report.withdrawn) == (lines, [])  # reported once
    with pytest.raises(NationalError, match=r"F2: withdrawn by service-public\.fr"):
        validated(lines, "F2")
    lines, report = taken_in(lines, sheet("F1"), sheet("F2"))
    assert report.changed == ["F2"]
    assert all(line.spoken for line in lines)


def test_an_import_of_one_theme_withdraws_nothing() -> None:
    lines, _ = taken_in([], sheet("F1"), sheet("F2", theme="Justice"))
    after, report = taken_in(lines, sheet("F1"), whole=False)
    assert (len(after), report.withdrawn) == (2, [])


def test_a_document_that_is_damaged_today_does_not_withdraw_its_sheet() -> None:
    lines, _ = taken_in([], sheet("F1"), sheet("F2"))
    report = Report(left_out={"is not well-formed XML": ["vosdroits/F2.xml"]})
    after = merge(lines, [sheet("F1")], report, whole=True)
    assert states(after)[1][3] is False


def test_an_edition_that_lacks_most_sheets_is_taken_for_incomplete() -> None:
    lines, _ = taken_in([], *(sheet(f"F{n}") for n in range(1, 41)))
    with pytest.raises(ArchiveError, match=r"lacks 39 sheets.*--partial"):
        taken_in(lines, sheet("F1"))
    assert len(taken_in(lines, sheet("F1"), whole=False)[0]) == 40


def test_validation_by_name_theme_and_all() -> None:
    lines, _ = taken_in(
        [], sheet("F1"), sheet("F2", theme="Justice"), sheet("F3", theme="Étranger")
    )
    by_theme = validate(lines, ["F1"], ["etranger"], every=False, day=DAY, by="")
    assert by_theme.validated == ("F1", "F3")
    rest = validate(by_theme.lines, [], [], every=True, day=DAY, by="")
    assert (rest.validated, rest.already) == (("F2",), ("F1", "F3"))
    with pytest.raises(NationalError, match="F99: no national sheet has this id"):
        validate(lines, ["F99"], [], every=False, day=DAY, by="")


def test_the_file_is_sorted_by_number_one_sheet_a_line(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    write_lines(path, taken_in([], sheet("F10"), sheet("F2"))[0])
    text = path.read_text(encoding="utf-8")
    assert [line[:11] for line in text.splitlines()] == ['{"id": "F2"', '{"id": "F10']
    assert "Citoyenneté" in text


def test_reading_gives_back_what_was_written(tmp_path: Path) -> None:
    lines = validated(taken_in([], sheet("F1"), sheet("F2"))[0], "F1")
    write_lines(tmp_path / "n.jsonl", lines)
    assert read_lines(tmp_path / "n.jsonl") == lines


@pytest.mark.parametrize("crash", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash: BaseException
) -> None:
    path = tmp_path / "n.jsonl"
    write_lines(path, taken_in([], sheet("F1"))[0])
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise crash

    monkeypatch.setattr(store.os, "fsync", fail)
    with pytest.raises((FileError, KeyboardInterrupt)) as caught:
        write_lines(path, taken_in([], sheet("F2"))[0])
    if caught.type is FileError:
        assert "No space left on device" in str(caught.value)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["n.jsonl"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"status": "draft"', '"status": "maybe"', "missing or has the wrong type"),
        ("25 €", "52 €", "the text of F1 is not the one that its version stands for"),
        ('{"id"', '{"id', "line 1"),
        ("2020-03-01", "hier", "line 1"),
    ],
)
def test_a_file_changed_by_hand_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    path = tmp_path / "n.jsonl"
    write_lines(path, taken_in([], sheet("F1"))[0])
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(FileError, match="line 1") as caught:
        read_lines(path)
    assert why in str(caught.value)
