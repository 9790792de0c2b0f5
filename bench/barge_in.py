"""Cutting in, measured: the rule before (`old`) and the rule of `voice.barge_in` (`new`).

    allomairie bench barge-in [--quick] [--json]

The bot says a reply; after 1.5 s a sound comes from the caller's side, over 8 kHz A-law, with an
echo of the bot. Time is the audio's own: what the network and the telephone add comes on top (about
0.2 s, docs/benchmarks.md).

    stopped   the bot fell silent for good over a sound that should not have stopped it
    resumed   it fell silent, then said again what was left (old: from the clause's beginning)
    paused    it fell silent and went on from the very sample
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from bench.interruptions import Sound, as_float, at_level
from telephony.sip_transport import Widener
from voice.audio import to_int16
from voice.barge_in import Floor, OwnVoice, Playback, Verdict
from voice.endpointing import SpeechDetector
from voice.line import LINE_HZ, Float
from voice.turns import CHUNK_S, Kind, Samples, TurnEvent, TurnRules, TurnTaker

SOUND_AT_S = 1.5
TRIAL_S = 8.0
RECOGNITION_S = 0.45  #: what recognising a short turn takes (docs/benchmarks.md)
CHUNK = 256  #: samples of the line, one chunk of turn-taking
BOT_DB = -18.0

Words = Callable[[Samples], str]
Listens = Callable[[str], bool]


@dataclass
class Trial:
    """What one sound did to one rule."""

    sound: Sound
    silent_at_s: float | None = None  #: the bot fell silent, counted from the sound's onset
    silent_s: float = 0.0  #: how long it was silent before it went on
    end: str = "untouched"  #: or "paused", "resumed", "stopped"


@dataclass
class Line:
    """The bot's side and the caller's, chunk by chunk; a silent bot has no echo later on."""

    bot: Float
    sound: Sound
    random: np.random.Generator
    at: int = 0
    said: int = 0
    played: Float = field(default_factory=lambda: np.zeros(LINE_HZ, np.float32))

    def chunk(self, *, silent: bool) -> tuple[Samples, Samples]:
        """What the bot plays and what comes from the caller, the next 32 ms (8 kHz)."""
        out = np.zeros(CHUNK, np.float32)
        if not silent:
            part = self.bot[self.said : self.said + CHUNK]
            out[: len(part)] = part
            self.said += CHUNK
        self.played = np.concatenate([self.played[CHUNK:], out])
        heard = self.random.standard_normal(CHUNK).astype(np.float32) * np.float32(10**-3.1)
        start = self.at - int(SOUND_AT_S * LINE_HZ)
        part = self.sound.samples[max(0, start) : max(0, start + CHUNK)]
        if len(part):
            first = max(0, -start)
            heard[first : first + len(part)] += part[: CHUNK - first]
        if self.sound.echo_db is not None:
            back = int(self.sound.echo_s * LINE_HZ)
            echo = self.played[len(self.played) - back - CHUNK : len(self.played) - back]
            heard += echo * np.float32(10 ** (self.sound.echo_db / 20))
        self.at += CHUNK
        return to_int16(out), a_law(heard)


def a_law(samples: Float) -> Samples:
    """What G.711 leaves of samples (ITU-T G.711, 13 bits, A = 87.6)."""
    size = np.clip(np.abs(samples) * 4096, 0, 4095).astype(np.int64)
    step = np.left_shift(1, np.maximum(0, np.floor(np.log2(np.maximum(size, 1))) - 5).astype(int))
    step = np.maximum(step, 2)
    level = (size // step * step + step / 2) / 4096
    return to_int16((np.sign(samples) * level).astype(np.float32))


class OldRule:
    """0.20 s of clear speech ends the reply; without words, or after "d'accord", it is resumed."""

    rules = TurnRules(hold_s=99.0)

    def run(self, line: Line, detector: SpeechDetector, words: Words, listens: Listens) -> Trial:
        """Play one trial."""
        trial, taker, widen = Trial(line.sound), TurnTaker(self.rules), Widener(LINE_HZ)
        taker.bot_speaking = True
        for chunk, now_s, _ in _chunks(line, widen, lambda: trial.silent_at_s is not None):
            for event in taker.process(chunk, detector.probability(chunk)):
                if event.kind is Kind.STARTED and trial.silent_at_s is None:
                    trial.silent_at_s, trial.end = now_s, "stopped"
                    taker.bot_speaking = False
                elif event.kind is Kind.ENDED and trial.end == "stopped":
                    text = words(event.audio)
                    if not text or listens(text):
                        trial.end = "resumed"
                        trial.silent_s = now_s + RECOGNITION_S - (trial.silent_at_s or 0.0)
                    return trial
        return trial


class NewRule:
    """As `telephony.ears.Ears`: hold early, decide on words."""

    def run(self, line: Line, detector: SpeechDetector, words: Words, listens: Listens) -> Trial:
        """Play one trial."""
        return _NewTrial(line, detector, words, listens).run()


class _NewTrial:
    def __init__(
        self, line: Line, detector: SpeechDetector, words: Words, listens: Listens
    ) -> None:
        self._line, self._detector = line, detector
        self._words, self._listens = words, listens
        self._trial = Trial(line.sound)
        self._taker, self._widen = TurnTaker(), Widener(LINE_HZ)
        self._taker.bot_speaking = True
        self._playback = Playback()
        self._own, self._floor = OwnVoice(self._playback), Floor(listens)
        if line.sound.known_db is not None:
            usual = at_level(np.ones(LINE_HZ * 2, np.float32), line.sound.known_db)
            self._own.learn(to_int16(usual))
        self._held, self._since_s = False, 0.0
        self._heard: Samples | None = None  #: audio of a pause, being recognised
        self._due_s = 0.0

    def run(self) -> Trial:
        rules = self._taker.rules
        for chunk, now_s, out in _chunks(self._line, self._widen, lambda: self._held):
            self._playback.add(out, LINE_HZ)
            self._own.hear(chunk)
            probability = self._detector.probability(chunk)
            between = not self._taker.speaking and probability >= rules.speech
            if between and self._own.is_not_caller(chunk):
                probability = 0.0
            for event in self._taker.process(chunk, probability):
                self._on(event, now_s)
            verdict = self._verdict(now_s, speech=probability >= rules.speech)
            if verdict is Verdict.YIELD:
                return self._yielded()
            if verdict is Verdict.GO_ON:
                self._floor.settle()
                self._taker.end_now()
                self._release(now_s)
        return self._trial

    def _on(self, event: TurnEvent, now_s: float) -> None:
        if event.kind is Kind.HELD:
            self._hold(now_s)
        elif event.kind is Kind.RELEASED:
            self._release(now_s)
        elif event.kind is Kind.STARTED:
            self._floor.contest()
        elif event.kind is Kind.PAUSED:
            self._heard, self._due_s = event.audio, now_s + RECOGNITION_S
        elif event.kind is Kind.RESUMED:
            self._heard = None

    def _verdict(self, now_s: float, *, speech: bool) -> Verdict:
        if self._heard is not None and now_s >= self._due_s:
            heard, self._heard = self._heard, None
            return self._floor.words(self._words(heard))
        if self._floor.contested and self._taker.speaking:
            return self._floor.hear(speech=speech)
        return Verdict.WAIT

    def _hold(self, now_s: float) -> None:
        if not self._held:
            self._held, self._since_s = True, now_s
            known = self._trial.silent_at_s
            if known is None or known < 0:  # an earlier hold was let go again
                self._trial.silent_at_s = now_s

    def _release(self, now_s: float) -> None:
        if self._held:
            self._held, self._trial.end = False, "paused"
            self._trial.silent_s += now_s - self._since_s

    def _yielded(self) -> Trial:
        """The caller has the floor; a turn that proves wordless at its end is resumed after all."""
        trial, taker = self._trial, self._taker
        trial.end, taker.bot_speaking = "stopped", False
        for chunk, now_s, _ in _chunks(self._line, self._widen, lambda: True):
            for event in taker.process(chunk, self._detector.probability(chunk)):
                if event.kind is Kind.ENDED:
                    text = self._words(event.audio)
                    if not text or self._listens(text):
                        trial.end = "resumed"
                        trial.silent_s += now_s + RECOGNITION_S - (trial.silent_at_s or 0.0)
                    return trial
        return trial


def _chunks(line: Line, widen: Widener, silent: Callable[[], bool]) -> Any:
    """Chunks at 16 kHz, the time since the sound's onset, and what the bot played meanwhile."""
    left = np.zeros(0, np.int16)
    onset_s = SOUND_AT_S + line.sound.onset_s
    while line.at < TRIAL_S * LINE_HZ:
        out, heard = line.chunk(silent=silent())
        wide = np.frombuffer(widen(heard.tobytes()), np.int16)
        left = np.concatenate([left, wide])
        if len(left) >= 2 * CHUNK:
            chunk, left = left[: 2 * CHUNK], left[2 * CHUNK :]
            yield chunk, line.at / LINE_HZ - onset_s, out


