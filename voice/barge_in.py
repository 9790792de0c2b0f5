"""Cutting in: is this sound a caller who wants the floor, the bot's own echo, or a cough?

    sound ─► OwnVoice: echo, or far under the caller's level ─► not speech
          ─► TurnTaker: 64 ms of speech ─► HELD: the bot pauses ─┬─ it was a click ─► RELEASED
                        0.20 s ─► a turn ─► Floor ───────────────┼─ no words, "d'accord" ─► GO_ON
                                                                 └─ words, 1.2 s ─► YIELD

Holding is cheap because nothing is lost by it: the bot goes on from the very sample. So the bot is
quiet early, and what the caller meant is decided later, on words. Everything here is clocked in
seconds of audio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from voice.turns import CHUNK_S, CHUNK_SAMPLES, Samples

Float = NDArray[np.float32]

_HZ = 8_000  #: echo is looked for at the telephone's rate
_FULL = np.float32(32768.0)
_SILENT_DB = -100.0


@dataclass(frozen=True)
class BargeInRules:
    """Thresholds; docs/hearing.md has the figures that chose them."""

    echo: float = 0.5  #: correlation with what was just played, from which a sound is its echo
    echo_s: float = 0.25  #: of sound that is compared
    lag_s: float = 0.9  #: how long after its playing an echo may come
    floor_db: float = -37.0  #: quieter chunks are no caller's, while his level is not known (dBFS)
    under_db: float = 15.0  #: a sound so far under the caller's own level is somebody else's
    sure_s: float = 1.2  #: speech after which the bot yields without waiting for words
    longest_s: float = 1.8  #: the bot waits so long for a verdict, then it yields


class Playback:
    """The last seconds of what the bot says, as handed to the wire."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._ring = np.zeros(round(seconds * _HZ), np.float32)

    def add(self, samples: Samples, rate_hz: int) -> None:
        """Note what is being played; any multiple of 8 kHz."""
        heard = _at_8_khz(samples, rate_hz)[-len(self._ring) :]
        self._ring = np.concatenate([self._ring[len(heard) :], heard])

    def last(self, seconds: float) -> Float:
        """The last seconds played, 8 kHz."""
        return self._ring[-round(seconds * _HZ) :]


class OwnVoice:
    """Tells the caller from the bot's echo and from voices far behind him.

    Args:
        playback: what the bot plays.
    """

    def __init__(self, playback: Playback, rules: BargeInRules | None = None) -> None:
        self._playback = playback
        self._rules = rules or BargeInRules()
        self._heard = np.zeros(round(self._rules.echo_s * _HZ), np.float32)
        self._caller_db: float | None = None

    def hear(self, chunk: Samples) -> None:
        """Follow the sound on the line; every chunk, in order."""
        new = _at_8_khz(chunk, 2 * _HZ)
        self._heard = np.concatenate([self._heard[len(new) :], new])

    def learn(self, turn: Samples) -> None:
        """A caller's turn with words: what is far quieter than this is not he."""
        chunks = turn[: len(turn) - len(turn) % CHUNK_SAMPLES].reshape(-1, CHUNK_SAMPLES)
        if len(chunks) >= 8:
            level = float(np.percentile([level_db(chunk) for chunk in chunks], 75))
            known = self._caller_db
            self._caller_db = level if known is None else 0.5 * (known + level)

    @property
    def least_db(self) -> float:
        """The level under which a chunk is no caller's."""
        if self._caller_db is None:
            return self._rules.floor_db
        return max(self._rules.floor_db, self._caller_db - self._rules.under_db)

    def is_not_caller(self, chunk: Samples) -> bool:
        """Whether the last chunk given to `hear` is too quiet, or the bot's echo."""
        return level_db(chunk) < self.least_db or self.echo() >= self._rules.echo

    def echo(self) -> float:
        """How much the last sound looks like something that was just played, 0..1."""
        return resemblance(self._heard, self._playback.last(self._rules.lag_s))


class Verdict(Enum):
    """Who has the floor."""

    WAIT = "wait"
    YIELD = "yield"  #: the caller: the bot's reply is over
    GO_ON = "go_on"  #: the bot: the caller coughed, or only listens


class Floor:
    """Decides a contested floor: the bot is held, a turn is open, what does the caller want?

    Args:
        only_listens: whether words are a "d'accord" and not an answer.
    """

    def __init__(
        self, only_listens: Callable[[str], bool], rules: BargeInRules | None = None
    ) -> None:
        self._only_listens = only_listens
        self._rules = rules or BargeInRules()
        self._speech_s = self._waited_s = 0.0
        self.contested = False

    def contest(self) -> None:
        """The caller began to speak over the bot, or went on after a verdict of GO_ON."""
        self.contested, self._speech_s, self._waited_s = True, 0.0, 0.0

    def settle(self) -> None:
        """The question is closed."""
        self.contested = False

    def hear(self, *, speech: bool) -> Verdict:
        """One more chunk of audio while the floor is contested."""
        self._speech_s += CHUNK_S if speech else 0.0
        self._waited_s += CHUNK_S
        late = self._waited_s >= self._rules.longest_s
        return Verdict.YIELD if late or self._speech_s >= self._rules.sure_s else Verdict.WAIT

    def words(self, text: str) -> Verdict:
        """What was recognised at a pause."""
        return Verdict.GO_ON if not text or self._only_listens(text) else Verdict.YIELD


def level_db(samples: Samples) -> float:
    """Level of a sound, dBFS."""
    if not len(samples):
        return _SILENT_DB
    power = float(np.mean((samples.astype(np.float32) / _FULL) ** 2))
    return max(_SILENT_DB, 10.0 * float(np.log10(power + 1e-12)))


def resemblance(heard: Float, played: Float) -> float:
    """The largest normalised correlation of `heard` with any stretch of `played`, 0..1."""
    count = len(heard)
    energy = float(np.dot(heard, heard))
    if energy <= 1e-7 or len(played) < count or not np.any(played):
        return 0.0
    size = 1 << (len(played) + count - 1).bit_length()
    spectrum = np.fft.rfft(played, size) * np.conj(np.fft.rfft(heard, size))
    products = np.fft.irfft(spectrum, size)[: len(played) - count + 1]
    sums = np.concatenate([[0.0], np.cumsum(played.astype(np.float64) ** 2)])
    energies = (sums[count:] - sums[:-count])[: len(products)]
    norms = np.sqrt(np.maximum(energies, 1e-4) * energy)
    return float(np.max(np.abs(products) / norms))


def _at_8_khz(samples: Samples, rate_hz: int) -> Float:
    """Means of neighbours are filter enough to compare sounds by."""
    step = max(1, rate_hz // _HZ)
    whole = samples[: len(samples) - len(samples) % step].astype(np.float32) / _FULL
    return np.asarray(whole.reshape(-1, step).mean(axis=1), np.float32)
