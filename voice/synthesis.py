"""The small interface that every speech engine has, and what the engines share.

An engine turns one clause into sound at its own rate. Level, call rate, cache and order of work
are `voice.speaker`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

SLOWEST, FASTEST = 0.5, 2.0


class Synthesizer(Protocol):
    """One voice, loaded once, shared by all calls."""

    @property
    def name(self) -> str:
        """The engine: "kokoro" or "piper"."""

    @property
    def language(self) -> str:
        """What it speaks, ISO 639-1."""

    @property
    def voice(self) -> str:
        """The voice's name."""

    @property
    def rate_hz(self) -> int:
        """Rate of the samples that `synthesize` returns."""

    @property
    def fingerprint(self) -> str:
        """Changes when the weights change: part of the key of cached speech."""

    def synthesize(self, text: str, *, speed: float = 1.0) -> NDArray[np.int16]:
        """Speak one clause; blocks, may be called from several threads.

        Args:
            text: speakable text (numbers already in words).
            speed: 1.0 is natural, 0.8 is slow; 0.5 to 2.0.

        Returns:
            Mono samples without silence around them; empty when nothing can be spoken.

        Raises:
            ValueError: `speed` is out of range.
        """

    def close(self) -> None:
        """Give the memory back."""


def check_speed(speed: float) -> None:
    """Refuse a speed at which speech is no longer understood.

    Raises:
        ValueError: one sentence.
    """
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"The speed of speech is {speed}; it must be {SLOWEST} to {FASTEST}.")


def open_session(path: Path, *, threads: int, device: str) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session for clauses of any length on cores that others use too.

    Raises:
        RuntimeError: the file is not a model that can be loaded; one sentence with the remedy.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # every clause has another length: a remembered memory plan never fits
    options.enable_mem_pattern = False
    # idle threads sleep instead of spinning: recognition runs on the same cores
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    providers = ["CPUExecutionProvider"]
    if device == "cuda":
        providers.insert(0, "CUDAExecutionProvider")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # ONNX Runtime's own exceptions share no public base
        raise RuntimeError(unloadable(path)) from error


def unloadable(path: Path) -> str:
    """The sentence for a voice file that is missing or damaged."""
    return (
        f"The voice file {path} is missing or damaged; "
        "run `allomairie models verify`, then `allomairie models pull`."
    )
