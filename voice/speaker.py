"""Says texts: clause by clause, from the cache where possible, each call at its own rate.

    text ─► speakable ─► clauses ─► cache ──hit──────────────► call's rate and level ─► samples
                                      └miss─► queue ─► engine ─┘

Kept is what the engine made, at its own rate: one rendering serves telephone and browser.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from voice.audio import fit, silence
from voice.clauses import clauses
from voice.dictation import is_group, marked, pieces
from voice.speakable import Pronunciation, speakable
from voice.speakable.english import speakable_english
from voice.speech_cache import SpeechCache, SpeechKey
from voice.speech_queue import NEVER, SpeechQueue
from voice.synthesis import Synthesizer, check_speed

logger = logging.getLogger("allomairie.voice")

Pcm = NDArray[np.int16]
_PAUSES_S = {".": 0.25, "!": 0.25, "?": 0.25, "…": 0.25, ":": 0.18, ";": 0.15, ",": 0.10}


class SpeechFailed(RuntimeError):
    """The engine could not make a clause."""


class Clause(str):
    """A clause in another language than the rest of its reply."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Clause:
        """A clause and the language of the voice that speaks it."""
        made = super().__new__(cls, text)
        made.language = language
        return made


@dataclass(frozen=True)
class Spoken:
    """One clause of a reply, ready to play."""

    text: str
    samples: Pcm  #: mono, at the rate that was asked; with the pause that follows the clause


@dataclass(frozen=True)
class _Order:
    """A clause, how it shall sound and whether it is kept on disk."""

    key: SpeechKey
    synthesizer: Synthesizer
    rate_hz: int
    keep: bool


