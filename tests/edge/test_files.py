"""What `allomairie edge` writes: from the configuration, checked by the programs that read it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from deploy.cli import app
from deploy.edge.kamailio import kamailio_files
from deploy.edge.nftables import nftables_conf
from deploy.edge.settings import Edge
from telephony.peers import Peer

PEERS = (
    Peer("IPBX", (IPv4Network("192.0.2.10"),)),
    Peer("opérateur", (IPv4Network("198.51.100.0/28"),), trusted=False),
)
NODES = ("192.0.2.21:5060", "192.0.2.22:5060")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"address": "ipbx.example"}, "no IPv4 address"),
        ({"nodes": ["192.0.2.1"]}, "address:port"),
        ({"nodes": ["192.0.2.1:70000"]}, "address:port"),
        ({"nodes": ["192.0.2.999:5060"]}, "no IPv4 address"),
        ({"certificate": "/etc/edge.pem"}, "go together"),
        ({"ca": "/etc/ca.pem"}, "needs certificate"),
        ({"certificate": "/a\nlisten=udp:0.0.0.0", "key": "/k"}, "absolute path"),
        ({"invites_per_second": 0}, "greater than or equal to 1"),
        ({"adress": "192.0.2.1"}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_is_told(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Edge(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("edge", "peers", "folder", "said"),
    [
        (Edge(), PEERS, "/e", "edge.address is not set"),
        (Edge(address="192.0.2.9"), (), "/e", "no peer is declared"),
        (Edge(address="192.0.2.9"), PEERS, "/e!g", "must be of letters"),
        (Edge(address="192.0.2.21"), PEERS, "/e", "cannot both listen"),
    ],
)
def test_an_edge_that_cannot_work_is_not_written(
    edge: Edge, peers: tuple[Peer, ...], folder: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        kamailio_files(edge, peers, NODES, Path(folder))


def test_peers_and_nodes_stand_in_their_groups() -> None:
    written = kamailio_files(Edge(address="192.0.2.9"), PEERS, NODES, Path("/etc/edge"))
    assert written["addresses.list"].splitlines()[1:] == [
        "2 192.0.2.21 32",
        "2 192.0.2.22 32",
        "1 192.0.2.10 32",
        "3 198.51.100.0 28",
    ]
    assert "1 sip:192.0.2.22:5060 0 0" in written["dispatcher.list"]
    assert "tls.cfg" not in written
    assert "EDGE_TLS" not in written["parameters.cfg"]


def test_tls_asks_for_what_is_configured() -> None:
    values = {"certificate": Path("/c.pem"), "key": Path("/k.pem"), "ca": Path("/ca.pem")}
    edge = Edge(address="192.0.2.9", **values)  # type: ignore[arg-type]
    written = kamailio_files(edge, PEERS, NODES, Path("/etc/edge"))
    assert "listen=tls:192.0.2.9:5061" in written["parameters.cfg"]
    assert "method = TLSv1.2+" in written["tls.cfg"]
    assert "require_certificate = yes" in written["tls.cfg"]


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("kamailio") is None, reason="Debian's kamailio is not installed")
def test_kamailio_takes_its_files(tmp_path: Path) -> None:
    edge = Edge(address="127.0.0.1", port=15060, run_folder=tmp_path)
    for name, text in kamailio_files(edge, PEERS, NODES, tmp_path).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ["kamailio", "-c", "-f", str(tmp_path / "kamailio.cfg")]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "config file ok" in checked.stderr + checked.stdout


TRIAL = """
import socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["nft", "-f", sys.argv[1]], check=True)
subprocess.run(["nft", "-f", sys.argv[1]], check=True)  # loading it again changes nothing
def arrives(source, port):
    there, here = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
    with there, here:
        there.bind(("127.0.0.1", port)); there.settimeout(0.5); here.bind((source, 0))
        here.sendto(b"x", ("127.0.0.1", port))
        try:
            return bool(there.recv(9))
        except TimeoutError:
            return False
for source in ("127.0.0.2", "127.0.0.66", "127.0.0.7"):
    print(source, *(arrives(source, port) for port in (5060, 5061, 16384, 9999)))
there, here = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
with there, here:
    there.bind(("127.0.0.1", 5060)); there.settimeout(0.2); here.bind(("127.0.0.2", 0))
    for _ in range(400): here.sendto(b"x", ("127.0.0.1", 5060))
    count = 0
    try:
        while there.recv(9): count += 1
    except TimeoutError:
        print("flood", count < 200)
"""


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("nft") is None, reason="Debian's nftables is not installed")
def test_the_packet_filter_lets_peers_in_and_nobody_else(tmp_path: Path) -> None:
    """In a network of its own: a peer reaches SIP and audio, a stranger neither, an operator's
    media gateway only audio; other ports are left alone; a peer's flood is cut."""
    edge, media = Edge(requests_per_second=20), (IPv4Network("127.0.0.7/32"),)
    peers = (Peer("IPBX", (IPv4Network("127.0.0.2"),)),)
    conf = tmp_path / "nftables.conf"
    conf.write_text(nftables_conf(edge, peers, media, ("127.0.0.1", 5060), (16384, 16484)))
    command = ["unshare", "-rn", sys.executable, "-c", TRIAL, str(conf)]
    tried = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in tried.stderr:
        pytest.skip(f"this machine has no network of its own for tests: {tried.stderr.strip()}")
    assert tried.stdout.splitlines() == [
        "127.0.0.2 True True True True",
        "127.0.0.66 False False False True",
        "127.0.0.7 False False True True",
        "flood True",
    ], tried.stdout + tried.stderr


TOWN = """
[town]
name = "Essai"
[sip]
address = "192.0.2.21"
media_networks = ["203.0.113.0/28"]
[[sip.peers]]
name = "ipbx"
addresses = ["192.0.2.10"]
[edge]
address = "192.0.2.9"
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    assert CliRunner().invoke(app, ["init", str(tmp_path / "town")]).exit_code == 0
    folder = tmp_path / "town"
    config = folder / "allomairie.toml"
    text = config.read_text(encoding="utf-8")
    head = re.split(r"^\[(?:sip|edge)\b", text, flags=re.MULTILINE)[0]
    config.write_text(head + TOWN.partition('"Essai"')[2], encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", ["kamailio", "nftables"])
def test_the_command_writes_for_the_town(kind: str, town: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["edge", kind, "--out", str(out), "--town", str(town)])
    assert done.exit_code == 0, done.output
    written = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    if kind == "nftables":
        conf = written["nftables.conf"]
        assert "define PEERS = { 192.0.2.10/32 }" in conf
        assert "define MEDIA = { 192.0.2.10/32, 203.0.113.0/28 }" in conf
    else:
        assert "1 sip:192.0.2.21:5060 0 0" in written["dispatcher.list"]
        assert str(out) in written["parameters.cfg"]


def test_the_command_says_what_is_missing(town: Path, tmp_path: Path) -> None:
    config = town / "allomairie.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.partition("[[sip.peers]]")[0], encoding="utf-8")
    command = ["edge", "nftables", "--out", str(tmp_path / "out"), "--town", str(town)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert "no peer is declared" in done.output
