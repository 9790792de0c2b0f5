"""A pipecat processor that turns the caller's audio into turns and their words.

    audio ─► Silero ─► TurnTaker ─┬─ HELD    ─► the bot's speech waits (`Gate`)
                                  ├─ STARTED ─► UserStartedSpeaking, or a contested floor
                                  ├─ PAUSED  ─► recognise and judge ─► EagerTranscription
                                  ├─ RESUMED ─► EagerEndOfTurnCancel
                                  └─ ENDED   ─► UserStoppedSpeaking, then Transcription

What was recognised at a pause is the turn's transcription when the turn ends at that pause: the
words are computed once, while the silence is still being confirmed. A turn over the bot's speech
stays in here until `Floor` gives the caller the floor: a cough reaches nobody. Words that tell of
an emergency end the turn at once, wherever they are in it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.time import time_now_iso8601

from telephony.gate import Gate
from voice.barge_in import Floor, OwnVoice, Playback, Verdict
from voice.endpointing import EndOfTurnJudge, SpeechDetector
from voice.partials import Partials
from voice.recognition import Expectation, Heard, Recognizer
from voice.turns import CHUNK_SAMPLES, Kind, Samples, TurnEvent, TurnTaker

logger = logging.getLogger("allomairie.telephony")

ANSWERED_S = 2.0  #: after urgent words, the bot is about to speak and must not be cut
COMPLETE = 0.5  #: Smart Turn probability from which a pause ends the turn sooner


@dataclass(frozen=True)
class Utterance:
    """What a turn's transcription frame carries in `result`."""

    heard: Heard
    speech_ended_at: float  #: time.monotonic() of the caller's last sound
    ended_at: float  #: time.monotonic() when the end was confirmed; 0.0 for a prediction
    interrupted_bot: bool
    judge_ms: float = 0.0
    urgent: bool = False  #: ended because its words tell of an emergency


@dataclass
class _Pause:
    number: int
    words: asyncio.Task[Heard]
    judge_ms: float = 0.0


Urgency = Callable[[str, Sequence[str]], bool]  #: words, and what else they may have been


@dataclass
class Attention:
    """What the conversation asks of one caller's ears; each has a sensible default."""

    urgent: Urgency = lambda _words, _or: False  #: all words up to a pause
    urgent_so_far: Urgency = lambda _words, _or: False  #: words that may go on
    only_listens: Callable[[str], bool] = lambda _words: False  #: "d'accord", not an answer
    insists: Callable[[], bool] = lambda: False  #: the bot may not be cut now
    expects: Callable[[], Expectation | None] = lambda: None  #: what is awaited now


