"""`allomairie drain` with real calls: those in progress go on, new ones get 486."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from deploy.control import ask
from deploy.folder import TownFolder
from tests.conftest import ROOT, TOWN, start_server
from tests.interop.caller_scenario import OPEN, begun, ended, pause, receive, scenario, sdp, send
from tests.interop.lab import assert_played, sipp

pytestmark = [
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.models,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is missing"),
]
TALK = scenario(begun(sdp()), pause(15_000), ended(2))
SHORT = scenario(begun(sdp()), pause(500), ended(2))
REFUSED = scenario(
    send("INVITE", OPEN, 1, sdp()),
    receive(100, optional=True),
    receive(180, optional=True),
    receive(486),
    send("ACK", "[last_To:]", 1, branch="[branch-4]"),
)


def drain(town: Path, *options: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "drain", "--town", str(town), "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    state: dict[str, object] = json.loads(done.stdout)
    return state


def test_drained_with_a_call_in_progress(tmp_path) -> None:
    town = tmp_path / "town"
    shutil.copytree(TOWN, town, ignore=shutil.ignore_patterns("records.db*", "control.json"))
    folder = TownFolder(town)
    settings = {"LANGUAGE_MODEL__ENABLED": "false", "SIP__RTP_TIMEOUT_S": "0"}
    server = start_server(
        tmp_path, town=town, **{f"ALLOMAIRIE_{key}": value for key, value in settings.items()}
    )
    folders = {name: tmp_path / name for name in ("talk", "late", "after")}
    for place in folders.values():
        place.mkdir()
    try:
        # 1. somebody talks
        done: list[subprocess.CompletedProcess[str]] = []
        talking = threading.Thread(
            target=lambda: done.append(sipp(folders["talk"], TALK, server.sip_port, timeout_s=60))
        )
        talking.start()
        while ask(folder, "GET")["calls"] != 1:
            assert talking.is_alive()
        # 2. drained: a new call gets 486, /readyz says so, the talk goes on
        assert ask(folder, "PUT") == {"draining": True, "calls": 1}  # a fresh program is slower
        assert_played(folders["late"], sipp(folders["late"], REFUSED, server.sip_port))
        ready = httpx.get(f"{server.url}/readyz", timeout=5)
        assert (ready.status_code, ready.json()["status"]) == (503, "draining")
        assert talking.is_alive()
        # 3. --wait returns when the talk ended as its caller liked
        assert drain(town, "--wait") == {"draining": True, "calls": 0}
        talking.join(60)
        assert_played(folders["talk"], done[0])
        # 4. undone: calls are taken again
        assert drain(town, "--undo") == {"draining": False, "calls": 0}
        assert_played(folders["after"], sipp(folders["after"], SHORT, server.sip_port))
        # 5. and from the command line
        assert drain(town)["draining"] is True
    finally:
        server.stop()
    assert not (town / "data" / "control.json").exists()
