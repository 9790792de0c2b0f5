"""`allomairie calls quality`: how well the last calls were carried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from records import CallDraft, Channel, MediaStats, Outcome, Records, sqlite_url

GOOD = MediaStats(rx_packets=990, lost_packets=10, jitter_ms=2.5, rtt_ms=18, mos=4.35, codec="PCMA")
POOR = MediaStats(rx_packets=800, lost_packets=200, mos=2.9, codec="G722")
DEAF = MediaStats(rx_packets=1000, lost_packets=0, mos=4.41, far_mos=2.1, codec="opus")


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Four calls: a good one, a poor one, one that the caller heard badly, one without sound."""
    url = sqlite_url(tmp_path / "records.db")
    monkeypatch.setenv("ALLOMAIRIE_RECORDS__URL", url)
    records = Records.open(url, hash_key=bytes(16))
    references = []
    for stats in (GOOD, POOR, DEAF, None):
        call = records.start_call(CallDraft(channel=Channel.SIP))
        records.end_call(call.id, Outcome.HUNG_UP, "no audio for 20 s", stats)
        references.append(call.reference)
    records.close()
    return references


def asked(*options: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(app, ["calls", "quality", "--json", *options])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["calls"]


def test_calls_with_sound_newest_first(calls: list[str]) -> None:
    shown = asked()
    assert [one["reference"] for one in shown] == [calls[2], calls[1], calls[0]]
    assert shown[2]["codec"] == "PCMA"
    assert shown[2]["lost_packets"] == 10
    assert shown[2]["end_reason"] == "no audio for 20 s"


def test_poor_is_what_either_side_heard_badly(calls: list[str]) -> None:
    assert {one["reference"] for one in asked("--poor")} == {calls[1], calls[2]}


def test_the_table_is_french(calls: list[str]) -> None:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["calls", "quality"])
    assert done.exit_code == 0, done.output
    for expected in ("perdus", calls[0], "1,0 %", "2,5 ms", "4,35", "20,0 %", "–"):
        assert expected in done.stdout, expected


def test_no_database_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOMAIRIE_RECORDS__URL", f"sqlite:///{tmp_path / 'none' / 'records.db'}")
    done = CliRunner().invoke(app, ["calls", "quality"])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
