"""What sipp, as an IPBX, may do: offers, codecs, keys, hold, re-INVITE, CANCEL, OPTIONS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.caller_scenario import (
    ANSWERED,
    OPEN,
    again,
    begun,
    ended,
    pause,
    play,
    receive,
    ringing,
    says,
    scenario,
    sdp,
    send,
)
from tests.interop.captures import keys, tone
from tests.interop.lab import Carrier, assert_played, carrier, sipp

pytestmark = [
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed"),
]
HEARING_MS = 1200


@pytest.fixture(scope="module")
def server() -> Iterator[Carrier]:
    with carrier(peers=[{"name": "ipbx", "addresses": ["127.0.0.1"]}], max_calls=8) as one:
        yield one


def play_through(folder: Path, server: Carrier, *steps: str, transport: str = "u1") -> None:
    assert_played(folder, sipp(folder, scenario(*steps), server.port, transport=transport))


@pytest.mark.parametrize(
    ("offered", "first"),
    [
        (("PCMA",), 8),
        (("PCMU",), 0),
        (("G722",), 9),
        (("G729", "PCMU", "PCMA"), 0),
        (("G722", "PCMU"), 9),
        (("G729", "G722"), 9),
    ],
)
def test_the_first_codec_of_the_offer_that_is_known_here(server, tmp_path, offered, first) -> None:
    """The stack keeps the caller's order (RFC 3264, 6.1), and speaks what stands first."""
    wanted = says(f"m=audio [0-9]+ RTP/AVP {first}[ \\r]")
    play_through(tmp_path, server, begun(sdp(*offered), checks=wanted), pause(300), ended(2))
    assert server.wait("answered")["rate_hz"] == (16000 if first == 9 else 8000)
    server.wait("closed")


@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 40, 60])
def test_packets_of_10_to_60_ms_are_heard(server, tmp_path, ptime_ms) -> None:
    sound = tone(tmp_path / "tone.pcap", seconds=1, ptime_ms=ptime_ms)
    play_through(
        tmp_path, server, begun(sdp(ptime=ptime_ms)), play(sound), pause(HEARING_MS), ended(2)
    )
    server.wait("heard")
    assert server.wait("closed")["rx"] >= 0.8 * 1000 / ptime_ms


@pytest.mark.parametrize("kind", [96, 97, 101, 110, 127])
def test_keys_with_any_payload_number(server, tmp_path, kind) -> None:
    pressed = keys(tmp_path / "keys.pcap", "0#*9", kind)
    play_through(
        tmp_path, server, begun(sdp(dtmf=kind)), pause(200), play(pressed), pause(1600), ended(2)
    )
    assert [server.wait("key")["key"] for _ in range(4)] == list("0#*9")
    server.wait("closed")


def test_a_peer_that_shall_speak_pcma_speaks_pcma(tmp_path) -> None:
    only = {"name": "ipbx", "addresses": ["127.0.0.1"], "codecs": ["pcma"]}
    with carrier(peers=[only]) as server:
        wanted = says("m=audio [0-9]+ RTP/AVP 8 101")
        play_through(
            tmp_path, server, begun(sdp("PCMU", "PCMA"), checks=wanted), pause(300), ended(2)
        )


def test_an_invite_without_an_offer(server, tmp_path) -> None:
    """1. INVITE without SDP. 2. The 200 offers PCMA first. 3. The ACK answers. 4. Audio flows."""
    sound = tone(tmp_path / "tone.pcap", seconds=1)
    wanted = says("m=audio [0-9]+ RTP/AVP 8 ")
    play_through(
        tmp_path,
        server,
        begun("", ack=sdp("PCMA"), checks=wanted),
        play(sound),
        pause(HEARING_MS),
        ended(2),
    )
    server.wait("heard")
    server.wait("closed")


@pytest.mark.parametrize(
    ("direction", "answer", "address"),
    [
        ("sendonly", "recvonly", "[media_ip]"),
        ("inactive", "inactive", "[media_ip]"),
        ("sendonly", "recvonly", "0.0.0.0"),  # noqa: S104  RFC 2543's hold
    ],
)
def test_hold_and_resume(server, tmp_path, direction, answer, address) -> None:
    """1. The caller is put on hold, in three fashions. 2. The call lives on. 3. After resuming,
    audio flows again."""
    sound = tone(tmp_path / "tone.pcap", seconds=1)
    play_through(
        tmp_path,
        server,
        begun(sdp()),
        pause(500),
        again(2, sdp(direction=direction, version=2, address=address), checks=says(f"a={answer}")),
        pause(1000),
        again(3, sdp(version=3), checks=says("a=sendrecv")),
        play(sound),
        pause(HEARING_MS),
        ended(4),
    )
    server.wait("heard")
    server.wait("closed")


