"""A real call is in the figures of the server that took it, and its caller is not."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import httpx
import pytest

from tests.conftest import ROOT, RunningServer
from tests.deploy.exposition import Exposition, read

pytestmark = [pytest.mark.models, pytest.mark.sip]
WITHIN_S = 60


def figures(server: RunningServer) -> tuple[Exposition, str]:
    answer = httpx.get(f"{server.url}/metrics", timeout=20)
    assert answer.status_code == 200
    return read(answer.text), answer.text


def ended(found: Exposition) -> float:
    return sum(v for (name, _), v in found.samples.items() if name == "allomairie_calls_total")


def test_a_call_is_counted(server: RunningServer) -> None:
    """1. A telephone calls and presses a key. 2. One more call has ended: its
    audio and its turns are counted, no part failed, and nothing of the caller is shown."""
    before, _ = figures(server)
    command = [sys.executable, "-m", "deploy", "call", server.uri, "--dtmf", "*", "--json"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    deadline = time.monotonic() + WITHIN_S
    after, text = figures(server)
    while ended(after) == ended(before) and time.monotonic() < deadline:
        time.sleep(0.3)
        after, text = figures(server)
    assert ended(after) == ended(before) + 1

    def risen(name: str, **labels: str) -> float:
        return after.value(name, **labels) - before.value(name, **labels)

    assert risen("allomairie_rtp_received_packets_total") > 20
    assert risen("allomairie_rtp_sent_packets_total") > 20
    assert risen("allomairie_call_seconds_count", channel="sip") == 1
    turns = [n for n in after.samples if n[0] == "allomairie_turns_total"]
    assert sum(after.samples[n] - before.samples.get(n, 0) for n in turns) >= 2  # greeting, again
    for engine in ("recognition", "synthesis", "decision", "records"):
        assert risen("allomairie_engine_errors_total", engine=engine) == 0
    assert after.value("allomairie_ready") == 1
    assert risen("allomairie_event_loop_lag_seconds_count") > 0
    assert not re.search(r"appelant|\+?\d{9,}@", text)
