"""The two models that decide turns, as pipecat ships them: Silero VAD and Smart Turn v3.

One `SpeechDetector` a call (it has a memory of the last windows), one `EndOfTurnJudge` for the
whole server (it has none). The weights of both are loaded once: a session of Silero for each call
costs 11 MiB that the allocator keeps.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import ExecutionMode, InferenceSession, SessionOptions
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroOnnxModel, SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADAnalyzer

from voice.turns import RATE_HZ

SMART_TURN = "smart-turn-v3.2-cpu.onnx"  #: as pipecat ships it


class SpeechDetector:
    """Silero VAD on one call's audio; about 0.15 ms a chunk."""

    def __init__(self) -> None:
        self._silero = _Silero()
        self._silero.set_sample_rate(RATE_HZ)

    def probability(self, chunk: NDArray[np.int16]) -> float:
        """Speech probability (0..1) of the next `voice.turns.CHUNK_SAMPLES` samples."""
        return float(np.asarray(self._silero.voice_confidence(chunk.tobytes())).item())


class _Silero(SileroVADAnalyzer):
    """pipecat's analyzer on the weights that all calls share."""

    def __init__(self) -> None:
        VADAnalyzer.__init__(self, sample_rate=RATE_HZ)
        self._model = _CallerState(_session())
        self._windows_since_reset = 0
        self._low_confidence_windows = 0


class _CallerState(SileroOnnxModel):
    """One caller's recurrent state."""

    def __init__(self, session: InferenceSession) -> None:
        self.session = session
        self.sample_rates = [8_000, 16_000]
        self.reset_states()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1)
def _session() -> InferenceSession:
    with as_file(files("pipecat.audio.vad.data").joinpath("silero_vad.onnx")) as path:
        return SileroOnnxModel(str(path)).session  # type: ignore[no-untyped-call]


def _precise(file: str) -> InferenceSession:
    """A session of pipecat's Smart Turn that counts rightly on every processor.

    Without VNNI (AVX2 alone), 8-bit products saturate by default, and "alors, euh" is taken for
    finished (0.93 instead of 0.52).
    """
    options = SessionOptions()
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.add_session_config_entry("session.x64quantprecision", "1")
    with as_file(files("pipecat.audio.turn.smart_turn.data").joinpath(file)) as path:
        return InferenceSession(str(path), options)


class EndOfTurnJudge(LocalSmartTurnAnalyzerV3):
    """Smart Turn v3.2: does this pause end the turn? Shared by all calls, thread-safe.

    Only the model of pipecat's analyzer is used: its buffers follow one caller, ours is asked
    about many. About 55 ms on one core.
    """

    def __init__(self) -> None:
        super().__init__(sample_rate=RATE_HZ)
        self._session = _precise(SMART_TURN)

    def probability(self, audio: NDArray[np.int16]) -> float:
        """Probability (0..1) that the turn is finished; `audio` is the turn so far, 16 kHz."""
        result: dict[str, Any] = self._predict_endpoint(audio.astype(np.float32) / 32768.0)
        return float(result["probability"])
