"""The real engines, each loaded once for all tests of speech."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from models.store import State, Store
from voice.audio import resample, to_float
from voice.synthesis import Synthesizer
from voice.voices import open_synthesizer

KOKORO, PIPER, WHISPER = "kokoro-82m-int8", "piper-en_US-joe-medium", "whisper-base"
STORE = Store()


def needs(*model_ids: str) -> None:
    """Skip the test on a machine without these weights."""
    for model_id in model_ids:
        if STORE.state(model_id) is State.MISSING:
            pytest.skip(f"{model_id} is not in {STORE.root}")


@cache
def _opened(model_id: str, language: str) -> Synthesizer:
    return open_synthesizer(
        STORE.catalogue[model_id], STORE.folder(model_id), language=language, threads=2
    )


def kokoro() -> Synthesizer:
    """The French voice."""
    needs(KOKORO)
    return _opened(KOKORO, "fr")


def piper() -> Synthesizer:
    """The English voice."""
    needs(PIPER)
    return _opened(PIPER, "en")


@cache
def _whisper():
    from faster_whisper import WhisperModel

    return WhisperModel(str(STORE.folder(WHISPER)), compute_type="int8", cpu_threads=2)


def words(samples: NDArray[np.int16], rate_hz: int, language: str = "fr") -> str:
    """What Whisper hears, in lower case."""
    needs(WHISPER)
    heard, _ = _whisper().transcribe(
        resample(to_float(samples), rate_hz, 16_000), language=language, beam_size=5
    )
    return " ".join(segment.text.strip() for segment in heard).lower()
