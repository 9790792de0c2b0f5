"""When the caller starts and stops speaking: a plain class clocked in audio received.

    silence ──speech for start_s──► speaking ──pause_s of silence──► pausing ──┬─speech──► speaking
       ▲                                                                       │
       └───────── silence_s, or complete_s once a model says "finished" ◄──────┘

While the bot speaks, a little speech holds it before a turn opens (HELD, RELEASED when it was a
click): see `voice.barge_in`.

No clock, no model, no task in here: the same audio gives the same decisions every time. Speech
probabilities come from Silero, the verdict on a pause from Smart Turn, both through
`voice.endpointing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
CHUNK_SAMPLES = 512  #: what Silero takes at 16 kHz: 32 ms
CHUNK_S = CHUNK_SAMPLES / RATE_HZ

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class TurnRules:
    """Thresholds of turn-taking; start and stop differ so that a verdict does not flicker."""

    speech: float = 0.55  #: probability from which a chunk is speech
    silence: float = 0.35  #: probability under which it is silence again
    start_s: float = 0.13  #: speech needed to open a turn
    hold_s: float = (
        0.064  #: speech over the bot after which it falls silent, to be on the safe side
    )
    barge_in_s: float = 0.20  #: speech needed to open a turn while the bot speaks
    barge_in_speech: float = 0.75  #: probability needed then: line echo scores lower
    pause_s: float = 0.22  #: silence after which the end of the turn is predicted
    complete_s: float = 0.42  #: silence that ends a turn a model judged finished
    silence_s: float = 0.9  #: silence that ends any turn (requirements P08)
    judged_up_to_s: float = 2.0  #: no model ends turns given more: digits in groups sound finished
    pre_roll_s: float = 0.35  #: audio kept from before the turn opened, for its first syllable
    max_turn_s: float = 45.0  #: a turn is closed after this, so that no caller fills the memory


class Kind(Enum):
    """What happened in the audio."""

    HELD = "held"  #: perhaps the caller cuts in
    RELEASED = "released"  #: he did not
    STARTED = "started"  #: the caller speaks
    PAUSED = "paused"  #: a likely end: start working on `audio`
    RESUMED = "resumed"  #: the likely end was not one
    ENDED = "ended"  #: the turn is over, `audio` is all of it


@dataclass(frozen=True)
class TurnEvent:
    """One decision. `audio` is 16 kHz mono; `silence_s` how long the caller has been silent."""

    kind: Kind
    pause: int = 0  #: number of the pause within the call, to match predictions with it
    audio: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    silence_s: float = 0.0


class TurnTaker:
    """Follows one caller's audio and says when turns start, may end, and end."""

    def __init__(self, rules: TurnRules | None = None) -> None:
        self.rules = rules or TurnRules()
        self.bot_speaking = False  #: set by the owner: opening a turn then takes more
        self.end_silence_s = self.rules.silence_s  #: set by the owner: dictation, slow mode
        self._speaking = False
        self._paused = False
        self._complete = False
        self._held = False
        self._pause = 0
        self._speech_s = 0.0
        self._silence_s = 0.0
        self._chunks: list[Samples] = []

    @property
    def speaking(self) -> bool:
        """Whether a turn is open."""
        return self._speaking

    def process(self, chunk: Samples, probability: float) -> list[TurnEvent]:
        """Take the next `CHUNK_SAMPLES` of audio with its speech probability (0..1)."""
        self._chunks.append(chunk)
        return self._in_turn(probability) if self._speaking else self._between_turns(probability)

    def running(self, seconds: float) -> Samples:
        """The end of the turn under way, `seconds` at most."""
        return np.concatenate(self._chunks[-max(1, round(seconds / CHUNK_S)) :])

    @property
    def turn_s(self) -> float:
        """How long the turn under way is, the moment before it included."""
        return len(self._chunks) * CHUNK_S if self._speaking else 0.0

    @property
    def silent(self) -> bool:
        """Whether the turn under way has fallen silent."""
        return self._paused

    def end_now(self) -> TurnEvent | None:
        """Close the turn under way; None when there is none."""
        return self._end() if self._speaking else None

    def judged_complete(self, pause: int) -> None:
        """A model says that the turn is finished at this pause: end it sooner."""
        if self._paused and pause == self._pause:
            self._complete = True

    def _between_turns(self, probability: float) -> list[TurnEvent]:
        rules = self.rules
        threshold = rules.barge_in_speech if self.bot_speaking else rules.speech
        needed = rules.barge_in_s if self.bot_speaking else rules.start_s
        if probability >= threshold:
            self._speech_s += CHUNK_S
        elif probability < rules.silence:
            # one who hesitates while the bot waits for him is not let down at once
            self._speech_s = max(0.0, self._speech_s - (0.5 if self._held else 2.0) * CHUNK_S)
        if self._speech_s < needed:
            keep = round((rules.pre_roll_s + rules.barge_in_s) / CHUNK_S)
            del self._chunks[:-keep]
            return self._hold()
        self._speaking, self._held, self._silence_s = True, False, 0.0
        return [TurnEvent(Kind.STARTED)]

    def _hold(self) -> list[TurnEvent]:
        """Whether the bot falls silent or goes on, before anybody's turn."""
        if self._held and not self._speech_s:
            self._held = False
            return [TurnEvent(Kind.RELEASED)]
        if not self._held and self.bot_speaking and self._speech_s >= self.rules.hold_s:
            self._held = True
            return [TurnEvent(Kind.HELD)]
        return []

    def _in_turn(self, probability: float) -> list[TurnEvent]:
        rules = self.rules
        events = []
        if probability >= rules.speech:
            self._silence_s = 0.0
            if self._paused:
                self._paused = self._complete = False
                events.append(TurnEvent(Kind.RESUMED, self._pause))
        elif probability < rules.silence or self._silence_s:
            self._silence_s += CHUNK_S
        if not self._paused and self._silence_s >= rules.pause_s:
            self._paused, self._complete = True, False
            self._pause += 1
            events.append(TurnEvent(Kind.PAUSED, self._pause, self._audio(), self._silence_s))
        too_long = len(self._chunks) * CHUNK_S >= rules.max_turn_s
        if too_long or (self._paused and self._silence_s >= self._limit_s()):
            events.append(self._end())
        return events

    def _limit_s(self) -> float:
        """The silence that ends the turn now."""
        if not self._complete or self.end_silence_s > self.rules.judged_up_to_s:
            return self.end_silence_s
        return self.rules.complete_s * self.end_silence_s / self.rules.silence_s

    def _end(self) -> TurnEvent:
        if not self._paused:
            self._pause += 1
        event = TurnEvent(Kind.ENDED, self._pause, self._audio(), self._silence_s)
        keep = round(self.rules.pre_roll_s / CHUNK_S)
        # cut in the middle of speech, the next turn goes on from here: no word is heard twice
        self._chunks = self._chunks[-keep:] if self._paused else []
        self._speaking = self._paused = self._complete = self._held = False
        self._speech_s = self._silence_s = 0.0
        return event

    def _audio(self) -> Samples:
        return np.concatenate(self._chunks)
