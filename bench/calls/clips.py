"""Questions as sound: rendered once, kept as 8 kHz mono WAV with the place of the last syllable.

Voices are Kokoro's that are not the bot's (French with an accent) and, where it is installed,
espeak-ng's; the level and the noise under the caller vary with the caller. What the telephone
sends is the clip over the caller's noise, in A-law.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench.callers import ACCENTS, SEED, Callers
from bench.calls.questions import PAUSE_S, Question
from voice.audio import resample, to_int16, trim, wav_write
from voice.line import LINE_HZ, Float, coloured_noise

ESPEAK = ("fr+f2", "fr+m3", "fr-be+f4")  #: voices of espeak-ng, its pronunciation is French
SYLLABLE_DB = -32.0  #: under the clip's loudest 20 ms: what is quieter is breath, not a syllable
NOISE_S = 4.0
FRAME = LINE_HZ // 50


@dataclass(frozen=True)
class Spoken:
    """One question as a file."""

    path: str  #: WAV, 8 kHz mono, without noise
    words: str
    sheets: tuple[str, ...]
    onset: int  #: sample of its first sound
    end: int  #: sample after its last syllable
    pauses: int  #: inside the sentence

    def as_dict(self) -> dict[str, Any]:
        """For the caller's process."""
        return asdict(self)


def voices() -> tuple[str, ...]:
    """The voices that this machine has, accented ones and espeak-ng's in turn."""
    if shutil.which("espeak-ng") is None:
        return tuple(ACCENTS)
    mixed: list[str] = []
    for at, accent in enumerate(ACCENTS):
        mixed.append(accent)
        if at % 3 == 2:
            mixed.append(ESPEAK[at // 3 % len(ESPEAK)])
    return tuple(mixed)


def edges(speech: Float) -> tuple[int, int]:
    """Samples of the first sound and of the end of the last syllable, at 8 kHz.

    Raises:
        ValueError: there is no sound.
    """
    count = len(speech) // FRAME
    rms = np.sqrt(np.mean(speech[: count * FRAME].reshape(count, FRAME) ** 2, axis=1))
    if not count or rms.max() <= 0:
        raise ValueError("a question without any sound cannot be measured")
    loud = np.flatnonzero(rms > rms.max() * 10 ** (SYLLABLE_DB / 20))
    return int(loud[0]) * FRAME, (int(loud[-1]) + 1) * FRAME


class Studio:
    """Renders what callers say into a cache folder; what is there is not made again."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._callers = Callers(cache)

    def speak(self, question: Question, voice: str, caller: int) -> Spoken:
        """A question in a voice, at this caller's level."""
        random = np.random.default_rng([SEED, caller])
        level = 10 ** (random.uniform(-28, -19) / 20)
        parts = [self._part(part, voice) for part in question.parts]
        pauses = np.random.default_rng(len(question.text)).uniform(*PAUSE_S, len(parts))
        pieces: list[Float] = []
        for part, pause_s in zip(parts, pauses, strict=True):
            pieces += [part, np.zeros(int(pause_s * LINE_HZ), np.float32)]
        speech = np.concatenate(pieces[:-1])
        speech = speech * np.float32(level / np.sqrt(np.mean(speech[speech != 0] ** 2)))
        onset, end = edges(speech)
        key = hashlib.sha256(f"{question.text} {voice} {caller}".encode()).hexdigest()[:16]
        path = self._cache / f"ask-{key}.wav"
        wav_write(path, to_int16(np.clip(speech, -1, 1)), LINE_HZ)
        return Spoken(str(path), question.words, tuple(question.sheets), onset, end, len(parts) - 1)

    def noise(self, caller: int) -> Path:
        """What is heard under this caller all the time: 4 s to be repeated, -62 to -48 dBFS."""
        random = np.random.default_rng([SEED, caller, 1])
        bed = coloured_noise(int(NOISE_S * LINE_HZ), random.choice([0.0, 1.0, 1.5]), random)
        path = self._cache / f"noise-{caller}.wav"
        self._cache.mkdir(parents=True, exist_ok=True)
        wav_write(path, to_int16(bed * np.float32(10 ** (random.uniform(-62, -48) / 20))), LINE_HZ)
        return path

    def _part(self, text: str, voice: str) -> Float:
        if voice.startswith("fr"):
            samples, rate_hz = _espeak(text, voice)
        else:
            samples, rate_hz = self._callers.spoken(text, voice), 24_000
        narrow = resample(samples, rate_hz, LINE_HZ)
        return trim(narrow, LINE_HZ)  # its own silences would be pauses that nobody wrote


def _espeak(text: str, voice: str) -> tuple[Float, int]:
    command = ["espeak-ng", "-v", voice, "-s", "150", "--stdout", text]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    samples, rate_hz = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    return samples, int(rate_hz)
