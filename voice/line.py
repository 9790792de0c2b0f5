"""A telephone line to test with: 8 kHz A-law, a level, a noise.

Real lines differ; the figures made with this one compare, they do not promise.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

from voice.audio import resample, to_int16
from voice.turns import RATE_HZ

Pcm = NDArray[np.int16]
Float = NDArray[np.float32]

LINE_HZ = 8_000


def over_the_line(samples: Float, rate_hz: int, *, noise: Float | None = None) -> Pcm:
    """What 8 kHz A-law leaves of a sound, at 16 kHz; `noise` is added at the line's rate."""
    narrow = resample(samples, rate_hz, LINE_HZ)
    if noise is not None:
        narrow = narrow + noise[: len(narrow)]
    wire = io.BytesIO()
    soundfile.write(wire, np.clip(narrow, -1, 1), LINE_HZ, format="WAV", subtype="ALAW")
    wire.seek(0)
    heard, _ = soundfile.read(wire, dtype="float32")
    return to_int16(resample(heard, LINE_HZ, RATE_HZ))


def coloured_noise(count: int, slope: float, random: np.random.Generator) -> Float:
    """Noise of RMS 1 whose power falls with frequency to the `slope`: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** (slope / 2)
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)), np.float32)


def call_audio(
    speech: Float,
    rate_hz: int,
    random: np.random.Generator,
    *,
    level_db: tuple[float, float] = (-30, -18),
    noise_db: tuple[float, float] = (15, 30),
) -> Pcm:
    """A spoken turn as a call brings it, 16 kHz: some silence around it, a level, a noise under it.

    Args:
        level_db: from and to, dBFS of the speech.
        noise_db: from and to, how far the noise is under the speech.
    """
    narrow = resample(speech, rate_hz, LINE_HZ)
    level = 10 ** (random.uniform(*level_db) / 20)
    padded = np.pad(narrow, (int(0.35 * LINE_HZ), int(0.25 * LINE_HZ)))
    padded = padded * np.float32(level / np.sqrt(np.mean(narrow**2)))
    under = np.float32(level * 10 ** (-random.uniform(*noise_db) / 20))
    noise = coloured_noise(len(padded), random.choice([0.0, 1.0, 1.5]), random)
    return over_the_line(padded, LINE_HZ, noise=noise * under)
