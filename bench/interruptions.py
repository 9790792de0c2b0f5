"""Sounds over the bot's speech: callers who cut in, and everything that only sounds so.

Voices are Kokoro's that are not the bot's; noises are made (`bench.noises`); a person's voice comes
from Debian's `asterisk-core-sounds-fr-wav` where it is installed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench.callers import ACCENTS, QUESTIONS, SEED, Callers, people
from bench.noises import KINDS
from voice.audio import resample
from voice.line import LINE_HZ, Float, coloured_noise

INTERRUPTIONS = """\
Attendez.
Non, ce n'est pas ça.
Excusez-moi.
Stop.
Je voudrais parler à quelqu'un.
Oui, mais ma question c'était autre chose.
Agent.
Pardon, vous pouvez répéter ?
Et le samedi ?
Au secours, il y a le feu.
""".splitlines()
LISTENING = ["D'accord.", "Oui, oui.", "Hum, hum.", "Ah bon ?", "Je vois.", "Ok.", "Très bien."]
LAUGHTER = ["Ah ah ah ah !", "Hi hi hi !", "Oh oh oh."]


@dataclass(frozen=True)
class Sound:
    """What comes from the caller's side while the bot speaks, 8 kHz, before the line."""

    kind: str
    samples: Float
    cuts_in: bool = False  #: the caller wants the floor
    echo_db: float | None = None  #: level of the bot's echo under its own voice
    echo_s: float = 0.12  #: when it comes back
    known_db: float | None = None  #: the caller's level, when he has spoken before

    @property
    def onset_s(self) -> float:
        """When its first sound above a fiftieth of its peak is."""
        loud = np.abs(self.samples) > 0.02 * float(np.abs(self.samples).max())
        return float(np.argmax(loud)) / LINE_HZ


class Sounds:
    """The set, the same at every run.

    Args:
        each: sounds of each kind.
    """

    def __init__(self, callers: Callers, each: int) -> None:
        self._callers = callers
        self._each = each
        self._random = np.random.default_rng(SEED)

    def all(self) -> list[Sound]:
        """Every kind, interruptions first."""
        return [
            *self._voices("interruption", INTERRUPTIONS, 2 * self._each, cuts_in=True),
            *self._people(),
            *self._voices("d'accord, hum", LISTENING, 2 * self._each),
            *self._voices("laughter", LAUGHTER, self._each),
            *self._voices("television", QUESTIONS, self._each, level_db=(-50, -40)),
            *self._noises("cough", "cough"),
            *self._noises("keyboard", "clicks"),
            *self._noises("door", "knocks"),
            *self._noises("breath", "breath", level_db=(-45, -28)),
            *self._noises("music", "music", level_db=(-50, -36)),
            *self._street(),
            *self._echoes(),
        ]

    def _voices(
        self,
        kind: str,
        texts: list[str],
        count: int,
        *,
        cuts_in: bool = False,
        level_db: tuple[float, float] = (-30, -18),
    ) -> list[Sound]:
        sounds = []
        for i in range(count):
            voice = ACCENTS[i % len(ACCENTS)]
            spoken = self._callers.spoken(texts[(i + i // len(ACCENTS)) % len(texts)], voice)
            level = float(self._random.uniform(*level_db))
            samples = at_level(resample(spoken, 24_000, LINE_HZ), level)
            sound = Sound(kind, samples, cuts_in)
            # half of the calls have an echo, half of the callers were heard before
            if i % 2:
                sound = replace(sound, echo_db=float(self._random.uniform(-30, -20)))
            if i % 4 < 2:
                usual = level if level_db[1] > -35 else float(self._random.uniform(-30, -18))
                sound = replace(sound, known_db=usual)
            sounds.append(sound)
        return sounds

    def _people(self) -> list[Sound]:
        """A person who dictates over the bot."""
        clips = people()[: self._each]
        return [
            Sound("interruption", at_level(resample(as_float(c.audio), 16_000, LINE_HZ), -24), True)
            for c in clips
        ]

    def _noises(
        self, kind: str, source: str, *, level_db: tuple[float, float] = (-35, -20)
    ) -> list[Sound]:
        sounds = []
        for _ in range(self._each):
            made = KINDS[source](int(self._random.uniform(0.4, 3) * LINE_HZ), self._random)
            peak = max(1e-9, float(np.abs(made).max()))
            level = 10 ** (float(self._random.uniform(*level_db)) / 20) * 3  # peaks, not power
            sounds.append(Sound(kind, made * np.float32(min(0.9, level) / peak)))
        return sounds

    def _street(self) -> list[Sound]:
        """Traffic: rumble that swells, with a horn in every other one."""
        sounds = []
        for i in range(self._each):
            count = int(self._random.uniform(2, 4) * LINE_HZ)
            swell = np.sin(np.pi * np.arange(count) / count).astype(np.float32) ** 2
            made = coloured_noise(count, 1.5, self._random) * swell
            if i % 2:
                at = count // 2
                horn = KINDS["busy"](LINE_HZ // 2, self._random)[: count - at]
                made[at : at + len(horn)] += horn * np.float32(0.7)
            sounds.append(Sound("street", at_level(made, float(self._random.uniform(-38, -26)))))
        return sounds

    def _echoes(self) -> list[Sound]:
        """Nothing but the bot's own voice coming back."""
        return [
            Sound(
                "echo of the bot",
                np.full(LINE_HZ * 3, 1e-5, np.float32),
                echo_db=float(self._random.uniform(-30, -20)),
                echo_s=float(self._random.uniform(0.03, 0.45)),
            )
            for _ in range(2 * self._each)
        ]


def at_level(samples: Float, level_db: float) -> Float:
    """The sound at this level (dBFS of its power)."""
    power = float(np.sqrt(np.mean(samples**2))) or 1.0
    return np.asarray(np.clip(samples * (10 ** (level_db / 20) / power), -1, 1), np.float32)


def as_float(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> Float:
    """-1 to 1."""
    return np.asarray(samples, np.float32) / np.float32(32768.0)
