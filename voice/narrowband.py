"""Any recording as a telephone call would deliver it: 8 kHz, G.711 A-law (ITU-T G.711)."""

from __future__ import annotations

import io

import soundfile

from voice.audio import Float, Pcm, resample, to_float, to_int16
from voice.turns import RATE_HZ

LINE_HZ = 8000


def as_on_a_call(samples: Float, rate_hz: int) -> Pcm:
    """The samples through the line and back to the recogniser's rate (16 kHz)."""
    payload = io.BytesIO()
    line = to_int16(resample(samples, rate_hz, LINE_HZ))
    soundfile.write(payload, line, LINE_HZ, format="RAW", subtype="ALAW")
    payload.seek(0)
    received, _ = soundfile.read(
        payload, format="RAW", subtype="ALAW", channels=1, samplerate=LINE_HZ, dtype="int16"
    )
    return to_int16(resample(to_float(received), LINE_HZ, RATE_HZ))
