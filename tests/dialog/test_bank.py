"""The bank of phrasings: its format, its size, and that no evaluation set is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dialog.search.bank import BankError, read_bank, shipped_bank, with_phrasings
from dialog.search.normalise import fold
from dialog.wish_bank import is_wish, wish_sheets

EVAL = Path(__file__).parents[1] / "eval"


def test_lines_of_several_files_add_up(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("# F1 Un titre\nun\ndeux\n\n# F2\ntrois\n")
    (tmp_path / "b.txt").write_text("\ufeff# F1 Un titre\ndeux\nquatre\n")
    (tmp_path / "notes.md").write_text("not a bank")
    assert read_bank(tmp_path) == {"F1": ("un", "deux", "quatre"), "F2": ("trois",)}
    assert read_bank(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("une phrase sans fiche\n", "line 1: a phrasing stands before the first '# ID' line"),
        ("# F1\nbon\n#   \n", "line 3: after '#' comes the id of a sheet"),
        ("# F1\n" + "a" * 401, "line 2: longer than 400 characters"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: str, what: str) -> None:
    (tmp_path / "x.txt").write_text(content)
    with pytest.raises(BankError, match=r"x\.txt") as error:
        read_bank(tmp_path)
    assert what in str(error.value)


def test_text_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(b"# F1\n\xe9t\xe9\n")
    with pytest.raises(BankError, match="UTF-8"):
        read_bank(tmp_path)


def test_phrasings_stand_beside_a_sheets_own_questions(sheets) -> None:
    first = sheets[0]
    bank = {first.id: (first.questions[0], "une autre façon de le dire")}
    found = with_phrasings(sheets, bank)
    assert found[0].questions == (*first.questions, "une autre façon de le dire")
    assert found[1:] == sheets[1:]


def test_the_shipped_bank_is_as_large_as_promised() -> None:
    bank = shipped_bank()
    assert len(bank) >= 2900
    assert sum(len(lines) >= 10 for lines in bank.values()) >= 400
    lengths = [len(line.split()) for lines in bank.values() for line in lines]
    assert sum(n <= 5 for n in lengths) > 4000
    assert sum(n >= 20 for n in lengths) > 4000


def test_no_phrasing_stands_under_two_sheets() -> None:
    owner: dict[str, str] = {}
    for sheet, lines in shipped_bank().items():
        for line in lines:
            assert owner.setdefault(fold(line), sheet) == sheet, line


def test_no_line_of_an_evaluation_set_is_in_the_bank() -> None:
    known = {fold(line) for lines in shipped_bank().values() for line in lines}
    known |= {fold(line) for sheet in wish_sheets() for line in sheet.questions}
    seen = 0
    for path in EVAL.rglob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            for turn in case.get("turns", [case]):
                seen += 1
                long = len(turn["text"].split()) > 4  # "passeport" is anybody's word
                assert not (long and fold(turn["text"]) in known), turn["text"]
    assert seen > 700


def test_wishes_are_in_the_index_and_never_spoken() -> None:
    wishes = wish_sheets()
    assert {sheet.id.split("-")[1] for sheet in wishes} >= {"transfer", "message", "report"}
    assert all(is_wish(sheet.id) and len(sheet.questions) >= 10 for sheet in wishes)
