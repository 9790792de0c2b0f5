"""Piper voices (VITS): fast enough to speak several times quicker than real time on one core."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from piper.config import PhonemeType, PiperConfig

from models.store import sha256_of
from voice.audio import silence, to_int16, trim
from voice.phonemes import phonemes
from voice.synthesis import check_speed, open_session, unloadable

_BETWEEN_SENTENCES_S = 0.2


class PiperSynthesizer:
    """One Piper voice; see `voice.synthesis.Synthesizer`.

    Args:
        path: the voice's .onnx file; its .onnx.json lies beside it.
        language: what the voice speaks.
        threads: cores for one clause.

    Raises:
        RuntimeError: the files are missing, damaged, or of a voice not made for espeak-ng.
    """

    name = "piper"

    def __init__(
        self, path: Path, *, language: str = "fr", threads: int = 2, device: str = "cpu"
    ) -> None:
        settings = Path(f"{path}.json")
        config = _config(settings)
        self._voice = PiperVoice(
            session=open_session(path, threads=threads, device=device), config=config
        )
        self.language = language
        self.voice = path.stem
        self.rate_hz = config.sample_rate
        self.fingerprint = sha256_of(path)

    def synthesize(self, text: str, *, speed: float = 1.0) -> NDArray[np.int16]:
        """Speak one clause; see `voice.synthesis.Synthesizer`."""
        check_speed(speed)
        config = self._voice.config
        pace = SynthesisConfig(length_scale=config.length_scale / speed)
        pieces: list[NDArray[np.int16]] = []
        for sentence in phonemes(text, config.espeak_voice, vowel_clusters=config.vowel_clusters):
            if pieces:
                pieces.append(silence(_BETWEEN_SENTENCES_S, self.rate_hz))
            ids = self._voice.phonemes_to_ids(sentence)
            spoken: Any = self._voice.phoneme_ids_to_audio(ids, pace)
            pieces.append(to_int16(trim(_in_range(np.atleast_1d(spoken)), self.rate_hz)))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def close(self) -> None:
        """Give the memory back; the engine is not used afterwards."""
        del self._voice


def _config(path: Path) -> PiperConfig:
    try:
        config = PiperConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuntimeError(unloadable(path)) from error
    if config.phoneme_type is not PhonemeType.ESPEAK:
        raise RuntimeError(
            f"The voice {path} needs {config.phoneme_type.value} phonemes; "
            "only Piper voices made for espeak-ng can speak here."
        )
    return config


def _in_range(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale down what exceeds full scale, so that nothing is clipped before the level is set."""
    peak = float(np.abs(samples).max(initial=0.0))
    return samples / np.float32(peak) if peak > 1.0 else samples
