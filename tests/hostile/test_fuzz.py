"""Random and mutated SIP, SDP, RTP and RTCP; the same on every run (seeded)."""

from __future__ import annotations

import random
import socket
import time

import pytest

from tests.hostile.calling import RunningCall, rtp
from tests.hostile.conftest import Victim
from tests.hostile.sip_peer import SipPeer, sdp
from tests.hostile.torture import ALL

pytestmark = [pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(120)]
ROUNDS = 1500
TOKENS = [b"\r\n", b"\x00", b";", b"=", b"<", b">", b'"', b"%", b"\xff\xfe", b"-1", b"9" * 40]
TOKENS += [b" ", b",", b":", b"@", b"[::1]", b"A" * 300, b"SIP/2.0", b"INVITE", b"\r\n\r\n"]
ATTRIBUTES = [
    "a=ptime:0", "a=ptime:-5", "a=ptime:99999999999", "a=rtpmap:8", "a=rtpmap:8 /0/0",
    "a=rtpmap:999 PCMA/8000", "a=rtpmap:101 telephone-event/0", "a=fmtp:101 " + "0-16," * 200,
    "m=audio 0 RTP/AVP 8", "m=audio 70000 RTP/AVP 8", "m=audio -1 RTP/AVP 8", "m=audio",
    "m=audio 4000 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:!!!!",
    "m=video 4000 RTP/AVP 31 " + "9 " * 500, "c=IN IP4 999.1.1.1", "c=IN IP6 ::::", "c=",
    "b=AS:" + "9" * 50, "a=candidate:" + "x" * 400, "t=9 9 9 9", "v=7", "a=rtcp:0", "a=mid:",
]  # fmt: skip


def mutated(chance: random.Random, message: bytes) -> bytes:
    """A message with a few bytes changed, cut, doubled or put in."""
    data = bytearray(message)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0 and data:
            data[at % len(data)] = chance.randrange(256)
        elif kind == 1:
            data[at:at] = chance.choice(TOKENS)
        elif kind == 2:
            del data[at : at + chance.randint(1, 40)]
        else:
            data[at:at] = data[at : at + chance.randint(1, 60)]
    return bytes(data[:8000])


def test_random_and_mutated_sip(victim: Victim) -> None:
    """Beside a running call; INVITEs among them may be taken for calls, and time out alone."""
    chance = random.Random(4475)
    with RunningCall(victim.target) as call, SipPeer(victim.target) as peer:
        for count in range(ROUNDS):
            torture = chance.choice(ALL)
            message = torture.message(victim.uri, f"127.0.0.1:{peer.port}")
            data = mutated(chance, message) if count % 5 else chance.randbytes(count % 1500)
            peer.send(data)
            if count % 25 == 0:
                time.sleep(0.02)  # else the kernel drops most of it before the server sees it
        assert victim.alive()
        assert call.heard().is_whole(), call.heard()
        assert call.alive()


def test_mutated_sdp(victim: Victim) -> None:
    """1. INVITEs with an SDP gone wrong; whatever is taken for a call is hung up. 2. An honest
    call goes through afterwards."""
    chance = random.Random(4566)
    for count in range(150):
        with SipPeer(victim.target) as peer:
            offer = sdp("127.0.0.1", 40002)
            if count % 2:
                lines = offer.split("\r\n")
                for _ in range(chance.randint(1, 3)):
                    lines[chance.randrange(len(lines))] = chance.choice(ATTRIBUTES)
                body = "\r\n".join(lines)
            else:
                body = mutated(chance, offer.encode()).decode("latin-1")
            message = peer.request("INVITE", body=body)
            peer.send(message)
            reply = peer.final(1.0)
            if reply is not None and reply.status == 200:
                peer.bye(peer.accept(reply), 1)
    assert victim.alive()
    with RunningCall(victim.target) as call:
        time.sleep(1)
        assert call.heard().is_whole(), call.heard()


def test_random_rtp_and_rtcp_from_the_caller_itself(victim: Victim) -> None:
    """The caller's own address may send what it likes: the bot goes on speaking."""
    chance = random.Random(3550)
    with (
        RunningCall(victim.target) as call,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise,
    ):
        noise.bind(("127.0.0.1", 0))
        host, port = call.remote
        for count in range(ROUNDS):
            data = rtp(count, count * 160, 7, chance.randbytes(160))
            if count % 3:
                data = mutated(chance, data) if count % 2 else chance.randbytes(count % 600)
            noise.sendto(data, (host, port + count % 2))
            if count % 25 == 0:
                time.sleep(0.02)
        assert call.heard().is_whole(), call.heard()
        assert call.alive()
    assert victim.alive()
