"""Whole calls: a telephone of ours over real SIP, real recognition, real voice, real database."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from records import CallView, Records
from telephony.caller import Phone, Step
from tests.conftest import ROOT, TOWN, RunningServer, free_port, start_server

pytestmark = [pytest.mark.models, pytest.mark.sip]


@dataclass
class Outcome:
    """What `allomairie call` printed, and the recording it made."""

    turns: list[dict[str, object]]
    recording: Path
    text: str


def place_call(
    server: RunningServer, folder: Path, *steps: str, name: str = "out", timeout_s: int = 150
) -> Outcome:
    recording = folder / f"{name}.wav"
    command = [sys.executable, "-m", "deploy", "call", server.uri, *steps]
    command += ["--record", str(recording), "--json"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Outcome(json.loads(done.stdout)["turns"], recording, done.stdout)


def spoken(say, folder: Path, name: str, sentence: str) -> str:
    """A WAV of a sentence: callers that share two cores with the server do not synthesise too."""
    path = folder / f"{name}.question.wav"
    soundfile.write(path, say(sentence), 8000, subtype="PCM_16")
    return str(path)


def last_calls(server: RunningServer, count: int) -> Sequence[CallView]:
    records = Records.open(f"sqlite:///{server.database}", hash_key=bytes(16), migrate=False)
    try:
        return [records.call(call.id) for call in records.recent_calls(count)]
    finally:
        records.close()


def test_a_question_and_its_follow_up(server, transcribe, tmp_path) -> None:
    """1. The caller asks about a sofa: the sheet of bulky waste. 2. "Et c'est payant ?" stays on
    it. 3. The voice really says the price. 4. Both turns are in the database, played to the end."""
    call = place_call(
        server,
        tmp_path,
        *("--say", "Bonjour, j'ai un vieux canapé à jeter, comment je fais ?"),
        *("--say", "Et c'est payant ?"),
    )
    assert [turn["sheet"] for turn in call.turns] == ["encombrants", "encombrants"], call.text
    assert all(turn["voice_to_voice_ms"] for turn in call.turns), call.text
    heard, _ = soundfile.read(call.recording, dtype="int16")
    assert "gratuit" in transcribe(heard[-12 * 8000 :]).lower()
    (view,) = last_calls(server, 1)
    greeting, first, second = view.turns
    assert greeting.number == 0
    assert "intelligence artificielle" in greeting.reply
    for turn in (first, second):
        assert not turn.interrupted
        assert turn.played
        assert turn.sentences
        assert turn.timings["voice_to_voice"] > 0


def test_the_caller_cuts_in(server, tmp_path, say) -> None:
    """Speech over the greeting stops it; the question is answered; the record says what was cut."""
    phone = Phone()
    question = Step(speech=say("Quels sont les horaires de la piscine ?"), after_s=2.0)
    (result,) = asyncio.run(phone.place(server.uri, [question]))
    assert result.voice_to_voice_ms is not None
    (view,) = last_calls(server, 1)
    greeting, answer = view.turns
    assert greeting.interrupted
    assert 0 < len(greeting.played) < len(greeting.reply)
    assert answer.sheet_id == "piscine-municipale"
    assert "barge_in" in [event.kind for event in view.events]


def test_a_caller_who_never_speaks_is_addressed_and_not_left_alone(server, tmp_path) -> None:
    silence = Step(speech=np.zeros(10 * 8000, np.int16))
    phone = Phone(quiet_s=9.0)
    asyncio.run(phone.place(server.uri, [silence]))
    # in opening hours the caller is transferred in the end, and that is another call
    view = max(last_calls(server, 2), key=lambda call: len(call.turns))
    assert len(view.turns) >= 2, [turn.reply for turn in view.turns]
    assert view.turns[1].heard == ""
    assert view.turns[1].reply


def test_four_callers_at_once(server, say, tmp_path) -> None:
    questions = {
        "encombrants": "Je voudrais me débarrasser d'un matelas.",
        "piscine-municipale": "À quelle heure ouvre la piscine municipale ?",
        "passeport": "Il me faut quoi pour refaire mon passeport ?",
        "cantine-tarifs": "C'est combien la cantine ?",
    }
    files = {sheet: spoken(say, tmp_path, sheet, text) for sheet, text in questions.items()}
    outcomes: dict[str, Outcome] = {}

    def caller(sheet: str, file: str) -> None:
        outcomes[sheet] = place_call(server, tmp_path, "--wav", file, name=sheet)

    threads = [threading.Thread(target=caller, args=item) for item in files.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered = {sheet: outcome.turns[0]["sheet"] for sheet, outcome in outcomes.items()}
    assert answered == {sheet: sheet for sheet in questions}, [o.text for o in outcomes.values()]


def desk_town(folder: Path, desk_port: int) -> Path:
    """The example town with a reception desk that really answers: sipp on loopback."""
    town = folder / "town"
    shutil.copytree(TOWN, town, ignore=shutil.ignore_patterns("records.db*"))
    config = town / "allomairie.toml"
    text = config.read_text(encoding="utf-8")
    desk = f'extension = "sip:100@127.0.0.1:{desk_port}"'
    for number in range(100, 200, 10):
        text = text.replace(f'extension = "{number}"', desk)
    config.write_text(text, encoding="utf-8")
    return town


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed")
def test_key_0_leads_to_a_person(tmp_path) -> None:
    """1. The caller presses 0 in opening hours. 2. The server sends REFER to the desk's extension.
    3. The desk (sipp) answers. 4. The call is recorded as transferred."""
    desk_port = free_port()
    desk = subprocess.Popen(
        ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(desk_port), "-nostdin", "-m", "1"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = start_server(tmp_path, "--at", "2026-11-24T10:30", town=desk_town(tmp_path, desk_port))
    try:
        place_call(server, tmp_path, "--dtmf", "0")
        (view,) = last_calls(server, 1)
        assert view.call.outcome == "transferred", [event.kind for event in view.events]
        assert f"127.0.0.1:{desk_port}" in view.call.transfer_target
    finally:
        server.stop()
        desk.kill()
        desk.wait()


def test_sigterm_stops_cleanly_and_a_port_in_use_is_said(tmp_path) -> None:
    """1. A second server on the same port says which port and how to change it, exit code 78.
    2. SIGTERM ends the first with exit code 0."""
    server = start_server(tmp_path)
    second = subprocess.run(
        [sys.executable, "-m", "deploy", "serve", "--town", str(TOWN)],
        cwd=ROOT,
        env={
            **os.environ,
            "ALLOMAIRIE_SIP__PORT": str(server.sip_port),
            "ALLOMAIRIE_HTTP__PORT": str(free_port()),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 78
    assert f"127.0.0.1:{server.sip_port}/UDP" in " ".join(second.stderr.split())
    assert server.stop() == 0
    assert "Stopped." in server.log.read_text()
