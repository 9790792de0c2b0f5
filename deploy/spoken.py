"""Questions said aloud over a bad line, for `kb eval --spoken`: what the recogniser makes of them.

The callers are not the bot: its own French voice moved in pitch (native), and Kokoro's voices of
other languages given French phonemes (accented). Sound is made once and kept in the town's data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from deploy.errors import CannotStart
from deploy.parts import Town
from models import ModelError
from voice.audio import resample, wav_read, wav_write
from voice.kokoro_engine import KokoroModel, KokoroSynthesizer
from voice.line import Float, call_audio
from voice.recognition import Expectation
from voice.word_errors import compare

RATE_HZ = 24_000
SEED = 20261124
MILD_LEVEL_DB, MILD_NOISE_DB = (-24, -18), (25, 35)  #: dBFS; how far the noise is under that
MODEL, ACCENTS = "kokoro-82m-int8", "kokoro-caller-voices"


@dataclass(frozen=True)
class Voice:
    """A caller."""

    name: str
    file: str
    pitch: float = 1.0  #: how much higher (and faster) the recorded voice is played


VOICES = (
    Voice("native-low", "ff_siwis", 0.86),
    Voice("accent-en-f", "bf_emma"),
    Voice("native-high", "ff_siwis", 1.10),
    Voice("accent-es-m", "em_alex"),
    Voice("native", "ff_siwis", 0.95),
    Voice("accent-it-f", "if_sara"),
    Voice("native-low", "ff_siwis", 0.86),
    Voice("accent-pt-m", "pm_alex"),
    Voice("native-high", "ff_siwis", 1.10),
    Voice("accent-en-m", "am_michael"),
)


@dataclass(frozen=True)
class HeardTurn:
    """What was recognised, and how far it is from what was said."""

    text: str
    alternatives: tuple[str, ...]
    errors: tuple[int, int]  #: words wrong, words said
    language: str = "fr"


class SpokenCallers:
    """Says texts in changing voices and has them recognised as a call's audio would be.

    Raises:
        CannotStart: the voices or the recogniser are not in the model store.
    """

    def __init__(self, town: Town) -> None:
        self._engine, _ = town.open_whisper()
        self._hints = town.hints()
        self._cache = town.folder.data / "callers"
        try:
            self._model = KokoroModel(town.store.path(MODEL))
            self._accents = town.store.path(ACCENTS) / "voices"
            self._own = town.store.path(MODEL) / "voices"
        except ModelError as error:
            raise CannotStart(str(error)) from error
        self._voices: dict[str, KokoroSynthesizer] = {}

    @staticmethod
    def voice(number: int) -> Voice:
        """The voice of the caller with this number: half of them native."""
        return VOICES[number % len(VOICES)]

    def hear(
        self,
        voice: Voice,
        text: str,
        *,
        mild: bool = False,
        expected: Expectation | None = None,
    ) -> HeardTurn:
        """Say a text over the line and recognise it.

        Args:
            mild: an ordinary line instead of a bad one: `MILD_LEVEL_DB`, `MILD_NOISE_DB`.
            expected: what the conversation awaits.
        """
        random = np.random.default_rng([SEED, *hashlib.sha256(text.encode()).digest()[:4]])
        line = {"level_db": MILD_LEVEL_DB, "noise_db": MILD_NOISE_DB} if mild else {}
        audio = call_audio(self._spoken(voice, text), RATE_HZ, random, **line)
        heard = self._engine.transcribe(audio, hints=self._hints, expected=expected)
        errors = compare(text, heard.text)
        wrong = (errors.wrong, errors.words)
        return HeardTurn(heard.text, heard.alternatives, wrong, heard.language)

    def _spoken(self, voice: Voice, text: str) -> Float:
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = self._cache / f"{voice.file}-{key}.wav"
        if not path.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            wav_write(path, self._synthesizer(voice.file).synthesize(text), RATE_HZ)
        samples, rate_hz = wav_read(path)
        return resample(samples, round(rate_hz * voice.pitch), rate_hz)

    def _synthesizer(self, file: str) -> KokoroSynthesizer:
        if file not in self._voices:
            folder = self._own if file == "ff_siwis" else self._accents
            self._voices[file] = KokoroSynthesizer(self._model, folder / f"{file}.bin")
        return self._voices[file]
