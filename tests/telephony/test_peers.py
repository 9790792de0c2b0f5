"""Who may call, and what each peer must encrypt."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from telephony.peers import Peer, Peers, Refused, Srtp, Transport, offers_srtp, wants_srtp
from telephony.sip_message import Message
from telephony.wire import Seen

CLEAR = "v=0\nm=audio 4000 RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"
OFFERED = CLEAR + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key\n"
SECURE = OFFERED.replace("RTP/AVP", "RTP/SAVP")
VIDEO = "m=video 5000 RTP/SAVP 96\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key\n"


def peer(name: str, network: str, **more: object) -> Peer:
    return Peer(name, (IPv4Network(network),), **more)  # type: ignore[arg-type]


def seen(source: str, transport: str = "udp", body: str = CLEAR) -> Seen:
    message = Message("INVITE sip:500@192.0.2.9 SIP/2.0", (), body)
    return Seen(transport, IPv4Address(source), 5060, message)


def test_without_declared_peers_all_may_call() -> None:
    assert Peers().judge(seen("198.51.100.1")) is None
    assert Peers().judge(None) is None


def test_the_narrower_of_two_networks_is_meant() -> None:
    peers = Peers([peer("office", "192.0.2.0/24"), peer("ipbx", "192.0.2.5/32")])
    assert peers.judge(seen("192.0.2.5")).name == "ipbx"  # type: ignore[union-attr]
    assert peers.judge(seen("192.0.2.6")).name == "office"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("declared", "arrives", "may"),
    [
        ("udp", "udp", True),
        ("udp", "tcp", True),
        ("tcp", "udp", True),
        ("udp", "tls", False),
        ("tls", "tls", True),
        ("tls", "udp", False),
        ("tls", "tcp", False),
    ],
)
def test_who_agreed_on_tls_may_not_call_in_clear(
    declared: Transport, arrives: str, may: bool
) -> None:
    peers = Peers([peer("ipbx", "192.0.2.5/32", transport=declared)])
    if may:
        assert peers.judge(seen("192.0.2.5", arrives)) is not None
    else:
        with pytest.raises(Refused, match=f"no declared peer over {arrives.upper()}"):
            peers.judge(seen("192.0.2.5", arrives))


def test_a_stranger_and_an_untold_origin_are_refused() -> None:
    peers = Peers([peer("ipbx", "192.0.2.5/32")])
    with pytest.raises(Refused, match=r"198\.51\.100\.1 is no declared peer"):
        peers.judge(seen("198.51.100.1"))
    with pytest.raises(Refused, match="did not tell"):
        peers.judge(None)


@pytest.mark.parametrize(
    ("srtp", "body", "may"),
    [
        ("off", CLEAR, True),
        ("off", OFFERED, True),
        ("off", SECURE, False),
        ("off", "", True),
        ("preferred", CLEAR, True),
        ("preferred", SECURE, True),
        ("required", CLEAR, False),
        ("required", CLEAR + VIDEO, False),
        ("required", OFFERED, True),
        ("required", SECURE, True),
    ],
)
def test_media_as_agreed(srtp: Srtp, body: str, may: bool) -> None:
    other = peer("other", "192.0.2.6/32", transport="tls", srtp="preferred")
    peers = Peers([peer("ipbx", "192.0.2.5/32", transport="tls", srtp=srtp), other])
    if may:
        assert peers.judge(seen("192.0.2.5", "tls", body)) is not None
    else:
        with pytest.raises(Refused, match=r"peer ipbx .*SRTP"):
            peers.judge(seen("192.0.2.5", "tls", body))


def test_no_offer_is_taken_only_where_ours_is_encrypted() -> None:
    required = peer("ipbx", "192.0.2.5/32", transport="tls", srtp="required")
    other = peer("other", "192.0.2.6/32", transport="tls")
    assert Peers([required]).judge(seen("192.0.2.5", "tls", "")) is required
    with pytest.raises(Refused, match="offered nothing"):
        Peers([required, other]).judge(seen("192.0.2.5", "tls", ""))


@pytest.mark.parametrize(
    ("wanted", "stack"),
    [
        (("off",), ""),
        (("required",), "srtp-mand"),
        (("preferred",), "srtp"),
        (("off", "required"), "srtp"),
        (("off", "off"), ""),
    ],
)
def test_what_the_stack_offers_is_the_least_that_serves_all(
    wanted: tuple[Srtp, ...], stack: str
) -> None:
    declared = [
        peer(f"p{number}", f"192.0.2.{number}/32", transport="tls", srtp=srtp)
        for number, srtp in enumerate(wanted)
    ]
    assert Peers(declared).media_encryption("tls") == stack
    assert Peers(declared).media_encryption("udp") == ""


def test_two_lists_of_codecs_in_clear_cannot_both_be_served() -> None:
    first = peer("first", "192.0.2.5/32", codecs=("pcma",))
    second = peer("second", "192.0.2.6/32", transport="tcp", codecs=("pcmu",))
    over_tls = peer("third", "192.0.2.7/32", transport="tls", codecs=("g722",))
    assert Peers([first, over_tls]).codecs("tcp") == ("pcma",)
    assert Peers([first, over_tls]).codecs("tls") == ("g722/16000/1",)
    with pytest.raises(ValueError, match="first and second have different codecs"):
        Peers([first, second])


def test_the_first_audio_line_counts() -> None:
    assert offers_srtp(OFFERED)
    assert not wants_srtp(OFFERED)
    assert wants_srtp(SECURE)
    assert not offers_srtp(CLEAR + VIDEO)
    assert not offers_srtp("")
    assert not wants_srtp("m=")