class Ears(FrameProcessor):
    """One caller's hearing. The recogniser and the judge are shared, the rest is this call's.

    Args:
        gate: holds the bot's speech while it is not clear who has the floor.
        playback: what the bot plays, to know its echo.
        partials: how often words are looked at while the caller speaks on.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        judge: EndOfTurnJudge,
        detector: SpeechDetector,
        hints: str,
        *,
        gate: Gate | None = None,
        playback: Playback | None = None,
        partials: Partials | None = None,
    ) -> None:
        super().__init__()
        self._recognizer = recognizer
        self._judge = judge
        self._detector = detector
        self._hints = hints
        self._gate = gate or Gate()
        self._own = OwnVoice(playback or Playback())
        self._floor = Floor(lambda words: self.attention.only_listens(words))
        self._partials = partials or Partials()
        self._partial: asyncio.Task[None] | None = None
        self._taker = TurnTaker()
        self._left = np.zeros(0, np.int16)
        self._pause: _Pause | None = None
        self._interrupted_bot = False
        self._insist_until = 0.0  #: time.monotonic()
        self.attention = Attention()  #: set by the conductor
        self.language = "fr"
        self.deaf = False  #: after a transfer nothing is heard any more (requirements R07)

    @property
    def caller_speaking(self) -> bool:
        """Whether a turn is open."""
        return self._taker.speaking

    @property
    def end_silence_s(self) -> float:
        """Seconds of silence that end a turn, the one under way included (requirements P08)."""
        return self._taker.end_silence_s

    @end_silence_s.setter
    def end_silence_s(self, seconds: float) -> None:
        if not 0 < seconds < float("inf"):
            raise ValueError(f"a silence of {seconds!r} s cannot end a turn")
        self._taker.end_silence_s = seconds

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
        elif isinstance(frame, InterruptionFrame):
            self._gate.release()  # a key: what was held is dropped, what comes next is said
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Drop the recognition under way."""
        await super().cleanup()
        self._gate.release()
        self._forget_pause()
        self._forget_partial()

    # -- audio -------------------------------------------------------------------------------

    async def _listen(self, samples: Samples) -> None:
        pending = np.concatenate([self._left, samples])
        whole = len(pending) - len(pending) % CHUNK_SAMPLES
        self._left = pending[whole:]
        for chunk in np.split(pending[:whole], whole // CHUNK_SAMPLES) if whole else []:
            await self._hear(chunk)

    async def _hear(self, chunk: Samples) -> None:
        probability = self._detector.probability(chunk)
        self._own.hear(chunk)
        taker = self._taker
        if self._insists() and not taker.speaking:
            probability = 0.0
        elif taker.bot_speaking and not taker.speaking and probability >= taker.rules.speech:
            probability = 0.0 if self._own.is_not_caller(chunk) else probability
        for event in taker.process(chunk, probability):
            await self._on_event(event)
        if taker.speaking and self._floor.contested:
            verdict = self._floor.hear(speech=probability >= taker.rules.speech)
            if verdict is Verdict.YIELD:
                await self._yield_floor()
        if taker.speaking and not taker.silent:
            self._look_at_words()

    def _insists(self) -> bool:
        return self.attention.insists() or time.monotonic() < self._insist_until

    async def _on_event(self, event: TurnEvent) -> None:
        if event.kind is Kind.HELD:
            self._gate.hold()
        elif event.kind is Kind.RELEASED:
            self._gate.release()
        elif event.kind is Kind.STARTED:
            await self._start_turn()
        elif event.kind is Kind.PAUSED:
            self._predict_end(event)
        elif event.kind is Kind.RESUMED:
            await self._go_on_with_turn()
        else:
            await self._end_turn(event)

    async def _start_turn(self) -> None:
        self._partials.start()
        self._interrupted_bot = self._taker.bot_speaking
        if self._interrupted_bot:
            self._floor.contest()
        else:
            self._gate.release()
            await self.push_frame(UserStartedSpeakingFrame())

    async def _go_on_with_turn(self) -> None:
        self._forget_pause()
        self._partials.start()
        if not self._floor.contested:
            await self.push_frame(EagerEndOfTurnCancelFrame())

    # -- the floor ---------------------------------------------------------------------------

    async def _yield_floor(self) -> None:
        """The caller has the floor: the bot's reply is over."""
        self._floor.settle()
        await self.push_frame(UserStartedSpeakingFrame())
        await self.broadcast_interruption()
        self._gate.release()

    async def _decide_floor(self, text: str) -> bool:
        """Settle a contested floor on words; whether the turn is the caller's.

        If not, the caller only coughed or listens: the bot goes on from the very sample.
        """
        if not self._floor.contested:
            return True
        if self._floor.words(text) is Verdict.YIELD:
            await self._yield_floor()
            return True
        self._floor.settle()
        self._gate.release()
        return False

    # -- words -------------------------------------------------------------------------------

    def _recognise(self, audio: Samples, *, whole: bool = True) -> asyncio.Task[Heard]:
        """The words of a turn; one that may go on answers nothing yet, and is looked at once."""
        hints = self._hints if self.language == "fr" else ""  # they are a French sentence
        expected = self.attention.expects() if whole else None
        words = self._recognizer.hear(audio, language=self.language, hints=hints, expected=expected)
        return self.create_task(words)

    def _look_at_words(self) -> None:
        """While the caller speaks on, see now and then whether his words are urgent."""
        if not self._partials.due(busy=self._recognizer.waiting > 0):
            return
        if self._partial is None or self._partial.done():
            audio = self._taker.running(self._partials.rules.window_s)
            self._partial = self.create_task(self._look(self._recognise(audio, whole=False)))

    async def _look(self, words: asyncio.Task[Heard]) -> None:
        try:
            heard = await words
        except Exception:
            logger.exception("recognition of a turn under way failed")
            return
        urgent = self.attention.urgent_so_far(heard.text, heard.alternatives)
        if urgent and self._taker.speaking:
            await self._end_urgently(heard, time.monotonic())

    async def _end_urgently(self, heard: Heard, speech_ended_at: float) -> None:
        """End the turn under way with these words, over whatever the bot says."""
        self._forget_pause()
        event = self._taker.end_now()
        if event is None:
            return
        if self._floor.contested or self._taker.bot_speaking:
            await self._yield_floor()
        now = time.monotonic()
        self._insist_until = now + ANSWERED_S
        await self.push_frame(UserStoppedSpeakingFrame())
        utterance = Utterance(heard, speech_ended_at, now, self._interrupted_bot, urgent=True)
        await self._push_transcription(utterance)

    def _predict_end(self, event: TurnEvent) -> None:
        self._partials.start()
        pause = self._pause = _Pause(event.pause, self._recognise(event.audio))
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
        if self._pause is not pause:
            return
        if self.attention.urgent(heard.text, heard.alternatives):
            await self._end_urgently(heard, speech_ended_at)
        elif await self._decide_floor(heard.text):
            utterance = Utterance(heard, speech_ended_at, 0.0, self._interrupted_bot)
            await self.push_frame(
                EagerTranscriptionFrame(heard.text, "caller", time_now_iso8601(), result=utterance)
            )
        else:
            self._pause = None
            self._taker.end_now()  # nobody's turn: the bot's echo must not keep it open

    def _forget_pause(self) -> None:
        pause, self._pause = self._pause, None
        if pause is not None:
            pause.words.cancel()

    def _forget_partial(self) -> None:
        partial, self._partial = self._partial, None
        if partial is not None:
            partial.cancel()

    # -- the end of a turn -------------------------------------------------------------------

    async def _end_turn(self, event: TurnEvent) -> None:
        now = time.monotonic()
        pause, self._pause = self._pause, None
        if not self._floor.contested:
            await self.push_frame(UserStoppedSpeakingFrame())
        if pause is None or pause.number != event.pause:
            pause = _Pause(event.pause, self._recognise(event.audio))
        self.create_task(self._push_final(pause, event, now))

    async def _push_final(self, pause: _Pause, event: TurnEvent, ended_at: float) -> None:
        try:
            heard = await pause.words
        except Exception:
            logger.exception("recognition failed")
            heard = Heard.nothing(failed=True)
        if self._floor.contested:
            if not await self._decide_floor(heard.text):
                return
            await self.push_frame(UserStoppedSpeakingFrame())
        if heard.text:
            self._own.learn(event.audio)
        await self._push_transcription(
            Utterance(
                heard,
                ended_at - event.silence_s,
                ended_at,
                self._interrupted_bot,
                pause.judge_ms,
                urgent=self.attention.urgent(heard.text, heard.alternatives),
            )
        )

    async def _push_transcription(self, utterance: Utterance) -> None:
        text = utterance.heard.text
        await self.push_frame(
            TranscriptionFrame(text, "caller", time_now_iso8601(), result=utterance, finalized=True)
        )
