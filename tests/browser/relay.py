"""A real TURN server, Debian's coturn, on loopback; and what Chromium says about its way."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import free_port

TURNSERVER = Path("/usr/bin/turnserver")
SECRET = "un secret de test"  # noqa: S105

#: keeps the page's connections where a test can ask them
WATCH = """
  window.peers = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...settings) { super(...settings); window.peers.push(this); }
  };
"""
#: the page's own end of the chosen pair of the latest connection: "relay tcp"
WAY = """async () => {
  const stats = await window.peers.at(-1).getStats();
  for (const one of stats.values()) {
    if (one.type !== "transport" || !one.selectedCandidatePairId) continue;
    const own = stats.get(stats.get(one.selectedCandidatePairId).localCandidateId);
    return `${own.candidateType} ${own.relayProtocol ?? ""}`.trim();
  }
  return "";
}"""


class Relay:
    """One coturn; it may be stopped and started again on its port."""

    def __init__(self, folder: Path, certificates: Path | None = None) -> None:
        self.port = free_port()
        self.tls_port = free_port()
        self.certificates = certificates
        secure = (
            (
                f"tls-listening-port={self.tls_port}",
                f"cert={certificates}/server.pem",
                f"pkey={certificates}/server.key",
            )
            if certificates
            else ("no-tls",)
        )
        self.log = folder / "coturn.log"
        self._config = folder / "coturn.conf"
        first = 42_000 + self.port % 10_000
        lines = (
            "listening-ip=127.0.0.1",
            "relay-ip=127.0.0.1",
            f"listening-port={self.port}",
            f"min-port={first}",
            f"max-port={first + 200}",
            "use-auth-secret",
            f"static-auth-secret={SECRET}",
            "realm=mairie.test",
            "allow-loopback-peers",
            "no-cli",
            *secure,
            "no-dtls",
            "no-multicast-peers",
            "verbose",
            "log-file=stdout",
            f"pidfile={folder}/coturn.pid",
            f"userdb={folder}/coturn.db",
        )
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run, and wait until it listens."""
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(TURNSERVER), "-c", str(self._config)], stdout=out, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 15
        while f"127.0.0.1:{self.port}" not in self.text:
            assert time.monotonic() < deadline, self.text[-2000:]
            time.sleep(0.1)

    def stop(self) -> None:
        """A sudden end: what it relayed is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def uri(self, transport: str) -> str:
        if transport == "tls":
            return f"turns:127.0.0.1:{self.tls_port}?transport=tcp"
        return f"turn:127.0.0.1:{self.port}?transport={transport}"


@contextlib.contextmanager
def relaying(folder: Path, certificates: Path | None = None) -> Iterator[Relay]:
    one = Relay(folder, certificates)
    one.start()
    try:
        yield one
    finally:
        one.stop()
