"""`allomairie dialog test` as a supervisor runs it, on a small town."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from tests.dialog.conftest import FOLDER

GOOD = """\
title = "Un agent"
covers = "issue4.3"

[[step]]
says = "Un agent, s'il vous plaît."
transfer = "accueil"
"""
BAD = GOOD.replace('transfer = "accueil"', 'transfer = "piscine"')


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "town"
    shutil.copytree(FOLDER, folder)
    return folder


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["dialog", "test", *map(str, arguments)])


def test_all_pass(town: Path, tmp_path: Path) -> None:
    result = run(written(tmp_path, good=GOOD), "--town", town, "--json", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert (summary["ok"], summary["scenarios"], summary["passed"]) == (True, 1, 1)
    assert summary["points"] == {"issue4.3": {"passed": 1, "scenarios": 1}}
    call = json.loads((tmp_path / "out" / "good.json").read_text(encoding="utf-8"))
    assert call["passed"] is True
    assert "passe" in call["lines"][1]["say"]


def test_one_fails(town: Path, tmp_path: Path) -> None:
    folder = written(tmp_path, good=GOOD, bad=BAD)
    result = run(folder, "--town", town)
    assert result.exit_code == 1
    assert "FAILED bad: Un agent" in result.output
    assert "! step 1: the call goes to accueil, not piscine" in result.output
    assert "1 of 2 scenarios pass (50.0 %, at least 100 % wanted)" in result.output
    assert run(folder, "--town", town, "--least", "0.5").exit_code == 0
    assert run(folder, "--town", town, "--only", "goo*").exit_code == 0


def test_every_call_in_full(town: Path, tmp_path: Path) -> None:
    result = run(written(tmp_path, good=GOOD), "--town", town, "--verbose")
    assert "ok good: Un agent" in result.output
    assert "– Un agent, s'il vous plaît." in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "nowhere is not a folder"),
        ((".", "--only", "x-*"), "has no scenario named x-*.toml"),
        ((".",), "good.toml, line 7: step 1: `acton` is not a key here"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    written(tmp_path, good=GOOD + 'acton = "transfer"\n')
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())
