"""Whose audio reaches a call: the trace says it, the kernel sees to it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest

from telephony.media_door import MediaDoor

FAR, NAT, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.66"


def sdp(address: str, port: int) -> str:
    return f"v=0\r\nc=IN IP4 {address}\r\nm=audio {port} RTP/AVP 8\r\n"


def line(way: str, start: str, cseq: str, body: str = "", far: str = FAR) -> str:
    """A line of the stack's trace."""
    here, there = "127.0.0.1:5060", f"{far}:5060"
    head = f"{there} -> {here}" if way == "RX" else f"{here} -> {there}"
    return f"{way} UDP {head}\n{start}\r\nCall-ID: a\r\nCSeq: {cseq}\r\n\r\n{body}"


class Port:
    """An RTP socket of this process, bound as the stack binds it."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("0.0.0.0", 0))  # noqa: S104 - as the stack does
        self.socket.settimeout(0.2)
        self.number: int = self.socket.getsockname()[1]

    def hears(self, source: str) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((source, 0))
            sender.sendto(b"audio", ("127.0.0.1", self.number))
        try:
            return self.socket.recv(100) == b"audio"
        except TimeoutError:
            return False


@pytest.fixture
def port() -> Iterator[Port]:
    one = Port()
    yield one
    one.socket.close()


def follow(door: MediaDoor, *lines: str) -> None:
    for text in lines:
        door.emit(logging.LogRecord("trace", logging.DEBUG, "", 0, "%s", (text,), None))


def answered(port: Port, address: str = FAR, far: str = FAR, cseq: str = "1 INVITE") -> list[str]:
    return [
        line("RX", "INVITE sip:m@127.0.0.1 SIP/2.0", cseq, sdp(address, 4000), far),
        line("TX", "SIP/2.0 200 OK", cseq, sdp("127.0.0.1", port.number), far),
    ]


def test_before_the_answer_nothing_is_filtered(port: Port) -> None:
    follow(MediaDoor(), answered(port)[0])
    assert port.hears(STRANGER)


def test_an_answered_call_hears_its_far_end_only(port: Port) -> None:
    follow(MediaDoor(), *answered(port))
    assert port.hears(FAR)
    assert not port.hears(STRANGER)


def test_audio_may_come_from_where_signalling_comes(port: Port) -> None:
    """Behind NAT the SDP names an address that never reaches us."""
    follow(MediaDoor(), *answered(port, address="10.1.2.3", far=NAT))
    assert port.hears(NAT)
    assert not port.hears(STRANGER)


def test_a_late_offer(port: Port) -> None:
    """INVITE without SDP: ours is the offer, and theirs comes in the ACK."""
    lines = [
        line("RX", "INVITE sip:m@127.0.0.1 SIP/2.0", "1 INVITE"),
        line("TX", "SIP/2.0 200 OK", "1 INVITE", sdp("127.0.0.1", port.number)),
    ]
    door = MediaDoor()
    follow(door, *lines)
    assert port.hears(STRANGER), "nobody knows yet where the audio comes from"
    follow(door, line("RX", "ACK sip:m@127.0.0.1 SIP/2.0", "1 ACK", sdp(FAR, 4000)))
    assert port.hears(FAR)
    assert not port.hears(STRANGER)


def test_a_call_of_ours(port: Port) -> None:
    follow(
        MediaDoor(),
        line("TX", "INVITE sip:100@ipbx SIP/2.0", "1 INVITE", sdp("127.0.0.1", port.number)),
        line("RX", "SIP/2.0 200 OK", "1 INVITE", sdp(FAR, 4000)),
    )
    assert port.hears(FAR)
    assert not port.hears(STRANGER)


def test_a_reinvite_moves_the_audio_only_once_it_is_accepted(port: Port) -> None:
    door = MediaDoor()
    moved = answered(port, address=NAT, cseq="2 INVITE")
    follow(door, *answered(port), moved[0])
    assert not port.hears(NAT)
    follow(door, line("TX", "SIP/2.0 481 No", "2 INVITE"))
    assert not port.hears(NAT), "a forged re-INVITE opened the door"
    follow(door, *moved)
    assert port.hears(NAT)


def test_declared_media_networks_are_let_in(port: Port) -> None:
    follow(MediaDoor((IPv4Network("127.0.0.64/30"),)), *answered(port))
    assert port.hears(STRANGER)
    assert not port.hears("127.0.0.99")


def test_a_host_name_in_the_sdp_leaves_the_door_open(port: Port) -> None:
    """Better a stranger's noise than a caller who is not heard."""
    follow(MediaDoor(), *answered(port, address="gateway.example"))
    assert port.hears(STRANGER)


@pytest.mark.parametrize(
    "text",
    [
        "RX UDP nonsense",
        "RX UDP 1.2.3.4:5 -> 1.2.3.4:6\n",
        "RX UDP 999.2.3.4:5 -> 1.2.3.4:6\nINVITE sip:a SIP/2.0\r\n\r\n",
        "RX UDP 1.2.3.4:5 -> 1.2.3.4:6\n\x00\xff\r\n\r\n",
        line("TX", "SIP/2.0 200 OK", "1 INVITE", "m=audio 99999999 RTP/AVP 8\r\n"),
        line("RX", "INVITE sip:a SIP/2.0", "", "m=audio x\r\nc=IN IP4 1.2.3.4.5.6"),
        line("RX", "INVITE sip:a SIP/2.0", "1 INVITE", sdp("999.1.1.1", 5)),
    ],
)
def test_rubbish_in_the_trace_is_passed_over(text: str) -> None:
    door = MediaDoor()
    follow(door, text, text)


def test_calls_are_forgotten_in_the_end(port: Port) -> None:
    door = MediaDoor()
    for number in range(2000):
        follow(door, answered(port)[0].replace("Call-ID: a", f"Call-ID: {number}"))
    assert len(door._talks) <= 512
