"""`allomairie status` and `top` against a server that answers, and without one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import select
import shutil
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from deploy.cli import app as command_line
from deploy.cli.status import Pace, top
from deploy.config import Http
from deploy.control import STATUS_PATH, Control, add_control, remove_key, write_key
from deploy.folder import TownFolder
from deploy.http import serving
from deploy.metrics.parts import Parts, Work
from deploy.status import status_of
from dialog.course import Event, Stage
from telephony.call import Call, CallInfo
from telephony.ledger import Ledger
from telephony.progress import Progress
from telephony.status import Status
from tests.conftest import TOWN


@dataclass
class Ringing:
    info: CallInfo


@dataclass
class Written:
    reference: str = "482913"
    turns: int = 0


def parts_with(progress: Progress) -> Parts:
    status = Status()
    status.watch("ipbx", "trunk")
    status.report("ipbx", up=False, detail="no answer [for 5 s]")
    return Parts(
        calls=progress.calls,
        writing=lambda: 2,
        refused=lambda: {("sip", "busy"): 3.0, ("webrtc", "busy"): 0.0},
        queues=lambda: {"recognition": 1, "synthesis": 0},
        cache=lambda: (30, 10),
        connections=lambda: status.all,
        troubles=lambda: {"connection": status.trouble},
        ready=lambda: True,
        work=Work(tickets_open=7, tickets_due=2, tickets_overdue=1, alerts_open=1),
    )


def test_a_call_is_followed_from_the_first_ring_to_the_end() -> None:
    """1. It arrives from a known trunk. 2. A minute and a half later the caller has the floor, two
    turns in. 3. It is over. Nothing of its caller is shown at any time."""
    seconds = [100.0]
    progress = Progress(clock=lambda: seconds[0])
    info = CallInfo("sip", caller="+33612345678", dialled="0261914000", peer="ipbx")
    ledger = Written()
    with progress.carrying(cast(Call, Ringing(info)), cast(Ledger, ledger)) as carried:
        (arriving,) = progress.calls()
        assert (arriving.stage, arriving.seconds) == (Stage.ARRIVING, 0.0)
        carried.course.on(Event.ANSWERED)
        carried.course.on(Event.OPEN)
        carried.course.on(Event.SPOKE)
        seconds[0], ledger.turns = 190.0, 2
        (call,) = status_of(parts_with(progress), town="Saint-Aubin", max_calls=12)["calls"]
        assert call == {
            "call": "482913",
            "channel": "sip",
            "line": "0261914000",
            "peer": "ipbx",
            "state": "hearing",
            "minutes": 1.5,
            "turns": 2,
        }
    assert progress.calls() == ()


# -- over HTTP, as the command asks ----------------------------------------------------------


@dataclass
class Town:
    """A town whose server answers on a port of its own, in a thread."""

    root: Path
    progress: Progress

    def run(self, *arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(command_line, [*arguments, "--town", str(self.root)])
        return done.exit_code, " ".join(done.output.split())


@contextlib.asynccontextmanager
async def answering(root: Path, progress: Progress) -> AsyncIterator[None]:
    listener = socket.create_server(("127.0.0.1", 0))
    control = Control()
    control.status = lambda: status_of(parts_with(progress), town="Saint-Aubin", max_calls=12)
    app, folder = FastAPI(), TownFolder(root)
    add_control(app, control)
    async with serving(app, listener):
        key = write_key(folder, control, Http(port=listener.getsockname()[1]))
        yield
        remove_key(key, control)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    root = tmp_path_factory.mktemp("town")
    shutil.copy(TOWN / "allomairie.toml", root)
    progress, up, over = Progress(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with answering(root, progress):
            up.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(20)
    info = CallInfo("sip", caller="+33612345678", dialled="0261914000", peer="ipbx")
    call = cast(Call, Ringing(info))
    with progress.carrying(call, cast(Ledger, Written(turns=4))):
        yield Town(root, progress)
    over.set()
    thread.join(20)


def test_status_says_it_all_as_json(town: Town) -> None:
    code, output = town.run("status", "--json")
    assert code == 0
    found = json.loads(output)
    assert (found["state"], found["town"], found["writing"]) == ("ready", "Saint-Aubin", 2)
    assert [call["state"] for call in found["calls"]] == ["arriving"]
    assert found["connections"] == [
        {"name": "ipbx", "kind": "trunk", "state": "down", "why": "no answer [for 5 s]"}
    ]
    assert found["degraded"] == {"connection": "trunk ipbx is down: no answer [for 5 s]"}
    assert found["refused"] == {"sip": {"busy": 3}, "webrtc": {"busy": 0}}
    assert found["work"]["tickets_overdue"] == 1
    assert found["memory_mib"] > 1
    assert "345678" not in output


@pytest.mark.parametrize("command", ["status", "top"])
def test_people_read_the_same(town: Town, command: str) -> None:
    """`top` without a terminal prints once, so that it can be sent to somebody."""
    code, output = town.run(command)
    assert code == 0
    for words in (
        "Saint-Aubin: ready, up",
        "1 of 12 calls, 2 in writing",
        "482913",
        "arriving",
        "no answer [for 5 s]",
        "tickets: 7 open, 2 due, 1 overdue; 1 emergencies not acknowledged",
        "refused since the start: 3 sip busy",
        "waiting: recognition 1, synthesis 0",
    ):
        assert words in output
    assert "345678" not in output


def test_top_at_a_terminal_goes_on_until_q(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real terminal: 1. The page appears. 2. Another key changes nothing. 3. q ends it."""
    master, slave = pty.openpty()
    for name, value in (("TERM", "xterm"), ("COLUMNS", "120"), ("LINES", "40")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", os.fdopen(slave, closefd=False))
    monkeypatch.setattr(sys, "stdout", os.fdopen(slave, "w", closefd=False))
    command = threading.Thread(target=top, args=(town.root, 0.2), daemon=True)
    command.start()
    shown = b""

    def wait_for(words: bytes, times: int) -> None:
        nonlocal shown
        deadline = time.monotonic() + 60
        while shown.count(words) < times:
            assert time.monotonic() < deadline, shown[-2000:]
            if select.select([master], [], [], 0.1)[0]:
                with contextlib.suppress(OSError):
                    shown += os.read(master, 65536)

    try:
        wait_for(b"482913", 1)
        os.write(master, b"x")
        wait_for(b"482913", shown.count(b"482913") + 2)  # it is drawn again
        assert command.is_alive()
        os.write(master, b"q")
        wait_for(b"\x1b[?1049l", 1)  # the screen that was there before is back
        command.join(20)
        assert not command.is_alive()
    finally:
        os.close(slave)
        os.close(master)


def test_without_a_server_it_is_said(tmp_path: Path) -> None:
    shutil.copy(TOWN / "allomairie.toml", tmp_path)
    for command in ("status", "top"):
        done = CliRunner().invoke(command_line, [command, "--town", str(tmp_path)])
        assert done.exit_code == 1
        assert "no server of this town is running" in " ".join(done.output.split())


async def test_the_page_of_figures_needs_the_token_and_this_machine() -> None:
    import httpx

    control, app = Control(), FastAPI()
    control.status = lambda: {"state": "ready"}
    add_control(app, control)
    for address, token, status in (
        ("127.0.0.1", control.token, 200),
        ("127.0.0.1", "wrong", 401),
        ("192.0.2.1", control.token, 403),
    ):
        transport = httpx.ASGITransport(app, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as http:
            answer = await http.get(STATUS_PATH, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_cores_in_use_are_the_difference_of_two_looks() -> None:
    pace = Pace()
    assert pace.cores(10.0, 100.0) is None
    assert pace.cores(13.0, 102.0) == 1.5
    assert pace.cores(0.5, 104.0) is None  # another server has taken its place
    assert pace.cores(2.5, 105.0) == 2.0
