"""Floods, scanners, huge headers, half-open connections: nothing crashes, leaks or is cut off."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from tests.hostile.calling import RunningCall
from tests.hostile.conftest import STRANGER, Victim
from tests.hostile.sip_peer import SipPeer, sdp

pytestmark = [pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(180)]
TRANSACTION_S = 33  #: 64 times T1 (RFC 3261, 17.2.2), and one
GROWTH_MIB = 8  #: noise of the allocators; 1 KiB kept of each of 8,000 requests would be more
SCANNERS = ["friendly-scanner", "sipvicious", "sipcli/v1.8", "sundayddr", "VaxSIPUserAgent/3.1"]


def flood(victim: Victim, method: str, count: int = 1000, agent: str = "") -> None:
    """Requests as fast as they are read, from a stranger; the answers are not waited for."""
    headers = f"User-Agent: {agent}\r\n" if agent else ""
    body = sdp(STRANGER, 4444) if method == "INVITE" else ""
    with SipPeer(victim.target, STRANGER) as stranger:
        for number in range(count):
            stranger.send(stranger.request(method, headers=headers, body=body))
            if number % 20 == 0:
                time.sleep(0.01)


def settled(victim: Victim, files: int) -> bool:
    """Whether the calls that a flood made are over: all its descriptors are back."""
    deadline = time.monotonic() + 100
    while victim.files() > files and time.monotonic() < deadline:
        time.sleep(1)
    return victim.files() <= files


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "SUBSCRIBE", "BYE"])
def test_a_flood_beside_a_call(victim: Victim, method: str) -> None:
    """The call that runs beside loses nothing."""
    with RunningCall(victim.target) as call:
        flood(victim, method)
        assert victim.alive()
        assert call.heard().is_whole(), call.heard()
        assert call.alive()


def test_floods_leave_nothing_behind(victim: Victim) -> None:
    """1. A flood. 2. The stack forgets its transactions, after the 32 s that SIP asks for. 3. The
    same flood again: memory is no higher than after the first."""
    peaks = []
    for _ in range(2):
        for agent, method in zip(SCANNERS, ("OPTIONS", "REGISTER"), strict=False):
            flood(victim, method, 4000, agent=agent)
        assert victim.alive()
        peaks.append(victim.memory_mib())
        files = victim.files()
        time.sleep(TRANSACTION_S)
    assert peaks[1] - peaks[0] < GROWTH_MIB, peaks
    assert settled(victim, files), f"{files} files before, {victim.files()} after"


def test_a_flood_of_calls_takes_the_free_lines_and_no_more(victim: Victim) -> None:
    """1. A stranger's INVITEs, never acknowledged, take the lines that are free: 486 for the rest.
    2. The call that was there keeps its audio. 3. The lines come back without anybody's help."""
    files = victim.files()
    with RunningCall(victim.target) as call:
        flood(victim, "INVITE", 300)
        assert victim.alive()
        assert call.heard().is_whole(), call.heard()
        assert call.alive()
    assert settled(victim, files), f"{files} files before, {victim.files()} after"
    with RunningCall(victim.target) as call:
        time.sleep(1)
        assert call.heard().is_whole(), call.heard()


@pytest.mark.parametrize("agent", SCANNERS)
def test_scanners_get_no_call(victim: Victim, agent: str) -> None:
    """They look for extensions and for a way out; there is neither."""
    with SipPeer(victim.target, STRANGER) as scanner:
        registered = scanner.ask("REGISTER", headers=f"User-Agent: {agent}\r\n")
        subscribed = scanner.ask("SUBSCRIBE", headers=f"User-Agent: {agent}\r\n")
    for reply in (registered, subscribed):
        assert reply is not None
        assert reply.status >= 400
    assert victim.alive()


def _long_header(peer: SipPeer) -> bytes:
    return peer.request("OPTIONS", headers=f"X-Long: {'a' * 60000}\r\n").encode()


def _many_headers(peer: SipPeer) -> bytes:
    return peer.request("OPTIONS", headers="X: y\r\n" * 9000).encode()


def _long_uri(peer: SipPeer) -> bytes:
    return peer.request("OPTIONS", uri=f"sip:{'9' * 20000}@127.0.0.1").encode()


def _many_vias(peer: SipPeer) -> bytes:
    via = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
    return peer.request("OPTIONS", headers=via * 1000).encode()


def _deep_folding(peer: SipPeer) -> bytes:
    return peer.request("OPTIONS", headers="Subject: a" + "\r\n b" * 12000 + "\r\n").encode()


HUGE = [_long_header, _many_headers, _long_uri, _many_vias, _deep_folding]


@pytest.mark.parametrize("make", HUGE, ids=lambda make: make.__name__)
def test_huge_messages(victim: Victim, make: Callable[[SipPeer], bytes]) -> None:
    with RunningCall(victim.target) as call, SipPeer(victim.target) as peer:
        for _ in range(20):
            peer.send(make(peer))
        assert victim.alive()
        assert call.heard().is_whole(), call.heard()


def _endless_header(connection: socket.socket) -> None:
    connection.sendall(b"OPTIONS sip:x SIP/2.0\r\nX: ")
    for _ in range(200):
        connection.sendall(b"a" * 65536)  # 13 MB without an end


def _endless_body(connection: socket.socket) -> None:
    connection.sendall(b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 2000000000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"a" * 65536)


@pytest.mark.parametrize("pour", [_endless_header, _endless_body], ids=lambda pour: pour.__name__)
def test_endless_messages_over_tcp(victim: Victim, pour: Callable[[socket.socket], None]) -> None:
    """The server gives up on them; it does not collect megabytes."""
    before = victim.memory_mib()
    for _ in range(4):
        with socket.create_connection(victim.target, 5) as connection:
            try:
                pour(connection)
            except (ConnectionError, TimeoutError):
                continue
    assert victim.alive()
    assert victim.memory_mib() - before < GROWTH_MIB


def test_half_open_connections(victim: Victim) -> None:
    """1. 200 connections that say half a request. 2. Calls work beside them. 3. Closed, nothing
    of them is left."""
    files = victim.files()
    connections = [socket.create_connection(victim.target, 5) for _ in range(200)]
    for connection in connections:
        connection.sendall(b"INVITE sip:mairie@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/T")
    with RunningCall(victim.target) as call:
        time.sleep(1)
        assert call.heard().is_whole(), call.heard()
    for connection in connections:
        connection.close()
    assert settled(victim, files), f"{files} files before, {victim.files()} after"
    assert victim.alive()
