"""How loud speech is: measured over what is spoken, set, and kept from clipping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

LEVEL_DBFS = -18.0  #: RMS of speech on the wire (requirement P13)
CEILING_DBFS = -1.0  #: highest peak after the limiter
FRAME_S = 0.010
_SPEECH_RANGE_DB = 30.0  #: a frame this far under the loudest one is a pause
_BLOCK_S = 0.001  #: resolution of the limiter
_GREATEST_GAIN = 30.0  #: about 30 dB: near-silence is not blown up to noise


def speech_rms_dbfs(samples: Float, rate_hz: int) -> float:
    """RMS over the frames that hold speech, in dB of full scale; -inf for silence."""
    energy = frame_energy(samples, rate_hz)
    if not energy.size or energy.max() <= 0.0:
        return float("-inf")
    spoken = energy[energy > energy.max() * 10 ** (-_SPEECH_RANGE_DB / 10)]
    return float(10 * np.log10(spoken.mean()))


def level(samples: Float, rate_hz: int, *, target_dbfs: float = LEVEL_DBFS) -> Float:
    """Bring speech to `target_dbfs` RMS, with peaks held under the ceiling and never clipped."""
    now = speech_rms_dbfs(samples, rate_hz)
    if now == float("-inf"):
        return samples
    gain = min(_GREATEST_GAIN, 10 ** ((target_dbfs - now) / 20))
    return _limited(samples * np.float32(gain), rate_hz)


def frame_energy(samples: Float, rate_hz: int) -> NDArray[np.float64]:
    """Mean square of each 10 ms frame; the last one may be short."""
    if not samples.size:
        return np.zeros(0)
    frame = int(rate_hz * FRAME_S)
    starts = np.arange(0, len(samples), frame)
    sums = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
    return np.asarray(sums / np.minimum(frame, len(samples) - starts))


def _limited(samples: Float, rate_hz: int) -> Float:
    """Turn down 9 ms around each peak over the ceiling, smoothly."""
    ceiling = 10 ** (CEILING_DBFS / 20)
    if not samples.size or np.abs(samples).max() <= ceiling:
        return samples
    block = max(1, int(rate_hz * _BLOCK_S))
    starts = np.arange(0, len(samples), block)
    peaks = np.maximum.reduceat(np.abs(samples), starts)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    # the minimum reaches one block further than smoothing and interpolation: no peak escapes
    held = np.lib.stride_tricks.sliding_window_view(np.pad(needed, 4, mode="edge"), 9).min(axis=1)
    smooth = np.convolve(np.pad(held, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    gain = np.interp(np.arange(len(samples)), starts + block / 2, smooth)
    return (samples * gain).astype(np.float32)
