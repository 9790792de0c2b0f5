"""Security events reach a collector, and a collector that is gone costs nothing but them."""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from deploy.control import PATH, Control, add_control
from deploy.errors import CannotStart
from deploy.logs import LogSettings
from deploy.parts import Town
from deploy.security_log import SECURITY, Bounded, event, security_log
from records import Records
from tests.conftest import free_port

SMALL = Path(__file__).parents[1] / "dialog" / "town"
KEY = b"a key that is only used in tests"
AUTHPRIV_INFO, AUTHPRIV_WARNING = 10 * 8 + 6, 10 * 8 + 4


@dataclass
class Collector:
    """A syslog server on a socket of its own."""

    socket: socket.socket

    def next(self) -> tuple[int, dict[str, object]]:
        """Priority and object of the next event."""
        self.socket.settimeout(20)
        line = self.socket.recv(65536).decode()
        priority, _, rest = line.removeprefix("<").partition(">")
        assert rest.startswith("allomairie: {"), line
        return int(priority), json.loads(rest.removeprefix("allomairie: "))

    def names(self, count: int) -> list[object]:
        return [self.next()[1]["facts"]["event"] for _ in range(count)]  # type: ignore[index]


@pytest.fixture(params=["udp", "unix"])
def collector(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Collector, str]]:
    if request.param == "udp":
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{one.getsockname()[1]}"
    else:
        one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        where = str(tmp_path / "log")
        one.bind(where)
    with one:
        yield Collector(one), where


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "town")
    SECURITY.setLevel(logging.INFO)
    return tmp_path / "town"


def opened(root: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("ALLOMAIRIE_LOG__SECURITY_TO", where)
    return Town.open(root)


async def test_what_a_server_tells_its_collector(
    collector: tuple[Collector, str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1. It starts. 2. Somebody fails to log in: his line of the access log is an event; what an
    account reads is none. 3. It is drained, with the level of a warning. 4. It stops."""
    syslog, where = collector
    records = Records.open(f"sqlite:///{root / 'r.db'}", hash_key=KEY)
    control, app = Control(), FastAPI()
    add_control(app, control)
    with security_log(opened(root, where, monkeypatch)):
        records.review.log("marie", "read", "a call", "turn 2")
        records.review.log("marie", "login_failed")
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as http:
            await http.put(PATH, headers={"Authorization": f"Bearer {control.token}"})
    records.close()
    assert syslog.next()[1]["facts"] == {"event": "started", "peers": []}
    priority, failed = syslog.next()
    assert priority == AUTHPRIV_INFO
    assert failed["facts"] == {"event": "login_failed", "login": "marie", "access": 2}
    priority, drained = syslog.next()
    assert (priority, drained["facts"]["event"]) == (AUTHPRIV_WARNING, "drain")  # type: ignore[index]
    assert syslog.names(1) == ["stopped"]
    assert not SECURITY.handlers


def test_a_changed_configuration_is_told_at_the_next_start(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def started() -> list[str]:
        caplog.clear()
        caplog.set_level(logging.INFO, "allomairie.security")
        with security_log(Town.open(root)):
            pass
        return [record.facts["event"] for record in caplog.records]  # type: ignore[attr-defined]

    assert started() == ["started", "stopped"]  # the first start has nothing to compare with
    assert started() == ["started", "stopped"]
    monkeypatch.setenv("ALLOMAIRIE_SHUTDOWN__DRAIN_S", "7")
    assert started() == ["started", "configuration", "stopped"]
    assert started() == ["started", "stopped"]


def test_a_collector_that_is_gone_costs_its_events_only(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """1. Nobody listens on that port: the log has every event all the same. 2. One that takes
    nothing: what does not fit in the queue is dropped, without an error and without waiting."""
    with security_log(opened(root, f"127.0.0.1:{free_port()}", monkeypatch)):
        for number in range(50):
            event("test", "an event", number=number)
    assert len([one for one in caplog.records if one.name == SECURITY.name]) == 52
    full = Bounded(queue.Queue(2))
    SECURITY.addHandler(full)
    for number in range(5):
        event("test", "an event", number=number)
    SECURITY.removeHandler(full)
    kept = [full.queue.get_nowait().facts["number"] for _ in range(full.queue.qsize())]
    assert kept == [0, 1]


def test_a_collector_that_cannot_be_is_refused_at_the_start(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = opened(root, str(root / "no-socket"), monkeypatch)
    told = pytest.raises(CannotStart, match=r"log.security_to: .* cannot be reached")
    with told, security_log(town):
        pass
    for wrong in ("collector", "tcp://10.0.0.1:514", "10.0.0.1:port", "a b:514"):
        with pytest.raises(ValueError, match="security_to"):
            LogSettings(security_to=wrong)
