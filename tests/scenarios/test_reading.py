"""Scenario files: what is read, and the sentence for what is wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from dialog.reply import Action
from dialog.scenarios import ScenarioError, read_folder, read_scenario
from dialog.scenarios.scenario import USUAL

WHOLE = """\
title = "Un passeport"
covers = "issue4.4"
at = 2026-12-24T15:00:00
caller = "06 12 34 56 42"

[[step]]
says = "C'est combien ?"
action = ["answer", "clarify"]
said = ["86 €", ["timbre", "fiscal"]]

[[step]]
hangs_up = true

[[ticket]]
kind = "message"
due = 2026-12-29
"""
STEP = 'title = "x"\ncovers = "issue4.1"\n\n[[step]]\nsays = "bonjour"\n'


def written(folder: Path, text: str, name: str = "one") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    scenario = read_scenario(written(tmp_path, WHOLE))
    assert scenario.id == "one"
    assert scenario.covers == ("issue4.4",)
    assert scenario.at == datetime(2026, 12, 24, 15)
    assert scenario.caller == "0612345642"
    first, second = scenario.step
    assert first.action == (Action.ANSWER, Action.CLARIFY)
    assert first.said == (("86 €",), ("timbre", "fiscal"))
    assert second.doings == ["hangs_up"]
    assert scenario.ticket[0].due == date(2026, 12, 29)
    assert scenario.ticket[0].complete


def test_what_is_left_out_is_usual(tmp_path: Path) -> None:
    scenario = read_scenario(written(tmp_path, STEP))
    assert (scenario.at, scenario.caller, scenario.line) == (USUAL, "", "mairie")
    assert scenario.step[0].action is None
    assert scenario.ticket == ()


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (STEP + 'acton = "answer"\n', 6, "step 1: `acton` is not a key here"),
        (STEP + 'acton = "answer"\n', 6, "did you mean `action`?"),
        (STEP + 'action = "sing"\n', 6, "step 1: `action`"),
        (STEP + 'keys = "12"\n', 4, "this one has `says` and `keys`"),
        (STEP + "goes_on = true\n", 4, "`goes_on` is about words said `over` a reply"),
        (STEP + '[[step]]\naction = "answer"\n', 6, "this one has none of them"),
        (STEP + '\n[[step]]\nsays = "x"\n\n[[step]]\nkeys = "A"\n', 11, "step 3: `keys`"),
        (STEP + '[[ticket]]\nkind = "letter"\n', 7, "ticket 1: `kind`"),
        (STEP + "says = \n", 6, "nvalid value"),
        (STEP + 'says = "a"\n', 6, "verwrite"),
        ('title = "x"\n\n[[step]]\nsays = "a"\n', 1, "`covers` is missing"),
        ('title = "x"\ncovers = "issue4.1"\nstep = []\n', 3, "`step`"),
        ('titel = "x"\ncovers = "issue4.1"\n[[step]]\nsays = "a"\n', 1, "`title` is missing"),
        ("", 1, "`title` is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, sentence: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as error:
        read_scenario(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match=r"one\.toml cannot be read"):
        read_scenario(path)


def test_a_folder_in_order_and_by_name(tmp_path: Path) -> None:
    for name in ("b-two", "a-one", "b-one"):
        written(tmp_path, STEP, name)
    assert [one.id for one in read_folder(tmp_path)] == ["a-one", "b-one", "b-two"]
    assert [one.id for one in read_folder(tmp_path, "b-*")] == ["b-one", "b-two"]


def test_no_folder_no_scenario_and_one_name_twice(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="is not a folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(ScenarioError, match="has no scenario named x-"):
        read_folder(tmp_path, "x-*")
    (tmp_path / "more").mkdir()
    written(tmp_path, STEP)
    written(tmp_path / "more", STEP)
    with pytest.raises(ScenarioError, match=r"another file is named one\.toml too"):
        read_folder(tmp_path)
