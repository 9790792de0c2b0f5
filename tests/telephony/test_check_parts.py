"""The parts of `trunk check`: digest, SDP, sound, figures, the capture, the table."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from telephony.check import digest, sdp
from telephony.check.capture import Capture
from telephony.check.dialog import _address
from telephony.check.quality import Quality, ntp_now
from telephony.check.report import TITLES, Report, Verdict
from telephony.check.sound import RATES, Coder, Tone, has_tones, is_sound, key_tones


@pytest.mark.parametrize(
    ("algorithm", "response"),  # RFC 7616, 3.9.1
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_as_the_rfc_computes_it(monkeypatch, algorithm, response) -> None:
    own = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr("telephony.check.digest.secrets.token_hex", lambda _: own)
    challenge = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", '
        f'algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    said = digest.answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life")
    assert digest.fields(said)["response"] == response
    assert digest.fields(said)["opaque"] == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


def test_digest_without_qop_and_what_cannot_be_answered() -> None:
    # RFC 2069's example as corrected by erratum 749 of RFC 2617's authors
    said = digest.answer(
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
        "GET",
        "/dir/index.html",
        "Mufasa",
        "CircleOfLife",
    )
    assert digest.fields(said)["response"] == "1949323746fe6a43ef61f9606e7febea"
    for challenge in ("Basic realm=x", 'Digest realm="x", nonce="y", algorithm=SHA-512-256'):
        with pytest.raises(digest.NoAnswer):
            digest.answer(challenge, "GET", "/", "a", "b")
    assert digest.strength("Digest algorithm=SHA-256") > digest.strength("Digest realm=x") > -1


def test_an_offer_is_read_as_it_was_written() -> None:
    key = sdp.new_key()
    offer = sdp.describe("192.0.2.1", 4000, ("g722", "pcma"), direction="sendonly", key=key)
    assert sdp.read(offer) == sdp.Audio("192.0.2.1", 4000, "g722", 101, "sendonly", key, True)
    plain = sdp.read(sdp.describe("192.0.2.1", 4000, ("pcmu",), event=None))
    assert (plain.codec, plain.event, plain.key, plain.secure) == ("pcmu", None, None, False)


@pytest.mark.parametrize("body", ["", "v=0", "v=0\nm=video 1 RTP/AVP 8\n", "v=0\nm=audio x y z\n"])
def test_no_audio_is_said(body) -> None:
    with pytest.raises(ValueError, match="réponse"):
        sdp.read(body)


def test_an_answer_of_another_make() -> None:
    """Session-level address, event before the codec, an unknown codec, a refused stream."""
    body = "v=0\nc=IN IP4 192.0.2.9\nm=audio 0 RTP/AVP 97 18 8\na=rtpmap:97 telephone-event/8000\n"
    audio = sdp.read(body)
    assert (audio.host, audio.port, audio.codec, audio.event) == ("192.0.2.9", 0, "pcma", 97)


@pytest.mark.parametrize("codec", ["pcma", "pcmu", "g722"])
def test_a_tone_is_known_again_after_its_codec(codec) -> None:
    coder, tone = Coder(codec), Tone(RATES[codec])
    tone.hz = key_tones("9")
    packets = [coder.encode(tone.frame()) for _ in range(20)]
    assert {len(packet) for packet in packets[1:]} == {160}
    heard = np.concatenate([coder.decode(packet) for packet in packets])
    assert has_tones(heard, coder.rate_hz, (852, 1477))
    assert not has_tones(heard, coder.rate_hz, (770, 1336))
    tone.hz = ()
    assert not is_sound(tone.frame())


def rtp(sequence: int, stamp: int, ssrc: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 8, sequence & 0xFFFF, stamp, ssrc)


def test_loss_and_jitter_over_the_wrap_of_numbers() -> None:
    quality = Quality()
    for number in range(100):
        if number not in (40, 41):
            quality.received(rtp(65_500 + number, number * 160), number * 0.02)
    assert quality.expected == 100
    assert quality.lost == pytest.approx(0.02)
    assert quality.jitter_ms == pytest.approx(0.0, abs=1e-6)
    quality.received(rtp(65_600, 100 * 160), 100 * 0.02 + 0.016)  # 16 ms late
    assert quality.jitter_ms == pytest.approx(1.0)
    quality.received(rtp(5, 0, ssrc=8), 3.0)  # another stream is no loss
    assert quality.lost == 0.0


def test_the_far_ends_report_gives_round_trip_and_its_loss() -> None:
    quality = Quality()
    sent = (ntp_now() >> 16) - 6554 & 0xFFFFFFFF  # 100 ms ago
    block = struct.pack("!IIIIII", 42, (26 << 24) | 3, 900, 80, sent, 3277)  # held for 50 ms
    quality.reported(struct.pack("!BBHI", 0x81, 201, 7, 9) + block, own_ssrc=42)
    assert quality.far_hears
    assert quality.round_trip_ms == [pytest.approx(50, abs=15)]
    assert quality.far_lost == pytest.approx(0.1, abs=0.01)
    assert quality.far_jitter_ms == 10
    for broken in (b"", b"\x81", struct.pack("!BBHI", 0x81, 201, 7, 9), b"\x9f\xc8\x00\x01" * 3):
        quality.reported(broken, own_ssrc=42)
    assert len(quality.round_trip_ms) == 1


def test_the_capture_keeps_no_voice_and_no_key(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    capture = Capture(path)
    here, there = ("192.0.2.1", 5060), ("192.0.2.2", 5060)
    message = b'INVITE x\r\nAuthorization: Digest cnonce="c", response="abcdef"\r\n\r\n'
    message += b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRETSECRET|2^20\r\n"
    capture.sip(message, here, there)
    capture.rtp(rtp(1, 160) + b"voice" * 32, here, there)
    capture.rtp(rtp(2, 320) + b"\x05\x0a\x00\xa0", here, there, event=True)
    capture.close()
    capture.sip(b"late", here, there)  # after the end nothing is written, and nothing breaks
    kept = path.read_bytes()
    assert kept[:4] == bytes.fromhex("d4c3b2a1")
    for hidden in (b"SECRET", b"abcdef", b"voice"):
        assert hidden not in kept
    assert b'cnonce="c"' in kept
    assert b"\x05\x0a\x00\xa0" in kept
    assert rtp(1, 160) + bytes(160) in kept


def test_unproven_is_not_fine() -> None:
    report = Report("ipbx", "UDP")
    report.add("options", Verdict.FAILED, "muet")
    assert report.fine  # not mandatory
    report.complete("non essayé", frozenset({"call", "register"}))
    assert set(report.lines) == set(TITLES)
    assert not report.fine
    report.add("call", Verdict.OK, "décroché", mandatory=True)
    report.add("register", Verdict.UNUSED, "sans objet", mandatory=True)
    assert report.fine
    with pytest.raises(ValueError, match="no line"):
        report.add("nothing", Verdict.OK, "")


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("sip:a@192.0.2.1:5080;transport=udp", ("192.0.2.1", 5080)),
        ("<sip:192.0.2.1;lr>", ("192.0.2.1", 5060)),
        ("sip:a@ipbx.example:5080", None),
        ("sip:a@999.1.1.1", None),
        ("tel:15", None),
    ],
)
def test_where_a_request_within_a_call_goes(uri, address) -> None:
    assert _address(uri) == address
