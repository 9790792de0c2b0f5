"""The edge's TLS listener: 1.2 and newer, declared peers only, and requests within a call."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.edge.conftest import IPBX, STRANGER, Node, RunningEdge, Start
from tests.hostile.sip_peer import Reply, sdp

pytestmark = [pytest.mark.interop, pytest.mark.timeout(120)]


@pytest.fixture
def tls_edge(start_edge: Start, tmp_path: Path) -> RunningEdge:
    certificate, key = tmp_path / "edge.pem", tmp_path / "edge.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=edge", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    return start_edge(certificate=certificate, key=key, tls_port=free_port())


def connect(edge: RunningEdge, address: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection((edge.target[0], edge.tls_port), 5, (address, 0))
    return context.wrap_socket(plain)


@pytest.fixture
def context(tls_edge: RunningEdge) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(tls_edge.folder / "edge.pem"))
    context.check_hostname = False
    return context


def request(method: str, address: str, port: int, uri: str, route: str = "", to: str = "") -> bytes:
    body = sdp(address, 40002) if method == "INVITE" else ""
    return (
        f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/TLS {address}:{port};branch=z9hG4bK{method}\r\n"
        f"{route}Max-Forwards: 70\r\nFrom: <sip:a@{address}>;tag=1\r\n"
        f"To: {to or '<sip:b@edge>'}\r\n"
        f"Call-ID: tls@{address}\r\nCSeq: {2 if to else 1} {method}\r\n"
        f"Contact: <sip:a@{address}:{port};transport=tls>\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def final(connection: ssl.SSLSocket) -> Reply:
    text = ""
    while "\r\n\r\n" not in text or text.startswith("SIP/2.0 1"):
        data = connection.recv(65535).decode()
        assert data, f"closed after {text!r}"
        text = (text + data) if "\r\n\r\n" not in text else data
    return Reply(text, 0, ("", 0))


def test_a_call_over_tls(tls_edge: RunningEdge, nodes: list[Node], context: ssl.SSLContext) -> None:
    with connect(tls_edge, IPBX, context) as connection:
        assert connection.version() in {"TLSv1.2", "TLSv1.3"}
        port = connection.getsockname()[1]
        connection.sendall(request("INVITE", IPBX, port, "sip:mairie@edge"))
        accepted = final(connection)
        assert accepted.status == 200, accepted.text
        routes = reversed(accepted.headers("Record-Route"))
        route = "".join(f"Route: {one}\r\n" for one in routes)
        uri = accepted.header("Contact").strip("<>")
        connection.sendall(request("BYE", IPBX, port, uri, route, accepted.header("To")))
        assert final(connection).status == 200
    assert sum(node.count("BYE") for node in nodes) == 1


def test_old_tls_is_refused(tls_edge: RunningEdge, context: ssl.SSLContext) -> None:
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connect(tls_edge, IPBX, context)


def test_a_stranger_over_tls_is_cut_off(tls_edge: RunningEdge, context: ssl.SSLContext) -> None:
    with connect(tls_edge, STRANGER, context) as connection:
        connection.sendall(request("OPTIONS", STRANGER, 5061, "sip:mairie@edge"))
        connection.settimeout(5)
        assert connection.recv(100) == b""
