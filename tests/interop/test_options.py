"""OPTIONS sent to trunks: sipp as an IPBX that lives, fails, goes away and comes back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.interop.lab import carrier

pytestmark = [
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed"),
]
ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="ipbx">
<recv request="OPTIONS"/>
<send><![CDATA[
SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=1
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""


@contextmanager
def ipbx(folder: Path, port: int, status: str, transport: str = "u1") -> Iterator[None]:
    """sipp answers every OPTIONS with this status."""
    path = folder / "ipbx.xml"
    path.write_text(ANSWER.format(status=status), encoding="utf-8")
    command = ["sipp", "-sf", str(path), "-i", "127.0.0.1", "-p", str(port), "-t", transport]
    one = subprocess.Popen(
        [*command, "-nostdin"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        one.kill()
        one.wait()


def trunk(port: int, **more: object) -> dict[str, object]:
    return {
        "name": "ipbx",
        "addresses": ["127.0.0.1"],
        "port": port,
        "options_every_s": 5,
        **more,
    }


def test_a_trunk_that_goes_and_comes_back(tmp_path) -> None:
    """1. Nobody listens: down. 2. The IPBX starts: up. 3. It stops: down, one event each."""
    port = free_port()
    with carrier(peers=[trunk(port)]) as server:
        first = server.wait("status")
        assert (first["name"], first["kind"], first["up"]) == ("ipbx", "trunk", False)
        assert "no answer to OPTIONS" in first["detail"]
        with ipbx(tmp_path, port, "200 OK"):
            assert server.wait("status")["up"] is True
        assert server.wait("status")["up"] is False
        assert [one["up"] for one in server.told("status")] == [False, True, False]


@pytest.mark.parametrize(
    ("transport", "sipp_transport", "status", "up"),
    [
        ("udp", "u1", "404 Not Found", True),
        ("udp", "u1", "401 Unauthorized", True),
        ("udp", "u1", "503 Service Unavailable", False),
        ("tcp", "t1", "200 OK", True),
    ],
)
def test_any_answer_but_a_failure_is_a_life_sign(
    tmp_path, transport, sipp_transport, status, up
) -> None:
    port = free_port()
    with (
        ipbx(tmp_path, port, status, sipp_transport),
        carrier(peers=[trunk(port, transport=transport)]) as server,
    ):
        told = server.wait("status")
        if not up and "no answer" in told["detail"]:  # sipp was still starting
            told = server.wait("status")
        assert told["up"] is up
        assert up or "503 Service Unavailable" in told["detail"]


def test_a_trunk_that_refuses_the_connection_is_down_with_its_reason() -> None:
    with carrier(peers=[trunk(free_port(), transport="tcp")]) as server:
        told = server.wait("status")
        assert told["up"] is False
        assert "refused" in told["detail"]
