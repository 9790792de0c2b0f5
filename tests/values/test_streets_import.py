"""`allomairie town streets import`: from the national address base to the town's list."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from dialog.values import Streets

HEAD = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;"
    "code_insee_ancienne_commune;nom_ancienne_commune;x;y;lon;lat;type_position;alias"
)


def line(
    number: str, street: str, *, rep: str = "", insee: str = "72999", lat: str = "47.97"
) -> str:
    return f"id;;{number};{rep};{street};72000;{insee};Saint-Aubin;;;1;2;-0.43;{lat};entrée;"


GOOD = "\n".join(
    (
        HEAD,
        line("12", "Rue des Lilas"),
        line("12", "Rue des Lilas", rep="BIS", lat="47.98"),
        line("12", "Rue des Lilas"),
        line("9999", "Rue des Lilas"),
        line("99999", "Chemin Creux"),
        line("3", ""),
        line("4", "Rue Pasteur", lat=""),
    )
)


def run(town: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["town", "streets", "import", *words, "--town", str(town)], env={"COLUMNS": "400"}
    )
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    return folder


def saved(tmp_path: Path, content: str | bytes, name: str = "ban.csv") -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.parametrize("packed", [False, True])
def test_an_import(tmp_path: Path, town: Path, packed: bool) -> None:
    content = gzip.compress(GOOD.encode()) if packed else GOOD.encode()
    code, output = run(town, saved(tmp_path, content, "ban.csv.gz" if packed else "ban.csv"))
    assert code == 0
    assert "2 streets, 2 house numbers" in output
    streets = Streets.load(town / "streets.csv")
    assert streets.names == ("Chemin Creux", "Rue des Lilas")
    assert streets.locate("Rue des Lilas", 12, "bis") == (47.98, -0.43)
    assert [path.name for path in town.iterdir()] == ["streets.csv"]


def test_counts_for_machines(tmp_path: Path, town: Path) -> None:
    code, output = run(town, saved(tmp_path, GOOD), "--json")
    assert code == 0
    assert json.loads(output) == {
        "streets": 2,
        "numbers": 2,
        "lines": 7,
        "other_communes": 0,
        "left_out": 2,
        "twice": 1,
    }


MIXED = f"{GOOD}\n{line('1', 'Rue Ailleurs', insee='72111')}"


def test_one_commune_of_several(tmp_path: Path, town: Path) -> None:
    code, output = run(town, saved(tmp_path, MIXED), "--insee", "72999")
    assert code == 0
    assert "1 addresses of other communes were left out" in output
    assert "Rue Ailleurs" not in Streets.load(town / "streets.csv").names


REFUSED = [
    (HEAD.replace(";", ",") + "\n", (), "the column 'numero' is missing"),
    ("a;b\n1;2\n", (), "the column 'numero' is missing"),
    (GOOD.replace("Lilas", "Érables").encode("latin-1"), (), "is not in UTF-8"),
    ("", (), "is empty"),
    (HEAD, (), "has no address"),
    (MIXED, (), "has 2 communes (72111, 72999…): say which one with --insee"),
    (GOOD, ("--insee", "75056"), "has no address of the commune 75056"),
    (gzip.compress(GOOD.encode())[:60], (), "is a damaged gzip file"),
    (f"{HEAD}\n1;2\n", (), "has no address with a street and a position"),
]


@pytest.mark.parametrize(("content", "options", "reason"), REFUSED)
def test_a_file_that_cannot_be_used(
    tmp_path: Path, town: Path, content: str | bytes, options: tuple[str, ...], reason: str
) -> None:
    (town / "streets.csv").write_text("old", encoding="utf-8")
    code, output = run(town, saved(tmp_path, content), *options)
    assert code == 1
    assert reason in output
    assert (town / "streets.csv").read_text(encoding="utf-8") == "old"


def test_a_file_or_town_that_is_not_there(tmp_path: Path, town: Path) -> None:
    assert "cannot be read" in run(town, str(tmp_path / "none.csv"))[1]
    assert "is not the folder of a town" in run(tmp_path / "none", saved(tmp_path, GOOD))[1]
