"""The documentation names every column and every outcome, and its commands work."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from records_world import HASH_KEY

import records as package
from records import CallDraft, Channel, Outcome, Records, TurnDraft, sqlite_url
from records.tables import Base

DOC = (Path(package.__file__).parent.parent / "docs" / "records.md").read_text("utf-8")


def test_every_column_and_outcome_is_documented() -> None:
    said = set(re.findall(r"`([a-z_]+)`", DOC))
    columns = {c.name for table in Base.metadata.tables.values() for c in table.columns}
    assert columns - said == set()
    assert {o.value for o in Outcome} - said == set()


def test_the_command_that_shows_a_call_shows_it(tmp_path: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("the sqlite3 shell is not installed")
    (tmp_path / "data").mkdir()
    url = sqlite_url(tmp_path / "data" / "records.db")
    records = Records.open(url, hash_key=HASH_KEY, draw_reference=lambda: "482913")
    call = records.start_call(CallDraft(channel=Channel.SIP))
    turn = records.add_turn(call.id, TurnDraft(heard="Où jeter un canapé ?"))
    records.finish_turn(turn, played="À la déchetterie.", timings={"voice_to_voice": 780})
    records.add_event(call.id, "barge_in")

    block = re.search(r"```sh\n(.*?)```", DOC, re.DOTALL)
    assert block is not None
    shown = subprocess.run(
        ["sh", "-e", "-c", block[1]], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    records.close()
    for expected in (call.id, "Où jeter un canapé ?", "À la déchetterie.", "780", "barge_in"):
        assert expected in shown.stdout
    assert shown.stderr == ""
