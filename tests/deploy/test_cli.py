"""The command line as a user types it, without models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_new_town_is_made_checked_and_not_made_twice(tmp_path: Path) -> None:
    """1. init makes the folder. 2. Its configuration is right. 3. A second init changes nothing."""
    town = tmp_path / "ma-commune"
    made = run("init", town, "--name", 'Le "Bourg"', "--phone", "02 61 91 12 34")
    assert made.returncode == 0, made.stderr
    checked = run("config", "check", "--town", town, "--json")
    assert json.loads(checked.stdout) == {"ok": True, "problems": [], "warnings": []}, (
        checked.stderr
    )
    before = (town / "allomairie.toml").read_text()
    assert 'greeting_name = "mairie de Le \\"Bourg\\""' in before
    again = run("init", town)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert (town / "allomairie.toml").read_text() == before


def test_an_unknown_key_stops_every_command_with_exit_code_78(tmp_path: Path) -> None:
    run("init", tmp_path)
    with (tmp_path / "allomairie.toml").open("a") as stream:
        stream.write("\n[shutdown]\nportt = 1\n")
    result = run("serve", "--town", tmp_path)
    assert result.returncode == 78
    assert "'shutdown.portt' does not exist" in " ".join(result.stderr.split())


def test_a_broken_sheet_is_named_with_its_line(tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "sheets" / "marche.md").write_text("---\nid: marche\ntitle: [\n---\nTexte.\n")
    result = run("config", "check", "--town", tmp_path, "--json")
    assert result.returncode == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert "marche.md" in problem
    assert "line" in problem


def test_config_show_gives_the_values_in_force(tmp_path: Path) -> None:
    run("init", tmp_path)
    shown = run("config", "show", "--town", tmp_path, "--json", ALLOMAIRIE_SIP__PORT="5071")
    values = json.loads(shown.stdout)
    assert values["sip.port"] == 5071
    assert values["recording.mode"] == "off"


def test_transcribe_refuses_what_is_not_sound(tmp_path: Path) -> None:
    file = tmp_path / "not.wav"
    file.write_bytes(b"this is no sound at all")
    result = run("transcribe", file)
    assert result.returncode == 1
    assert "not.wav" in result.stderr
    assert "Traceback" not in result.stderr


def test_ask_batch_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"id": 1, "text": "bonjour"}\nnot json\n')
    result = run("ask", "--batch", batch, "--out", tmp_path / "out.jsonl")
    assert result.returncode == 1
    assert "line 2" in result.stderr


def test_call_says_when_nobody_answers() -> None:
    result = run("call", "sip:mairie@127.0.0.1:9", "--dtmf", "0", "--json")
    assert result.returncode == 1
    assert "failed" in result.stderr
    assert "Traceback" not in result.stderr
