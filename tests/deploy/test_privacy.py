"""`allomairie privacy` as an official types it, on a town's own database."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from deploy.cli import app
from deploy.parts import Town
from records import CallDraft, Channel, Outcome, TicketEntry, TurnDraft
from tests.deploy.test_cli import run

NUMBER = "+33612345678"


def _town(folder: Path) -> Path:
    """A town with one call of Jeanne, who left a message."""
    assert run("init", folder).returncode == 0
    records = Town.open(folder).open_records()
    call = records.start_call(CallDraft(channel=Channel.SIP, caller_number=NUMBER))
    records.add_turn(call.id, TurnDraft(heard="Je suis Jeanne", reply="Bonjour."))
    fields = {"name": "Jeanne", "phone": "0612345678"}
    records.add_ticket(
        TicketEntry(
            call_id=call.id, kind="message", reference="482913", service="accueil", fields=fields
        )
    )
    records.end_call(call.id, Outcome.COMPLETED)
    records.close()
    return folder


def test_a_person_is_exported_then_erased_with_a_proof(tmp_path: Path) -> None:
    """1. Export. 2. Without --yes and a "oui" nothing goes. 3. Erased. 4. Nothing is left."""
    town = _town(tmp_path / "ville")
    out = tmp_path / "jeanne.json"
    shown = run("privacy", "export", "--town", town, "--number", "06 12 34 56 78", "--out", out)
    assert shown.returncode == 0, shown.stderr
    assert out.stat().st_mode & 0o077 == 0, "a person's data is readable by its owner only"
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert kept["calls"][0]["turns"][0]["heard"] == "Je suis Jeanne"

    asked = run("privacy", "erase", "--town", town, "--number", "0612345678")
    assert asked.returncode == 1
    erased = run("privacy", "erase", "--town", town, "--number", "0612345678", "--yes", "--json")
    assert erased.returncode == 0, erased.stderr
    proof = json.loads(erased.stdout)
    assert (proof["calls"], proof["turns"], proof["tickets"]) == (1, 1, 1)
    assert "0612345678" not in erased.stdout
    assert "Jeanne" not in erased.stdout

    again = run("privacy", "erase", "--town", town, "--number", "0612345678", "--yes")
    assert again.returncode == 1
    assert "nothing is kept" in again.stderr
    stored = b"".join(path.read_bytes() for path in (town / "data").glob("records.db*"))
    assert b"Je suis Jeanne" not in stored


def test_days_and_references_are_checked_in_plain_words(tmp_path: Path) -> None:
    assert run("init", tmp_path).returncode == 0
    day = run("privacy", "erase", "--town", tmp_path, "--from", "hier", "--to", "2026-11-02")
    assert day.returncode == 2
    assert "is not a day" in day.stderr
    none = run("privacy", "export", "--town", tmp_path)
    assert none.returncode == 1
    assert "only one of them" in " ".join(none.stderr.split())


def test_purge_tells_what_went(tmp_path: Path) -> None:
    town = _town(tmp_path / "ville")
    purged = run("privacy", "purge", "--town", town, "--json")
    assert json.loads(purged.stdout) == {
        "emptied_calls": 0,
        "deleted_calls": 0,
        "deleted_tickets": 0,
        "held_calls": 0,
        "deleted_recordings": 0,
    }


def test_a_held_call_is_left_and_said(tmp_path: Path) -> None:
    """1. Exported as a zip. 2. Held by its reference: not erased, and told. 3. Lifted, it goes."""
    town, out = _town(tmp_path / "ville"), tmp_path / "jeanne.zip"

    def privacy(*words: str) -> Result:  # in process: seven starts of the program take a minute
        return CliRunner().invoke(app, ["privacy", *words, "--town", str(town)])

    assert privacy("export", "--number", NUMBER, "--out", str(out)).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert {"donnees.json", "a-lire.html"} <= set(archive.namelist())
        kept = json.loads(archive.read("donnees.json"))["calls"][0]
        assert "Je suis Jeanne" in archive.read("a-lire.html").decode()
    assert out.stat().st_mode & 0o077 == 0
    held = privacy("hold", kept["reference"], "--reason", "plainte", "--json")
    assert json.loads(held.stdout)["call"] == kept["id"], held.output
    erased = privacy("erase", "--number", NUMBER, "--yes", "--json")
    assert erased.exit_code == 1
    assert (json.loads(erased.stdout)["calls"], json.loads(erased.stdout)["calls_held"]) == (0, 1)
    assert privacy("hold", "000000", "--reason", "plainte").exit_code == 1
    lifted = privacy("hold", kept["reference"], "--lift", "--reason", "classée")
    assert "la conservation est levée" in lifted.stdout, lifted.output
    gone = privacy("erase", "--number", NUMBER, "--yes", "--json")
    assert json.loads(gone.stdout)["calls"] == 1, gone.output
