"""A pipecat processor that turns the caller's audio into turns and their words.

    audio ─► Silero ─► TurnTaker ─┬─ STARTED ─► UserStartedSpeaking, Interruption if the bot speaks
                                  ├─ PAUSED  ─► recognise and judge ─► EagerTranscription
                                  ├─ RESUMED ─► EagerEndOfTurnCancel
                                  └─ ENDED   ─► UserStoppedSpeaking, then Transcription

What was recognised at a pause is the turn's transcription when the turn ends at that pause: the
words are computed once, while the silence is still being confirmed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

import numpy as np
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.time import time_now_iso8601

from voice.endpointing import EndOfTurnJudge, SpeechDetector
from voice.recognition import Heard, Recognizer
from voice.turns import CHUNK_SAMPLES, Kind, Samples, TurnEvent, TurnTaker

logger = logging.getLogger("allomairie.telephony")

COMPLETE = 0.5  #: Smart Turn probability from which a pause ends the turn sooner


@dataclass(frozen=True)
class Utterance:
    """What a turn's transcription frame carries in `result`."""

    heard: Heard
    speech_ended_at: float  #: time.monotonic() of the caller's last sound
    ended_at: float  #: time.monotonic() when the end was confirmed; 0.0 for a prediction
    interrupted_bot: bool
    judge_ms: float = 0.0


@dataclass
class _Pause:
    number: int
    words: asyncio.Task[Heard]
    judge_ms: float = 0.0


class Ears(FrameProcessor):
    """One caller's hearing. The recogniser and the judge are shared, the rest is this call's."""

    def __init__(
        self, recognizer: Recognizer, judge: EndOfTurnJudge, detector: SpeechDetector, hints: str
    ) -> None:
        super().__init__()
        self._recognizer = recognizer
        self._judge = judge
        self._detector = detector
        self._hints = hints
        self._taker = TurnTaker()
        self._left = np.zeros(0, np.int16)
        self._pause: _Pause | None = None
        self._interrupted_bot = False
        self.language = "fr"
        self.deaf = False  #: after a transfer nothing is heard any more (requirements R07)

    @property
    def caller_speaking(self) -> bool:
        """Whether a turn is open."""
        return self._taker.speaking

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hear audio; follow whether the bot speaks; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            if not self.deaf:
                await self._listen(np.frombuffer(frame.audio, np.int16))
            return  # nobody downstream needs the caller's audio
        if isinstance(frame, BotStartedSpeakingFrame):
            self._taker.bot_speaking = True
        elif isinstance(frame, BotStoppedSpeakingFrame):
            self._taker.bot_speaking = False
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Drop the recognition under way."""
        await super().cleanup()
        self._forget_pause()

    async def _listen(self, samples: Samples) -> None:
        pending = np.concatenate([self._left, samples])
        whole = len(pending) - len(pending) % CHUNK_SAMPLES
        self._left = pending[whole:]
        for chunk in np.split(pending[:whole], whole // CHUNK_SAMPLES) if whole else []:
            for event in self._taker.process(chunk, self._detector.probability(chunk)):
                await self._on_event(event)

    async def _on_event(self, event: TurnEvent) -> None:
        if event.kind is Kind.STARTED:
            self._interrupted_bot = self._taker.bot_speaking
            await self.push_frame(UserStartedSpeakingFrame())
            if self._interrupted_bot:
                await self.broadcast_interruption()
        elif event.kind is Kind.PAUSED:
            self._predict_end(event)
        elif event.kind is Kind.RESUMED:
            self._forget_pause()
            await self.push_frame(EagerEndOfTurnCancelFrame())
        else:
            await self._end_turn(event)

    def _predict_end(self, event: TurnEvent) -> None:
        words = self.create_task(
            self._recognizer.hear(event.audio, language=self.language, hints=self._hints)
        )
        pause = self._pause = _Pause(event.pause, words)
        speech_ended_at = time.monotonic() - event.silence_s
        self.create_task(self._ask_judge(pause, event.audio))
        self.create_task(self._push_eager(pause, speech_ended_at))

    async def _ask_judge(self, pause: _Pause, audio: Samples) -> None:
        started = time.monotonic()
        probability = await asyncio.to_thread(self._judge.probability, audio)
        pause.judge_ms = (time.monotonic() - started) * 1000
        if probability >= COMPLETE:
            self._taker.judged_complete(pause.number)

    async def _push_eager(self, pause: _Pause, speech_ended_at: float) -> None:
        try:
            heard = await asyncio.shield(pause.words)
        except Exception:
            return  # the end of the turn meets the same failure and deals with it
        if self._pause is pause:
            utterance = Utterance(heard, speech_ended_at, 0.0, self._interrupted_bot)
            await self.push_frame(
                EagerTranscriptionFrame(heard.text, "caller", time_now_iso8601(), result=utterance)
            )

    def _forget_pause(self) -> None:
        pause, self._pause = self._pause, None
        if pause is not None:
            pause.words.cancel()

    async def _end_turn(self, event: TurnEvent) -> None:
        now = time.monotonic()
        await self.push_frame(UserStoppedSpeakingFrame())
        pause, self._pause = self._pause, None
        if pause is None or pause.number != event.pause:
            words = self.create_task(
                self._recognizer.hear(event.audio, language=self.language, hints=self._hints)
            )
            pause = _Pause(event.pause, words)
        self.create_task(self._push_final(pause, now - event.silence_s, now))

    async def _push_final(self, pause: _Pause, speech_ended_at: float, ended_at: float) -> None:
        try:
            heard = await pause.words
        except Exception:
            logger.exception("recognition failed")
            heard = Heard.nothing(failed=True)
        utterance = Utterance(
            heard, speech_ended_at, ended_at, self._interrupted_bot, pause.judge_ms
        )
        await self.push_frame(
            TranscriptionFrame(
                heard.text, "caller", time_now_iso8601(), result=utterance, finalized=True
            )
        )
