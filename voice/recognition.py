"""Recognition as the rest of the program sees it: audio of one turn in, words out.

`Transcriber` is what an engine offers (blocking, thread-safe); `Recognizer` is the queue in front
of the one engine that all calls share. `Expectation` is what the conversation waits for: a turn
whose first reading does not answer it is looked at a second time with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Heard:
    """The words of one turn."""

    text: str  #: '' when nothing was said, or only noise
    language: str = "fr"  #: ISO 639-1 of the words
    language_probability: float = 1.0
    confidence: float = 0.0  #: exp of the mean log-probability of a token, 0..1
    no_speech: float = 0.0  #: the model's probability that nobody spoke
    audio_s: float = 0.0
    compute_ms: float = 0.0
    passes: str = ""  #: decodings it took: "beam", "beam+en" (tried), "beam+30s", "beam+awaited"
    alternatives: tuple[str, ...] = ()  #: what the engine also considered, likeliest first
    failed: bool = False  #: the engine failed: nothing is known of what was said

    @classmethod
    def nothing(cls, *, failed: bool = False) -> Heard:
        """An empty turn."""
        return cls(text="", failed=failed)


class Expectation(Protocol):
    """What may be said next; asked from the engine's threads, so it must not change anything."""

    @property
    def sure(self) -> float:
        """Confidence of the first reading from which the turn is not decoded again."""

    def settles(self, text: str) -> bool:
        """Whether the first reading is understood, so that no other one is looked for."""

    def answers(self, text: str) -> bool:
        """Whether a reading is what is awaited: it may then be preferred to the likeliest one."""

    def hints(self, readings: Sequence[str]) -> str:
        """Sentences like those awaited, for the second look; '' when it could not help."""


class Transcriber(Protocol):
    """An engine that writes down one turn."""

    def transcribe(
        self,
        audio: NDArray[np.int16],
        *,
        language: str = "fr",
        hints: str = "",
        expected: Expectation | None = None,
    ) -> Heard:
        """Write down `audio` (16 kHz mono).

        Args:
            audio: one turn of any length; an empty one is nothing heard.
            language: what the call speaks; another one is reported when it is clearly heard.
            hints: words of the town that are likely to be said.
            expected: what the conversation awaits; without it the likeliest reading is kept.
        """


class Recognizer:
    """The engine's queue: calls wait their turn here, never on the event loop.

    Args:
        engine: shared by all calls.
        workers: recognitions at once; the engine must have been opened for as many.
    """

    def __init__(self, engine: Transcriber, *, workers: int = 1) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="recognise")
        self.waiting = 0

    async def hear(
        self,
        audio: NDArray[np.int16],
        *,
        language: str = "fr",
        hints: str = "",
        expected: Expectation | None = None,
    ) -> Heard:
        """Recognise one turn; cancelling it before its turn comes costs nothing."""
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._pool,
                lambda: self._engine.transcribe(
                    audio, language=language, hints=hints, expected=expected
                ),
            )
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Let the recognition under way finish and take no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
