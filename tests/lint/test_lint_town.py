"""What `kb check` says of a whole town: required sheets, configuration, election, emergencies."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from dialog.emergencies import Emergencies
from dialog.lint import Severity
from tests.conftest import ROOT
from tests.lint.conftest import Place, brief

EXAMPLE = ROOT / "examples" / "saint-aubin"


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("astreinte", "error"),
        ("eau", "error"),
        ("route", "warning"),
        ("chien", "warning"),
        ("deces", "warning"),
        ("lampadaire", "warning"),
    ],
)
def test_a_required_sheet_that_is_missing_or_over(place: Place, name: str, severity: str) -> None:
    wanted = [(severity, "fiche-obligatoire", "sheets", 0)]
    path = place.root / "sheets" / f"{name}.md"
    text = path.read_text()
    path.unlink()
    assert brief(place.lint()) == wanted
    # one that is not validated is as good as none
    path.write_text(text.replace("validée", "brouillon"))
    assert set(wanted) < set(brief(place.lint()))


def test_the_duty_post_and_the_water_company_need_a_number(place: Place) -> None:
    for name in ("astreinte", "eau"):
        path = place.root / "sheets" / f"{name}.md"
        path.write_text(path.read_text().replace(" au 02 61 91 50", " jour et nuit, à"))
    found = [f for f in place.lint() if f.rule == "fiche-obligatoire"]
    assert [(f.severity, f.sheet) for f in found] == [
        (Severity.ERROR, "astreinte"),
        (Severity.ERROR, "eau"),
    ]


def test_emergency_numbers_that_nobody_checked_for_long(place: Place) -> None:
    checked = Emergencies.load().checked_on
    assert not [f for f in place.lint(checked) if f.rule == "urgences"]
    late = [f for f in place.lint(checked + timedelta(days=800)) if f.rule == "urgences"]
    assert [f.severity for f in late] == [Severity.ERROR]


@pytest.mark.parametrize(
    ("old", "new", "severity", "rule"),
    [
        ("duty = true", "duty = false", "error", "astreinte"),
        ('deaf_access = "le relais', 'deaf_access = ""  # "le relais', "error", "acces-sourds"),
        ('phone = "02 61 91 50 90"\nextension = "190"', "", "error", "astreinte"),
        ('phone = "02 61 91 50 00"\n[town', "[town", "warning", "sans-numero"),
        ('lundi = "9h-12h"', "", "warning", "sans-horaires"),
        ('names = ["accueil"]', "", "advice", "sans-noms"),
        ('address = "2 place du Lavoir"', "", "advice", "adresse"),
        ("02 61 91 50 90", "08 99 91 50 90", "error", "surtaxe"),
        (
            "[[town.services]]",
            '[town.crisis]\ntext = "Canicule."\nuntil = 2026-11-24\n[[town.services]]',
            "advice",
            "crise",
        ),
    ],
)
def test_the_configuration(place: Place, old: str, new: str, severity: str, rule: str) -> None:
    place.config(old, new)
    found = [f for f in place.lint() if f.file == "allomairie.toml" and f.rule == rule]
    assert [f.severity.value for f in found] == [severity]


def test_an_election_period_names_the_sheets_it_keeps_silent(place: Place) -> None:
    place.sheet("bilan", "La ville a refait le gymnase.", more="tags: [réalisation]\n")
    place.sheet("fete", "La fête a lieu en mai.", more="tags: [Evenement]\n")
    place.sheet("slip", "La fête a lieu en mai.", more="tags: [évènements]\n")
    assert brief(place.lint()) == [("warning", "etiquette", "sheets/slip.md", 9)]
    # 1. the switch
    place.config("[[town.services]]", "election_period = true\n[[town.services]]")
    silent = [f for f in place.lint() if f.rule == "election"]
    assert [(f.severity, f.sheet, f.line) for f in silent] == [
        (Severity.ADVICE, "bilan", 9),
        (Severity.ADVICE, "fete", 9),
    ]
    # 2. from one day to another
    days = "election_periods = [{ first = 2026-09-01, last = 2027-03-31 }]"
    place.config("election_period = true", days)
    assert len([f for f in place.lint() if f.rule == "election"]) == 2
    soon = [f for f in place.lint(date(2026, 8, 20)) if f.rule == "election"]
    assert all("bientôt" in f.message for f in soon)
    assert not [f for f in place.lint(date(2027, 4, 1)) if f.rule == "election"]


# -- the command ---------------------------------------------------------------------------


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["kb", "check", *map(str, arguments)])
    return result.exit_code, result.stdout


def test_the_example_town_has_no_errors_and_no_warnings() -> None:
    code, out = run("--town", EXAMPLE, "--strict", "--json", "--at", "2026-11-25T10:00")
    found = json.loads(out)
    assert code == 0, [f for f in found["findings"] if f["severity"] != "advice"]
    assert found["ok"] is True
    assert found["sheets"] > 100
    assert found["national"]["validated"] > 100


def test_exit_codes_and_words(place: Place) -> None:
    # 1. right
    code, out = run("--town", place.root)
    assert (code, out) == (0, "6 fiches de la commune : 0 erreur, 0 avertissement, 0 conseil.\n")
    # 2. a warning fails with --strict only
    place.sheet("essai", "Le SIVURX répond [vraiment].", until="2099-12-31")
    assert run("--town", place.root)[0] == 0
    code, out = run("--town", place.root, "--strict", "--json")
    assert code == 1
    (finding,) = json.loads(out)["findings"]
    assert finding["file"] == "sheets/essai.md"
    assert finding["severity"] == "warning"
    # 3. an error always
    place.sheet("autre", "Appelez le 0810 20 30 40.")
    code, out = run("--town", place.root)
    assert code == 1
    assert "erreur" in out
    assert "1 erreur, 1 avertissement" in out
    # 4. the town's own sigles are known
    (place.root / "pronunciation.toml").write_text('letters = ["SIVURX"]\n')
    assert "1 erreur, 0 avertissement" in run("--town", place.root)[1]


def test_a_town_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["kb", "check", "--town", str(tmp_path / "absent")])
    assert result.exit_code != 0
    assert "does not exist" in str(result.exception or result.output)


def test_a_new_town_is_told_what_it_lacks(tmp_path: Path) -> None:
    made = tmp_path / "ville"
    assert CliRunner().invoke(app, ["init", str(made)]).exit_code == 0
    code, out = run("--town", made, "--json")
    rules = {f["rule"] for f in json.loads(out)["findings"]}
    assert code == 1
    assert {"astreinte", "acces-sourds", "fiche-obligatoire"} <= rules
    shutil.rmtree(made)
