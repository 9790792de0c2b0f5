"""A small town hall with real ears and a real voice, called without a network."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialog.desk import Desk
from dialog.search import Index
from dialog.sheets import load_sheets
from dialog.town import Town
from models.store import Store
from records import AsyncRecords, CallView, sqlite_url
from telephony.rehearsal import Rehearsal
from telephony.session import Engines, Session
from tests.voice.engines import KOKORO, WHISPER, kokoro, needs
from voice.audio import resample, to_float, to_int16
from voice.endpointing import EndOfTurnJudge
from voice.recognition import Recognizer
from voice.speaker import Speaker
from voice.speech_cache import SpeechCache
from voice.whisper_engine import WhisperEngine

FOLDER = Path(__file__).parents[1] / "dialog" / "town"
OPEN = datetime(2026, 11, 24, 10, 30)
Pcm = NDArray[np.int16]


class Hum:
    """The bot's voice in tests: a hum as long as the words, made in no time."""

    name, language, voice, rate_hz, fingerprint = "hum", "fr", "hum", 8_000, "hum"

    def synthesize(self, text: str, *, speed: float = 1.0) -> Pcm:
        seconds = np.arange(round(len(text) * 0.065 * self.rate_hz / speed)) / self.rate_hz
        return np.asarray(6000 * np.sin(2 * np.pi * 150 * seconds), np.int16)

    def close(self) -> None:
        """Nothing is held."""


@cache
def caller_says(text: str) -> Pcm:
    """A sentence at 8 kHz; kept between runs, because a voice takes its time on a busy machine."""
    folder = Path(tempfile.gettempdir()) / "allomairie-test-callers"
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.npy"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        speech = to_int16(resample(to_float(kokoro().synthesize(text)), 24_000, 8_000))
        np.save(path, speech)
    return np.asarray(np.load(path), np.int16)


def without_pauses(speech: Pcm) -> Pcm:
    """The same words said in one breath."""
    frames = speech[: len(speech) - len(speech) % 160].reshape(-1, 160)
    loud = np.abs(frames.astype(np.int32)).max(axis=1) > 400
    kept = loud | np.roll(loud, 1) | np.roll(loud, -1)
    return np.asarray(frames[kept].reshape(-1), np.int16)


@dataclass
class TownHall:
    """What all calls of the tests share, but for their records."""

    desk: Desk
    recognizer: Recognizer
    judge: EndOfTurnJudge
    speaker: Speaker

    @classmethod
    def open(cls, folder: Path) -> TownHall:
        needs(KOKORO, WHISPER)
        with (FOLDER / "allomairie.toml").open("rb") as stream:
            town = Town(**tomllib.load(stream)["town"])
        sheets = load_sheets(FOLDER / "sheets")
        desk = Desk(town, sheets, Index.build(sheets, folder / "index"), clock=lambda: OPEN)
        engine = WhisperEngine(Store().file(WHISPER), threads=1, workers=2)
        speaker = Speaker({"fr": Hum()}, SpeechCache(folder / "speech", max_bytes=2**26))
        return cls(desk, Recognizer(engine, workers=2), EndOfTurnJudge(), speaker)

    @asynccontextmanager
    async def call(self, folder: Path, **settings: object) -> AsyncIterator[Running]:
        """One call: answered on entering, hung up and written down on leaving."""
        records = await AsyncRecords.open(sqlite_url(folder / "records.db"), hash_key=bytes(16))
        engines = Engines(
            desk=self.desk,
            recognizer=self.recognizer,
            judge=self.judge,
            speaker=self.speaker,
            records=records,
            clock=lambda: OPEN,
            **settings,  # type: ignore[arg-type]
        )
        rehearsal = Rehearsal()
        session = asyncio.create_task(Session(engines).run(rehearsal))
        running = Running(rehearsal, records)
        try:
            await running.sounds()
            yield running
        finally:
            rehearsal.leave()
            await asyncio.wait_for(session, 20)
            running.view = await records.call((await records.recent_calls(1))[0].id)
            await records.close()


@dataclass
class Running:
    """A call under way, seen from the caller's side."""

    rehearsal: Rehearsal
    records: AsyncRecords
    view: CallView | None = None  #: what was written, once the call is over

    async def sounds(self, since: float = 0.0, *, within_s: float = 15) -> float:
        """When the bot is first heard after a moment."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if heard := self.rehearsal.heard_since(since):
                return heard[0][0]
            await asyncio.sleep(0.02)
        raise AssertionError("nothing was heard")

    async def silence(self, *, for_s: float = 0.8, within_s: float = 60) -> None:
        """Wait until the bot has said its reply."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if not self.rehearsal.heard_since(time.monotonic() - for_s):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the bot does not stop talking")

    async def sounded(self, seconds: float, *, within_s: float = 120) -> None:
        """Wait until the bot was heard for so long, pauses not counted."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if sum(len(samples) for _, samples in self.rehearsal.heard_since(0)) >= 8_000 * seconds:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the bot is not heard for {seconds} s")

    async def shown(self, words: str, *, who: str = "bot", within_s: float = 60) -> float:
        """When these words are in the transcript: the bot begins to say them, a caller has."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            for line in self.rehearsal.shown:
                if line["who"] == who and words in str(line["text"]):
                    return time.monotonic()
            await asyncio.sleep(0.02)
        raise AssertionError(f"{words!r} is not said: {self.rehearsal.shown}")

    def heard(self, since: float) -> Pcm:
        """All that sounded from a moment on, pauses left out."""
        return np.concatenate([samples for _, samples in self.rehearsal.heard_since(since)])
