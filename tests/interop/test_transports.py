"""Debian's baresip calls over UDP, TCP and TLS; who is no declared peer hears nothing."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.interop.lab import carrier, softphone

pytestmark = [
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.skipif(
        shutil.which("baresip") is None, reason="Debian's baresip-core is not installed"
    ),
]
PHONE = {"name": "phone", "addresses": ["127.0.0.1"]}
AUDIBLE = 0.05


@contextmanager
def secure(certificates: Path, **peer: object) -> Iterator[object]:
    tls = {
        "certificate_file": f"{certificates}/server.pem",
        "key_file": f"{certificates}/server.key",
    }
    with carrier(tls=tls, peers=[{**PHONE, "transport": "tls", **peer}]) as server:
        yield server


@pytest.mark.parametrize(
    ("transport", "codec", "rate_hz"),
    [("udp", "PCMA/8000/1", 8000), ("tcp", "PCMU/8000/1", 8000), ("tcp", "G722/16000/1", 16000)],
)
def test_in_clear(tmp_path, transport, codec, rate_hz) -> None:
    """1. The phone calls with one codec. 2. Its tone arrives. 3. It hears its echo."""
    with carrier(peers=[PHONE]) as server:
        phoned = softphone(
            tmp_path,
            f"sip:mairie@127.0.0.1:{server.port}",
            f"<sip:voisin@127.0.0.1;transport={transport}>;regint=0;audio_codecs={codec}",
            rate_hz=rate_hz,
        )
        assert server.wait("call")["peer"] == "phone"
        assert server.wait("answered")["rate_hz"] == rate_hz
        server.wait("heard")
        server.wait("closed")
    assert phoned.loudness > AUDIBLE, phoned.printed[-1500:]


def over_tls(folder: Path, server, certificates: Path, media: str = ""):  # type: ignore[no-untyped-def]
    return softphone(
        folder,
        f"sip:mairie@127.0.0.1:{server.port + 1}",
        f"<sip:voisin@127.0.0.1;transport=tls>;regint=0;audio_codecs=PCMA/8000/1{media}",
        modules=("srtp.so",),
        sip_cafile=f"{certificates}/ca.pem",
    )


@pytest.mark.parametrize("srtp", ["required", "preferred"])
def test_tls_with_srtp(tmp_path, certificates, srtp) -> None:
    with secure(certificates, srtp=srtp) as server:
        phoned = over_tls(tmp_path, server, certificates, ";mediaenc=srtp-mand")
        server.wait("heard")
    assert "SRTP is Enabled" in phoned.printed
    assert phoned.loudness > AUDIBLE, phoned.printed[-1500:]


def test_clear_audio_where_srtp_is_required_gets_488(tmp_path, certificates) -> None:
    with secure(certificates, srtp="required") as server:
        phoned = over_tls(tmp_path, server, certificates)
        assert not server.told("answered")
    assert "488" in phoned.printed


def test_the_same_beside_a_peer_that_may_speak_in_clear_gets_486(tmp_path, certificates) -> None:
    """The stack would take the call for the other peer's sake; the judge of peers does not."""
    tls = {
        "certificate_file": f"{certificates}/server.pem",
        "key_file": f"{certificates}/server.key",
    }
    other = {"name": "other", "addresses": ["127.0.0.2"], "transport": "tls"}
    peers = [{**PHONE, "transport": "tls", "srtp": "required"}, other]
    with carrier(tls=tls, peers=peers) as server:
        phoned = over_tls(tmp_path, server, certificates)
        assert not server.told("call")
    assert "486" in phoned.printed


def test_clear_audio_where_srtp_is_preferred_is_heard(tmp_path, certificates) -> None:
    with secure(certificates, srtp="preferred") as server:
        phoned = over_tls(tmp_path, server, certificates)
        server.wait("heard")
    assert phoned.loudness > AUDIBLE, phoned.printed[-1500:]


def test_srtp_where_it_is_off_gets_488(tmp_path, certificates) -> None:
    with secure(certificates, srtp="off") as server:
        phoned = over_tls(tmp_path, server, certificates, ";mediaenc=srtp-mand")
        assert not server.told("answered")
    assert "488" in phoned.printed


def test_tls_before_1_2_is_refused(certificates) -> None:
    with secure(certificates) as server:
        for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(f"{certificates}/ca.pem")
            context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else this side would refuse first
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(("127.0.0.1", server.port + 1), timeout=5) as plain:
                if version is ssl.TLSVersion.TLSv1_2:
                    with context.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
                        assert secured.version() == "TLSv1.2"
                else:
                    with pytest.raises((ssl.SSLError, ConnectionError)):
                        context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_strangers_hear_nothing_and_peers_are_told_apart() -> None:
    """1. Two peers of one machine's loopback network, one not trusted with identities. 2. Both get
    an answer, over UDP and TCP. 3. A stranger gets no packet back, not even a TCP handshake."""
    peers = [
        {"name": "ipbx", "addresses": ["127.0.0.2"]},
        {"name": "wide", "addresses": ["127.0.0.8/30"], "trust_identity": False},
    ]
    with carrier(peers=peers) as server:
        for source, name, caller in (
            ("127.0.0.2", "ipbx", "+33261914001"),
            ("127.0.0.9", "wide", "+33639980001"),
        ):
            assert send_invite(source, server.port).startswith("SIP/2.0 180")
            call = server.wait("call")
            assert (call["peer"], call["caller"]) == (name, caller)
        with pytest.raises(TimeoutError):
            send_invite("127.0.0.3", server.port)
        with socket.socket() as stranger:
            stranger.bind(("127.0.0.3", 0))
            stranger.settimeout(1.5)
            with pytest.raises(TimeoutError):
                stranger.connect(("127.0.0.1", server.port))
        with socket.socket() as peer:
            peer.bind(("127.0.0.2", 0))
            peer.connect(("127.0.0.1", server.port))
        assert len(server.told("call")) == 2


def send_invite(source: str, port: int) -> str:
    """The first line that comes back to an INVITE of `source`.

    Raises:
        TimeoutError: nothing comes back.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((source, 0))
        one.settimeout(1.5)
        own = one.getsockname()[1]
        sdp = f"v=0\r\no=i 1 1 IN IP4 {source}\r\ns=-\r\nc=IN IP4 {source}\r\nt=0 0\r\n"
        sdp += "m=audio 40000 RTP/AVP 8\r\n"
        head = (
            f"INVITE sip:mairie@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {source}:{own};branch=z9hG4bK{own};rport",
            f"From: <sip:0639980001@{source}>;tag={own}",
            f"To: <sip:mairie@127.0.0.1:{port}>",
            "P-Asserted-Identity: <tel:+33261914001>",
            f"Call-ID: {own}@{source}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:0639980001@{source}:{own}>",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
            f"Content-Length: {len(sdp)}",
        )
        one.sendto(("\r\n".join(head) + "\r\n\r\n" + sdp).encode(), ("127.0.0.1", port))
        return one.recv(65536).decode().partition("\r\n")[0]
