"""Sound as numbers: level, rate, edges, files. Mono everywhere.

    engine ─► trim ─► resample ─► level ─► int16 at the call's rate

Samples are float32 in -1..1 while they are worked on, int16 when they rest or travel.
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voice.loudness import FRAME_S, frame_energy, level
from voice.loudness import Float as Float  # the type of samples, here for everyone

Pcm = NDArray[np.int16]

_SILENCE_DB = 42.0  #: a frame this far under the loudest one can be cut at the edges


def to_float(samples: Pcm) -> Float:
    """int16 to float32 in -1..1."""
    return samples.astype(np.float32) / np.float32(32768.0)


def to_int16(samples: Float) -> Pcm:
    """float32 to int16; what exceeds -1..1 is clipped."""
    rounded: Pcm = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype(np.int16)
    return rounded


def resample(samples: Float, from_hz: int, to_hz: int) -> Float:
    """Change the rate of a whole clip (soxr, high quality; the length scales exactly)."""
    if from_hz == to_hz or not samples.size:
        return samples
    resampled: Float = soxr.resample(samples, from_hz, to_hz, quality="HQ")
    return resampled.astype(np.float32, copy=False)


def trim(samples: Float, rate_hz: int, *, before_s: float = 0.03, after_s: float = 0.06) -> Float:
    """Cut the silence around speech to `before_s` and `after_s`, with short fades (no clicks).

    Returns:
        An empty array when there is no sound at all.
    """
    energy = frame_energy(samples, rate_hz)
    if not energy.size or energy.max() <= 0.0:
        return np.zeros(0, np.float32)
    heard = np.flatnonzero(energy > energy.max() * 10 ** (-_SILENCE_DB / 10))
    frame = int(rate_hz * FRAME_S)
    start = max(0, heard[0] * frame - int(before_s * rate_hz))
    end = min(len(samples), (heard[-1] + 1) * frame + int(after_s * rate_hz))
    return _faded(samples[start:end], rate_hz)


def silence(duration_s: float, rate_hz: int) -> Pcm:
    """`duration_s` of nothing."""
    return np.zeros(max(0, int(duration_s * rate_hz)), np.int16)


def fit(samples: Pcm, from_hz: int, to_hz: int) -> Pcm:
    """A clip as an engine made it, at the rate and the level of a call."""
    return to_int16(level(resample(to_float(samples), from_hz, to_hz), to_hz))


def _faded(samples: Float, rate_hz: int, fade_s: float = 0.005) -> Float:
    count = min(int(rate_hz * fade_s), len(samples) // 2)
    faded = samples.copy()
    if count:
        ramp = np.linspace(0.0, 1.0, count, dtype=np.float32)
        faded[:count] *= ramp
        faded[-count:] *= ramp[::-1]
    return faded


@dataclass(frozen=True)
class SpeechTag:
    """What a file of synthetic speech says about itself (AI Act, article 50(2))."""

    engine: str
    voice: str
    made_on: date
    checksum: str = ""  #: SHA-256 of the samples, where the reader must know them whole

    def __str__(self) -> str:
        text = f"IA=1; engine={self.engine}; voice={self.voice}; date={self.made_on.isoformat()}"
        return f"{text}; sha256={self.checksum}" if self.checksum else text


def checksum(samples: Pcm) -> str:
    """SHA-256 of the samples, hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(samples).tobytes()).hexdigest()


def wav_write(path: Path, samples: Pcm, rate_hz: int, *, tag: SpeechTag | None = None) -> None:
    """Write a 16-bit mono WAV whole or not at all; synthetic speech carries its `tag`.

    Raises:
        OSError: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        with soundfile.SoundFile(
            temporary, "w", rate_hz, channels=1, format="WAV", subtype="PCM_16"
        ) as file:
            if tag is not None:
                file.comment = str(tag)
            file.write(samples)
        temporary.replace(path)
    except soundfile.LibsndfileError as error:
        raise OSError(f"{path} cannot be written ({error.error_string.strip()}).") from error
    finally:
        temporary.unlink(missing_ok=True)


def wav_tag(path: Path) -> str:
    """The comment of an audio file, '' when it has none.

    Raises:
        ValueError, FileNotFoundError: as `wav_read`.
    """
    with _opened(path) as file:
        return str(file.comment)


def wav_read(path: Path) -> tuple[Float, int]:
    """Read an audio file (WAV, FLAC, Ogg) as mono.

    Returns:
        Samples in -1..1 and their rate in Hz.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not audio, or holds none; one sentence.
    """
    with _opened(path) as file:
        try:
            samples = file.read(dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise ValueError(_not_audio(path)) from error
        rate_hz = int(file.samplerate)
    if not samples.size:
        raise ValueError(f"{path} contains no sound.")
    if not np.isfinite(samples).all():
        raise ValueError(f"{path} contains samples that are not numbers.")
    return samples.mean(axis=1, dtype=np.float32), rate_hz


def _opened(path: Path) -> soundfile.SoundFile:
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError) as error:
        # soundfile wants a rate (TypeError) for files whose name says "raw"
        raise ValueError(_not_audio(path)) from error


def _not_audio(path: Path) -> str:
    return f"{path} is not an audio file that can be read (WAV, FLAC or Ogg)."