def test_a_re_invite_changes_the_codec(server, tmp_path) -> None:
    wanted = says("m=audio [0-9]+ RTP/AVP 0[ \\r]")
    play_through(
        tmp_path,
        server,
        begun(sdp("PCMA")),
        pause(400),
        again(2, sdp("PCMU", version=2), checks=wanted),
        pause(600),
        ended(3),
    )
    server.wait("closed")


def test_a_re_invite_without_an_offer(server, tmp_path) -> None:
    play_through(
        tmp_path,
        server,
        begun(sdp("PCMA")),
        pause(400),
        again(2, "", checks=says("m=audio"), ack=sdp("PCMA", version=2)),
        pause(600),
        ended(3),
    )
    server.wait("closed")


@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_nothing_is_sent_that_nobody_asked_for(server, tmp_path, transport) -> None:
    """No re-INVITE of the stack's own within three seconds of the answer."""
    play_through(tmp_path, server, begun(sdp()), pause(3000), ended(2), transport=transport)
    server.wait("closed")


@pytest.mark.parametrize("after_ms", [0, 50, 300, 1000])
def test_cancel_while_it_rings(tmp_path, after_ms) -> None:
    """The carrier rings for two seconds; a CANCEL at any moment of it ends the call with 487."""
    with carrier(ring_s=2) as server:
        play_through(
            tmp_path,
            server,
            send("INVITE", OPEN, 1, sdp(), branch="z9hG4bK-[call_id]"),
            receive(100, optional=True),
            receive(180),
            pause(after_ms),
            send("CANCEL", OPEN, 1, branch="z9hG4bK-[call_id]"),
            receive(200),
            receive(487),
            send("ACK", ANSWERED, 1, branch="z9hG4bK-[call_id]"),
        )
        server.wait("unanswered")
        assert not server.told("answered")


def test_bye_before_the_ack_arrives(server, tmp_path) -> None:
    """A caller that hangs up at the very moment of the answer."""
    play_through(
        tmp_path,
        server,
        send("INVITE", OPEN, 1, sdp()) + ringing() + receive(200),
        send("ACK", ANSWERED, 1),
        ended(2),
    )
    server.wait("call")
    play_through(tmp_path, server, begun(sdp()), pause(300), ended(2))  # the server goes on


@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_options_is_answered_with_what_the_server_speaks(server, tmp_path, transport) -> None:
    wanted = says("Allow:.*INVITE") + says("PCMA/8000")
    play_through(
        tmp_path, server, send("OPTIONS", OPEN, 1), receive(200, checks=wanted), transport=transport
    )


def test_codecs_that_nobody_here_speaks_get_488(server, tmp_path) -> None:
    play_through(
        tmp_path,
        server,
        send("INVITE", OPEN, 1, sdp("G729")),
        receive(100, optional=True),
        receive(488),
        send("ACK", ANSWERED, 1, branch="[branch-2]"),
    )


def test_session_timers_are_survived(server, tmp_path) -> None:
    """The stack does not know RFC 4028; a caller who asks for it gets his call all the same."""
    offer = begun(sdp()).replace(
        "Max-Forwards: 70\n",
        "Max-Forwards: 70\nSupported: timer\nSession-Expires: 1800;refresher=uac\nMin-SE: 90\n",
        1,
    )
    play_through(tmp_path, server, offer, pause(500), ended(2))
    server.wait("closed")


def test_update_is_answered(server, tmp_path) -> None:
    play_through(
        tmp_path,
        server,
        begun(sdp()),
        pause(400),
        send("UPDATE", ANSWERED, 2, sdp(version=2)),
        receive(200),
        pause(300),
        ended(3),
    )
    server.wait("closed")


def test_keys_by_sip_info(server, tmp_path) -> None:
    """`application/dtmf-relay`, as many gateways send it."""
    info = send("INFO", ANSWERED, 2, "Signal=5\nDuration=160").replace(
        "application/sdp", "application/dtmf-relay"
    )
    play_through(
        tmp_path, server, begun(sdp()), pause(400), info, receive(200), pause(300), ended(3)
    )
    assert server.wait("key")["key"] == "5"
    server.wait("closed")
