"""What a microphone hands over when nobody speaks: each kind at several levels and seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.callers import SEED, Clip
from voice.line import LINE_HZ, Float, coloured_noise, over_the_line

_DTMF = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336), "#": (941, 1477)}
Source = Callable[[int, np.random.Generator], Float]


def noises(each: int = 8) -> list[Clip]:
    """`each` clips of every kind, 1 to 6 s, -60 to -15 dBFS; none holds a word."""
    clips = []
    for kind, source in KINDS.items():
        random = np.random.default_rng([SEED, len(kind), *kind.encode()])
        for i in range(each):
            sound = source(int(random.uniform(1, 6) * LINE_HZ), random)
            peak = max(1e-9, float(np.abs(sound).max()))
            level = 10 ** (random.uniform(-60 if kind in _QUIET else -30, -12) / 20)
            floor = coloured_noise(len(sound), 1.0, random) * np.float32(10 ** (-65 / 20))
            heard = over_the_line(sound * np.float32(level / peak), LINE_HZ, noise=floor)
            clips.append(Clip(f"{kind}{i}", "", heard))
    return clips


def _seconds(count: int) -> Float:
    return np.arange(count, dtype=np.float32) / np.float32(LINE_HZ)


def _tones(count: int, *hertz: float) -> Float:
    waves = [np.sin(2 * np.pi * f * _seconds(count)) for f in hertz]
    return np.asarray(np.sum(waves, axis=0), np.float32)


def _bursts(count: int, random: np.random.Generator, every_s: float, length_s: float) -> Float:
    """An envelope of sudden starts that die away."""
    envelope = np.zeros(count, np.float32)
    at = random.uniform(0, every_s)
    while at * LINE_HZ < count - 1:
        start = int(at * LINE_HZ)
        rest = _seconds(count - start)
        envelope[start:] += np.exp(-rest / (length_s * random.uniform(0.5, 1.5)))
        at += every_s * random.uniform(0.4, 1.6)
    return envelope


def _breath(count: int, random: np.random.Generator) -> Float:
    slow = np.sin(2 * np.pi * random.uniform(0.25, 0.5) * _seconds(count)) ** 4
    return np.asarray(coloured_noise(count, 0.7, random) * slow, np.float32)


def _cough(count: int, random: np.random.Generator) -> Float:
    voiced = _tones(count, *(random.uniform(90, 160) * k for k in (1, 2, 3, 5)))
    rough = coloured_noise(count, 0.5, random) * 2 + voiced
    return rough * _bursts(count, random, 0.45, 0.06)


def _music(count: int, random: np.random.Generator) -> Float:
    """A chord of plucked notes that changes twice a second."""
    out = np.zeros(count, np.float32)
    step = LINE_HZ // 2
    for start in range(0, count, step):
        root = 220 * 2 ** (random.integers(0, 12) / 12)
        length = min(step, count - start)
        chord = _tones(length, root, root * 1.26, root * 1.5, root * 2, root * 3)
        out[start : start + length] = chord * np.exp(-3 * _seconds(length))
    return out


def _melody(count: int, random: np.random.Generator) -> Float:
    """One line with vibrato, as a flute or somebody humming."""
    notes = 330 * 2 ** (random.integers(-5, 8, count // 3000 + 1) / 12)
    pitch = np.repeat(notes, 3000)[:count] * (1 + 0.01 * np.sin(2 * np.pi * 5 * _seconds(count)))
    phase = 2 * np.pi * np.cumsum(pitch) / LINE_HZ
    return np.asarray(np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase), np.float32)


def _keys(count: int, random: np.random.Generator) -> Float:
    """DTMF, 90 ms on, 70 ms off."""
    out = np.zeros(count, np.float32)
    on, step = int(0.09 * LINE_HZ), int(0.16 * LINE_HZ)
    for start in range(0, count - on, step):
        out[start : start + on] = _tones(on, *_DTMF[random.choice(list(_DTMF))])
    return out


def _cadence(hertz: tuple[float, ...], on_s: float, off_s: float) -> Source:
    def tone(count: int, random: np.random.Generator) -> Float:
        ringing = (_seconds(count) + random.uniform(0, on_s)) % (on_s + off_s) < on_s
        return _tones(count, *hertz) * ringing.astype(np.float32)

    return tone


def _coloured(slope: float) -> Source:
    return lambda count, random: coloured_noise(count, slope, random)


def _wind(count: int, random: np.random.Generator) -> Float:
    gust = np.abs(np.sin(2 * np.pi * random.uniform(0.1, 0.4) * _seconds(count))) + 0.2
    return np.asarray(coloured_noise(count, 2.0, random) * gust, np.float32)


def _clicks(count: int, random: np.random.Generator) -> Float:
    return coloured_noise(count, 0.0, random) * _bursts(count, random, 0.2, 0.004)


def _knocks(count: int, random: np.random.Generator) -> Float:
    body = _tones(count, random.uniform(120, 300)) + coloured_noise(count, 1.5, random)
    return body * _bursts(count, random, 0.4, 0.03)


def _siren(count: int, random: np.random.Generator) -> Float:
    pitch = np.where(_seconds(count) % 1.1 < 0.55, 435.0, 488.0)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(pitch) / LINE_HZ), np.float32)


def _silence(count: int, random: np.random.Generator) -> Float:
    return np.zeros(count, np.float32)


KINDS: dict[str, Source] = {
    "silence": _silence,
    "white": _coloured(0.0),
    "pink": _coloured(1.0),
    "brown": _coloured(2.0),
    "hum": _cadence((50, 100, 150, 300), 9.0, 0.0),
    "wind": _wind,
    "breath": _breath,
    "cough": _cough,
    "clicks": _clicks,
    "knocks": _knocks,
    "music": _music,
    "melody": _melody,
    "keys": _keys,
    "ringing": _cadence((440,), 1.5, 3.5),
    "busy": _cadence((440,), 0.5, 0.5),
    "fax": _cadence((1100,), 0.5, 3.0),
    "siren": _siren,
}
_QUIET = {"silence", "white", "pink", "brown", "hum", "wind", "breath"}
