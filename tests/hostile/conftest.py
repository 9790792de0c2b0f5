"""One real server for all hostility, as `allomairie serve` starts it. All of loopback is a declared
peer, so that every byte reaches the stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunningServer, start_server
from tests.hostile.sip_peer import SipPeer

CALLS = 6
STRANGER = "127.0.0.66"


class Victim:
    """The server under attack, and how it bears it."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.target = ("127.0.0.1", server.sip_port)
        self.uri = server.uri
        self._proc = Path(f"/proc/{server.process.pid}")

    def alive(self) -> bool:
        """It answers an honest OPTIONS, sent again each second as UDP asks for."""
        with SipPeer(self.target) as peer:
            for _ in range(10):
                reply = peer.ask("OPTIONS", 1)
                if reply is not None or self.server.process.poll() is not None:
                    break
        return self.server.process.poll() is None and reply is not None and reply.status == 200

    def memory_mib(self) -> float:
        lines = (self._proc / "status").read_text().splitlines()
        return int(next(one for one in lines if one.startswith("VmRSS")).split()[1]) / 1024

    def files(self) -> int:
        return len(list((self._proc / "fd").iterdir()))

    @property
    def log(self) -> str:
        return self.server.log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    settings = {
        "ALLOMAIRIE_LANGUAGE_MODEL__ENABLED": "false",
        "ALLOMAIRIE_SIP__MAX_CALLS": str(CALLS),
        "ALLOMAIRIE_SIP__PEERS": '[{"name": "all", "addresses": ["127.0.0.0/8"]}]',
    }
    server = start_server(tmp_path_factory.mktemp("victim"), **settings)
    yield Victim(server)
    if server.process.poll() is None:
        assert server.stop() == 0, "after all that it must still stop well"
    assert "Traceback" not in server.log.read_text(encoding="utf-8", errors="replace")
