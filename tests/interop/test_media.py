"""Sound on the wire: nothing clipped at either end of a call, no drift, dead calls end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.interop.exchange import NEAR, SIP_PORT, Telephone, link, talker
from tests.interop.link import Weather
from tests.interop.pacing import measure, noise
from tests.interop.party import FRAME, HZ, Party, Samples, where
from voice.audio import resample, to_int16, wav_read, wav_write

pytestmark = [pytest.mark.long, pytest.mark.interop, pytest.mark.timeout(180)]
SYLLABLE = HZ // 10
START = 2 * FRAME  #: what a caller says in the 40 ms after his ACK may meet a stream not yet open


def found_at(syllable: Samples, heard: Samples) -> int:
    """Where 100 ms stand whole in what was heard; half of it missing would fit 0.7."""
    at, fits = where(syllable, heard)
    assert fits > 0.9, f"it is not there (best fit {fits:.2f})"
    return at


@pytest.mark.parametrize("seconds", [1.0, 1.0125, 1.003])
def test_first_and_last_syllable_reach_the_caller(tmp_path: Path, seconds: float) -> None:
    """1. The bot speaks as soon as it answers. 2. It hangs up as soon as all is said: each sample
    is heard, whole packets or not, and BYE comes late enough for a telephone's jitter buffer."""
    said = noise(seconds, 3)
    wav_write(tmp_path / "say.wav", said, HZ)
    port = free_port()
    with (
        talker("", "127.0.0.1", port, say=str(tmp_path / "say.wav"), hang_up=True),
        Party(("127.0.0.1", port)) as party,
    ):
        assert party.until(party.ended, 20)
        heard = party.heard()
    first = found_at(said[:SYLLABLE], heard)
    last = found_at(said[-SYLLABLE:], heard)
    assert last - first == len(said) - SYLLABLE
    assert len(heard) - (last + SYLLABLE) >= 0.1 * HZ, "BYE right behind the last sound"


@pytest.mark.parametrize("pause_s", [0.1, 0.3])
def test_first_and_last_syllable_reach_the_bot(tmp_path: Path, pause_s: float) -> None:
    """1. The caller speaks with his first packet. 2. He hangs up a tenth of a second after his
    last: between the two nothing is missing."""
    said = noise(1.5, 4)
    port = free_port()
    with (
        talker("", "127.0.0.1", port, keep=str(tmp_path / "kept.wav")) as server,
        Party(("127.0.0.1", port), said) as party,
    ):
        assert party.until(lambda: party.said_all, 10)
        time.sleep(pause_s)
        party.bye()
        server.wait("closed")
    kept, rate_hz = wav_read(tmp_path / "kept.wav")
    heard = to_int16(resample(kept, rate_hz, HZ))
    first = found_at(said[START : START + SYLLABLE], heard)
    last = found_at(said[-SYLLABLE:], heard)
    assert last - first == len(said) - SYLLABLE - START


def test_the_pace_holds(tmp_path: Path) -> None:
    """A minute of it; `python -m tests.interop.pacing --minutes 10` is the whole.

    On a busy machine the stack's jitter buffer drops or waits a packet where packets came 20 ms off
    their time for 10 s, so that delay never adds up; nothing else may move a sample.
    """
    pacing = measure(60, tmp_path)
    assert (pacing.stamps_off, pacing.packets_lost, pacing.out_shift) == (0, 0, 0), pacing
    assert abs(pacing.in_shift) <= FRAME * 6, pacing
    assert abs(pacing.drift_ppm) < 100, pacing


def test_a_caller_who_falls_silent_on_the_wire_is_gone() -> None:
    """His telephone answers nothing and sends nothing, no BYE either."""
    port = free_port()
    with (
        talker("", "127.0.0.1", port, rtp_timeout_s=3) as server,
        Party(("127.0.0.1", port)) as party,
    ):
        server.wait("answered")
        time.sleep(4)
        assert not server.told("closed"), "a caller whose audio comes is not gone"
        party.stop()
        assert server.wait("closed", wait_s=20)["reason"] == "no audio for 3 s"


@pytest.mark.parametrize("how", ["killed", "cut off"])
def test_a_telephone_that_dies_ends_its_call(tmp_path: Path, how: str) -> None:
    """SIGKILL, or a network that carries nothing any more: the same to us."""
    wav_write(tmp_path / "say.wav", noise(20, 5), HZ)
    with (
        link(Weather()) as (network, names),
        talker(names["near"], rtp_timeout_s=3) as server,
    ):
        phone = Telephone(tmp_path / "phone", tmp_path / "say.wav", namespace=names["far"])
        phone.dial(f"sip:mairie@{NEAR}:{SIP_PORT}", 60)
        try:
            server.wait("answered")
            time.sleep(8)  # until it reported once (RTCP), every 5 s
            if how == "cut off":
                network.tell('{"loss": 1.0}')
            else:
                phone.kill()
            closed = server.wait("closed", wait_s=30)
        finally:
            phone.kill()
    assert closed["reason"] == "no audio for 3 s"
    assert closed["rx_packets"] > 100, "what was known of its audio is kept"