def summary(trials: list[Trial]) -> dict[str, Any]:
    """Figures of one rule: stop times of interruptions, and what each other sound did."""
    real = [t for t in trials if t.sound.cuts_in]
    times = sorted(t.silent_at_s for t in real if t.silent_at_s is not None and t.silent_at_s > 0)
    early = sum(t.silent_at_s is not None and t.silent_at_s <= 0 for t in real)
    kinds = dict.fromkeys(t.sound.kind for t in trials if not t.sound.cuts_in)
    return {
        "interruptions": {
            "n": len(real),
            "yielded": sum(t.end == "stopped" for t in real),
            "stopped_before": early,  # by the echo
            "median_ms": round(1000 * median(times)) if times else None,
            "p95_ms": round(1000 * times[int(0.95 * (len(times) - 1))]) if times else None,
            "within_300_ms": round(sum(s <= 0.3 for s in times) / max(1, len(times)), 3),
        },
        "other": {kind: _of_kind([t for t in trials if t.sound.kind == kind]) for kind in kinds},
    }


def _of_kind(trials: list[Trial]) -> dict[str, Any]:
    counted = {end: sum(t.end == end for t in trials) for end in ("stopped", "resumed", "paused")}
    silent = [t.silent_s for t in trials if t.end in {"resumed", "paused"}]
    return {
        "n": len(trials),
        **counted,
        "silent_ms": round(1000 * median(silent)) if silent else None,
    }


def bot_speech(spoken: Float) -> Float:
    """The bot's reply at its level, 8 kHz, long enough for a trial."""
    long = np.tile(spoken, int(np.ceil(TRIAL_S * LINE_HZ / len(spoken))))
    return at_level(as_float(to_int16(long)), BOT_DB)


def run(sounds: list[Sound], bot: Float, words: Words, listens: Listens) -> dict[str, Any]:
    """Every sound under both rules."""
    results: dict[str, Any] = {}
    for name, rule in (("old", OldRule()), ("new", NewRule())):
        trials = [
            rule.run(
                Line(np.roll(bot, -LINE_HZ * (n % 5)), sound, np.random.default_rng(n)),
                SpeechDetector(),
                words,
                listens,
            )
            for n, sound in enumerate(sounds)
        ]
        results[name] = summary(trials)
    results["chunk_ms"] = round(1000 * CHUNK_S)
    return results
