"""Opus over SIP: two channels on the wire (RFC 7587), one in here, and its pitch kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import free_port
from tests.interop.exchange import talker
from tests.interop.lab import softphone, strongest_hz
from voice.audio import wav_read, wav_write

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]
SAID_HZ, HEARD_HZ = 1000, 440  #: the softphone's tone is 440 Hz


def tone(seconds: float, hertz: float, rate_hz: int) -> np.ndarray:
    samples = 8000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate_hz)) / rate_hz)
    return samples.astype(np.int16)


@pytest.mark.parametrize(
    ("codecs", "phone_codec", "rate_hz", "channels", "spoken"),
    [
        (("opus", "pcma"), "opus/48000/2", 48000, 2, "opus"),
        (("pcma", "pcmu", "g722"), "PCMA/8000/1", 8000, 1, "PCMA"),
    ],
)
def test_both_hear_the_others_tone(
    tmp_path: Path,
    codecs: tuple[str, ...],
    phone_codec: str,
    rate_hz: int,
    channels: int,
    spoken: str,
) -> None:
    """Debian's baresip and the media path of the server: each hears the tone of the other."""
    wav_write(tmp_path / "say.wav", tone(4, SAID_HZ, 24000), 24000)
    port = free_port()
    files = {"say": str(tmp_path / "say.wav"), "keep": str(tmp_path / "kept.wav")}
    with talker("", "127.0.0.1", port, codecs=codecs, **files) as server:
        phoned = softphone(
            tmp_path,
            f"sip:mairie@127.0.0.1:{port}",
            f"<sip:appelant@127.0.0.1>;regint=0;audio_codecs={phone_codec}",
            rate_hz=rate_hz,
            channels=channels,
            modules=("opus.so",),
        )
        assert server.wait("answered")["rate_hz"] == rate_hz, phoned.printed
        closed = server.wait("closed")
    assert closed["codec"] == spoken
    assert phoned.hertz == pytest.approx(SAID_HZ, abs=5), phoned.printed
    kept, kept_hz = wav_read(tmp_path / "kept.wav")
    assert strongest_hz(kept.astype(np.float64), kept_hz) == pytest.approx(HEARD_HZ, abs=5)
    assert np.abs(kept).max() > 0.1
