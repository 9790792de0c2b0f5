"""A real Kamailio with the town's files, and callbot nodes that do as they are told."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from deploy.edge.kamailio import kamailio_files
from deploy.edge.settings import Edge
from telephony.peers import Peer
from tests.conftest import free_port
from tests.hostile.sip_peer import Reply, SipPeer, sdp

IPBX, DOUBTED, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.66"


class Node:
    """A callbot as far as its edge can tell: one UDP socket that says `mood` to an INVITE."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.mood = "200 OK"
        self.requests: list[Reply] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(0.1)
        self.port: int = self._socket.getsockname()[1]
        self._running = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        return f"{self.address}:{self.port}"

    def count(self, method: str) -> int:
        return sum(one.method == method for one in self.requests)

    def close(self) -> None:
        self._running = False
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while self._running:
            try:
                data, source = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            request = Reply(data.decode(), 0, source)
            if request.method:
                self.requests.append(request)
                self._respond(request)

    def _respond(self, request: Reply) -> None:
        if self.mood == "dead" or request.method == "ACK":
            return
        status = self.mood if request.method == "INVITE" else "200 OK"
        lines = [f"SIP/2.0 {status}"]
        for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq"):
            lines += [f"{name}: {value}" for value in request.headers(name)]
        tag = "" if ";tag=" in request.header("To") else ";tag=node"
        lines += [f"To: {request.header('To')}{tag}", f"Contact: <sip:mairie@{self.name}>"]
        body = ""
        if status == "200 OK" and request.method == "INVITE":
            body = sdp(self.address, 40000)
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        self._socket.sendto("\r\n".join(lines).encode(), request.source)


class RunningEdge:
    """Kamailio, as `kamailio -f DIR/kamailio.cfg` starts it."""

    def __init__(self, folder: Path, edge: Edge, nodes: list[str], peers: list[Peer]) -> None:
        self.target = (edge.address, edge.port)
        self.tls_port = edge.tls_port
        self.folder = folder
        for name, text in kamailio_files(edge, peers, nodes, folder).items():
            (folder / name).write_text(text, encoding="utf-8")
        self._log = (folder / "kamailio.log").open("wb")
        self._process = subprocess.Popen(
            [
                "kamailio",
                "-f",
                str(folder / "kamailio.cfg"),
                "-DD",
                "-E",
                "-m",
                "32",
                "-M",
                "8",
                "-w",
                str(folder),
                "-Y",
                str(folder),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    @property
    def log(self) -> str:
        return (self.folder / "kamailio.log").read_text(encoding="utf-8", errors="replace")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = 20) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            late = time.monotonic() > deadline or not self.alive
            assert not late, f"{what}:\n{self.log[-3000:]}"
            time.sleep(0.1)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def healthy(self) -> bool:
        """Whether the edge tells an IPBX that calls are taken."""
        with SipPeer(self.target, IPBX) as peer:
            reply = peer.ask("OPTIONS", 1)
        return reply is not None and reply.status == 200


@pytest.fixture
def nodes() -> Iterator[list[Node]]:
    two = [Node("127.0.0.10"), Node("127.0.0.11")]
    yield two
    for node in two:
        node.close()


def declared(name: str, network: str, *, trusted: bool = True) -> Peer:
    return Peer(name, (IPv4Network(network),), trusted=trusted)


PEERS = [declared("IPBX", IPBX), declared("opérateur", DOUBTED, trusted=False)]
Start = Callable[..., RunningEdge]


@pytest.fixture
def start_edge(tmp_path: Path, nodes: list[Node]) -> Iterator[Start]:
    if shutil.which("kamailio") is None:
        pytest.skip("Debian's kamailio is not installed")
    running: list[RunningEdge] = []

    def start(**options: object) -> RunningEdge:
        port = free_port()
        edge = Edge(address="127.0.0.1", port=port, run_folder=tmp_path, **options)  # type: ignore[arg-type]
        running.append(RunningEdge(tmp_path, edge, [node.name for node in nodes], PEERS))
        running[-1].wait(running[-1].healthy, "the edge sees no node")
        return running[-1]

    yield start
    for one in running:
        one.stop()