class Speaker:
    """One per server; all calls speak through it.

    Args:
        synthesizers: one voice for each language; their owner closes them. The first one speaks
            for languages that have none: an accent is better than silence.
        cache: where speech already made is found.
        pronunciation: the town's own words and how they are said.
        workers: clauses made at once.
        longest_queue: clauses that may wait before `SpeechBusy`.
        clock: monotonic seconds.

    Raises:
        ValueError: there is no voice at all.
    """

    def __init__(
        self,
        synthesizers: Mapping[str, Synthesizer],
        cache: SpeechCache,
        *,
        pronunciation: Pronunciation | None = None,
        workers: int = 1,
        longest_queue: int = 256,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not synthesizers:
            raise ValueError("A speaker needs at least one voice.")
        self._synthesizers = dict(synthesizers)
        self._cache = cache
        self._pronunciation = pronunciation
        self._clock = clock
        self._queue = SpeechQueue(workers=workers, longest=longest_queue)
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="speech-read")

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks."""
        return tuple(self._synthesizers)

    @property
    def waiting(self) -> int:
        """Clauses that wait for an engine, all calls together."""
        return self._queue.waiting

    @property
    def cache(self) -> SpeechCache:
        """Where speech already made is found; it counts its hits and misses."""
        return self._cache

    def voice(self, lang: str = "fr") -> Synthesizer:
        """The voice that speaks `lang`."""
        return self._synthesizers.get(lang) or next(iter(self._synthesizers.values()))

    def clauses(self, text: str, lang: str = "fr", *, slow: bool = False) -> list[str]:
        """The clauses of a text as they will be spoken; [] when it holds no word.

        Args:
            slow: longer pauses between the groups of a number.
        """
        words = text
        if lang == "fr":
            words = speakable(
                text, pronunciation=self._pronunciation, today=date.today(), slow=slow
            )
        elif lang == "en":
            words = speakable_english(text)
        return [clause for clause in clauses(words) if any(c.isalnum() for c in clause)]

    def say(
        self,
        clause: str,
        *,
        lang: str = "fr",
        rate_hz: int = 8000,
        speed: float = 1.0,
        keep: bool = False,
    ) -> Pcm:
        """Samples of one clause, as `clauses` gives them; blocks until they are made.

        Args:
            keep: also store it on disk, for sentences that will be said again.

        Returns:
            Mono at `rate_hz` and -18 dBFS, without pauses around; empty when there is no word.

        Raises:
            ValueError: `speed` is out of range.
            SpeechBusy: the queue is full.
            SpeechFailed: the engine failed.
        """
        order = self._order(clause, lang, rate_hz, speed, keep)
        found = self._look_up(order)
        if found is not None:
            return found
        return self._queue.submit(lambda: self._make(order), due_s=self._clock()).result()

    async def render(
        self,
        clause: str,
        *,
        lang: str = "fr",
        rate_hz: int = 8000,
        speed: float = 1.0,
        keep: bool = False,
    ) -> Pcm:
        """As `say`, without blocking the loop; cancelling it withdraws the clause if it waits."""
        order = self._order(clause, lang, rate_hz, speed, keep)
        return await self._obtain(order, self._clock())

    async def stream(
        self,
        text: str | Sequence[str],
        *,
        lang: str = "fr",
        rate_hz: int = 8000,
        speed: float = 1.0,
        keep: bool = False,
        cancelled: asyncio.Event | None = None,
    ) -> AsyncIterator[Spoken]:
        """Speak a reply clause by clause; while one is handed out the next is being made.

        Args:
            text: a text, or the clauses that `clauses` made of it.
            cancelled: its setting, closing the iterator and cancelling the task all withdraw
                what is queued.

        Raises:
            ValueError, SpeechBusy, SpeechFailed: as `say`.
        """
        self._order("", lang, rate_hz, speed, keep)  # refuse before any work
        loop = asyncio.get_running_loop()
        parts = (
            await loop.run_in_executor(self._readers, self.clauses, text, lang)
            if isinstance(text, str)
            else list(text)
        )
        orders = [self._order(part, lang, rate_hz, speed, keep) for part in parts]
        played_at = self._clock()
        task = asyncio.create_task(self._obtain(orders[0], played_at)) if orders else None
        try:
            for number, part in enumerate(parts):
                assert task is not None  # noqa: S101 - there is one for every clause
                samples = await _unless(task, cancelled)
                if samples is None:
                    return
                if number + 1 < len(parts):
                    samples = np.concatenate([samples, silence(pause_s(part) / speed, rate_hz)])
                    played_at = max(played_at, self._clock()) + len(samples) / rate_hz
                    task = asyncio.create_task(self._obtain(orders[number + 1], played_at))
                if samples.size:
                    yield Spoken(part, samples)
        finally:
            if task is not None:
                task.cancel()

    async def prerender(
        self,
        sentences: Iterable[str],
        *,
        lang: str = "fr",
        rate_hz: int = 8000,
        speed: float = 1.0,
        quiet: asyncio.Event | None = None,
    ) -> int:
        """Make sentences in advance and keep them on disk.

        Args:
            rate_hz: of the calls to come; speech kept for one rate serves the others too.
            quiet: set while no call needs the engine; between clauses it is waited for.

        Returns:
            How many clauses had to be made.
        """
        made = 0
        for sentence in sentences:
            # in a thread: with everything kept already, this loop would never yield
            parts = await asyncio.get_running_loop().run_in_executor(
                self._readers, self.clauses, sentence, lang
            )
            for clause in parts:
                order = self._order(clause, lang, rate_hz, speed, True)
                if self._cache.kept(order.key):
                    continue
                if quiet is not None:
                    await quiet.wait()
                try:
                    await self._obtain(order, NEVER)
                    made += 1
                except SpeechFailed as error:
                    logger.warning("not made in advance: %s", error)
        return made

    def close(self) -> None:
        """Withdraw what waits; the clause being made is finished."""
        self._queue.close()
        self._readers.shutdown(wait=False, cancel_futures=True)

    def _order(self, text: str, lang: str, rate_hz: int, speed: float, keep: bool) -> _Order:
        check_speed(speed)
        synthesizer = self.voice(text.language if isinstance(text, Clause) else lang)
        key = SpeechKey(
            text=marked(text.strip()) if synthesizer.language == "fr" else text.strip(),
            language=synthesizer.language,
            engine=synthesizer.name,
            voice=synthesizer.voice,
            fingerprint=synthesizer.fingerprint,
            speed=round(speed, 2),
            rate_hz=synthesizer.rate_hz,
        )
        return _Order(key, synthesizer, rate_hz, keep)

    async def _obtain(self, order: _Order, due_s: float) -> Pcm:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._readers, self._look_up, order)
        if found is not None:
            return found
        made = self._queue.submit(lambda: self._make(order), due_s=due_s)
        return await asyncio.wrap_future(made)

    def _look_up(self, order: _Order) -> Pcm | None:
        samples = self._cache.get(order.key)
        if samples is None:
            return None
        if order.keep:
            self._cache.persist(order.key, samples)
        return fit(samples, order.key.rate_hz, order.rate_hz)

    def _make(self, order: _Order) -> Pcm:
        # another call may have asked for the same clause while this one waited
        found = self._look_up(order)
        if found is not None:
            return found
        try:
            samples = self._synthesized(order)
        except Exception as error:  # whatever the engine's library raises
            raise SpeechFailed(
                f"The voice {order.key.voice} failed on a clause of {len(order.key.text)} "
                f"characters ({type(error).__name__})."
            ) from error
        self._cache.put(order.key, samples, keep=order.keep)
        return fit(samples, order.key.rate_hz, order.rate_hz)

    def _synthesized(self, order: _Order) -> Pcm:
        """The clause as the engine makes it; a dictated number group by group, with pauses."""
        key, speed = order.key, order.key.speed
        parts = pieces(key.text)
        if len(parts) < 2:
            return order.synthesizer.synthesize(key.text, speed=speed)
        sound: list[Pcm] = []
        for part, pause in parts:
            piece = replace(key, text=part)
            samples = self._cache.get(piece) if is_group(part) else None
            if samples is None:
                samples = order.synthesizer.synthesize(part, speed=speed)
                if is_group(part):
                    self._cache.put(piece, samples, keep=True)
            sound += [samples, silence(pause / speed, key.rate_hz)]
        return np.concatenate(sound)


def pause_s(clause: str) -> float:
    """How long a reader pauses after the clause at natural speed, by its last sign."""
    return _PAUSES_S.get(clause.rstrip(" »\"'")[-1:], 0.05)


async def _unless(task: asyncio.Task[Pcm], cancelled: asyncio.Event | None) -> Pcm | None:
    """The task's samples, or None once `cancelled` is set."""
    if cancelled is None:
        return await task
    stop = asyncio.create_task(cancelled.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
    return None if cancelled.is_set() else await task
