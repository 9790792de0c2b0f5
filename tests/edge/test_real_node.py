"""The edge in front of the real server: audio past it, and 503 when the server is full."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.edge.settings import Edge
from tests.conftest import RunningServer, free_port, start_server
from tests.edge.conftest import IPBX, PEERS, RunningEdge
from tests.hostile.calling import RunningCall
from tests.hostile.sip_peer import SipPeer

pytestmark = [
    pytest.mark.interop,
    pytest.mark.models,
    pytest.mark.timeout(180),
    pytest.mark.skipif(shutil.which("kamailio") is None, reason="Debian's kamailio is missing"),
]


@pytest.fixture
def small_server(tmp_path: Path) -> Iterator[RunningServer]:
    settings = {"ALLOMAIRIE_LANGUAGE_MODEL__ENABLED": "false", "ALLOMAIRIE_SIP__MAX_CALLS": "1"}
    server = start_server(tmp_path, **settings)
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture
def edge(small_server: RunningServer, tmp_path: Path) -> Iterator[RunningEdge]:
    settings = Edge(address="127.0.0.1", port=free_port(), run_folder=tmp_path)
    running = RunningEdge(tmp_path, settings, [f"127.0.0.1:{small_server.sip_port}"], PEERS)
    running.wait(running.healthy, "the edge does not see the server")
    yield running
    running.stop()


def test_a_call_and_the_call_too_many(edge: RunningEdge) -> None:
    """1. A call through the edge is spoken to. 2. The next gets 503 with Retry-After. 3. The first
    hangs up through the edge. 4. The line is free again."""
    with RunningCall(edge.target, IPBX) as call:
        assert call.heard(2).is_whole(), call.heard()
        assert call.heard().loud > 0, "the greeting is not heard"
        with SipPeer(edge.target, IPBX) as second:
            refused = second.invite(40002)
        assert refused is not None
        assert (refused.status, refused.header("Retry-After")) == (503, "10")
        assert call.alive()
    with RunningCall(edge.target, IPBX) as call:
        assert call.heard().is_whole(), call.heard()
