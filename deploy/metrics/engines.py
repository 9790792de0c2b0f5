"""Engines that are timed: the same interfaces, and what each call took is told.

They stand between the engine and its queue, so waiting is not in the figures, and the engines
themselves know nothing of being counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from voice.recognition import Expectation, Heard, Transcriber
from voice.synthesis import Synthesizer

Note = Callable[[float, bool], None]  #: seconds that it took, and whether it went well


@contextmanager
def _noted(note: Note) -> Iterator[None]:
    started, well = time.perf_counter(), False
    try:
        yield
        well = True
    finally:
        note(time.perf_counter() - started, well)


class TimedTranscriber:
    """A recogniser that tells what each turn took."""

    def __init__(self, engine: Transcriber, note: Note) -> None:
        self._engine = engine
        self._note = note

    def transcribe(
        self,
        audio: NDArray[np.int16],
        *,
        language: str = "fr",
        hints: str = "",
        expected: Expectation | None = None,
    ) -> Heard:
        """See `Transcriber.transcribe`."""
        with _noted(self._note):
            return self._engine.transcribe(audio, language=language, hints=hints, expected=expected)


class TimedSynthesizer:
    """A voice that tells what each clause took."""

    def __init__(self, voice: Synthesizer, note: Note) -> None:
        self._voice = voice
        self._note = note

    @property
    def name(self) -> str:
        """See `Synthesizer.name`."""
        return self._voice.name

    @property
    def language(self) -> str:
        """See `Synthesizer.language`."""
        return self._voice.language

    @property
    def voice(self) -> str:
        """See `Synthesizer.voice`."""
        return self._voice.voice

    @property
    def rate_hz(self) -> int:
        """See `Synthesizer.rate_hz`."""
        return self._voice.rate_hz

    @property
    def fingerprint(self) -> str:
        """See `Synthesizer.fingerprint`."""
        return self._voice.fingerprint

    def synthesize(self, text: str, *, speed: float = 1.0) -> NDArray[np.int16]:
        """See `Synthesizer.synthesize`."""
        with _noted(self._note):
            return self._voice.synthesize(text, speed=speed)

    def close(self) -> None:
        """See `Synthesizer.close`."""
        self._voice.close()
