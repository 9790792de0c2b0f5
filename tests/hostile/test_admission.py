"""N calls and no more; the one too many hears so at once, and reception rings (requirement T10)."""

from __future__ import annotations

import csv
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.conftest import RunningServer, free_port, start_server
from tests.hostile.calling import RunningCall
from tests.hostile.conftest import CALLS, Victim
from tests.hostile.sip_peer import SipPeer

pytestmark = [pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(180)]
BUSY = Path(__file__).parents[1] / "interop" / "busy.xml"
REFUSED_CALLS = 50


@pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed")
def test_the_call_too_many_is_refused_at_once(victim: Victim, tmp_path: Path) -> None:
    """1. All lines talk. 2. sipp calls 10 times a second: each call gets 486, without a
    retransmission: so before the 500 ms of SIP's first timer. 3. No running call loses a packet.
    4. A line that is free again is given to the next caller. `-s` shows how long it took."""
    with ExitStack() as lines:
        calls = [lines.enter_context(RunningCall(victim.target)) for _ in range(CALLS)]
        command = ["sipp", f"127.0.0.1:{victim.server.sip_port}", "-sf", str(BUSY), "-s", "mairie"]
        command += ["-i", "127.0.0.1", "-p", str(free_port()), "-m", str(REFUSED_CALLS)]
        command += ["-r", "10", "-timeout", "30s", "-timeout_error", "-nostdin", "-trace_rtt"]
        command += ["-trace_stat", "-stf", "stat.csv", "-rtt_freq", "1"]
        sipp = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert sipp.returncode == 0, sipp.stdout[-2000:] + sipp.stderr[-500:]
        for call in calls:
            assert call.heard().is_whole(), call.heard()
        with (tmp_path / "stat.csv").open(encoding="utf-8") as stream:
            figures = list(csv.DictReader(stream, delimiter=";"))[-1]
        assert figures["SuccessfulCall(C)"] == str(REFUSED_CALLS)
        assert figures["Retransmissions(C)"] == "0"
    times = [
        float(line.split(";")[1])
        for path in tmp_path.glob("*rtt.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]
    print(f"486 after {max(times)} ms at most, n={len(times)}, {CALLS} calls talking")
    time.sleep(0.5)
    with RunningCall(victim.target) as call:
        assert call.heard().is_whole(), call.heard()


@pytest.fixture
def draining(tmp_path: Path) -> Iterator[RunningServer]:
    settings = {"ALLOMAIRIE_LANGUAGE_MODEL__ENABLED": "false", "ALLOMAIRIE_SHUTDOWN__DRAIN_S": "40"}
    server = start_server(tmp_path, **settings)
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait()


def test_while_draining_new_calls_are_refused_and_the_running_one_ends_as_it_likes(
    draining: RunningServer,
) -> None:
    """1. SIGTERM during a call. 2. A new caller gets 486, /readyz says no. 3. The call goes on
    until its caller hangs up. 4. Then the server is gone at once, long before the limit."""
    target = ("127.0.0.1", draining.sip_port)
    with RunningCall(target) as call:
        draining.process.terminate()
        with SipPeer(target) as late:
            deadline = time.monotonic() + 10
            while (reply := late.invite(40002)) is not None and reply.status == 200:
                late.bye(late.accept(reply))  # it came before the server had seen the signal
                assert time.monotonic() < deadline, "new calls are still answered"
        assert reply is not None
        assert reply.status == 486
        assert httpx.get(f"{draining.url}/readyz", timeout=10).status_code == 503
        call.mark()
        assert call.heard(3).is_whole(), call.heard()
        assert call.alive()
        assert draining.process.poll() is None
    assert draining.process.wait(timeout=30) == 0
